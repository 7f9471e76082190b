/* settle.h: the last step of a mail: its rows to stable storage, and only
 * then the file out of new/.
 *
 * Mails are gathered in a batch, which is committed when it is full or some
 * time after its first mail. When the database cannot take them the batch is
 * kept, the mails stay in new/, and it is tried again with growing pauses.
 */
#ifndef BOUNCED_DAEMON_SETTLE_H
#define BOUNCED_DAEMON_SETTLE_H

#include "conf/config.h"
#include "daemon/delivery.h"
#include "store/store.h"

struct settle;

enum settled {
	SETTLED,      /* recorded, and not in new/ any more */
	SETTLED_LATER /* stays in new/: changed, or cannot be moved */
};

/* Takes MAIL back; from within settle_run(). */
typedef void settle_done(struct delivery *, enum settled, void *context);

struct settle_stats {
	uint64_t mails;  /* recorded, known ones among them */
	uint64_t known;  /* the ledger had them already */
	uint64_t rows;   /* recipients of newly recorded mails */
	uint64_t failed; /* set aside in .Failed */
	uint64_t stuck;  /* recorded, but could not be moved out of new/ */
	uint64_t commits;
	int64_t longest_ms; /* of all commits */
};

/* Opens the database at PATH for writing and fills its reference tables from
 * CLASSIFIER, which must live until the next settle_use(). NULL, a sysexits.h
 * status and a sentence, free(), on failure. */
struct settle *settle_new(const char *path, const struct classifier *,
    settle_done *, void *context, int *status, char **error);

/* Closes the database; mails of the batch are given up (they are in new/). */
void settle_free(struct settle *);

/* What a reload may change. */
void settle_use(struct settle *, const struct classifier *, enum done_action);

/* Takes MAIL, whose result says what to record, into the batch. */
void settle_add(struct settle *, struct delivery *, int64_t now);

/* From when on (ms) more mail may be read: 0: at once; INT64_MAX: when the
 * batch, which is full, is settled. */
int64_t settle_room_at(const struct settle *);
size_t settle_pending(const struct settle *);

/* When settle_run() has something to do (ms): INT64_MAX if nothing. */
int64_t settle_due(const struct settle *);

/* Commits and moves what is due at NOW, with FLUSH all there is. False when
 * the database is beyond help: *status and settle_problem() say why. */
bool settle_run(struct settle *, int64_t now, bool flush, int *status);

/* The failure that holds the batch back at present, NULL: none. */
const char *settle_problem(const struct settle *);

/* Moves the log of the database into it, in idle moments. */
void settle_rest(struct settle *);

struct settle_stats settle_stats(const struct settle *);

#endif
