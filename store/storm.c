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
	count_at(b, b->hard_days, COUNTED_DOMAIN, day, domain, "")->hard++;
}

/* The addresses that turned hard at DOMAIN on DAY are judged again. */
static void
touch_addresses(struct batch *b, const char *domain, int64_t day)
{
	struct query q = query_new(b->store, ST_STORM_ADDRESSES);
	char *from = iso_time(day * DAY), *to = iso_time((day + 1) * DAY);

	query_text(&q, domain);
	query_text(&q, from);
	query_text(&q, to);
	while (query_row(&q)) {
		int64_t id = column_int(&q, 0);

		g_array_append_val(b->touched, id);
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
	struct query q = query_new(b->store, ST_DOMAIN_USUAL);
	int64_t most = 0;

	query_text(&q, domain);
	query_int(&q, day - p->storm_memory);
	query_int(&q, day - p->storm_days);
	if (query_row(&q))
		most = column_int(&q, 0);
	query_end(&q);
	return most;
}

static void
look_at_day(struct batch *b, const char *domain, int64_t day, int64_t addresses)
{
	struct query q;
	int64_t before;
	bool is_new;

	/* Mostly there are too few, whatever was usual. */
	if (!policy_is_storm(&b->store->policy, addresses, 0))
		return;
	before = usual(b, domain, day);
	if (!policy_is_storm(&b->store->policy, addresses, before))
		return;
	q = query_new(b->store, ST_STORM_PUT);
	query_text(&q, domain);
	query_int(&q, day);
	query_int(&q, before);
	is_new = query_row(&q);
	query_end(&q);
	if (is_new)
		touch_addresses(b, domain, day);
}

/* Storms that DAY is measured for may be none any more. */
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
	for (guint i = 0; i < ended->len; i++) {
		int64_t later = g_array_index(ended, int64_t, i);

		q = query_new(b->store, ST_STORM_END);
		query_text(&q, domain);
		query_int(&q, later);
		query_run(&q);
		touch_addresses(b, domain, later);
	}
	g_array_free(ended, TRUE);
}

/* Adds to the day; gives how many addresses it has now. */
static int64_t
write_day(struct batch *b, const struct tally_key *k, int64_t more)
{
	struct query q = query_new(b->store, ST_DOMAIN_DAY_ADD);
	int64_t addresses = 0;

	query_text(&q, k->name);
	query_int(&q, k->day);
	query_int(&q, more);
	while (query_row(&q))
		addresses = column_int(&q, 0);
	query_end(&q);
	return addresses;
}

void
storm_flush(struct batch *b)
{
	GHashTableIter i;
	gpointer key, value;

	g_hash_table_iter_init(&i, b->hard_days);
	while (g_hash_table_iter_next(&i, &key, &value)) {
		struct tally_sums *sums = value;

		sums->hard = write_day(b, key, sums->hard);
	}
	/* All are written before one is looked at. */
	g_hash_table_iter_init(&i, b->hard_days);
	while (g_hash_table_iter_next(&i, &key, &value)) {
		const struct tally_key *k = key;
		const struct tally_sums *sums = value;

		look_at_day(b, k->name, k->day, sums->hard);
		look_at_days_after(b, k->name, k->day);
	}
}
