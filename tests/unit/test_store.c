/* Settling mails: the ledger, the rows, the views. */
#include "store_fixture.h"

#include "store/batch.h"

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

static void
assert_settles(struct settlement *mails, size_t n)
{
	enum store_result r = store_settle(store, mails, n);

	ck_assert_msg(r == STORE_OK, "%s", store_error(store));
}

START_TEST(every_field_of_a_report_is_recorded)
{
	struct report *m = report_new();
	struct recipient *r = report_add(m);
	struct settlement mail = settlement_of(m, 1700000100);

	m->kind = KIND_BOUNCE;
	m->dialect = strdup("rfc3464");
	m->reporting_mta = strdup("mail.example.org");
	m->arrival_date = 1700000001;
	m->date = 1700000002;
	m->envelope_id = strdup("ENV1");
	m->message_id = strdup("id@example.org");
	m->list_id = strdup("news.example.org");
	m->from = strdup("news@example.org");
	m->subject = strdup("Größe ☃");
	m->sent_date = 1700000003;
	m->envelope_recipient = strdup("news-bounces@example.org");
	m->feedback_type = strdup("abuse");
	m->user_agent = strdup("Agent/1");
	m->source_ip = strdup("192.0.2.1");
	m->n_dropped = 3;
	r->address = strdup("Final@Example.NET");
	r->original_recipient = strdup("asked@example.com");
	r->subscriber = strdup("Sub@example.com");
	r->action = ACTION_FAILED;
	r->status = (struct enhanced){5, 7, 26};
	r->code = 550;
	r->diagnostic = strdup("550 5.7.26 unauthenticated");
	r->remote_mta = strdup("mx1.mail.example.co.uk");
	r->last_attempt = 1700000004;
	r->will_retry_until = 1700000005;
	r->class = CLASS_AUTHENTICATION_FAILED;
	r->basis = BASIS_STATUS;
	r->rule = strdup("codes.conf:7");
	mail.file = "1700.M1P2.host";
	assert_settles(&mail, 1);
	ck_assert(mail.recorded);
	assert_sql(store, "SELECT * FROM bounces",
	    "2023-11-14T22:13:22Z|Final@Example.NET|example.net|"
	    "asked@example.com|Sub@example.com|bounce|failed|"
	    "authentication-failed|0|5.7.26|550|status|codes.conf:7|"
	    "550 5.7.26 unauthenticated|mx1.mail.example.co.uk|"
	    "mail.example.org|rfc3464|news.example.org|id@example.org|"
	    "news-bounces@example.org|1700.M1P2.host");
	assert_sql(store,
	    "SELECT sender, subject, sent_at, envelope_id, arrival_at, "
	    "last_attempt_at, retry_until, reported_at, feedback_type, "
	    "user_agent, source_ip, remote_domain, number FROM bounce",
	    "news@example.org|Größe ☃|1700000003|ENV1|1700000001|"
	    "1700000004|1700000005|1700000002|abuse|Agent/1|192.0.2.1|"
	    "example.co.uk|1");
	assert_sql(store,
	    "SELECT id, hex(digest), kind, file, size, received_at, "
	    "recipients, dropped, failure IS NULL, "
	    "settled_at BETWEEN unixepoch() - 60 AND unixepoch() FROM mail",
	    "1|01000000000000000000000000000000000000000000000000000000000000"
	    "00|bounce|1700.M1P2.host|4400|1700000100|1|3|1|1");
	report_free(m);
}
END_TEST

START_TEST(what_the_mail_does_not_say_is_null)
{
	struct report *m = report_new();
	struct settlement mail = settlement_of(m, DAY_ONE);

	m->kind = KIND_BOUNCE;
	report_add(m)->action = ACTION_FAILED;
	m->recipients[0].diagnostic = strdup("");
	assert_settles(&mail, 1);
	assert_sql(store,
	    "SELECT address IS NULL, domain IS NULL, original_recipient IS "
	    "NULL, subscriber IS NULL, class IS NULL, status IS NULL, code IS "
	    "NULL, rule IS NULL, diagnostic IS NULL, remote_mta IS NULL, "
	    "list_id IS NULL, basis, kind, action FROM bounces",
	    "1|1|1|1|1|1|1|1|1|1|1|none|bounce|failed");
	report_free(m);
}
END_TEST

START_TEST(a_digest_seen_before_is_left_as_it_is)
{
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN};
	struct report *m = report_of(&e);
	struct settlement mails[3] = {settlement_of(m, e.at),
	    settlement_of(m, e.at), settlement_of(m, e.at)};

	/* once in the batch before, and twice in one batch */
	assert_settles(mails, 1);
	mails[1].file = "other-name";
	memcpy(mails[1].digest, mails[0].digest, DIGEST_SIZE);
	mails[0] = mails[1];
	mails[1] = mails[2];
	assert_settles(mails, 3);
	ck_assert(!mails[0].recorded);
	ck_assert(mails[1].recorded);
	ck_assert(!mails[2].recorded);
	assert_sql(
	    store, "SELECT count(*), min(file) FROM mail", "2|1.M1.host");
	assert_sql(store, "SELECT count(*) FROM bounces", "2");
	assert_sql(store, "SELECT bounces, hard FROM by_class", "2|2");
	assert_sql(store, "SELECT mails, recipients FROM mail_day", "2|2");
	report_free(m);
}
END_TEST

START_TEST(rows_have_a_key_that_is_the_same_on_every_host)
{
	struct report *m = report_new();
	struct settlement mail = settlement_of(m, DAY_ONE);

	m->kind = KIND_BOUNCE;
	for (int i = 0; i < 3; i++)
		report_add(m)->address = g_strdup_printf("%d@example.org", i);
	assert_settles(&mail, 1);
	assert_sql(store,
	    "SELECT substr(hex(m.digest), 1, 2), b.number, b.address "
	    "FROM bounce b JOIN mail m ON m.id = b.mail ORDER BY 2",
	    "01|1|0@example.org\n01|2|1@example.org\n01|3|2@example.org");
	ck_assert_int_ne(
	    sqlite3_exec(store->db,
		"INSERT INTO bounce (mail, number, at, kind, hard, basis, "
		"file) VALUES (1, 1, 0, 'bounce', 0, 'none', 'x')",
		NULL, NULL, NULL),
	    SQLITE_OK);
	report_free(m);
}
END_TEST

START_TEST(a_mail_that_could_not_be_read_has_a_ledger_row_that_says_why)
{
	struct settlement mails[2] = {
	    settlement_of(NULL, DAY_ONE), settlement_of(NULL, DAY_ONE)};

	mails[0].failure = "timeout";
	assert_settles(mails, 2);
	ck_assert(mails[0].recorded);
	assert_sql(store, "SELECT kind, failure, recipients FROM mail",
	    "other|timeout|0\nother|unknown|0");
}
END_TEST

START_TEST(what_is_no_report_has_no_rows)
{
	struct event e = {.address = "a@example.org", .at = DAY_ONE};
	struct report *m = report_of(&e);
	struct settlement mail = settlement_of(m, e.at);

	m->kind = KIND_OTHER;
	assert_settles(&mail, 1);
	assert_sql(store, "SELECT kind, recipients, failure IS NULL FROM mail",
	    "other|0|1");
	assert_sql(store, "SELECT count(*) FROM bounce", "0");
	report_free(m);
}
END_TEST

/* Which kinds and actions count, and which only stand there. */
static const struct {
	enum kind kind;
	enum action action;
	const char *counted; /* bounces|hard|delayed, "": none */
} countings[] = {
    {KIND_BOUNCE, ACTION_FAILED, "1|1|0"},
    {KIND_BOUNCE, ACTION_DELAYED, "0|0|1"},
    {KIND_BOUNCE, ACTION_DELIVERED, ""},
    {KIND_DELAY, ACTION_DELAYED, "0|0|1"},
    {KIND_DELAY, ACTION_FAILED, ""},
    {KIND_SUCCESS, ACTION_DELIVERED, ""},
    {KIND_SUCCESS, ACTION_RELAYED, ""},
    {KIND_SUCCESS, ACTION_EXPANDED, ""},
    {KIND_AUTO_REPLY, ACTION_FAILED, ""},
    {KIND_FEEDBACK, ACTION_FAILED, ""},
};

START_TEST(only_failures_in_bounces_count)
{
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN,
	    .kind = countings[_i].kind,
	    .action = countings[_i].action};
	char *shown = g_strdup_printf("%s|%s|%d", kind_name(e.kind),
	    action_name(e.action), strcmp(countings[_i].counted, "1|1|0") == 0);

	settle_event(store, e);
	e.at += DAY;
	settle_event(store, e);
	e.at += DAY;
	settle_event(store, e);
	assert_sql(
	    store, "SELECT DISTINCT kind, action, hard FROM bounces", shown);
	assert_sql(store,
	    "SELECT sum(bounces) / 3, sum(hard) / 3, sum(delayed) / 3 FROM "
	    "by_class HAVING count(*) > 0",
	    countings[_i].counted);
	assert_sql(store, "SELECT count(*) FROM dead_addresses",
	    strcmp(countings[_i].counted, "1|1|0") == 0 ? "1" : "0");
	g_free(shown);
}
END_TEST

START_TEST(names_and_texts_of_any_bytes_are_stored_as_utf8)
{
	struct event e = {.address = "a@example.org", .at = DAY_ONE};
	struct report *m = report_of(&e);
	struct settlement mail = settlement_of(m, e.at);
	char *huge = g_strnfill(2 * MAX_STORED_TEXT + 1, 'x');

	mail.file = "1.\xff\xfe\nM\xc3\xa9,S=1";
	free(m->recipients[0].diagnostic);
	m->recipients[0].diagnostic = strdup("caf\xe9 '; DROP TABLE mail; --");
	/* cut between characters of two bytes */
	m->subject = g_strdup(huge);
	for (int i = 0; i + 2 <= 2 * MAX_STORED_TEXT; i += 2)
		memcpy(m->subject + 1 + i, "\xc3\xa9", 2);
	assert_settles(&mail, 1);
	assert_sql(
	    store, "SELECT file FROM mail", "1.\\xFF\\xFE\nM\xc3\xa9,S=1");
	assert_sql(store, "SELECT diagnostic FROM bounces",
	    "caf\xef\xbf\xbd '; DROP TABLE mail; --");
	assert_sql(store,
	    "SELECT length(cast(subject AS BLOB)), length(subject) "
	    "FROM bounce",
	    "4095|2048");
	g_free(huge);
	report_free(m);
}
END_TEST

START_TEST(an_empty_file_name_is_no_failure)
{
	struct settlement mail = settlement_of(NULL, DAY_ONE);

	mail.file = "";
	assert_settles(&mail, 1);
	assert_sql(store, "SELECT file FROM mail", "-");
}
END_TEST

static const struct {
	const char *name;
	int64_t reported, received, wanted;
} times[] = {
    {"its own date", 1700000000, 1700000500, 1700000000},
    {"no date", 0, 1700000500, 1700000500},
    {"59 days old", 1700000000 - 59 * DAY, 1700000000, 1700000000 - 59 * DAY},
    {"61 days old", 1700000000 - 61 * DAY, 1700000000, 1700000000},
    {"an hour ahead", 1700003600, 1700000000, 1700003600},
    {"two days ahead", 1700000000 + 2 * DAY, 1700000000, 1700000000},
    {"of the year 1970", 5, 1700000000, 1700000000},
    {"negative", -1700000000, 1700000000, 1700000000},
    {"the largest number", INT64_MAX, 1700000000, 1700000000},
    {"the smallest number", INT64_MIN, 1700000000, 1700000000},
    {"received never", 0, 0, 1800000000},
    {"received never, but dated", 1800000000 - 5, 0, 1800000000 - 5},
    {"received before time began", 0, -5, 1800000000},
    {"received on the first day", 0, 7, DAY},
    {"received after the year 9999", 0, INT64_MAX, 253402300799},
};

START_TEST(an_event_has_a_sane_time)
{
	int64_t got =
	    row_time(times[_i].reported, times[_i].received, 1800000000);

	ck_assert_msg(got == times[_i].wanted, "%s: %lld", times[_i].name,
	    (long long)got);
}
END_TEST

START_TEST(insane_times_are_settled)
{
	struct event e = {.address = "a@example.org",
	    .at = INT64_MAX - 10,
	    .class = CLASS_USER_UNKNOWN};

	settle_event(store, e);
	e.at = INT64_MIN + 10;
	settle_event(store, e);
	assert_sql(store,
	    "SELECT at = '9999-12-31T23:59:59Z' FROM bounces ORDER BY at DESC",
	    "1\n0");
}
END_TEST

/* Names and order of columns are a promise. */
static const struct {
	const char *view, *columns;
} views[] = {
    {"bounces",
	"at,address,domain,original_recipient,subscriber,kind,action,class,"
	"hard,status,code,basis,rule,diagnostic,remote_mta,reporting_mta,"
	"dialect,list_id,message_id,envelope_recipient,file"},
    {"dead_addresses", "address,list_id,class,bounces,days,first_at,last_at"},
    {"by_class", "day,class,bounces,hard,delayed"},
    {"by_domain", "day,domain,bounces,hard,delayed"},
    {"by_day", "day,bounces,hard,delayed"},
    {"by_list", "day,list_id,bounces,hard,delayed"},
    {"sender_problems", "day,remote_domain,class,bounces,delayed"},
};

START_TEST(views_have_the_columns_that_are_promised)
{
	char *sql = g_strdup_printf(
	    "SELECT group_concat(name) FROM pragma_table_info('%s')",
	    views[_i].view);

	assert_sql(store, sql, views[_i].columns);
	g_free(sql);
}
END_TEST

START_TEST(there_are_no_other_views)
{
	char *n = g_strdup_printf("%d", (int)G_N_ELEMENTS(views));

	assert_sql(
	    store, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", n);
	g_free(n);
}
END_TEST

START_TEST(views_count_by_class_domain_list_and_day)
{
	int64_t one = 1700000000, two = one + DAY;
	struct event events[] = {
	    {"a@example.org", one, CLASS_USER_UNKNOWN, "news", .remote = NULL},
	    {"b@Example.ORG", one, CLASS_USER_UNKNOWN, "news", .remote = NULL},
	    {"c@example.net", two, CLASS_BLACKLISTED, "talk",
		.remote = "mx1.big.example.com"},
	    {"c@example.net", two, CLASS_RATE_LIMITED, "talk",
		.kind = KIND_DELAY, .action = ACTION_DELAYED,
		.remote = "192.0.2.1"},
	    {"d@example.net", two, CLASS_QUOTA_EXCEEDED, NULL,
		.remote = "mx1.big.example.com"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
		settle_event(store, events[i]);
	assert_sql(store,
	    "SELECT class, bounces, hard, delayed FROM by_class ORDER BY "
	    "bounces DESC, class",
	    "user-unknown|2|2|0\nblacklisted|1|0|0\nquota-exceeded|1|0|0\n"
	    "rate-limited|0|0|1");
	assert_sql(store, "SELECT * FROM by_domain ORDER BY day",
	    "2023-11-14|example.org|2|2|0\n2023-11-15|example.net|2|0|1");
	assert_sql(store, "SELECT * FROM by_list ORDER BY day",
	    "2023-11-14|news|2|2|0\n2023-11-15|talk|1|0|1");
	assert_sql(store, "SELECT * FROM by_day",
	    "2023-11-14|2|2|0\n2023-11-15|2|0|1");
	assert_sql(store, "SELECT * FROM sender_problems",
	    "2023-11-15|example.com|blacklisted|1|0\n"
	    "2023-11-15|example.net|rate-limited|0|1");
	assert_sql(store, "SELECT * FROM mail_day",
	    "19675|bounce|2|2\n19676|bounce|2|2\n19676|delay|1|1");
}
END_TEST

START_TEST(classes_and_their_policy_can_be_joined)
{
	char *n = g_strdup_printf("%d", CLASS_COUNT - 1);

	assert_sql(
	    store, "SELECT count(*) FROM class JOIN policy USING (class)", n);
	settle_event(store, (struct event){.address = "a@example.org",
				.at = DAY_ONE,
				.class = CLASS_QUOTA_EXCEEDED});
	assert_sql(store,
	    "SELECT class, hardness, cause, weight, temporary FROM bounces "
	    "JOIN class USING (class) JOIN policy USING (class)",
	    "quota-exceeded|counts|recipient|0.25|0.25");
	assert_sql(store,
	    "SELECT group_concat(class) FROM (SELECT class FROM class WHERE "
	    "cause = 'sender' ORDER BY 1)",
	    "authentication-failed,blacklisted,client-rejected,login-required,"
	    "protocol-error,rate-limited,relay-denied,sender-rejected,"
	    "tls-failed");
	/* Whatever blames another than the recipient weighs nothing. */
	assert_sql(store,
	    "SELECT count(*) FROM class JOIN policy USING (class) WHERE "
	    "cause <> 'recipient' AND (weight > 0 OR temporary > 0)",
	    "0");
	g_free(n);
}
END_TEST

START_TEST(a_batch_is_whole_or_nothing)
{
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN};
	struct report *m = report_of(&e);
	struct settlement mails[2] = {
	    settlement_of(m, e.at), settlement_of(m, e.at)};

	/* A table that is gone: the second half of the work fails. */
	sqlite3_exec(
	    store->db, "ALTER TABLE tally RENAME TO gone", NULL, NULL, NULL);
	ck_assert_int_eq(store_settle(store, mails, 2), STORE_ERROR);
	ck_assert(!mails[0].recorded && !mails[1].recorded);
	ck_assert_ptr_nonnull(strstr(store_error(store), "please report"));
	assert_sql(store, "SELECT count(*) FROM mail", "0");
	assert_sql(store, "SELECT count(*) FROM address", "0");
	sqlite3_exec(
	    store->db, "ALTER TABLE gone RENAME TO tally", NULL, NULL, NULL);
	assert_settles(mails, 2);
	ck_assert(mails[0].recorded && mails[1].recorded);
	report_free(m);
}
END_TEST

START_TEST(an_empty_batch_is_fine)
{
	ck_assert_int_eq(store_settle(store, NULL, 0), STORE_OK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store settle");
	TCase *c = tcase_create("settle");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, every_field_of_a_report_is_recorded);
	tcase_add_test(c, what_the_mail_does_not_say_is_null);
	tcase_add_test(c, a_digest_seen_before_is_left_as_it_is);
	tcase_add_test(c, rows_have_a_key_that_is_the_same_on_every_host);
	tcase_add_test(
	    c, a_mail_that_could_not_be_read_has_a_ledger_row_that_says_why);
	tcase_add_test(c, what_is_no_report_has_no_rows);
	tcase_add_loop_test(
	    c, only_failures_in_bounces_count, 0, (int)G_N_ELEMENTS(countings));
	tcase_add_test(c, names_and_texts_of_any_bytes_are_stored_as_utf8);
	tcase_add_test(c, an_empty_file_name_is_no_failure);
	tcase_add_loop_test(
	    c, an_event_has_a_sane_time, 0, (int)G_N_ELEMENTS(times));
	tcase_add_test(c, insane_times_are_settled);
	tcase_add_loop_test(c, views_have_the_columns_that_are_promised, 0,
	    (int)G_N_ELEMENTS(views));
	tcase_add_test(c, there_are_no_other_views);
	tcase_add_test(c, views_count_by_class_domain_list_and_day);
	tcase_add_test(c, classes_and_their_policy_can_be_joined);
	tcase_add_test(c, a_batch_is_whole_or_nothing);
	tcase_add_test(c, an_empty_batch_is_fine);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
