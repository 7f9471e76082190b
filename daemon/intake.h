/* intake.h: which mail of new/ is read next.
 *
 * new/ is gone through in passes, in pieces of a few thousand names. A mail
 * that is on its way is not taken twice; one that cannot be taken is held.
 */
#ifndef BOUNCED_DAEMON_INTAKE_H
#define BOUNCED_DAEMON_INTAKE_H

#include "daemon/delivery.h"

struct intake;

struct intake *intake_new(void);
void intake_free(struct intake *);

/* Goes on with MAILDIR (referenced), or with none (NULL): a pass in the
 * middle of the old one is given up. */
void intake_use(struct intake *, struct maildir *);

/* Asks for a pass at NOW (ms) or when the present one ends: an event. Passes
 * that found nothing to do and were slow are not repeated at once. */
void intake_wake(struct intake *, int64_t now);

/* A mail of that name came or was closed: do not hold it any longer. */
void intake_release(struct intake *, const char *name);

/* When a pass shall begin, or now when one is under way; INT64_MAX: not
 * before somebody wakes us. */
int64_t intake_due(const struct intake *, int64_t now);

enum intake_result {
	INTAKE_MAIL,    /* *mail is opened, *fd is the caller's */
	INTAKE_DONE,    /* the pass is over */
	INTAKE_MORE,    /* nothing in this piece: come back at once */
	INTAKE_NO_ROOM, /* no descriptors: come back later */
	INTAKE_ERROR,   /* new/ cannot be listed: errno */
};

/* The next mail. It stays marked as on its way until intake_settled(). A
 * bounded number of names is looked at. */
enum intake_result intake_next(
    struct intake *, int64_t now, struct delivery **mail, int *fd);

/* MAIL has left new/, or is given back; freed by this. */
void intake_settled(struct intake *, struct delivery *);

/* MAIL stays in new/ and is left alone for a while, PAUSE_MS the first time;
 * freed by this. True when it was not held before. */
bool intake_hold(
    struct intake *, struct delivery *, int64_t now, int64_t pause_ms);

/* Mails on their way; names held. */
size_t intake_busy(const struct intake *);
size_t intake_held(const struct intake *);

#endif
