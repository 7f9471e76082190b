/* evidence.c: what is known against an address, day by day, and the verdict
 * on it. The rule itself is policy.c. */
#include "store/batch.h"

#include <stdlib.h>

#include "store/address.h"

struct known_address {
	int64_t id;
	int64_t fresh_at;
	bool has_list;
	bool same_list;
};

static struct known_address
find_address(struct batch *b, const char *key, const char *list)
{
	struct query q = query_new(b->store, ST_ADDRESS_FIND);
	struct known_address found = {0};

	query_text(&q, key);
	if (query_row(&q)) {
		const char *first = column_text(&q, 2);

		found.id = column_int(&q, 0);
		found.fresh_at = column_int(&q, 1);
		found.has_list = *first != '\0';
		found.same_list = g_strcmp0(first, list) == 0;
	}
	query_end(&q);
	return found;
}

static int64_t
add_address(struct batch *b, const struct row *row, const char *list)
{
	struct query q = query_new(b->store, ST_ADDRESS_ADD);

	query_text(&q, row->known_key);
	query_text(
	    &q, g_strcmp0(row->known, row->known_key) == 0 ? NULL : row->known);
	query_text(&q, list);
	query_run(&q);
	return sqlite3_last_insert_rowid(b->store->db);
}

/* The first list is in the address's own row, for most have one only. */
static void
note_list(struct batch *b, const struct known_address *a, const char *list)
{
	struct query q;

	if (list == NULL || *list == '\0' || a->same_list)
		return;
	if (a->has_list) {
		q = query_new(b->store, ST_LIST_ADD);
		query_text(&q, list);
		query_int(&q, a->id);
	} else {
		q = query_new(b->store, ST_ADDRESS_LIST);
		query_int(&q, a->id);
		query_text(&q, list);
	}
	query_run(&q);
}

struct failure {
	enum bounce_class class;
	double weight;
	bool hard;
	bool temporary; /* code or status */
	int64_t at;
	const char *domain;
};

/* A class that is hard but was not meant so here weighs like a temporary
 * one, whatever took the mark away. */
static void
weigh(struct batch *b, struct failure *f)
{
	bool soft = class_info(f->class)->hardness == HARDNESS_HARD && !f->hard;

	f->weight =
	    policy_weight(&b->store->policy, f->class, f->temporary || soft);
}

static void
add_failure(
    struct batch *b, int64_t address, const char *key, const struct failure *f)
{
	struct query q = query_new(b->store, ST_DAY_ADD);
	const char *own = address_host(key);
	int64_t hard = 0;

	query_int(&q, address);
	query_int(&q, f->at / DAY);
	query_real(&q, f->weight);
	query_text(&q, class_name(f->class));
	query_int(&q, f->hard);
	query_text(&q, g_strcmp0(f->domain, own) == 0 ? NULL : f->domain);
	query_int(&q, f->at);
	while (query_row(&q))
		hard = column_int(&q, 0);
	query_end(&q);
	if (f->hard && hard == 1 && f->domain != NULL)
		storm_note(b, f->domain, f->at / DAY);
}

/* What failed later on the day of a success counts on. */
static void
keep_rest_of_day(struct batch *b, int64_t address, const char *key, int64_t at)
{
	struct query q = query_new(b->store, ST_EVIDENCE_AFTER);

	query_text(&q, key);
	query_int(&q, address);
	query_int(&q, at);
	query_int(&q, (at / DAY + 1) * DAY);
	while (query_row(&q)) {
		struct failure f = {.hard = column_int(&q, 1) != 0,
		    .temporary = column_int(&q, 2) != 0,
		    .at = column_int(&q, 3)};
		const char *domain = column_text(&q, 4);

		if (!class_from_name(column_text(&q, 0), &f.class))
			continue;
		f.domain = *domain != '\0' ? domain : NULL;
		weigh(b, &f);
		if (f.weight > 0)
			add_failure(b, address, key, &f);
	}
	query_end(&q);
}

static void
start_afresh(struct batch *b, int64_t address, const char *key, int64_t at)
{
	struct query q = query_new(b->store, ST_ADDRESS_FRESH);
	bool rest = false;

	query_int(&q, address);
	query_int(&q, at);
	query_run(&q);
	q = query_new(b->store, ST_DAYS_FORGET);
	query_int(&q, address);
	query_int(&q, at / DAY);
	while (query_row(&q))
		rest |= column_int(&q, 0) > at;
	query_end(&q);
	if (rest)
		keep_rest_of_day(b, address, key, at);
}

void
evidence_note(struct batch *b, struct row *row)
{
	const char *list = row->report->list_id;
	struct failure f = {.class = row->recipient->class,
	    .hard = row->hard,
	    .temporary = row->temporary,
	    .at = row->at,
	    .domain = row->domain};
	struct known_address a;

	if (row->failed)
		weigh(b, &f);
	if (row->known_key == NULL || (f.weight <= 0 && !row->succeeded))
		return;
	a = find_address(b, row->known_key, list);
	if (a.id == 0)
		a.id = add_address(b, row, row->failed ? list : NULL);
	else if (row->failed)
		note_list(b, &a, list);
	row->known_id = a.id;
	/* What is older than the last sign of life changes nothing. */
	if (row->at <= a.fresh_at)
		return;
	if (row->failed)
		add_failure(b, a.id, row->known_key, &f);
	else
		start_afresh(b, a.id, row->known_key, row->at);
	g_array_append_val(b->touched, a.id);
}

static GArray *
load_days(struct batch *b, int64_t address, const char *key)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(struct failing_day));
	struct query q = query_new(b->store, ST_DAYS_OF);

	query_int(&q, address);
	query_text(&q, address_host(key));
	while (query_row(&q)) {
		struct failing_day d = {.day = column_int(&q, 0),
		    .weight = column_real(&q, 1),
		    .hard = column_int(&q, 3) != 0,
		    .storm = column_int(&q, 4) != 0,
		    .bounces = column_int(&q, 5),
		    .first_at = column_int(&q, 6),
		    .last_at = column_int(&q, 7)};

		if (!class_from_name(column_text(&q, 2), &d.class))
			d.class = CLASS_UNKNOWN;
		g_array_append_val(days, d);
	}
	query_end(&q);
	return days;
}

/* Numbers deaths over all addresses, never the same again, so that a cursor
 * neither skips nor repeats. */
static int64_t
next_death(struct batch *b)
{
	if (b->deaths < 0) {
		struct query q = query_new(b->store, ST_DEATHS_GET);

		if (query_row(&q))
			b->deaths = column_int(&q, 0);
		query_end(&q);
	}
	b->deaths_grew = true;
	return ++b->deaths;
}

static void
judge(struct batch *b, int64_t address)
{
	struct query q = query_new(b->store, ST_ADDRESS_GET);
	struct judgement j;
	int64_t dead = 0;
	GArray *days;

	query_int(&q, address);
	if (!query_row(&q)) {
		query_end(&q);
		return;
	}
	dead = column_int(&q, 1);
	days = load_days(b, address, column_text(&q, 0));
	query_end(&q);
	j = policy_judge(&b->store->policy,
	    (struct failing_day *)(void *)days->data, days->len);
	g_array_free(days, TRUE);
	if (!j.dead)
		dead = 0;
	else if (dead == 0)
		dead = next_death(b);
	q = query_new(b->store, ST_ADDRESS_JUDGED);
	query_int(&q, address);
	query_text(&q, class_name(j.class));
	query_int(&q, j.bounces);
	query_int(&q, j.days);
	query_real(&q, j.score);
	query_time(&q, j.first_at);
	query_time(&q, j.last_at);
	query_time(&q, dead);
	query_run(&q);
}

static int
compare_ids(gconstpointer p, gconstpointer q)
{
	int64_t a = *(const int64_t *)p, b = *(const int64_t *)q;

	return (a > b) - (a < b);
}

/* In order of id, so that deaths of one batch are numbered the same way
 * whatever the order of tables. */
void
evidence_flush(struct batch *b)
{
	int64_t last = 0;

	g_array_sort(b->touched, compare_ids);
	for (guint i = 0; i < b->touched->len; i++) {
		int64_t id = g_array_index(b->touched, int64_t, i);

		if (id != last)
			judge(b, id);
		last = id;
	}
	if (b->deaths_grew) {
		struct query q = query_new(b->store, ST_DEATHS_PUT);

		query_int(&q, b->deaths);
		query_run(&q);
	}
}
