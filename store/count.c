/* count.c: day counters, added up in memory and written once a batch. */
#include "store/batch.h"

static const char *const names[] = {
    [COUNTED_ALL] = "all",
    [COUNTED_CLASS] = "class",
    [COUNTED_DOMAIN] = "domain",
    [COUNTED_LIST] = "list",
    [COUNTED_SENDER] = "sender",
};
_Static_assert(G_N_ELEMENTS(names) == COUNTED_COUNT, "a name each");

const char *
counted_name(enum counted what)
{
	return names[what];
}

/* Names are interned, so equal names are one pointer. */
static guint
hash_key(gconstpointer p)
{
	const struct tally_key *k = p;
	guint h = g_direct_hash(k->name) * 31 + g_direct_hash(k->detail);

	return (h * 31 + (guint)k->what) * 31 + (guint)k->day;
}

static gboolean
equal_keys(gconstpointer p, gconstpointer q)
{
	const struct tally_key *a = p, *b = q;

	return a->what == b->what && a->name == b->name &&
	       a->detail == b->detail && a->day == b->day;
}

GHashTable *
count_table(void)
{
	return g_hash_table_new_full(hash_key, equal_keys, g_free, g_free);
}

struct tally_sums *
count_at(struct batch *b, GHashTable *table, enum counted what, int64_t day,
    const char *name, const char *detail)
{
	struct tally_key key = {.what = what, .day = day};
	struct tally_sums *sums;

	key.name = g_string_chunk_insert_const(b->names, name);
	key.detail = g_string_chunk_insert_const(b->names, detail);
	sums = g_hash_table_lookup(table, &key);
	if (sums == NULL) {
		sums = g_new0(struct tally_sums, 1);
		g_hash_table_insert(table, g_memdup2(&key, sizeof(key)), sums);
	}
	return sums;
}

void
count_mail(struct batch *b, int64_t received, const char *kind, size_t n)
{
	struct tally_sums *sums =
	    count_at(b, b->mails, COUNTED_ALL, received / DAY, kind, "");

	sums->bounces++;
	sums->hard += (int64_t)n;
}

/* To the day, and to day 0, the sum of all. */
static void
add(struct batch *b, const struct row *row, enum counted what, const char *name,
    const char *detail)
{
	int64_t days[] = {0, row->at / DAY};

	for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
		struct tally_sums *sums =
		    count_at(b, b->tallies, what, days[i], name, detail);

		sums->bounces += row->failed;
		sums->hard += row->hard;
		sums->delayed += row->delayed;
	}
}

void
count_row(struct batch *b, const struct row *row)
{
	const char *list = row->report->list_id;
	const char *class = class_name(row->recipient->class);

	if (!row->failed && !row->delayed)
		return;
	add(b, row, COUNTED_ALL, "", "");
	if (*class != '\0')
		add(b, row, COUNTED_CLASS, class, "");
	if (row->domain != NULL)
		add(b, row, COUNTED_DOMAIN, row->domain, "");
	if (list != NULL && *list != '\0')
		add(b, row, COUNTED_LIST, list, "");
	if (row->remote_domain != NULL)
		add(b, row, COUNTED_SENDER, row->remote_domain, class);
}

static void
flush_mails(struct batch *b)
{
	GHashTableIter i;
	gpointer key, value;

	g_hash_table_iter_init(&i, b->mails);
	while (g_hash_table_iter_next(&i, &key, &value)) {
		const struct tally_key *k = key;
		const struct tally_sums *sums = value;
		struct query q = query_new(b->store, ST_MAIL_DAY_ADD);

		query_int(&q, k->day);
		query_text(&q, k->name);
		query_int(&q, sums->bounces);
		query_int(&q, sums->hard);
		query_run(&q);
	}
}

void
count_flush(struct batch *b)
{
	GHashTableIter i;
	gpointer key, value;

	flush_mails(b);
	g_hash_table_iter_init(&i, b->tallies);
	while (g_hash_table_iter_next(&i, &key, &value)) {
		const struct tally_key *k = key;
		struct tally_sums *sums = value;
		char *day = k->day == 0 ? NULL : iso_day(k->day);
		struct query q = query_new(b->store,
		    sums->addresses > 0 ? ST_TALLY_ADD_HARD : ST_TALLY_ADD);

		query_text(&q, counted_name(k->what));
		query_text(&q, day);
		query_text(&q, k->name);
		query_text(&q, k->detail);
		query_int(&q, sums->bounces);
		query_int(&q, sums->hard);
		query_int(&q, sums->delayed);
		query_int(&q, sums->addresses);
		while (query_row(&q))
			sums->standing = column_int(&q, 0);
		query_end(&q);
		g_free(day);
	}
}
