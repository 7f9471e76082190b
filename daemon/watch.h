/* watch.h: inotify on new/. An event is a hint that a scan is worth while and
 * no more: the listing is the truth. (Postfix, maildrop and procmail deliver
 * by link: IN_CREATE. Dovecot, Exim and OpenSMTPD rename: IN_MOVED_TO. What
 * writes into new/ directly: IN_CREATE on an empty file, IN_CLOSE_WRITE.)
 */
#ifndef BOUNCED_DAEMON_WATCH_H
#define BOUNCED_DAEMON_WATCH_H

#include <stdbool.h>

struct watch;

/* Watches PATH/new, and PATH for the going of new/ and cur/. NULL and errno
 * when inotify is not to be had (its limits are used up: ENOSPC, EMFILE) or
 * the directory is not there. */
struct watch *watch_open(const char *path);
void watch_close(struct watch *); /* NULL is fine */

int watch_fd(const struct watch *); /* readable: watch_read() */

/* A mail of that name came or was written to its end. */
typedef void watch_seen(const char *name, void *context);

enum watch_state {
	WATCH_QUIET, /* nothing about mail */
	WATCH_NEWS,  /* scan */
	WATCH_DEAD   /* something was removed, renamed or unmounted */
};

/* Takes the events that have come, a bounded number of them. */
enum watch_state watch_read(struct watch *, watch_seen *, void *context);

#endif
