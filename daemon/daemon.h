/* daemon.h: the work of bounced without the waiting: new/ -> workers ->
 * database -> cur/. The owner calls daemon_turn() when one of the descriptors
 * is readable or the time that the last turn returned is over.
 */
#ifndef BOUNCED_DAEMON_DAEMON_H
#define BOUNCED_DAEMON_DAEMON_H

#include "daemon/options.h"

#include <stdint.h>

struct daemon;

/* Reads the configuration, starts the workers, opens Maildir and database. On
 * failure NULL, a sysexits.h status and a sentence, free(). */
struct daemon *daemon_new(const struct options *, int *status, char **error);
void daemon_free(struct daemon *); /* NULL is fine */

/* Does a bounded amount of work. Returns how many milliseconds the next turn
 * may wait, or -1 when all is done: daemon_status() is the exit status. */
int64_t daemon_turn(struct daemon *);
int daemon_status(const struct daemon *);

/* What to wait for: -1: not at present. Both may be others, even under the
 * same numbers, when the generation has changed. */
int daemon_pool_fd(const struct daemon *);
int daemon_watch_fd(const struct daemon *);
unsigned daemon_generation(const struct daemon *);

/* The watch is readable. */
void daemon_watch(struct daemon *);

/* Finish what is at hand, then be done; the second time: be done. */
void daemon_stop(struct daemon *);

/* Read the configuration again at the next opportunity. */
void daemon_reload(struct daemon *);

/* Log a line of figures. */
void daemon_tell(struct daemon *);

#endif
