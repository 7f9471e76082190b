/* query.c: one run of a prepared statement, and transactions. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/internal.h"

char *
iso_time(int64_t t)
{
	time_t clock = (time_t)CLAMP(t, 0, 253402300799);
	struct tm tm;
	char text[32] = "";

	if (gmtime_r(&clock, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return g_strdup(text);
}

int64_t
iso_parse(const char *text)
{
	struct tm tm = {0};

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (int64_t)timegm(&tm);
}

char *
iso_day(int64_t day)
{
	char *text = iso_time(CLAMP(day, 0, INT64_MAX / DAY) * DAY);

	text[strlen("YYYY-MM-DD")] = '\0';
	return text;
}

void
store_begin(struct store *s)
{
	s->rc = SQLITE_OK;
	free(s->error);
	s->error = NULL;
}

/* Keeps the first failure, with its words: a ROLLBACK would replace them. */
static void
note(struct store *s, int rc)
{
	if (s->rc != SQLITE_OK || rc == SQLITE_OK)
		return;
	s->rc = rc;
	store_failed(s, rc);
}

void
store_run(struct store *s, const char *sql)
{
	if (s->rc == SQLITE_OK)
		note(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

struct query
query_new(struct store *s, enum statement which)
{
	struct query q = {.store = s, .next = 1};
	sqlite3_stmt **slot = &s->statements[which];

	if (s->rc == SQLITE_OK && *slot == NULL)
		note(s, sqlite3_prepare_v3(s->db, statement_sql(which), -1,
			    SQLITE_PREPARE_PERSISTENT, slot, NULL));
	if (s->rc == SQLITE_OK)
		q.statement = *slot;
	return q;
}

/* Where a text longer than MAX_STORED_TEXT ends: before the character that
 * would not fit whole. */
static size_t
cut(const char *text, size_t n)
{
	if (n <= MAX_STORED_TEXT)
		return n;
	n = MAX_STORED_TEXT;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void
query_text(struct query *q, const char *text)
{
	char *valid;
	size_t n;

	if (q->statement == NULL)
		return;
	if (text == NULL || *text == '\0') {
		note(q->store, sqlite3_bind_null(q->statement, q->next++));
		return;
	}
	n = strlen(text);
	if (g_utf8_validate(text, (gssize)n, NULL)) {
		note(q->store, sqlite3_bind_text(q->statement, q->next++, text,
				   (int)cut(text, n), SQLITE_STATIC));
		return;
	}
	valid = g_utf8_make_valid(text, (gssize)n);
	note(q->store, sqlite3_bind_text(q->statement, q->next++, valid,
			   (int)cut(valid, strlen(valid)), SQLITE_TRANSIENT));
	g_free(valid);
}

void
query_whole_text(struct query *q, const char *text)
{
	if (q->statement != NULL)
		note(q->store, sqlite3_bind_text(q->statement, q->next++, text,
				   -1, SQLITE_STATIC));
}

void
query_int(struct query *q, int64_t value)
{
	if (q->statement != NULL)
		note(q->store,
		    sqlite3_bind_int64(q->statement, q->next++, value));
}

void
query_time(struct query *q, int64_t value)
{
	if (value != 0)
		query_int(q, value);
	else if (q->statement != NULL)
		note(q->store, sqlite3_bind_null(q->statement, q->next++));
}

void
query_real(struct query *q, double value)
{
	if (q->statement != NULL)
		note(q->store,
		    sqlite3_bind_double(q->statement, q->next++, value));
}

void
query_blob(struct query *q, const void *bytes, size_t n)
{
	if (q->statement != NULL)
		note(q->store, sqlite3_bind_blob(q->statement, q->next++, bytes,
				   (int)n, SQLITE_STATIC));
}

bool
query_row(struct query *q)
{
	int rc;

	if (q->statement == NULL || q->store->rc != SQLITE_OK)
		return false;
	rc = sqlite3_step(q->statement);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		note(q->store, rc);
	return false;
}

int64_t
column_int(struct query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

double
column_real(struct query *q, int column)
{
	return sqlite3_column_double(q->statement, column);
}

const char *
column_text(struct query *q, int column)
{
	const unsigned char *text = sqlite3_column_text(q->statement, column);

	return text != NULL ? (const char *)text : "";
}

void
query_end(struct query *q)
{
	if (q->statement == NULL)
		return;
	/* What it returns, query_row has noted already. */
	sqlite3_reset(q->statement);
	q->statement = NULL;
}

void
query_run(struct query *q)
{
	while (query_row(q))
		;
	query_end(q);
}

void
transaction_begin(struct store *s)
{
	store_run(s, "BEGIN IMMEDIATE");
}

/* After some failures (disk full) SQLite has rolled back already. */
enum store_result
transaction_end(struct store *s)
{
	store_run(s, "COMMIT");
	if (s->rc == SQLITE_OK)
		return STORE_OK;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return error_sort(s->rc);
}
