/* store.h: the database of bounces. The only module that knows SQL, and no
 * type of any database shows here: a second backend may come.
 *
 * One writer, ever: store_open for writing takes a flock(2) on PATH-lock,
 * which a crash does not leave behind (a forked child that keeps the
 * descriptor open does keep it). A store is for one thread at a time and not
 * for use after fork.
 */
#ifndef BOUNCED_STORE_STORE_H
#define BOUNCED_STORE_STORE_H

#include "parser/classify.h"
#include "parser/parser.h"
#include "parser/report.h"

struct store;

/* Bytes of any one text that are stored; what is longer is cut. */
#define MAX_STORED_TEXT 4096

/* Result codes sorted once, by what the caller can do. */
enum store_result {
	STORE_OK,
	STORE_BUSY,    /* locked by another: try again later */
	STORE_FULL,    /* no room or I/O error: keep the mail, try again */
	STORE_MOVED,   /* the file was deleted or replaced: reopen */
	STORE_CORRUPT, /* not a database, or a damaged one */
	STORE_NEWER,   /* made by a newer version */
	STORE_OLDER,   /* (reading) by an older one: a writer must open it */
	STORE_FOREIGN, /* a database of something else */
	STORE_DENIED,  /* permission, or directory missing */
	STORE_ABSENT,  /* no such file (reading) */
	STORE_LOCKED,  /* another writer holds it */
	STORE_ERROR,   /* anything else: a bug */
};

enum store_mode { STORE_READ, STORE_WRITE };

/* Opens (STORE_WRITE: creates, mode 0640, never its directory; migrates) the
 * database at PATH. On failure *store is NULL and *error says in a sentence
 * what is wrong and what to do, naming the file; free() it. */
enum store_result store_open(
    const char *path, enum store_mode, struct store **store, char **error);
void store_close(struct store *);

/* The sentence for the last failure of STORE; good until the next call. */
const char *store_error(const struct store *);

/* True when RESULT may pass by itself and the mail should stay where it is. */
bool store_result_is_temporary(enum store_result);

/* Fills the reference table `code` from the classifier and `class` from
 * class_info(); cheap when they are already the same. */
enum store_result store_sync_reference(
    struct store *, const struct classifier *);

/* One mail to record. */
struct settlement {
	const char *file; /* name without folder, any bytes */
	uint8_t digest[DIGEST_SIZE];
	uint64_t size;
	int64_t received; /* mtime of the file: when it was delivered */
	/* NULL: the mail could not be read, and FAILURE says why; its ledger
	 * row then carries the kind other and that word. */
	const struct report *report;
	const char *failure;
	/* out: false when the ledger had this digest already */
	bool recorded;
};

/* Records N mails in one transaction, durably (synchronous=FULL): on
 * STORE_OK all are on stable storage, else none of those not already there
 * is. Mail already in the ledger is left as it is. STORE_MOVED when the file
 * was deleted or replaced meanwhile.
 *
 * Counters and verdicts are brought up to date in the same transaction. An
 * event's time is the report's own date if that is at most 60 days before and
 * a day after RECEIVED, else RECEIVED, else now. */
enum store_result store_settle(struct store *, struct settlement *, size_t n);

/* False when the database's file was deleted or replaced under us: must be
 * asked before mail is moved (a deleted file keeps answering OK). */
bool store_in_place(struct store *);

/* In idle moments: checkpoint, so that COMMIT need not. Waits for nobody:
 * STORE_BUSY while a reader needs the log. */
enum store_result store_checkpoint(struct store *);

/* ---- reading ---- */

/* One row of the view `bounces`; strings "" when absent, good until the
 * callback returns. */
struct bounce_row {
	int64_t at;
	const char *address, *domain, *original_recipient, *subscriber;
	const char *kind, *action, *class, *status, *code, *basis, *rule;
	const char *diagnostic, *remote_mta, *reporting_mta, *dialect;
	const char *list_id, *message_id, *envelope_recipient, *file;
	bool hard;
};

struct bounce_filter {
	const char *address; /* final, original or subscriber, compared as
				store_address_key() folds; NULL: any */
	const char *domain;
	const char *class;
	const char *list_id;
	int64_t since, until; /* 0: open; until is exclusive */
	uint64_t limit;       /* 0: none */
	bool newest_first;
};

/* Return false to stop. */
typedef bool bounce_visit(const struct bounce_row *, void *context);
enum store_result store_bounces(struct store *, const struct bounce_filter *,
    bounce_visit *, void *context);

/* One row of the view `dead_addresses`. */
struct dead_row {
	const char *address, *list_id, *class;
	uint64_t bounces, days;
	int64_t first_at, last_at;
};
typedef bool dead_visit(const struct dead_row *, void *context);

/* In the order in which they died; an address that failed on several lists
 * has a row for each, one after the other. LIST_ID NULL: all lists. */
enum store_result store_dead(
    struct store *, const char *list_id, dead_visit *, void *context);

/* A table of names and numbers for reports: the views by_class, by_domain,
 * by_day, by_list, sender_problems restricted to [since, until). */
enum tally { TALLY_CLASS, TALLY_DOMAIN, TALLY_DAY, TALLY_LIST, TALLY_SENDER };
struct tally_row {
	const char *name;   /* class, domain, day, list or remote domain */
	const char *detail; /* TALLY_SENDER: the class; else "" */
	uint64_t bounces, hard, delayed;
};
typedef bool tally_visit(const struct tally_row *, void *context);
enum store_result store_tally(struct store *, enum tally, int64_t since,
    int64_t until, uint64_t limit, tally_visit *, void *context);

struct store_summary {
	uint64_t mails, bounces, failed, dead;
	int64_t first_at, last_at;
	uint64_t bytes; /* size of the database file and its log */
	int version;    /* schema version */
};
enum store_result store_summary(struct store *, struct store_summary *);

/* ---- addresses ---- */

/* The form in which addresses are compared: local part and domain
 * case-folded, domain in A-labels (IDNA). A new string; free(). */
char *store_address_key(const char *address);

#endif
