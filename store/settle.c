/* settle.c: mails into the database, many in one transaction. */
#include <glib.h>
#include <string.h>
#include <time.h>

#include "store/batch.h"

static void
batch_init(struct batch *b, struct store *s)
{
	*b = (struct batch){.store = s, .now = time(NULL), .deaths = -1};
	b->names = g_string_chunk_new(4096);
	b->tallies = count_table();
	b->mails = count_table();
	b->addresses = evidence_table();
}

static void
batch_clear(struct batch *b)
{
	g_hash_table_destroy(b->tallies);
	g_hash_table_destroy(b->mails);
	g_hash_table_destroy(b->addresses);
	g_string_chunk_free(b->names);
}

/* File names are any bytes; the ones that are no UTF-8 are written \xHH, so
 * that the file can still be found. */
static char *
readable_name(const char *file)
{
	GString *text = g_string_new(NULL);
	const char *end;

	while (!g_utf8_validate(file, -1, &end)) {
		g_string_append_len(text, file, end - file);
		g_string_append_printf(text, "\\x%02X", (unsigned char)*end);
		file = end + 1;
	}
	g_string_append(text, file);
	if (text->len == 0)
		g_string_append_c(text, '-');
	return g_string_free(text, FALSE);
}

/* What is no report has nobody to report on. */
static size_t
count_recipients(const struct report *r)
{
	return r == NULL || r->kind == KIND_OTHER ? 0 : r->n_recipients;
}

/* The ledger's row. Gives its id, or 0 when the digest was there already. */
static int64_t
add_mail(struct batch *b, const struct settlement *m, const char *file,
    const char *kind, int64_t received)
{
	struct query q = query_new(b->store, ST_MAIL_ADD);
	const struct report *r = m->report;

	query_blob(&q, m->digest, sizeof(m->digest));
	query_text(&q, kind);
	query_text(&q, file);
	query_int(&q, (int64_t)MIN(m->size, INT64_MAX));
	query_int(&q, received);
	query_int(&q, b->now);
	query_int(&q, (int64_t)count_recipients(r));
	query_int(&q, r != NULL ? (int64_t)r->n_dropped : 0);
	query_text(
	    &q, r == NULL && m->failure == NULL ? "unknown" : m->failure);
	query_run(&q);
	if (b->store->rc != SQLITE_OK || sqlite3_changes(b->store->db) == 0)
		return 0;
	return sqlite3_last_insert_rowid(b->store->db);
}

static void
settle_mail(struct batch *b, struct settlement *m)
{
	const char *kind =
	    kind_name(m->report != NULL ? m->report->kind : KIND_OTHER);
	size_t n = count_recipients(m->report);
	int64_t received = row_time(0, m->received, b->now);
	char *file = readable_name(m->file);
	int64_t id = add_mail(b, m, file, kind, received);

	m->recorded = id != 0;
	for (size_t i = 0; m->recorded && i < n; i++) {
		struct row row;

		row_init(&row, m->report, &m->report->recipients[i],
		    m->received, b->now);
		row.mail = id;
		row.number = (int64_t)i + 1;
		row.file = file;
		evidence_note(b, &row);
		row_insert(b, &row);
		count_row(b, &row);
		row_clear(&row);
	}
	if (m->recorded)
		count_mail(b, received, kind, n);
	g_free(file);
}

enum store_result
store_settle(struct store *s, struct settlement *mails, size_t n)
{
	enum store_result r;
	struct batch b;

	store_begin(s);
	batch_init(&b, s);
	transaction_begin(s);
	for (size_t i = 0; i < n && s->rc == SQLITE_OK; i++)
		settle_mail(&b, &mails[i]);
	count_flush(&b);
	storm_flush(&b);
	evidence_flush(&b);
	r = transaction_end(s);
	batch_clear(&b);
	/* SQLite goes on writing to a file that nobody can find any more. */
	if (r == STORE_OK && !store_in_place(s))
		r = store_failed(s, SQLITE_READONLY_DBMOVED);
	for (size_t i = 0; r != STORE_OK && i < n; i++)
		mails[i].recorded = false;
	return r;
}
