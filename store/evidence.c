/* evidence.c: what is known for and against an address, and the verdict on
 * it. The rule itself is policy.c, the text of the evidence days.c.
 *
 * Addresses are read when a batch first meets them and written at its end.
 */
#include "store/batch.h"

#include <stdlib.h>

#include "store/days.h"
#include "store/key.h"

struct address_state {
	bool is_new;
	char *given;
	char *list_id;
	int64_t fresh_at;
	GArray *days;
	int64_t dead; /* number of the death, 0: alive */
};

static void
free_state(gpointer p)
{
	struct address_state *e = p;

	g_free(e->given);
	g_free(e->list_id);
	g_array_free(e->days, TRUE);
	g_free(e);
}

GHashTable *
evidence_table(void)
{
	return g_hash_table_new_full(
	    g_str_hash, g_str_equal, g_free, free_state);
}

/* "" as NULL. */
static char *
copy_text(const char *text)
{
	return text != NULL && *text != '\0' ? g_strdup(text) : NULL;
}

static struct address_state *
load(struct batch *b, const char *key)
{
	struct address_state *e = g_hash_table_lookup(b->addresses, key);
	struct query q;

	if (e != NULL)
		return e;
	e = g_new0(struct address_state, 1);
	q = query_new(b->store, ST_ADDRESS_GET);
	query_text(&q, key);
	if (query_row(&q)) {
		e->given = copy_text(column_text(&q, 0));
		e->list_id = copy_text(column_text(&q, 1));
		e->fresh_at = column_int(&q, 2);
		e->days = days_parse(column_text(&q, 3), b->names);
		e->dead = column_int(&q, 4);
	} else {
		e->is_new = true;
		e->days = days_parse("", b->names);
	}
	query_end(&q);
	g_hash_table_insert(b->addresses, g_strdup(key), e);
	return e;
}

void
evidence_touch(struct batch *b, const char *key)
{
	load(b, key);
}

/* The first list is in the address's own row, for most have one only. */
static void
note_list(
    struct batch *b, struct address_state *e, const char *key, const char *list)
{
	struct query q;

	if (list == NULL || *list == '\0' || g_strcmp0(e->list_id, list) == 0)
		return;
	if (e->list_id == NULL) {
		e->list_id = g_strdup(list);
		return;
	}
	q = query_new(b->store, ST_LIST_ADD);
	query_text(&q, list);
	query_text(&q, key);
	query_run(&q);
}

/* A class that is hard but was not meant so here weighs like a temporary
 * one, whatever took the mark away. */
static double
weigh(struct batch *b, enum bounce_class class, bool hard, bool temporary)
{
	bool soft = class_info(class)->hardness == HARDNESS_HARD && !hard;

	return policy_weight(&b->store->policy, class, temporary || soft);
}

static void
add_failure(struct batch *b, struct address_state *e, const char *key,
    const struct failing_day *f, const char *domain)
{
	struct failing_day copy = *f;

	/* The row may be gone before the batch ends. */
	if (domain != NULL && g_strcmp0(domain, key_domain(key)) != 0)
		copy.domain = g_string_chunk_insert_const(b->names, domain);
	if (days_add(e->days, &copy) && domain != NULL)
		storm_note(b, domain, f->day);
}

static struct failing_day
failure_at(int64_t at, enum bounce_class class, double weight, bool hard)
{
	return (struct failing_day){.day = at / DAY,
	    .weight = weight,
	    .class = class,
	    .hard = hard,
	    .bounces = 1,
	    .first_at = at,
	    .last_at = at};
}

/* What failed later on the day of a success counts on; its rows tell. */
static void
keep_rest_of_day(
    struct batch *b, struct address_state *e, const char *key, int64_t at)
{
	struct query q = query_new(b->store, ST_EVIDENCE_AFTER);

	query_text(&q, key);
	query_int(&q, at);
	query_int(&q, (at / DAY + 1) * DAY);
	while (query_row(&q)) {
		bool hard = column_int(&q, 1) != 0;
		const char *domain = column_text(&q, 4);
		struct failing_day f;
		enum bounce_class class;
		double weight;

		if (!class_from_name(column_text(&q, 0), &class))
			continue;
		weight = weigh(b, class, hard, column_int(&q, 2) != 0);
		f = failure_at(column_int(&q, 3), class, weight, hard);
		/* Its domain's day has counted it before. */
		if (*domain != '\0' && g_strcmp0(domain, key_domain(key)) != 0)
			f.domain =
			    g_string_chunk_insert_const(b->names, domain);
		if (weight > 0)
			days_add(e->days, &f);
	}
	query_end(&q);
}

static void
start_afresh(
    struct batch *b, struct address_state *e, const char *key, int64_t at)
{
	e->fresh_at = at;
	if (days_void(e->days, at / DAY) > at)
		keep_rest_of_day(b, e, key, at);
}

void
evidence_note(struct batch *b, const struct row *row)
{
	const struct recipient *r = row->recipient;
	const char *key = row->known_key;
	struct failing_day f;
	struct address_state *e;
	double weight = 0;

	if (row->failed)
		weight = weigh(b, r->class, row->hard, row->temporary);
	if (key == NULL || (weight <= 0 && !row->succeeded))
		return;
	e = load(b, key);
	if (e->is_new && e->given == NULL && g_strcmp0(row->known, key) != 0)
		e->given = g_strdup(row->known);
	if (row->failed)
		note_list(b, e, key, row->report->list_id);
	if (!row->failed) {
		if (row->at > e->fresh_at)
			start_afresh(b, e, key, row->at);
		return;
	}
	f = failure_at(row->at, r->class, weight, row->hard);
	/* What is older than the last sign of life weighs nothing. */
	if (row->at <= e->fresh_at) {
		f.weight = 0;
		f.bounces = 0;
	}
	add_failure(b, e, key, &f, row->domain);
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
mark_storms(struct batch *b, GArray *days, const char *key)
{
	for (guint i = 0; i < days->len; i++) {
		struct failing_day *d = &days_data(days)[i];
		const char *domain =
		    d->domain != NULL ? d->domain : key_domain(key);

		d->storm =
		    d->hard && domain != NULL && storm_was(b, domain, d->day);
	}
}

static void
write_address(struct batch *b, const char *key, const struct address_state *e,
    const struct judgement *j)
{
	char *evidence = days_format(e->days);
	char *first = j->days > 0 ? iso_time(j->first_at) : NULL;
	char *last = j->days > 0 ? iso_time(j->last_at) : NULL;
	struct query q = query_new(b->store, ST_ADDRESS_PUT);

	query_text(&q, key);
	query_text(&q, e->given);
	query_text(&q, e->list_id);
	query_int(&q, e->fresh_at);
	/* Written by us and bounded by MAX_FAILING_DAYS: not to be cut. */
	query_whole_text(&q, evidence);
	query_text(&q, class_name(j->class));
	query_int(&q, j->bounces);
	query_int(&q, j->days);
	query_real(&q, j->score);
	query_text(&q, first);
	query_text(&q, last);
	query_time(&q, e->dead);
	query_run(&q);
	g_free(evidence);
	g_free(first);
	g_free(last);
}

static int
compare_keys(gconstpointer p, gconstpointer q)
{
	return g_strcmp0(*(const char *const *)p, *(const char *const *)q);
}

/* In order of keys: neighbours are on one page, and deaths of one batch are
 * numbered the same way on every machine. */
void
evidence_flush(struct batch *b)
{
	gpointer *keys;
	bool storms = storm_any(b);
	guint n;

	keys = g_hash_table_get_keys_as_array(b->addresses, &n);
	qsort(keys, n, sizeof(*keys), compare_keys);
	for (guint i = 0; i < n; i++) {
		struct address_state *e =
		    g_hash_table_lookup(b->addresses, keys[i]);
		struct judgement j;

		/* Touched, but nothing was ever known of it. */
		if (e->is_new && e->days->len == 0 && e->fresh_at == 0)
			continue;
		if (storms)
			mark_storms(b, e->days, keys[i]);
		j = policy_judge(
		    &b->store->policy, days_data(e->days), e->days->len);
		if (!j.dead)
			e->dead = 0;
		else if (e->dead == 0)
			e->dead = next_death(b);
		write_address(b, keys[i], e, &j);
	}
	g_free(keys);
	if (b->deaths_grew) {
		struct query q = query_new(b->store, ST_DEATHS_PUT);

		query_int(&q, b->deaths);
		query_run(&q);
	}
}
