/* ledger.h: the database as the daemon sees it: it takes batches of mail, and
 * may be deleted, replaced, locked or full at any moment.
 */
#ifndef BOUNCED_DAEMON_LEDGER_H
#define BOUNCED_DAEMON_LEDGER_H

#include "daemon/delivery.h"
#include "store/store.h"

struct ledger;

/* Opens the database at PATH for writing and fills its reference tables from
 * CLASSIFIER, which must live until the next ledger_use(). NULL, a sysexits.h
 * status and a sentence, free(), on failure. */
struct ledger *ledger_open(
    const char *path, const struct classifier *, int *status, char **error);
void ledger_close(struct ledger *); /* NULL is fine */

/* Renews the reference tables after a reload. */
void ledger_use(struct ledger *, const struct classifier *);

/* Records N mails in one transaction and sets their "recorded". STORE_OK: all
 * are on stable storage, in the file that has the database's name. Anything
 * else: none of them may be moved. */
enum store_result ledger_commit(
    struct ledger *, struct delivery *const *mails, size_t n);

/* After STORE_MOVED: opens (creates) what is at the path now. When that fails
 * each commit tries it again. */
bool ledger_reopen(struct ledger *);

/* The sentence for the last failure; good until the next call. */
const char *ledger_error(const struct ledger *);

/* True when RESULT does not pass by itself, and no waiting helps. */
bool ledger_is_hopeless(enum store_result);

/* The sysexits.h status for RESULT. */
int ledger_exit_status(enum store_result);

/* In idle moments: tidies up. */
void ledger_rest(struct ledger *);

#endif
