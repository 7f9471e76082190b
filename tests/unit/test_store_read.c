/* Reading: lists, tallies, the dead, the summary; and that each question
 * finds its index. */
#include "store_fixture.h"

#include "store/key.h"

static struct store *store;

static void
set_up(void)
{
	make_folder();
	store = open_store(STORE_WRITE);
}

static void
tear_down(void)
{
	store_close(store);
	remove_folder();
}

/* ---- lists ---- */

struct collected {
	GString *text;
	unsigned left; /* rows until the visitor has had enough */
};

static bool
collect_bounce(const struct bounce_row *row, void *context)
{
	struct collected *c = context;

	g_string_append_printf(
	    c->text, "%s%s", c->text->len > 0 ? " " : "", row->address);
	return --c->left > 0;
}

static void
assert_list(struct bounce_filter f, const char *wanted)
{
	struct collected c = {g_string_new(NULL), 1000};

	ck_assert_int_eq(
	    store_bounces(store, &f, collect_bounce, &c), STORE_OK);
	ck_assert_str_eq(c.text->str, wanted);
	g_string_free(c.text, TRUE);
}

/* a to e, one a day, in a jumbled order */
static void
settle_five(void)
{
	static const struct event events[] = {
	    {"c@one.example", 3, CLASS_SPAM, "talk", .remote = NULL},
	    {"a@one.example", 1, CLASS_USER_UNKNOWN, "news", .remote = NULL},
	    {"e@two.example", 5, CLASS_SPAM, NULL, .remote = NULL},
	    {"b@two.example", 2, CLASS_USER_UNKNOWN, "talk", .remote = NULL},
	    {"d@Bücher.example", 4, CLASS_VIRUS, "news",
		.original = "List@Three.example",
		.subscriber = "SÜB@three.example"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		struct event e = events[i];

		e.at = DAY_ONE + e.at * DAY;
		settle_event(store, e);
	}
}

START_TEST(lists_are_filtered_ordered_and_limited)
{
	int64_t one = DAY_ONE;

	settle_five();
	assert_list((struct bounce_filter){0},
	    "a@one.example b@two.example c@one.example d@Bücher.example "
	    "e@two.example");
	assert_list((struct bounce_filter){.newest_first = true, .limit = 2},
	    "e@two.example d@Bücher.example");
	assert_list((struct bounce_filter){.since = one + 2 * DAY,
			.until = one + 4 * DAY},
	    "b@two.example c@one.example");
	assert_list((struct bounce_filter){.domain = "ONE.example"},
	    "a@one.example c@one.example");
	assert_list((struct bounce_filter){.domain = "BÜCHER.example."},
	    "d@Bücher.example");
	assert_list(
	    (struct bounce_filter){.class = "spam", .newest_first = true},
	    "e@two.example c@one.example");
	assert_list((struct bounce_filter){.list_id = "talk"},
	    "b@two.example c@one.example");
	assert_list((struct bounce_filter){.class = "no-such-class"}, "");
}
END_TEST

START_TEST(filters_hold_together)
{
	int64_t one = DAY_ONE;

	settle_five();
	assert_list(
	    (struct bounce_filter){
		.domain = "one.example", .class = "spam", .list_id = "talk"},
	    "c@one.example");
	assert_list(
	    (struct bounce_filter){.domain = "one.example", .list_id = "none"},
	    "");
	assert_list((struct bounce_filter){.class = "spam",
			.list_id = "talk",
			.since = one + 3 * DAY,
			.until = one + 3 * DAY + 1},
	    "c@one.example");
	assert_list((struct bounce_filter){.address = "a@one.example",
			.class = "virus"},
	    "");
	assert_list((struct bounce_filter){.class = "virus",
			.domain = "xn--bcher-kva.example"},
	    "d@Bücher.example");
}
END_TEST

/* Every way to call the recipient of one row. */
static const char *const names_of_d[] = {"d@bücher.example",
    "D@xn--bcher-kva.EXAMPLE", " <d@Bücher.example.> ", "list@three.example",
    "süb@THREE.example"};

START_TEST(an_address_is_found_by_all_its_names)
{
	settle_five();
	assert_list((struct bounce_filter){.address = names_of_d[_i]},
	    "d@Bücher.example");
}
END_TEST

START_TEST(an_address_is_listed_once_whatever_finds_it)
{
	settle_event(store, (struct event){.address = "a@example.org",
				.original = "A@example.org",
				.subscriber = "a@Example.org",
				.at = DAY_ONE,
				.class = CLASS_SPAM});
	assert_list((struct bounce_filter){.address = "a@example.org"},
	    "a@example.org");
}
END_TEST

START_TEST(a_visitor_may_stop_and_ask_again)
{
	struct bounce_filter f = {0};
	struct collected c = {g_string_new(NULL), 2};

	settle_five();
	ck_assert_int_eq(
	    store_bounces(store, &f, collect_bounce, &c), STORE_OK);
	ck_assert_str_eq(c.text->str, "a@one.example b@two.example");
	g_string_free(c.text, TRUE);
	assert_list((struct bounce_filter){.limit = 1}, "a@one.example");
}
END_TEST

static bool
check_row(const struct bounce_row *row, void *context)
{
	int64_t *at = context;

	ck_assert_int_eq(row->at, *at);
	ck_assert_str_eq(row->address, "a@example.org");
	ck_assert_str_eq(row->domain, "example.org");
	ck_assert_str_eq(row->original_recipient, "");
	ck_assert_str_eq(row->subscriber, "");
	ck_assert_str_eq(row->kind, "bounce");
	ck_assert_str_eq(row->action, "failed");
	ck_assert_str_eq(row->class, "user-unknown");
	ck_assert_str_eq(row->status, "5.1.1");
	ck_assert_str_eq(row->code, "550");
	ck_assert_str_eq(row->basis, "text");
	ck_assert_str_eq(row->rule, "rules.conf:1");
	ck_assert_str_eq(row->diagnostic, "550 5.1.1 no such user");
	ck_assert_str_eq(row->remote_mta, "mx.example.org");
	ck_assert_str_eq(row->reporting_mta, "mail.example.org");
	ck_assert_str_eq(row->dialect, "rfc3464");
	ck_assert_str_eq(row->list_id, "news");
	ck_assert_str_eq(row->message_id, "1@lists.example.org");
	ck_assert_str_eq(
	    row->envelope_recipient, "news-bounces@lists.example.org");
	ck_assert_str_eq(row->file, "1.M1.host");
	ck_assert(row->hard);
	*at = 0;
	return true;
}

START_TEST(a_row_has_every_field_of_the_view)
{
	struct bounce_filter f = {0};
	int64_t at = DAY_ONE;

	settle_event(store, (struct event){.address = "a@example.org",
				.at = at,
				.class = CLASS_USER_UNKNOWN,
				.list = "news",
				.remote = "mx.example.org"});
	ck_assert_int_eq(store_bounces(store, &f, check_row, &at), STORE_OK);
	ck_assert_int_eq(at, 0);
}
END_TEST

/* ---- the dead ---- */

static bool
collect_dead(const struct dead_row *row, void *context)
{
	struct collected *c = context;

	g_string_append_printf(c->text, "%s%s/%s/%s/%d/%d/%d",
	    c->text->len > 0 ? " " : "", row->address, row->list_id, row->class,
	    (int)row->bounces, (int)row->days,
	    (int)(row->last_at - row->first_at));
	return --c->left > 0;
}

static void
assert_dead(const char *list, const char *wanted)
{
	struct collected c = {g_string_new(NULL), 1000};

	ck_assert_int_eq(store_dead(store, list, collect_dead, &c), STORE_OK);
	ck_assert_str_eq(c.text->str, wanted);
	g_string_free(c.text, TRUE);
}

START_TEST(the_dead_are_told_in_order_of_death_and_by_list)
{
	static const char *const names[] = {"z@example.org", "A@example.org"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		for (int n = 0; n < 3; n++)
			settle_event(store,
			    (struct event){.address = names[i],
				.at = DAY_ONE + n * DAY,
				.class = CLASS_USER_UNKNOWN,
				.list = n == 2 && i == 0 ? "talk" : "news"});
	}
	assert_dead(NULL, "z@example.org/news/user-unknown/3/3/172800 "
			  "z@example.org/talk/user-unknown/3/3/172800 "
			  "A@example.org/news/user-unknown/3/3/172800");
	assert_dead("talk", "z@example.org/talk/user-unknown/3/3/172800");
	assert_dead("news", "z@example.org/news/user-unknown/3/3/172800 "
			    "A@example.org/news/user-unknown/3/3/172800");
	assert_dead("none", "");
	assert_dead("", "");
}
END_TEST

/* ---- tallies ---- */

static bool
collect_tally(const struct tally_row *row, void *context)
{
	struct collected *c = context;

	g_string_append_printf(c->text, "%s%s%s%s=%d/%d/%d",
	    c->text->len > 0 ? " " : "", row->name,
	    *row->detail != '\0' ? ":" : "", row->detail, (int)row->bounces,
	    (int)row->hard, (int)row->delayed);
	return --c->left > 0;
}

static char *
tally_text(enum tally what, int64_t since, int64_t until, uint64_t limit)
{
	struct collected c = {g_string_new(NULL), 10000};

	ck_assert_int_eq(
	    store_tally(store, what, since, until, limit, collect_tally, &c),
	    STORE_OK);
	return g_string_free(c.text, FALSE);
}

/* Counted from the rows themselves: slow and plain. */
static const char *const brute[] = {
    [TALLY_CLASS] = "class|''|class IS NOT NULL|3 DESC, 5 DESC, 1",
    [TALLY_DOMAIN] = "domain|''|domain IS NOT NULL|3 DESC, 5 DESC, 1",
    [TALLY_DAY] = "date(at)|''|1|1",
    [TALLY_LIST] = "list_id|''|list_id IS NOT NULL|3 DESC, 5 DESC, 1",
};

static char *
brute_text(enum tally what, int64_t since, int64_t until)
{
	char **part = g_strsplit(brute[what], "|", -1);
	char *from = iso_time(since);
	char *to = iso_time(until > 0 ? until : INT64_MAX);
	char *sql = g_strdup_printf(
	    "SELECT group_concat(t, ' ') FROM (SELECT %s || '=' || "
	    "sum(action = 'failed') || '/' || sum(hard) || '/' || "
	    "sum(action = 'delayed') AS t, 0, sum(action = 'failed'), 0, "
	    "sum(action = 'delayed') FROM bounces WHERE %s AND at >= '%s' AND "
	    "at < '%s' AND kind IN ('bounce', 'delay') GROUP BY %s ORDER BY "
	    "%s)",
	    part[0], part[2], from, to, part[0],
	    what == TALLY_DAY ? "1" : "3 DESC, 5 DESC, 1");
	char *text = query_all(store->db, sql);

	g_free(sql);
	g_free(from);
	g_free(to);
	g_strfreev(part);
	return text;
}

static void
settle_many(void)
{
	static const enum bounce_class classes[] = {CLASS_USER_UNKNOWN,
	    CLASS_SPAM, CLASS_BLACKLISTED, CLASS_QUOTA_EXCEEDED};
	static const char *const lists[] = {"news", "talk", NULL};
	unsigned seed = 7;

	for (int i = 0; i < 300; i++) {
		char *address =
		    g_strdup_printf("u%d@d%d.example.net", i, i % 7);
		bool delayed = i % 5 == 0;

		seed = seed * 1103515245u + 12345u;
		settle_event(store,
		    (struct event){.address = address,
			.at = DAY_ONE + (int64_t)(seed >> 8) % (10 * DAY),
			.class = classes[i % 4],
			.list = lists[i % 3],
			.remote = i % 2 != 0 ? "mx.big.example.com" : NULL,
			.kind = delayed ? KIND_DELAY : KIND_BOUNCE,
			.action = delayed ? ACTION_DELAYED : ACTION_FAILED});
		g_free(address);
	}
}

START_TEST(tallies_of_any_range_are_those_of_the_rows)
{
	/* offsets in seconds from the noon of day one */
	static const int64_t ranges[][2] = {{-DAY, 20 * DAY},
	    {DAY / 2, 3 * DAY + DAY / 2}, {0, DAY}, {100, 200},
	    {3 * DAY, 3 * DAY}, {DAY / 2, DAY / 2 + 3600},
	    {2 * DAY + 777, 9 * DAY - 1}, {DAY / 2 - 1, DAY / 2 + 1},
	    {2 * DAY, 3 * DAY}};
	int64_t one = DAY_ONE;

	settle_many();
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		for (enum tally what = TALLY_CLASS; what <= TALLY_LIST;
		     what++) {
			int64_t from = one + ranges[i][0];
			int64_t to = one + ranges[i][1];
			char *got = tally_text(what, from, to, 0);
			char *wanted = brute_text(what, from, to);

			ck_assert_msg(strcmp(got, wanted) == 0,
			    "tally %d, range %d:\n%s\n%s", (int)what, (int)i,
			    got, wanted);
			g_free(got);
			g_free(wanted);
		}
	}
}
END_TEST

START_TEST(open_ranges_are_all)
{
	settle_many();
	for (enum tally what = TALLY_CLASS; what <= TALLY_SENDER; what++) {
		char *all = tally_text(what, 0, 0, 0);
		char *from = tally_text(what, 1, 0, 0);
		char *to = tally_text(what, 0, time(NULL) + DAY, 0);

		ck_assert_int_gt((int)strlen(all), 20);
		ck_assert_str_eq(all, from);
		ck_assert_str_eq(all, to);
		g_free(all);
		g_free(from);
		g_free(to);
	}
}
END_TEST

START_TEST(senders_problems_are_told_by_remote_domain_and_class)
{
	char *text;
	int64_t one = DAY_ONE;

	settle_event(store, (struct event){.address = "a@example.org",
				.at = one,
				.class = CLASS_BLACKLISTED,
				.remote = "mx.big.example.com"});
	settle_event(store, (struct event){.address = "a@example.org",
				.at = one + DAY,
				.class = CLASS_RATE_LIMITED,
				.remote = "[192.0.2.7]"});
	settle_event(store, (struct event){.address = "a@example.org",
				.at = one + DAY,
				.class = CLASS_USER_UNKNOWN,
				.remote = "mx.big.example.com"});
	text = tally_text(TALLY_SENDER, one - 5, one + 2 * DAY, 0);
	ck_assert_str_eq(text,
	    "example.com:blacklisted=1/0/0 example.org:rate-limited=1/0/0");
	g_free(text);
	text = tally_text(TALLY_SENDER, one + 5, one + 2 * DAY, 0);
	ck_assert_str_eq(text, "example.org:rate-limited=1/0/0");
	g_free(text);
}
END_TEST

START_TEST(tallies_are_limited_to_the_largest)
{
	char *text;

	settle_five();
	text = tally_text(TALLY_DOMAIN, 0, 0, 1);
	ck_assert_str_eq(text, "one.example=2/1/0");
	g_free(text);
	text = tally_text(TALLY_DOMAIN, DAY_ONE - DAY, 0, 2);
	ck_assert_str_eq(text, "one.example=2/1/0 two.example=2/1/0");
	g_free(text);
}
END_TEST

/* ---- the summary ---- */

START_TEST(a_new_database_has_an_empty_summary)
{
	struct store_summary s;

	ck_assert_int_eq(store_summary(store, &s), STORE_OK);
	ck_assert_uint_eq(s.mails + s.bounces + s.failed + s.dead, 0);
	ck_assert_int_eq(s.first_at + s.last_at, 0);
	ck_assert_int_eq(s.version, 1);
	ck_assert_uint_gt(s.bytes, 4096);
}
END_TEST

START_TEST(a_summary_counts_mails_rows_failures_and_dead)
{
	struct settlement unread = settlement_of(NULL, DAY_ONE);
	struct store_summary s;
	struct store *reader;
	int64_t one = DAY_ONE;

	for (int n = 0; n < 3; n++)
		settle_event(store, (struct event){.address = "a@example.org",
					.at = one + n * DAY,
					.class = CLASS_USER_UNKNOWN});
	settle_event(store, (struct event){.address = "b@example.org",
				.at = one + 5 * DAY,
				.kind = KIND_AUTO_REPLY});
	ck_assert_int_eq(store_settle(store, &unread, 1), STORE_OK);
	reader = open_store(STORE_READ);
	ck_assert_int_eq(store_summary(reader, &s), STORE_OK);
	ck_assert_uint_eq(s.mails, 5);
	ck_assert_uint_eq(s.bounces, 4);
	ck_assert_uint_eq(s.failed, 3);
	ck_assert_uint_eq(s.dead, 1);
	ck_assert_int_eq(s.first_at, one);
	ck_assert_int_eq(s.last_at, one + 5 * DAY);
	store_close(reader);
}
END_TEST

/* ---- keys ---- */

static const struct {
	const char *address, *key;
} keys[] = {
    {"user@example.org", "user@example.org"},
    {"User@EXAMPLE.org", "user@example.org"},
    {" <user@example.org> ", "user@example.org"},
    {"user@example.org.", "user@example.org"},
    {"user@bücher.example", "user@xn--bcher-kva.example"},
    {"user@BÜCHER.example", "user@xn--bcher-kva.example"},
    {"user@XN--BCHER-KVA.example", "user@xn--bcher-kva.example"},
    {"MÜLLER@example.org", "müller@example.org"},
    {"mu\xcc\x88ller@example.org", "müller@example.org"},
    {"用户@例子.example", "用户@xn--fsqu00a.example"},
    {"postmaster", "postmaster"},
    {"ÜBER", "über"},
    {"\"a@b\"@Example.org", "\"a@b\"@example.org"},
    {"", ""},
    {"<>", ""},
    {"@", "@"},
    {"@example.org", "@example.org"},
    {"user@", "user@"},
    {"ü@", "ü@"},
    {"a@\xff\xfe", "a@\xef\xbf\xbd\xef\xbf\xbd"},
    {"user@[192.0.2.1]", "user@[192.0.2.1]"},
};

START_TEST(addresses_fold_to_keys)
{
	char *key = store_address_key(keys[_i].address);
	char *again = store_address_key(key);

	ck_assert_str_eq(key, keys[_i].key);
	ck_assert_str_eq(again, key);
	free(again);
	free(key);
}
END_TEST

static const struct {
	const char *host, *organisation;
} hosts[] = {
    {"mx1.mail.example.com", "example.com"},
    {"Example.COM", "example.com"},
    {"example.com.", "example.com"},
    {"mx.example.co.uk", "example.co.uk"},
    {"example.co.uk", "example.co.uk"},
    {"co.uk", "co.uk"},
    {"mx.example.com.br", "example.com.br"},
    {"mx.company.uk", "company.uk"},
    {"gmail-smtp-in.l.example.net (192.0.2.1)", "example.net"},
    {"mx_1.example.net", "example.net"},
    {"localhost", NULL},
    {"192.0.2.1", NULL},
    {"[192.0.2.1]", NULL},
    {"2001:db8::1", NULL},
    {"", NULL},
    {".", NULL},
    {"..", NULL},
    {"a..b", NULL},
    {".com", NULL},
    {"\xff\xfe.example", NULL},
};

/* Texts that are times, and what they come to. */
static const struct {
	const char *text;
	int64_t time;
} isos[] = {
    {"2023-11-14T22:13:20Z", 1700000000},
    {"1970-01-02T00:00:00Z", DAY},
    {"9999-12-31T23:59:59Z", 253402300799},
    {"", 0},
    {"yesterday", 0},
    {"2023-11-14", 0},
};

START_TEST(times_have_one_text)
{
	char *text = iso_time(isos[_i].time);

	ck_assert_int_eq(iso_parse(isos[_i].text), isos[_i].time);
	if (isos[_i].time != 0)
		ck_assert_str_eq(text, isos[_i].text);
	g_free(text);
}
END_TEST

START_TEST(hosts_belong_to_organisations)
{
	char *got = key_organisation(hosts[_i].host);

	if (hosts[_i].organisation == NULL)
		ck_assert_ptr_null(got);
	else
		ck_assert_pstr_eq(got, hosts[_i].organisation);
	g_free(got);
}
END_TEST

/* ---- plans ---- */

/* Every prepared statement that reads a big table must reach it by an
 * index; the few that go through a whole one are named. */
START_TEST(no_statement_goes_through_a_big_table)
{
	const char *sql = statement_sql((enum statement)_i);
	char *explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
	char *plan = query_all(store->db, explain);
	char **lines = g_strsplit(plan, "\n", -1);

	ck_assert_int_ne((int)strlen(sql), 0);
	for (size_t i = 0; lines[i] != NULL; i++) {
		bool scan = strstr(lines[i], "|SCAN ") != NULL;
		bool small = strstr(lines[i], "SCAN class") != NULL ||
			     strstr(lines[i], "SCAN code") != NULL ||
			     strstr(lines[i], "SCAN policy") != NULL ||
			     strstr(lines[i], "SCAN threshold") != NULL ||
			     strstr(lines[i], "SCAN storm") != NULL ||
			     strstr(lines[i], "SCAN mail_day") != NULL ||
			     strstr(lines[i], "SCAN (subquery") != NULL ||
			     /* a row or two from its end */
			     strstr(lines[i], "SCAN bounce USING INDEX "
					      "bounce_at") != NULL ||
			     /* further lists of the dead: few rows */
			     strstr(lines[i], "SCAN l") != NULL;

		ck_assert_msg(!scan || small, "%s\n%s", sql, plan);
		/* Lists come in the order of their index. */
		if (_i >= ST_LIST_TIME && _i <= ST_LIST_LIST_NEWEST &&
		    _i != ST_LIST_ADDRESS && _i != ST_LIST_ADDRESS_NEWEST)
			ck_assert_msg(strstr(lines[i], "TEMP B-TREE") == NULL,
			    "%s\n%s", sql, plan);
	}
	g_strfreev(lines);
	g_free(plan);
	g_free(explain);
}
END_TEST

/* What admins type, and the index that answers it. */
static const struct {
	const char *sql, *index;
} typed[] = {
    {"SELECT * FROM bounces WHERE at >= '2026-11-01'", "bounce_at"},
    {"SELECT * FROM bounces ORDER BY at DESC LIMIT 20", "bounce_at"},
    {"SELECT * FROM bounces WHERE address = 'a@example.org'", "bounce_address"},
    {"SELECT * FROM bounces WHERE domain = 'example.org'", "bounce_domain"},
    {"SELECT * FROM bounces WHERE class = 'virus'", "bounce_class"},
    {"SELECT * FROM bounces WHERE list_id = 'news'", "bounce_list"},
    {"SELECT class, count(*) FROM bounces GROUP BY class", "bounce_class"},
    {"SELECT * FROM bounces WHERE class = 'blacklisted' AND at >= '2026'",
	"bounce_class (class=? AND <expr>>?)"},
    {"SELECT * FROM bounces WHERE domain = 'example.org' ORDER BY at",
	"bounce_domain (domain=?)"},
    {"SELECT * FROM dead_addresses", "address_dead"},
    {"SELECT * FROM dead_addresses WHERE list_id = 'news'", "address_dead"},
    {"SELECT class, sum(bounces) FROM by_class WHERE day >= '2026-11-01' "
     "GROUP BY class",
	"SEARCH tally USING PRIMARY KEY (what=? AND day>?)"},
    {"SELECT * FROM by_domain WHERE day = '2026-11-01'",
	"SEARCH tally USING PRIMARY KEY (what=? AND day=?)"},
    {"SELECT * FROM by_day", "SEARCH tally USING PRIMARY KEY"},
    {"SELECT * FROM by_list", "SEARCH tally USING PRIMARY KEY"},
    {"SELECT * FROM sender_problems", "SEARCH tally USING PRIMARY KEY"},
};

START_TEST(what_admins_type_finds_an_index)
{
	char *explain = g_strconcat("EXPLAIN QUERY PLAN ", typed[_i].sql, NULL);
	char *plan = query_all(store->db, explain);

	ck_assert_msg(strstr(plan, typed[_i].index) != NULL, "%s\n%s",
	    typed[_i].sql, plan);
	g_free(plan);
	g_free(explain);
}
END_TEST

START_TEST(addresses_typed_in_other_case_are_found)
{
	settle_event(store, (struct event){.address = "User@Example.org",
				.at = DAY_ONE,
				.class = CLASS_SPAM});
	assert_sql(store,
	    "SELECT count(*) FROM bounces WHERE address = 'uSER@example.ORG'",
	    "1");
}
END_TEST

static void
add_lists(TCase *c)
{
	tcase_add_test(c, lists_are_filtered_ordered_and_limited);
	tcase_add_test(c, filters_hold_together);
	tcase_add_loop_test(c, an_address_is_found_by_all_its_names, 0,
	    (int)G_N_ELEMENTS(names_of_d));
	tcase_add_test(c, an_address_is_listed_once_whatever_finds_it);
	tcase_add_test(c, a_visitor_may_stop_and_ask_again);
	tcase_add_test(c, a_row_has_every_field_of_the_view);
	tcase_add_test(c, the_dead_are_told_in_order_of_death_and_by_list);
}

int
main(void)
{
	Suite *suite = suite_create("store read");
	TCase *c = tcase_create("read");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	add_lists(c);
	tcase_add_test(c, tallies_of_any_range_are_those_of_the_rows);
	tcase_add_test(c, open_ranges_are_all);
	tcase_add_test(c, senders_problems_are_told_by_remote_domain_and_class);
	tcase_add_test(c, tallies_are_limited_to_the_largest);
	tcase_add_test(c, a_new_database_has_an_empty_summary);
	tcase_add_test(c, a_summary_counts_mails_rows_failures_and_dead);
	tcase_add_loop_test(
	    c, addresses_fold_to_keys, 0, (int)G_N_ELEMENTS(keys));
	tcase_add_loop_test(
	    c, hosts_belong_to_organisations, 0, (int)G_N_ELEMENTS(hosts));
	tcase_add_loop_test(c, times_have_one_text, 0, (int)G_N_ELEMENTS(isos));
	tcase_add_loop_test(
	    c, no_statement_goes_through_a_big_table, 0, ST_COUNT);
	tcase_add_loop_test(
	    c, what_admins_type_finds_an_index, 0, (int)G_N_ELEMENTS(typed));
	tcase_add_test(c, addresses_typed_in_other_case_are_found);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
