/* Who is dead: reports in, the view dead_addresses out. */
#include "store_fixture.h"

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

/* ADDRESS fails hard on day N of the story. */
static void
hard(const char *address, int n)
{
	settle_event(store, (struct event){.address = address,
				.at = DAY_ONE + n * DAY,
				.class = CLASS_USER_UNKNOWN});
}

static void
succeeds(const char *address, int64_t at)
{
	settle_event(store, (struct event){.address = address,
				.at = at,
				.kind = KIND_SUCCESS,
				.action = ACTION_DELIVERED});
}

static void
assert_dead(const char *wanted)
{
	assert_sql(store,
	    "SELECT coalesce(group_concat(address, ' '), '') FROM (SELECT "
	    "address FROM dead_addresses ORDER BY 1)",
	    wanted);
}

START_TEST(two_hard_days_make_dead)
{
	hard("a@example.org", 0);
	assert_dead("");
	hard("a@example.org", 0);
	assert_dead("");
	hard("a@example.org", 7);
	assert_dead("a@example.org");
	assert_sql(store,
	    "SELECT class, bounces, days, unixepoch(last_at) - "
	    "unixepoch(first_at) FROM dead_addresses",
	    "user-unknown|3|2|604800");
}
END_TEST

START_TEST(what_is_not_the_recipients_fault_weighs_nothing)
{
	static const enum bounce_class classes[] = {CLASS_SYSTEM_FULL,
	    CLASS_SYSTEM_ERROR, CLASS_UNREACHABLE, CLASS_MAIL_LOOP,
	    CLASS_EXPIRED, CLASS_GREYLISTED, CLASS_RATE_LIMITED,
	    CLASS_BLACKLISTED, CLASS_RELAY_DENIED, CLASS_LOGIN_REQUIRED,
	    CLASS_TLS_FAILED, CLASS_AUTHENTICATION_FAILED,
	    CLASS_SENDER_REJECTED, CLASS_CLIENT_REJECTED, CLASS_SPAM,
	    CLASS_VIRUS, CLASS_MESSAGE_TOO_LARGE, CLASS_CONTENT_REJECTED,
	    CLASS_POLICY, CLASS_PROTOCOL_ERROR, CLASS_UNKNOWN, CLASS_NONE};

	for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
		for (int n = 0; n < 20; n++)
			settle_event(
			    store, (struct event){.address = "a@example.org",
				       .at = DAY_ONE + n * DAY,
				       .class = classes[i]});
	}
	assert_dead("");
	assert_sql(store, "SELECT count(*) FROM address", "0");
}
END_TEST

START_TEST(temporary_failures_of_a_hard_class_weigh_a_quarter)
{
	for (int n = 0; n < 8; n++) {
		assert_dead("");
		settle_event(store, (struct event){.address = "a@example.org",
					.at = DAY_ONE + n * DAY,
					.class = CLASS_USER_UNKNOWN,
					.temporary = true});
	}
	assert_dead("a@example.org");
	assert_sql(store, "SELECT days, score FROM address", "8|2.0");
}
END_TEST

START_TEST(a_full_mailbox_is_dead_after_eight_days)
{
	for (int n = 0; n < 8; n++) {
		assert_dead("");
		for (int i = 0; i < 5; i++)
			settle_event(
			    store, (struct event){.address = "a@example.org",
				       .at = DAY_ONE + n * DAY + i,
				       .class = CLASS_QUOTA_EXCEEDED});
	}
	assert_dead("a@example.org");
}
END_TEST

START_TEST(delays_never_count)
{
	for (int n = 0; n < 20; n++)
		settle_event(store, (struct event){.address = "a@example.org",
					.at = DAY_ONE + n * DAY,
					.class = CLASS_USER_UNKNOWN,
					.kind = KIND_DELAY,
					.action = ACTION_DELAYED});
	assert_dead("");
}
END_TEST

START_TEST(the_address_shown_is_the_one_the_operator_knows)
{
	for (int n = 0; n < 2; n++) {
		struct event e = {.address = "box1@host.example.net",
		    .at = DAY_ONE + n * DAY,
		    .class = CLASS_USER_UNKNOWN,
		    .original = "Asked@Example.com"};

		settle_event(store, e);
		e.subscriber = "Sub@Example.com";
		settle_event(store, e);
	}
	hard("final@example.org", 0);
	hard("final@example.org", 1);
	assert_dead("Asked@Example.com Sub@Example.com final@example.org");
}
END_TEST

START_TEST(addresses_are_compared_folded)
{
	hard("User@Bücher.example", 0);
	hard("uSER@xn--bcher-kva.EXAMPLE", 1);
	hard("MÜLLER@example.org", 0);
	hard("müller@Example.Org.", 1);
	assert_dead("MÜLLER@example.org User@Bücher.example");
}
END_TEST

START_TEST(a_later_success_starts_afresh)
{
	hard("a@example.org", 0);
	hard("a@example.org", 1);
	assert_dead("a@example.org");
	succeeds("A@example.org", DAY_ONE + 2 * DAY);
	assert_dead("");
	hard("a@example.org", 3);
	assert_dead("");
	hard("a@example.org", 4);
	assert_dead("a@example.org");
	assert_sql(store, "SELECT days FROM dead_addresses", "2");
}
END_TEST

START_TEST(an_earlier_success_changes_nothing)
{
	hard("a@example.org", 2);
	hard("a@example.org", 3);
	succeeds("a@example.org", DAY_ONE);
	assert_dead("a@example.org");
}
END_TEST

START_TEST(a_success_that_comes_first_outlives_older_failures)
{
	succeeds("a@example.org", DAY_ONE + 5 * DAY);
	hard("a@example.org", 2);
	hard("a@example.org", 3);
	assert_dead("");
	hard("a@example.org", 6);
	assert_dead("");
	hard("a@example.org", 7);
	assert_dead("a@example.org");
}
END_TEST

/* Noon of day 1 succeeds; what failed that day before and after it? */
static const struct {
	const char *name;
	int before, after;
	bool dead;
} noons[] = {
    {"nothing", 0, 0, false},
    {"before", 3, 0, false},
    {"after", 0, 1, true},
    {"both", 2, 2, true},
};

START_TEST(on_the_day_of_a_success_only_what_follows_counts)
{
	int64_t noon = DAY_ONE + DAY;

	for (int i = 1; i <= noons[_i].before; i++)
		settle_event(store, (struct event){.address = "a@example.org",
					.at = noon - i * 60,
					.class = CLASS_USER_UNKNOWN});
	for (int i = 1; i <= noons[_i].after; i++)
		settle_event(store, (struct event){.address = "A@Example.org",
					.at = noon + i * 60,
					.class = CLASS_USER_UNKNOWN});
	succeeds("a@example.org", noon);
	hard("a@example.org", 2);
	assert_dead(noons[_i].dead ? noons[_i].before > 0 ? "a@example.org"
							  : "A@Example.org"
				   : "");
	assert_sql(store, "SELECT bounces - 1 FROM address",
	    noons[_i].after == 2   ? "2"
	    : noons[_i].after == 1 ? "1"
				   : "0");
}
END_TEST

START_TEST(success_for_the_same_mailbox_by_another_name_is_not_for_me)
{
	hard("final@example.net", 0);
	hard("final@example.net", 1);
	settle_event(store, (struct event){.address = "final@example.net",
				.subscriber = "other@example.org",
				.at = DAY_ONE + 2 * DAY,
				.kind = KIND_SUCCESS,
				.action = ACTION_DELIVERED});
	assert_dead("final@example.net");
}
END_TEST

START_TEST(the_dead_of_long_ago_are_no_longer_listed)
{
	int64_t ago = time(NULL) - 61 * DAY;

	for (int n = 0; n < 2; n++)
		settle_event(store, (struct event){.address = "a@example.org",
					.at = ago - n * DAY,
					.class = CLASS_USER_UNKNOWN});
	assert_dead("");
	sqlite3_exec(store->db,
	    "UPDATE threshold SET value = 0 WHERE name = 'stale'", NULL, NULL,
	    NULL);
	assert_dead("a@example.org");
}
END_TEST

START_TEST(an_address_has_a_row_for_each_list_it_failed_on)
{
	static const char *const lists[] = {
	    "news", "news", NULL, "talk", "news", "talk", "jobs"};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		settle_event(store, (struct event){.address = "a@example.org",
					.at = DAY_ONE + (int64_t)i * DAY,
					.class = CLASS_USER_UNKNOWN,
					.list = lists[i]});
	assert_sql(store,
	    "SELECT address, list_id, days FROM dead_addresses ORDER BY 2",
	    "a@example.org|jobs|7\na@example.org|news|7\n"
	    "a@example.org|talk|7");
}
END_TEST

START_TEST(a_second_list_in_one_batch_is_noted)
{
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN,
	    .list = "news"};
	struct report *one = report_of(&e), *two;
	struct settlement mails[2];

	e.list = "talk";
	e.at += DAY;
	two = report_of(&e);
	mails[0] = settlement_of(one, e.at);
	mails[1] = settlement_of(two, e.at);
	ck_assert_int_eq(store_settle(store, mails, 2), STORE_OK);
	assert_sql(store, "SELECT list_id FROM dead_addresses ORDER BY 1",
	    "news\ntalk");
	assert_sql(store, "PRAGMA foreign_key_check", "");
	report_free(one);
	report_free(two);
}
END_TEST

START_TEST(deaths_are_numbered_and_never_again)
{
	hard("a@example.org", 0);
	hard("a@example.org", 1);
	hard("b@example.org", 0);
	hard("b@example.org", 1);
	assert_sql(store, "SELECT key, dead FROM address ORDER BY 1",
	    "a@example.org|1\nb@example.org|2");
	hard("a@example.org", 2); /* dead already */
	succeeds("b@example.org", DAY_ONE + 2 * DAY);
	hard("b@example.org", 3);
	hard("b@example.org", 4);
	assert_sql(store, "SELECT key, dead FROM address ORDER BY 1",
	    "a@example.org|1\nb@example.org|3");
	store_close(store);
	store = open_store(STORE_WRITE);
	hard("c@example.org", 0);
	hard("c@example.org", 1);
	assert_sql(store, "SELECT dead FROM address WHERE key LIKE 'c%'", "4");
}
END_TEST

/* ---- storms ---- */

static void
day_at(const char *domain, int n, int from, int to)
{
	for (int i = from; i < to; i++) {
		char *address = g_strdup_printf("u%d@%s", i, domain);

		hard(address, n);
		g_free(address);
	}
}

START_TEST(a_storm_kills_nobody_until_a_later_day_confirms)
{
	/* Each has failed once before, on different days. */
	for (int i = 0; i < 12; i++)
		day_at("example.net", i, i, i + 1);
	day_at("example.net", 20, 0, 12);
	assert_dead("");
	assert_sql(store, "SELECT domain FROM storm", "example.net");
	hard("u3@example.net", 25);
	assert_dead("u3@example.net");
	assert_sql(store, "SELECT days FROM dead_addresses", "3");
}
END_TEST

START_TEST(who_died_early_in_a_storm_is_alive_again)
{
	for (int i = 0; i < 12; i++)
		day_at("example.net", i, i, i + 1);
	day_at("example.net", 20, 0, 9);
	assert_sql(store, "SELECT count(*) FROM dead_addresses", "9");
	day_at("example.net", 20, 9, 10);
	assert_dead("");
	/* The other domain's dead are not concerned. */
	hard("x@example.org", 19);
	hard("x@example.org", 20);
	assert_dead("x@example.org");
}
END_TEST

START_TEST(a_storm_over_midnight_is_one)
{
	for (int i = 0; i < 12; i++)
		day_at("example.net", 0, i, i + 1);
	store_close(store);
	remove_folder();
	set_up();
	day_at("example.net", 20, 0, 12);
	day_at("example.net", 21, 0, 12);
	assert_dead("");
	/* On the third day it is the truth. */
	day_at("example.net", 22, 0, 12);
	assert_sql(store, "SELECT count(*) FROM dead_addresses", "12");
	assert_sql(store, "SELECT count(*) FROM storm", "2");
}
END_TEST

START_TEST(as_many_as_usual_are_no_storm)
{
	day_at("example.net", 0, 0, 40);
	day_at("example.net", 7, 0, 40);
	assert_sql(store, "SELECT count(*) FROM storm", "1");
	assert_sql(store, "SELECT count(*) FROM dead_addresses", "40");
}
END_TEST

START_TEST(many_addresses_of_many_domains_are_no_storm)
{
	for (int n = 0; n < 2; n++) {
		for (int i = 0; i < 50; i++) {
			char *address = g_strdup_printf("u@d%d.example.net", i);

			hard(address, n);
			g_free(address);
		}
	}
	assert_sql(store, "SELECT count(*) FROM dead_addresses", "50");
}
END_TEST

START_TEST(many_failures_of_one_address_are_no_storm)
{
	hard("a@example.net", 0);
	for (int i = 0; i < 50; i++)
		hard("a@example.net", 10);
	assert_dead("a@example.net");
	assert_sql(store, "SELECT count(*) FROM storm", "0");
}
END_TEST

/* The same mails in another order give the same verdicts. */
START_TEST(the_order_of_settling_does_not_matter)
{
	static const int days[][3] = {
	    {0, 10, 20}, {20, 10, 0}, {10, 0, 20}, {20, 0, 10}};
	static const char verdicts[] =
	    "SELECT key, bounces, days, score, class, first_at, last_at, "
	    "dead IS NULL FROM address ORDER BY 1";
	static const char sums[] =
	    "SELECT what, day, name, bounces, hard, addresses FROM tally "
	    "ORDER BY 1, 2, 3";
	char *wanted_verdicts = NULL, *wanted_sums = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
		for (int k = 0; k < 3; k++) {
			int n = days[i][k];

			/* day 0: 4, day 10: 12 (a storm, if 4 is all that
			 * was usual), day 20: one again */
			day_at("example.net", n, 0,
			    n == 0    ? 4
			    : n == 10 ? 13
				      : 1);
			if (n == 10)
				succeeds("u2@example.net", DAY_ONE + 15 * DAY);
		}
		if (wanted_verdicts == NULL) {
			wanted_verdicts = query_all(store->db, verdicts);
			wanted_sums = query_all(store->db, sums);
		}
		assert_sql(store, verdicts, wanted_verdicts);
		assert_sql(store, sums, wanted_sums);
		assert_dead("u0@example.net");
		store_close(store);
		remove_folder();
		set_up();
	}
	g_free(wanted_verdicts);
	g_free(wanted_sums);
}
END_TEST

START_TEST(a_storm_ends_when_older_mail_shows_it_was_usual)
{
	day_at("example.net", 10, 0, 12);
	day_at("example.net", 11, 0, 12);
	assert_dead("");
	/* An import of the month before. */
	day_at("example.net", 2, 20, 40);
	assert_sql(store, "SELECT count(*) FROM dead_addresses", "12");
	assert_sql(store, "SELECT count(*) FROM storm",
	    "1"); /* that of day 2 itself */
}
END_TEST

START_TEST(a_forwarded_address_is_in_the_storm_of_the_host_that_failed_it)
{
	for (int i = 0; i < 12; i++) {
		struct event e = {.class = CLASS_USER_UNKNOWN};
		char *final = g_strdup_printf("u%d@big.example.net", i);
		char *own = g_strdup_printf("own%d@d%d.example.org", i, i);

		e.address = final;
		e.subscriber = own;
		e.at = DAY_ONE + i * DAY;
		settle_event(store, e);
		e.at = DAY_ONE + 20 * DAY;
		settle_event(store, e);
		g_free(final);
		g_free(own);
	}
	assert_dead("");
	assert_sql(store, "SELECT domain FROM storm", "big.example.net");
}
END_TEST

START_TEST(weights_and_thresholds_are_taken_from_the_database)
{
	sqlite3_exec(store->db,
	    "UPDATE policy SET weight = 5 WHERE class = 'expired'; "
	    "UPDATE policy SET weight = 0 WHERE class = 'user-unknown'; "
	    "UPDATE threshold SET value = 1 WHERE name = 'days'",
	    NULL, NULL, NULL);
	store_close(store);
	store = open_store(STORE_WRITE);
	hard("hard@example.org", 0);
	hard("hard@example.org", 1);
	settle_event(store, (struct event){.address = "exp@example.org",
				.at = DAY_ONE,
				.class = CLASS_EXPIRED});
	assert_dead("exp@example.org");
}
END_TEST

static void
add_storms(TCase *c)
{
	tcase_add_test(c, a_storm_kills_nobody_until_a_later_day_confirms);
	tcase_add_test(c, who_died_early_in_a_storm_is_alive_again);
	tcase_add_test(c, a_storm_over_midnight_is_one);
	tcase_add_test(c, as_many_as_usual_are_no_storm);
	tcase_add_test(c, many_addresses_of_many_domains_are_no_storm);
	tcase_add_test(c, many_failures_of_one_address_are_no_storm);
	tcase_add_test(c, the_order_of_settling_does_not_matter);
	tcase_add_test(c, a_storm_ends_when_older_mail_shows_it_was_usual);
	tcase_add_test(
	    c, a_forwarded_address_is_in_the_storm_of_the_host_that_failed_it);
}

int
main(void)
{
	Suite *suite = suite_create("store verdict");
	TCase *c = tcase_create("verdict");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, two_hard_days_make_dead);
	tcase_add_test(c, what_is_not_the_recipients_fault_weighs_nothing);
	tcase_add_test(c, temporary_failures_of_a_hard_class_weigh_a_quarter);
	tcase_add_test(c, a_full_mailbox_is_dead_after_eight_days);
	tcase_add_test(c, delays_never_count);
	tcase_add_test(c, the_address_shown_is_the_one_the_operator_knows);
	tcase_add_test(c, addresses_are_compared_folded);
	tcase_add_test(c, a_later_success_starts_afresh);
	tcase_add_test(c, an_earlier_success_changes_nothing);
	tcase_add_test(c, a_success_that_comes_first_outlives_older_failures);
	tcase_add_loop_test(c, on_the_day_of_a_success_only_what_follows_counts,
	    0, (int)G_N_ELEMENTS(noons));
	tcase_add_test(
	    c, success_for_the_same_mailbox_by_another_name_is_not_for_me);
	tcase_add_test(c, the_dead_of_long_ago_are_no_longer_listed);
	tcase_add_test(c, an_address_has_a_row_for_each_list_it_failed_on);
	tcase_add_test(c, a_second_list_in_one_batch_is_noted);
	tcase_add_test(c, deaths_are_numbered_and_never_again);
	tcase_add_test(c, weights_and_thresholds_are_taken_from_the_database);
	add_storms(c);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
