/* Judging evidence: the rules of judgement, with the shipped rules and codes,
 * and the order of evidence, with small ones. */
#include "conf/data.h"
#include "parser/classify.h"
#include "parser/reply.h"
#include "tests/unit/replies.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof(*(a))))

static struct classifier *shipped;
static struct matcher *matcher;

static void
setup(void)
{
	struct source rules = shipped_rules(), codes = shipped_codes();
	char *error = NULL;

	shipped = classifier_new(&rules, 1, &codes, 1, &error);
	ck_assert_msg(shipped != NULL, "%s", error);
	matcher = matcher_new(shipped);
}

static void
teardown(void)
{
	matcher_free(matcher);
	classifier_free(shipped);
}

static struct verdict
judge(const char *text, const char *status, const char *host)
{
	struct evidence ev = {
	    .texts = {text}, .remote_mta = host, .action = ACTION_FAILED};

	enhanced_parse(status, &ev.status);
	return classify(shipped, matcher, &ev);
}

/* Is CLASS one of the words in LIST, which has commas between them? */
static bool
is_listed(const char *class, const char *list)
{
	size_t n = strlen(class);

	for (const char *p = list; (p = strstr(p, class)) != NULL; p += n) {
		if ((p == list || p[-1] == ',') &&
		    (p[n] == '\0' || p[n] == ','))
			return true;
	}
	return false;
}

START_TEST(a_reply_means_what_a_postmaster_takes_it_for)
{
	const struct reply_row *r = &reply_rows[_i];
	struct verdict v = judge(r->text, "", r->host);

	ck_assert_msg(is_listed(class_name(v.class), r->classes),
	    "%s\n  is %s by %s, not %s", r->text, class_name(v.class),
	    v.rule != NULL ? v.rule : "nothing", r->classes);
}
END_TEST

/* Codes that blame the recipient, with text that does not. */
static const char *const senders_fault[] = {
    "blacklisted, 192.0.2.1 is listed at zen.spamhaus.org",
    "Your IP 192.0.2.1 has a poor reputation",
    "Client host [192.0.2.1] blocked using dnsbl.example.net",
    "192.0.2.1 has sent to too many recipients this hour",
    "too many connections from your host",
    "hourly sending quota exceeded",
    "Relay access denied",
    "SPF check failed",
    "rejected by the DMARC policy of example.net",
    "no PTR record for 192.0.2.1",
    "Helo command rejected: Host not found",
    "Sender address rejected: Domain not found",
    "authentication required",
    "Must issue a STARTTLS command first",
    "message identified as spam",
    "message contains a virus",
    "message size exceeds limit",
    "attachment type .exe is not allowed",
    "greylisted, try again in 5 minutes",
    "blocked",
    "banned",
    "spam",
    "your server is not welcome here",
    "policy violation",
    "this sender is not accepted",
};

static const char *const recipient_codes[] = {"550 5.1.1",
    "550 5.1.1 <u@e.org>:", "550 5.1.1 <u@e.org>: Recipient address rejected:",
    "550", "550 5.2.1", "553 5.1.3", "550-5.1.2", "550 5.1.0 u@e.org",
    "550 5.1.10", "550 5.4.1"};

START_TEST(a_fault_of_the_sender_never_makes_an_address_look_dead)
{
	char text[500];

	for (int i = 0; i < COUNT(recipient_codes); i++) {
		struct verdict v;

		snprintf(text, sizeof(text), "smtp; %s %s", recipient_codes[i],
		    senders_fault[_i]);
		v = judge(text, "5.1.1", NULL);
		ck_assert_msg(class_info(v.class)->hardness == HARDNESS_NONE,
		    "%s\n  is %s by %s", text, class_name(v.class), v.rule);
		ck_assert(!v.hard);
	}
}
END_TEST

/* The second table of the code page: reply, enhanced code and text. */
static const struct {
	const char *text, *class;
} extended[] = {
    {"550 5.1.1 <u@example.org>: user unknown in virtual alias table",
	"user-unknown"},
    {"550 5.1.1 <u@example.org> protocol error", "protocol-error"},
    {"550 5.3.2 service currently unavailable", "system-error"},
    {"554 5.7.1 client host blocked using zen.spamhaus.org", "blacklisted"},
    {"550 5.7.1 Helo command rejected: you aren't localhost",
	"client-rejected"},
    {"550 5.7.1 Helo command rejected: you are not localhost.localdomain",
	"client-rejected"},
    {"550 5.7.1 Helo command rejected: you are not me", "client-rejected"},
    {"554 5.7.1 <u@example.org>: relay access denied", "relay-denied"},
    {"551 5.7.1 rejected: classification as virus, spam or high bulk ratio",
	"spam"},
    {"530 5.7.0 authentication required", "login-required"},
    {"550 5.4.5 hourly domain sending quota exceeded", "rate-limited"},
    {"550 5.4.6 hourly sending quota exceeded", "rate-limited"},
    {"553 5.7.1 <u@example.net>: sender address rejected: not owned by user",
	"login-required"},
    {"554 5.7.1 <u@example.org>: recipient address rejected: USER IS "
     "SUSPENDED",
	"mailbox-disabled"},
    {"522 5.7.1 requested mail action aborted: exceeded storage allocation",
	"quota-exceeded"},
    {"554 5.7.1 <u@example.net>: sender address rejected: access denied",
	"sender-rejected"},
    {"450 4.1.8 <u@example.net>: sender address rejected: domain not found",
	"sender-rejected"},
    {"450 4.7.1 client host rejected: cannot find your reverse hostname",
	"client-rejected"},
    {"450 4.7.1 <u@example.org>: recipient address rejected: policy rejection "
     "- quota exceeded",
	"rate-limited"},
    {"450 4.7.1 <u@example.org>: recipient address rejected: access denied",
	"policy"},
    {"451 4.3.5 server configuration problem", "system-error"},
    {"451 4.7.1 service unavailable, try again later", "system-error"},
    {"452 4.5.3 too many recipients", "rate-limited"},
    /* notes beside the first table */
    {"421 too many concurrent connections", "rate-limited"},
    {"452 too many messages", "rate-limited"},
    {"501 5.1.3 bad recipient address syntax", "bad-address"},
    {"501 invalid address syntax", "bad-address"},
    {"503 authentication required", "login-required"},
    {"530 your host is blacklisted", "blacklisted"},
    {"551 user not local; please try <u@example.net>", "user-moved"},
    {"552 message size exceeds fixed limit", "message-too-large"},
    {"552 5.3.4 refused", "message-too-large"},
    {"550 protocol error, expected something else", "protocol-error"},
    {"521 example.org does not accept mail", "domain-unknown"},
};

START_TEST(every_row_of_the_extended_table_has_its_class)
{
	struct verdict v = judge(extended[_i].text, "", NULL);

	ck_assert_msg(strcmp(class_name(v.class), extended[_i].class) == 0,
	    "%s\n  is %s by %s", extended[_i].text, class_name(v.class),
	    v.rule != NULL ? v.rule : "nothing");
}
END_TEST

START_TEST(a_bare_code_has_the_class_of_its_row)
{
	for (int code = 100; code < 600; code++) {
		const struct code_info *info = code_info_reply(shipped, code);
		enum bounce_class wanted = CLASS_UNKNOWN;
		char text[20];
		struct verdict v;

		if (info != NULL && info->class != CLASS_NONE)
			wanted = info->class;
		snprintf(text, sizeof(text), "smtp; %d", code);
		v = judge(text, "", NULL);
		ck_assert_int_eq(v.code, code);
		ck_assert_int_eq(v.class, wanted);
		ck_assert_int_eq(
		    v.basis, wanted == CLASS_UNKNOWN ? BASIS_NONE : BASIS_CODE);
	}
}
END_TEST

START_TEST(no_evidence_is_unknown)
{
	struct evidence ev = {.action = ACTION_FAILED};
	struct verdict v = classify(shipped, matcher, &ev);

	ck_assert_int_eq(v.class, CLASS_UNKNOWN);
	ck_assert_int_eq(v.basis, BASIS_NONE);
	ck_assert_ptr_null(v.rule);
	ck_assert(!v.hard);
	ck_assert_int_eq(v.code, 0);
	ck_assert_int_eq(v.status.class, 0);
}
END_TEST

START_TEST(vague_codes_alone_never_make_an_address_dead)
{
	static const char *const vague[] = {
	    "554", "5.7.1", "5.0.0", "5.1.0", "5.4.1", "554 5.0.0"};

	for (int i = 0; i < COUNT(vague); i++) {
		struct verdict v = judge(vague[i], "", NULL);

		ck_assert_msg(
		    !v.hard, "%s is %s", vague[i], class_name(v.class));
	}
}
END_TEST

START_TEST(a_temporary_code_keeps_the_class_and_takes_the_hard_mark)
{
	static const struct {
		const char *text, *status;
		bool hard;
	} rows[] = {
	    {"550 5.1.1 user unknown", "5.1.1", true},
	    {"user unknown", "", true},
	    {"451 user unknown", "", false},
	    {"450 4.1.1 user unknown", "5.1.1", false},
	    {"user unknown", "4.1.1", false},
	    {"550 user unknown", "4.0.0", false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct verdict v = judge(rows[i].text, rows[i].status, NULL);

		ck_assert_int_eq(v.class, CLASS_USER_UNKNOWN);
		ck_assert_msg(v.hard == rows[i].hard, "%s", rows[i].text);
	}
}
END_TEST

static const struct {
	const char *text;
	enum bounce_class class;
} unread[] = {
    {"550 nope", CLASS_USER_UNKNOWN},
    {"host mx.example.org[192.0.2.1] said: 550 nope (in reply to RCPT TO "
     "command)",
	CLASS_USER_UNKNOWN},
    {"550 <u@example.org>... nem letezik", CLASS_USER_UNKNOWN},
    {"550 5.0.0 <u@example.org> qwerty asdf", CLASS_USER_UNKNOWN},
    {"550 Something quite different went awry over here", CLASS_UNKNOWN},
    {"556 Something quite different went awry over here", CLASS_UNKNOWN},
    {"550 5.0.0 Something quite different went awry over here", CLASS_UNKNOWN},
    {"550 5.1.1 Something quite different went awry over here",
	CLASS_USER_UNKNOWN},
    {"552 Something quite different went awry over here", CLASS_QUOTA_EXCEEDED},
};

START_TEST(a_reply_code_alone_kills_nobody_while_there_is_text_to_read)
{
	struct verdict v = judge(unread[_i].text, "", NULL);

	ck_assert_msg(v.class == unread[_i].class, "%s is %s by %s",
	    unread[_i].text, class_name(v.class),
	    v.rule != NULL ? v.rule : "nothing");
}
END_TEST

START_TEST(only_what_failed_can_be_hard)
{
	static const struct {
		enum action action;
		enum bounce_class class;
		bool hard;
	} rows[] = {
	    {ACTION_FAILED, CLASS_USER_UNKNOWN, true},
	    {ACTION_NONE, CLASS_USER_UNKNOWN, true},
	    {ACTION_DELAYED, CLASS_USER_UNKNOWN, false},
	    {ACTION_DELIVERED, CLASS_NONE, false},
	    {ACTION_RELAYED, CLASS_NONE, false},
	    {ACTION_EXPANDED, CLASS_NONE, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct evidence ev = {.texts = {"550 5.1.1 user unknown"},
		    .action = rows[i].action};
		struct verdict v = classify(shipped, matcher, &ev);

		ck_assert_int_eq(v.class, rows[i].class);
		ck_assert_int_eq(v.hard, rows[i].hard);
		ck_assert_int_eq(v.code, 550);
	}
}
END_TEST

START_TEST(what_a_host_says_depends_on_the_host)
{
	static const char text[] =
	    "550 5.4.1 Recipient address rejected: Access denied";
	static const struct {
		const char *host;
		enum bounce_class class;
	} rows[] = {
	    {"example-org.mail.protection.outlook.com", CLASS_USER_UNKNOWN},
	    {"dns; EXAMPLE.mail.protection.OUTLOOK.COM. (192.0.2.1)",
		CLASS_USER_UNKNOWN},
	    {"outlook.com", CLASS_USER_UNKNOWN},
	    {"notoutlook.com", CLASS_POLICY},
	    {"outlook.com.example.org", CLASS_POLICY},
	    {"[192.0.2.1]", CLASS_POLICY},
	    {"", CLASS_POLICY},
	    {NULL, CLASS_POLICY},
	};

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_msg(
		    judge(text, "", rows[i].host).class == rows[i].class, "%s",
		    rows[i].host);
	ck_assert_int_eq(judge("host a.b.outlook.com[192.0.2.1] said: 550 "
			       "5.4.1 Recipient address rejected: Access "
			       "denied (in reply to RCPT TO command)",
			     "", NULL)
			     .class,
	    CLASS_USER_UNKNOWN);
}
END_TEST

/* ---- the order of evidence, with rules of our own ---- */

static const char small_rules[] = "spam: first phrase\n"
				  "virus: second phrase\n"
				  "policy weak: vague phrase\n"
				  "expired weak: other vague phrase\n"
				  "user-unknown code=550: coded phrase\n"
				  "expired near: near phrase\n";
static const char small_codes[] = "550 bad-address | m | a\n"
				  "5.1.1 user-unknown | m | a\n"
				  "5.2.2 quota-exceeded | m | a\n"
				  "5.7.1 relay-denied weak | m | a\n"
				  "x.0.0 unknown weak | m | a\n";

static const struct {
	const char *name;
	struct evidence ev;
	enum bounce_class class;
	enum basis basis;
	const char *rule;
} orders[] = {
    {"the first rule of the file wins, not of the text",
	{.texts = {"second phrase, first phrase"}}, CLASS_SPAM, BASIS_TEXT,
	"r:1"},
    {"the closest text wins over the file's order",
	{.texts = {"second phrase", "first phrase"}}, CLASS_VIRUS, BASIS_TEXT,
	"r:2"},
    {"a weak rule loses to another text",
	{.texts = {"vague phrase", "first phrase"}}, CLASS_SPAM, BASIS_TEXT,
	"r:1"},
    {"of weak rules the closest text's wins",
	{.texts = {"other vague phrase", "x", "a vague phrase"}}, CLASS_POLICY,
	BASIS_TEXT, "r:3"},
    {"a weak rule loses to an own code", {.texts = {"550 5.2.2 vague phrase"}},
	CLASS_QUOTA_EXCEEDED, BASIS_STATUS, "c:3"},
    {"a weak rule beats a weak code", {.texts = {"550 5.7.1 vague phrase"}},
	CLASS_POLICY, BASIS_TEXT, "r:3"},
    {"a weak rule beats a Status field that stands for a reply",
	{.texts = {"550 vague phrase"}, .status = {5, 1, 1}}, CLASS_POLICY,
	BASIS_TEXT, "r:3"},
    {"a weak rule loses to a Status field with no reply behind it",
	{.texts = {"vague phrase"}, .status = {5, 1, 1}}, CLASS_USER_UNKNOWN,
	BASIS_STATUS, "c:2"},
    {"the text's own code goes before the Status field",
	{.texts = {"550 5.2.2 nothing known"}, .status = {5, 1, 1}},
	CLASS_QUOTA_EXCEEDED, BASIS_STATUS, "c:3"},
    {"the Status field goes before the reply code",
	{.texts = {"550 nothing known"}, .status = {5, 1, 1}},
	CLASS_USER_UNKNOWN, BASIS_STATUS, "c:2"},
    {"a code without a meaning is passed over",
	{.texts = {"550 5.0.0 nothing known"}}, CLASS_BAD_ADDRESS, BASIS_CODE,
	"c:1"},
    {"a reply known from elsewhere counts",
	{.texts = {"nothing known"}, .code = 550}, CLASS_BAD_ADDRESS,
	BASIS_CODE, "c:1"},
    {"a limit holds for the reply in the text", {.texts = {"550 coded phrase"}},
	CLASS_USER_UNKNOWN, BASIS_TEXT, "r:5"},
    {"a limit holds for a reply known from elsewhere",
	{.texts = {"coded phrase"}, .code = 550}, CLASS_USER_UNKNOWN,
	BASIS_TEXT, "r:5"},
    {"a near rule counts in the closest text",
	{.texts = {"near phrase", "first phrase"}}, CLASS_EXPIRED, BASIS_TEXT,
	"r:6"},
    {"a near rule counts in no other text",
	{.texts = {"nothing known", "near phrase", "second phrase"}},
	CLASS_VIRUS, BASIS_TEXT, "r:2"},
    {"a limit that does not hold lets the rule rest",
	{.texts = {"551 coded phrase"}}, CLASS_UNKNOWN, BASIS_NONE, NULL},
};

START_TEST(evidence_is_weighed_in_order)
{
	struct source rules = {"r", small_rules, sizeof(small_rules) - 1};
	struct source codes = {"c", small_codes, sizeof(small_codes) - 1};
	char *error = NULL;
	struct classifier *c = classifier_new(&rules, 1, &codes, 1, &error);
	struct matcher *m;
	struct verdict v;

	ck_assert_msg(c != NULL, "%s", error);
	m = matcher_new(c);
	v = classify(c, m, &orders[_i].ev);
	ck_assert_msg(v.class == orders[_i].class, "%s: %s by %s",
	    orders[_i].name, class_name(v.class), v.rule);
	ck_assert_msg(v.basis == orders[_i].basis, "%s", orders[_i].name);
	if (orders[_i].rule == NULL)
		ck_assert_ptr_null(v.rule);
	else
		ck_assert_str_eq(v.rule, orders[_i].rule);
	matcher_free(m);
	classifier_free(c);
}
END_TEST

START_TEST(local_rules_and_codes_go_before_ours)
{
	struct source rules[] = {
	    {"local.conf", "policy: user unknown", 20}, shipped_rules()};
	struct source codes = shipped_codes();
	struct evidence ev = {.texts = {"550 5.1.1 user unknown"}};
	char *error = NULL;
	struct classifier *c = classifier_new(rules, 2, &codes, 1, &error);
	struct matcher *m;
	struct verdict v;

	ck_assert_msg(c != NULL, "%s", error);
	m = matcher_new(c);
	v = classify(c, m, &ev);
	ck_assert_int_eq(v.class, CLASS_POLICY);
	ck_assert_str_eq(v.rule, "local.conf:1");
	matcher_free(m);
	classifier_free(c);
}
END_TEST

START_TEST(all_rules_that_match_are_listed_in_file_order)
{
	struct source rules = {"r", small_rules, sizeof(small_rules) - 1};
	struct evidence ev = {
	    .texts = {"second phrase, vague phrase", "first phrase, second "
						     "phrase, coded phrase"}};
	const char *found[8];
	char *error = NULL;
	struct classifier *c = classifier_new(&rules, 1, NULL, 0, &error);
	struct matcher *m = matcher_new(c);

	ck_assert_uint_eq(classify_matches(c, m, &ev, found, 8), 3);
	ck_assert_str_eq(found[0], "r:1");
	ck_assert_str_eq(found[1], "r:2");
	ck_assert_str_eq(found[2], "r:3");
	ck_assert_uint_eq(classify_matches(c, m, &ev, found, 1), 3);
	ck_assert_uint_eq(classify_matches(c, m, &ev, NULL, 0), 3);
	matcher_free(m);
	classifier_free(c);
}
END_TEST

START_TEST(all_places_for_texts_may_be_used)
{
	struct evidence ev = {.action = ACTION_FAILED};
	struct verdict v;

	for (int i = 0; i < MAX_EVIDENCE_TEXTS; i++)
		ev.texts[i] = "nothing that is known";
	ev.texts[MAX_EVIDENCE_TEXTS - 1] = "550 5.2.2 mailbox full";
	v = classify(shipped, matcher, &ev);
	ck_assert_int_eq(v.class, CLASS_QUOTA_EXCEEDED);
	ck_assert_int_eq(v.code, 550);
}
END_TEST

START_TEST(a_huge_text_is_judged_and_the_same_each_time)
{
	enum { LENGTH = 1000000 };
	static const char *const patterns[] = {"mailbox ", "user unknown ", "a",
	    "@", "<", "550-", "\303\251", "host a.b[", "5.1.1 "};

	for (int i = 0; i < COUNT(patterns); i++) {
		size_t n = strlen(patterns[i]);
		char *text = malloc(LENGTH + n + 1);
		struct verdict v, again;

		for (size_t at = 0; at < LENGTH; at += n)
			memcpy(text + at, patterns[i], n + 1);
		v = judge(text, "", NULL);
		again = judge(text, "", NULL);
		ck_assert_int_eq(v.class, again.class);
		free(text);
	}
}
END_TEST

START_TEST(what_an_address_is_called_does_not_matter)
{
	static const char *const texts[] = {
	    "550 5.1.1 <spam@example.org>: user unknown",
	    "550 5.1.1 <blacklisted+spamhaus@example.org>: user unknown",
	    "550 5.1.1 <mailbox-full@quota-exceeded.example.org> user unknown",
	    "host spamhaus.example.org[192.0.2.1] said: 550 user unknown",
	};

	for (int i = 0; i < COUNT(texts); i++)
		ck_assert_msg(
		    judge(texts[i], "", NULL).class == CLASS_USER_UNKNOWN, "%s",
		    texts[i]);
}
END_TEST

static Suite *
suite(void)
{
	TCase *tc = tcase_create("classify");
	Suite *s = suite_create("classify");

	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_reply_means_what_a_postmaster_takes_it_for, 0,
	    COUNT(reply_rows));
	tcase_add_loop_test(tc,
	    a_fault_of_the_sender_never_makes_an_address_look_dead, 0,
	    COUNT(senders_fault));
	tcase_add_loop_test(tc, every_row_of_the_extended_table_has_its_class,
	    0, COUNT(extended));
	tcase_add_test(tc, a_bare_code_has_the_class_of_its_row);
	tcase_add_test(tc, no_evidence_is_unknown);
	tcase_add_test(tc, vague_codes_alone_never_make_an_address_dead);
	tcase_add_test(
	    tc, a_temporary_code_keeps_the_class_and_takes_the_hard_mark);
	tcase_add_loop_test(tc,
	    a_reply_code_alone_kills_nobody_while_there_is_text_to_read, 0,
	    COUNT(unread));
	tcase_add_test(tc, only_what_failed_can_be_hard);
	tcase_add_test(tc, what_a_host_says_depends_on_the_host);
	tcase_add_loop_test(tc, evidence_is_weighed_in_order, 0, COUNT(orders));
	tcase_add_test(tc, local_rules_and_codes_go_before_ours);
	tcase_add_test(tc, all_rules_that_match_are_listed_in_file_order);
	tcase_add_test(tc, all_places_for_texts_may_be_used);
	tcase_add_test(tc, a_huge_text_is_judged_and_the_same_each_time);
	tcase_add_test(tc, what_an_address_is_called_does_not_matter);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
