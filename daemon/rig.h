/* rig.h: a configuration with what is made from it, to be changed as a whole:
 * the classifier and the workers.
 */
#ifndef BOUNCED_DAEMON_RIG_H
#define BOUNCED_DAEMON_RIG_H

#include "conf/config.h"
#include "daemon/options.h"
#include "worker/pool.h"

struct rig {
	struct config *config;
	struct classifier *classifier;
	struct pool *pool;
};

/* Reads the configuration that OPTIONS name, lets them go before it, compiles
 * the rules and starts the workers. False, a sysexits.h status and a sentence,
 * free(), on failure; nothing is left then. */
bool rig_build(struct rig *, const struct options *, job_done *, void *context,
    int *status, char **error);

/* Makes NEW watch and record where OLD does, and tells when it should not:
 * that takes a restart. */
void rig_keep_places(struct rig *new, const struct rig *old);

/* Applies the log level. */
void rig_log(const struct rig *);

void rig_free(struct rig *);

#endif
