/* place.h: the watched Maildir, which may go away and come back (unmounted,
 * renamed, deleted), and the watch on it. inotify is a hint, the rescan is the
 * truth: wakes the intake on events, and on a timer in any case.
 */
#ifndef BOUNCED_DAEMON_PLACE_H
#define BOUNCED_DAEMON_PLACE_H

#include "daemon/intake.h"

struct place;

/* Opens the Maildir PATH and gives it to INTAKE, to be rescanned every
 * RESCAN_MS; without WATCHED there is neither inotify nor a timer. NULL, a
 * sysexits.h status and a sentence, free(), on failure. */
struct place *place_new(const char *path, int64_t rescan_ms, bool watched,
    struct intake *, int *status, char **error);
void place_free(struct place *); /* NULL is fine */

void place_use(struct place *, int64_t rescan_ms);

/* What to wait for, -1: nothing at present; another descriptor, even under
 * the same number, when the generation has changed. */
int place_fd(const struct place *);
unsigned place_generation(const struct place *);

/* The descriptor is readable. */
void place_read(struct place *, int64_t now);

/* Does what is due at NOW: a rescan, or another try to find the Maildir. */
void place_check(struct place *, int64_t now);
int64_t place_due(const struct place *); /* ms; INT64_MAX: never */

/* Something went wrong with the Maildir: look at NOW whether it is there. */
void place_doubt(struct place *, int64_t now);

/* True while there is no Maildir. */
bool place_is_gone(const struct place *);

#endif
