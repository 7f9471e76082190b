/* hold.h: names in new/ that are left alone for a while: unreadable, odd,
 * being written, not to be moved. Each time the pause doubles, so that a mail
 * that never works costs next to nothing; an event for the name, or its
 * disappearance, ends it.
 */
#ifndef BOUNCED_DAEMON_HOLD_H
#define BOUNCED_DAEMON_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hold;

#define HOLD_MAX 10000          /* names remembered */
#define HOLD_LONGEST_MS 3600000 /* one hour */

struct hold *hold_new(void);
void hold_free(struct hold *);

/* Leaves NAME alone for FIRST_MS from NOW (milliseconds), twice as long as the
 * last time if it was put before. True when it is the first time: worth a
 * line in the log. */
bool hold_put(struct hold *, const char *name, int64_t now, int64_t first_ms);

/* Must NAME be left alone? */
bool hold_has(struct hold *, const char *name, int64_t now);

/* NAME may be tried at once, and starts with short pauses again. */
void hold_release(struct hold *, const char *name);

/* Between begin and end of a pass over new/, hold_has() was asked for each
 * name that is there: the others are forgotten. */
void hold_begin_pass(struct hold *);
void hold_end_pass(struct hold *);

size_t hold_count(const struct hold *);

/* When the next pass over new/ is worth while because a pause has ended then;
 * INT64_MAX: none waits. */
int64_t hold_next(const struct hold *);

#endif
