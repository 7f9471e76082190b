/* list.c: reading rows: bounces, dead addresses. */
#include <glib.h>
#include <string.h>
#include <time.h>

#include "store/internal.h"

/* Columns of LIST_COLUMNS in statement.c. */
static void
read_row(struct query *q, struct bounce_row *row)
{
	const char **const texts[] = {&row->address, &row->domain,
	    &row->original_recipient, &row->subscriber, &row->kind,
	    &row->action, &row->class, &row->status, &row->code, &row->basis,
	    &row->rule, &row->diagnostic, &row->remote_mta, &row->reporting_mta,
	    &row->dialect, &row->list_id, &row->message_id,
	    &row->envelope_recipient, &row->file};
	int column = 1;

	row->at = column_int(q, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = column_text(q, column++);
	row->hard = column_int(q, column) != 0;
}

/* The most selective way in; its _NEWEST is the next of the enum. */
static enum statement
choose_list(const struct bounce_filter *f)
{
	enum statement which = ST_LIST_TIME;

	if (f->address != NULL)
		which = ST_LIST_ADDRESS;
	else if (f->domain != NULL)
		which = ST_LIST_DOMAIN;
	else if (f->list_id != NULL)
		which = ST_LIST_LIST;
	else if (f->class != NULL)
		which = ST_LIST_CLASS;
	return f->newest_first ? which + 1 : which;
}

/* 0: all, which is -1 for SQLite. */
static int64_t
limit_or_all(uint64_t limit)
{
	return limit == 0 || limit > INT64_MAX ? -1 : (int64_t)limit;
}

/* A domain folded as the column is; by way of an address. */
static char *
domain_key(const char *domain)
{
	char *address, *key;

	if (domain == NULL)
		return NULL;
	address = g_strconcat("x@", domain, NULL);
	key = store_address_key(address);
	g_free(address);
	memmove(key, key + 2, strlen(key + 2) + 1);
	return key;
}

enum store_result
store_bounces(struct store *s, const struct bounce_filter *f,
    bounce_visit *visit, void *context)
{
	char *address =
	    f->address != NULL ? store_address_key(f->address) : NULL;
	char *domain = domain_key(f->domain);
	char *since = iso_time(f->since);
	char *until = iso_time(f->until > 0 ? f->until : INT64_MAX);
	struct query q;

	store_begin(s);
	q = query_new(s, choose_list(f));
	query_text(&q, address);
	query_text(&q, domain);
	query_text(&q, f->class);
	query_text(&q, f->list_id);
	query_text(&q, since);
	query_text(&q, until);
	query_int(&q, limit_or_all(f->limit));
	while (query_row(&q)) {
		struct bounce_row row;

		read_row(&q, &row);
		if (!visit(&row, context))
			break;
	}
	query_end(&q);
	g_free(address);
	g_free(domain);
	g_free(since);
	g_free(until);
	return error_sort(s->rc);
}

enum store_result
store_dead(
    struct store *s, const char *list_id, dead_visit *visit, void *context)
{
	struct query q;

	store_begin(s);
	q = query_new(s, list_id == NULL ? ST_DEAD_ALL : ST_DEAD_LIST);
	query_int(&q, time(NULL));
	if (list_id != NULL)
		query_text(&q, list_id);
	while (query_row(&q)) {
		struct dead_row row = {.address = column_text(&q, 0),
		    .list_id = column_text(&q, 1),
		    .class = column_text(&q, 2),
		    .bounces = (uint64_t)column_int(&q, 3),
		    .days = (uint64_t)column_int(&q, 4),
		    .first_at = iso_parse(column_text(&q, 5)),
		    .last_at = iso_parse(column_text(&q, 6))};

		if (!visit(&row, context))
			break;
	}
	query_end(&q);
	return error_sort(s->rc);
}
