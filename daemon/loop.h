/* loop.h: waiting for descriptors, signals and one timer. The only module that
 * knows the event library.
 */
#ifndef BOUNCED_DAEMON_LOOP_H
#define BOUNCED_DAEMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_event;

typedef void loop_call(void *context);

struct loop *loop_new(void); /* NULL and errno on failure */
void loop_free(struct loop *);

/* Calls when SIGNAL came (many of one kind may come as one). False on
 * failure. */
bool loop_on_signal(struct loop *, int signal, loop_call *, void *context);

/* Calls as long as FD is readable, until loop_forget(); forget it before FD
 * is closed. NULL on failure. */
struct loop_event *loop_on_readable(
    struct loop *, int fd, loop_call *, void *context);
void loop_forget(struct loop_event *); /* NULL is fine */

/* Calls once MS from now; what was set before is forgotten. */
void loop_after(struct loop *, int64_t ms, loop_call *, void *context);

void loop_run(struct loop *); /* until loop_stop() */
void loop_stop(struct loop *);

#endif
