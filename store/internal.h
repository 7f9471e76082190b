/* internal.h: what the files of store/ share. Nobody outside includes it. */
#ifndef BOUNCED_STORE_INTERNAL_H
#define BOUNCED_STORE_INTERNAL_H

#include <sqlite3.h>

#include "store/policy.h"
#include "store/statement.h"
#include "store/store.h"

#if SQLITE_VERSION_NUMBER < 3037000
#error "STRICT tables need SQLite 3.37"
#endif

#define DAY 86400

/* "Bncd": marks a database of ours, see PRAGMA application_id in
 * schema.sql. */
#define APPLICATION_ID 1114530660

/* A writer waits so long for another program's lock on the database (a
 * `sqlite3` shell, say), a reader so long for the writer's. */
#define WRITER_WAIT_MS 1000
#define READER_WAIT_MS 5000

struct store {
	sqlite3 *db;
	char *path; /* resolved: what the lock and the log lie beside */
	enum store_mode mode;
	int lock;   /* descriptor of the lock file, -1: none */
	bool ready; /* accepted and opened to the end */
	char *error;
	/* First failure since store_begin(); while it is set every query does
	 * nothing, so that a transaction is written straight down and looked
	 * at once, at its end. */
	int rc;
	struct policy policy;
	sqlite3_stmt *statements[ST_COUNT];
};

/* ---- error.c ---- */

/* What a caller can do about SQLite's RC. */
enum store_result error_sort(int rc);

/* The sentence for RC on the database at PATH, with the way out. free(). */
char *error_sentence(int rc, const char *path, const char *detail);

/* Notes RC as the store's last failure; gives its sorted form. */
enum store_result store_failed(struct store *, int rc);

/* Sets the sentence; gives R. */
enum store_result __attribute__((format(printf, 3, 4)))
store_refuse(struct store *, enum store_result r, const char *format, ...);

/* The same for the errno of a call on the database's file or folder. */
enum store_result store_refuse_errno(struct store *, int number);

/* ---- connect.c ---- */

/* Opens s->db on s->path, hardened, read-only unless the mode is write. */
enum store_result connect_open(struct store *);

/* WAL, synchronous=FULL and the like. */
enum store_result connect_set_up_writer(struct store *);

/* Whether the log is not empty, as a clean stop leaves it. */
bool connect_was_unclean(const struct store *);

/* Looks all pages through for damage. */
enum store_result connect_quick_check(struct store *);

/* ---- query.c: one run of a prepared statement ---- */

struct query {
	struct store *store;
	sqlite3_stmt *statement; /* NULL: the store has failed, do nothing */
	int next;                /* parameter to be bound next */
};

/* T as it stands in the view and in the indexes of `bounce`, bounded to the
 * years 1970 to 9999. g_free. */
char *iso_time(int64_t t);

/* The other way; 0 for what is no such time. */
int64_t iso_parse(const char *text);

/* DAY (since 1970) as it stands in the counters: YYYY-MM-DD. g_free. */
char *iso_day(int64_t day);

/* Clears the last failure: at the start of each public function. */
void store_begin(struct store *);

/* Runs SQL without parameters and rows. */
void store_run(struct store *, const char *sql);

struct query query_new(struct store *, enum statement);

/* Each binds the next parameter. Texts are not copied and must live until
 * query_end; what is not UTF-8 in them becomes U+FFFD, what is longer than
 * MAX_STORED_TEXT is cut, "" becomes NULL like NULL itself. A C string holds
 * no NUL, so none gets in. */
void query_text(struct query *, const char *);
void query_whole_text(struct query *, const char *); /* our own, never cut */
void query_int(struct query *, int64_t);
void query_time(struct query *, int64_t); /* 0: NULL */
void query_real(struct query *, double);
void query_blob(struct query *, const void *, size_t);

/* True when there is a (further) row. */
bool query_row(struct query *);

/* Columns of the row, from 0. Text is "" for NULL and good until the next
 * query_row or query_end. */
int64_t column_int(struct query *, int column);
double column_real(struct query *, int column);
const char *column_text(struct query *, int column);

/* Makes the statement ready for its next run. */
void query_end(struct query *);

/* Runs to the end, for statements without rows. */
void query_run(struct query *);

/* ---- transactions ---- */

/* BEGIN IMMEDIATE: nothing else can fail for another writer later on. */
void transaction_begin(struct store *);

/* COMMIT, or ROLLBACK when something has failed since. */
enum store_result transaction_end(struct store *);

/* ---- policy ---- */

/* Reads the tables policy and threshold into store->policy. */
void policy_load(struct store *);

/* ---- reference.c ---- */

/* Table `class` and the default rows of `policy` from class_info(). */
void reference_classes(struct store *);

/* True when CLASS blames the side that sent. */
bool class_blames_sender(enum bounce_class);

#endif
