/* storm.c: days on which an unusual number of one domain's addresses turned
 * hard. Providers have answered "no such user" for everybody for hours; such
 * failures wait until a later day confirms them (policy.c).
 *
 * Whether a day is one is a function of the counters only, so that the order
 * in which mails are settled (or old ones imported) does not matter: more on
 * a day can make it a storm, more on a day before can end one.
 */
#include "store/batch.h"

void
storm_note(struct batch *b, const char *domain, int64_t day)
{
	count_at(b, b->tallies, COUNTED_DOMAIN, day, domain, "")->addresses++;
}

bool
storm_any(struct batch *b)
{
	struct query q = query_new(b->store, ST_STORM_ANY);
	bool any = query_row(&q);

	query_end(&q);
	return any;
}

bool
storm_was(struct batch *b, const char *domain, int64_t day)
{
	struct query q = query_new(b->store, ST_STORM_GET);
	bool was;

	query_text(&q, domain);
	query_int(&q, day);
	was = query_row(&q);
	query_end(&q);
	return was;
}

/* The addresses that turned hard at DOMAIN on DAY are judged again. */
static void
touch_addresses(struct batch *b, const char *domain, int64_t day)
{
	struct query q = query_new(b->store, ST_STORM_ADDRESSES);
	char *from = iso_day(day), *to = iso_day(day + 1);

	/* A day sorts before all times of it. */
	query_text(&q, domain);
	query_text(&q, from);
	query_text(&q, to);
	while (query_row(&q)) {
		char *key = store_address_key(column_text(&q, 0));

		evidence_touch(b, key);
		g_free(key);
	}
	query_end(&q);
	g_free(from);
	g_free(to);
}

/* The most on any day that a storm on DAY is measured by. The days just
 * before are left out: it may have begun there. */
static int64_t
usual(struct batch *b, const char *domain, int64_t day)
{
	const struct policy *p = &b->store->policy;
	struct query q = query_new(b->store, ST_STORM_USUAL);
	char *from = iso_day(day - p->storm_memory);
	char *to = iso_day(day - p->storm_days);
	int64_t most = 0;

	query_text(&q, domain);
	query_text(&q, from);
	query_text(&q, to);
	if (query_row(&q))
		most = column_int(&q, 0);
	query_end(&q);
	g_free(from);
	g_free(to);
	return most;
}

static void
look_at_day(struct batch *b, const char *domain, int64_t day, int64_t addresses)
{
	struct query q;
	int64_t before;

	/* Mostly there are too few, whatever was usual. */
	if (!policy_is_storm(&b->store->policy, addresses, 0) ||
	    storm_was(b, domain, day))
		return;
	before = usual(b, domain, day);
	if (!policy_is_storm(&b->store->policy, addresses, before))
		return;
	q = query_new(b->store, ST_STORM_PUT);
	query_text(&q, domain);
	query_int(&q, day);
	query_int(&q, before);
	query_run(&q);
	touch_addresses(b, domain, day);
}

static void
end_storm(struct batch *b, const char *domain, int64_t day)
{
	struct query q = query_new(b->store, ST_STORM_END);

	query_text(&q, domain);
	query_int(&q, day);
	query_run(&q);
	touch_addresses(b, domain, day);
}

/* Storms that DAY is a measure for may be none any more. */
static void
look_at_days_after(struct batch *b, const char *domain, int64_t day)
{
	const struct policy *p = &b->store->policy;
	GArray *ended = g_array_new(FALSE, FALSE, sizeof(int64_t));
	struct query q = query_new(b->store, ST_STORMS_AFTER);

	query_text(&q, domain);
	query_int(&q, day + p->storm_days);
	query_int(&q, day + p->storm_memory);
	while (query_row(&q)) {
		int64_t later = column_int(&q, 0);

		if (!policy_is_storm(
			p, column_int(&q, 1), usual(b, domain, later)))
			g_array_append_val(ended, later);
	}
	query_end(&q);
	for (guint i = 0; i < ended->len; i++)
		end_storm(b, domain, g_array_index(ended, int64_t, i));
	g_array_free(ended, TRUE);
}

void
storm_flush(struct batch *b)
{
	GHashTableIter i;
	gpointer key, value;
	bool any = storm_any(b);

	g_hash_table_iter_init(&i, b->tallies);
	while (g_hash_table_iter_next(&i, &key, &value)) {
		const struct tally_key *k = key;
		const struct tally_sums *sums = value;

		if (k->what != COUNTED_DOMAIN || sums->addresses == 0)
			continue;
		look_at_day(b, k->name, k->day, sums->standing);
		if (any)
			look_at_days_after(b, k->name, k->day);
	}
}
