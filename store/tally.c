/* tally.c: numbers for reports, out of the day counters. */
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "store/batch.h"

/* A range of time as whole days and the pieces of days at its ends. */
struct span {
	char *first_day, *last_day; /* YYYY-MM-DD, the last exclusive */
	char *piece[4];             /* ISO times: from, to, from, to */
};

static void
span_init(struct span *span, int64_t since, int64_t until)
{
	int64_t lo = since > DAY ? since : DAY;
	int64_t hi = until > 0 ? until : INT64_MAX / 2;
	int64_t first = (lo + DAY - 1) / DAY, last = hi / DAY;
	int64_t piece[4] = {0};

	if (first > last) { /* within one day */
		first = last = 0;
		piece[0] = lo;
		piece[1] = hi;
	} else {
		piece[0] = lo;
		piece[1] = first * DAY;
		piece[2] = last * DAY;
		piece[3] = hi;
	}
	span->first_day = iso_day(first);
	span->last_day = iso_day(last);
	for (size_t i = 0; i < G_N_ELEMENTS(piece); i++)
		span->piece[i] = iso_time(piece[i]);
}

static void
span_clear(struct span *span)
{
	g_free(span->first_day);
	g_free(span->last_day);
	for (size_t i = 0; i < G_N_ELEMENTS(span->piece); i++)
		g_free(span->piece[i]);
}

static void
visit_rows(struct query *q, tally_visit *visit, void *context)
{
	while (query_row(q)) {
		struct tally_row row = {.name = column_text(q, 0),
		    .detail = column_text(q, 1),
		    .bounces = (uint64_t)column_int(q, 2),
		    .hard = (uint64_t)column_int(q, 3),
		    .delayed = (uint64_t)column_int(q, 4)};

		if (!visit(&row, context))
			break;
	}
	query_end(q);
}

enum store_result
store_tally(struct store *s, enum tally tally, int64_t since, int64_t until,
    uint64_t limit, tally_visit *visit, void *context)
{
	static const struct {
		enum statement range;
		enum counted what;
	} tallies[] = {
	    [TALLY_CLASS] = {ST_TALLY_CLASS, COUNTED_CLASS},
	    [TALLY_DOMAIN] = {ST_TALLY_DOMAIN, COUNTED_DOMAIN},
	    [TALLY_DAY] = {ST_TALLY_DAY, COUNTED_ALL},
	    [TALLY_LIST] = {ST_TALLY_LIST, COUNTED_LIST},
	    [TALLY_SENDER] = {ST_TALLY_SENDER, COUNTED_SENDER},
	};
	int64_t most = limit == 0 || limit > INT64_MAX ? -1 : (int64_t)limit;
	struct span span;
	struct query q;

	store_begin(s);
	/* Over all times there is one row a name. */
	if (since <= 0 && until <= 0 && tally != TALLY_DAY) {
		q = query_new(s, ST_TALLY_TOTAL);
		query_text(&q, counted_name(tallies[tally].what));
		query_int(&q, most);
		visit_rows(&q, visit, context);
		return error_sort(s->rc);
	}
	span_init(&span, since, until);
	q = query_new(s, tallies[tally].range);
	query_text(&q, span.first_day);
	query_text(&q, span.last_day);
	for (size_t i = 0; i < G_N_ELEMENTS(span.piece); i++)
		query_text(&q, span.piece[i]);
	query_int(&q, most);
	visit_rows(&q, visit, context);
	span_clear(&span);
	return error_sort(s->rc);
}

static int64_t
one_number(struct store *s, enum statement which, int64_t *second)
{
	struct query q = query_new(s, which);
	int64_t number = 0;

	if (which == ST_DEAD_COUNT)
		query_int(&q, time(NULL));
	if (query_row(&q)) {
		number = column_int(&q, 0);
		if (second != NULL)
			*second = column_int(&q, 1);
	}
	query_end(&q);
	return number;
}

static uint64_t
size_of(const char *path, const char *suffix)
{
	char *name = g_strconcat(path, suffix, NULL);
	struct stat st;
	uint64_t size = stat(name, &st) == 0 ? (uint64_t)st.st_size : 0;

	g_free(name);
	return size;
}

enum store_result
store_summary(struct store *s, struct store_summary *sum)
{
	int64_t rows = 0;

	memset(sum, 0, sizeof(*sum));
	store_begin(s);
	/* One snapshot for all numbers. */
	store_run(s, "BEGIN");
	sum->mails = (uint64_t)one_number(s, ST_SUM_MAILS, &rows);
	sum->bounces = (uint64_t)rows;
	sum->failed = (uint64_t)one_number(s, ST_SUM_FAILED, NULL);
	sum->dead = (uint64_t)one_number(s, ST_DEAD_COUNT, NULL);
	sum->first_at = one_number(s, ST_FIRST_AT, NULL);
	sum->last_at = one_number(s, ST_LAST_AT, NULL);
	sum->version = (int)one_number(s, ST_VERSION, NULL);
	sum->bytes = size_of(s->path, "") + size_of(s->path, "-wal");
	return transaction_end(s);
}
