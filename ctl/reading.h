/* reading.h: the pool of workers, as the configuration wants it, and a wait
 * for it without an event loop. */
#ifndef BOUNCED_CTL_READING_H
#define BOUNCED_CTL_READING_H

#include "conf/config.h"
#include "worker/pool.h"

/* Starts at most WORKERS processes (0: one per CPU). EXEC: they execute this
 * program anew and inherit nothing. NULL and errno. */
struct pool *reading_start(const struct config *, unsigned workers, bool exec,
    job_done *, void *context);

/* Waits until the pool has something to do, and does it. Returns early,
 * with nothing done, when a signal came. */
void reading_wait(struct pool *);

#endif
