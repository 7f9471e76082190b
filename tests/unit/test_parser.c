#include <glib.h>

#include "parser/parser.h"
#include "suite.h"

/* A classifier with rules of its own: tests of reading, not of judging. */
static const char rules[] = "user-unknown: unknown\nquota-exceeded: full\n";
static const char codes[] = "550 user-unknown | no mailbox | remove\n"
			    "x.1.1 user-unknown | no mailbox | remove\n";

static struct classifier *classifier;

static void
open_classifier(void)
{
	struct source r = {"rules.conf", rules, sizeof(rules) - 1};
	struct source c = {"codes.conf", codes, sizeof(codes) - 1};
	char *error = NULL;

	classifier = classifier_new(&r, 1, &c, 1, &error);
	ck_assert_msg(classifier != NULL, "%s", error);
}

static void
close_classifier(void)
{
	classifier_free(classifier);
}

static struct report *
read_with(const struct parser_options *options, const char *text, size_t n)
{
	struct parser *p = parser_new(classifier, options);
	struct report *r = parser_read(p, text, n);

	parser_free(p);
	return r;
}

static struct report *
read_text(const char *text)
{
	return read_with(NULL, text, strlen(text));
}

#define DSN(to, status)                                                        \
	"Return-Path: <>\nDelivered-To: " to "\n"                              \
	"From: MAILER-DAEMON@mx.example.net\nSubject: failed\n"                \
	"Date: Tue, 14 Apr 2015 10:20:33 +0200\nMIME-Version: 1.0\n"           \
	"Content-Type: multipart/report; report-type=delivery-status; "        \
	"boundary=b\n\n--b\n\nIt failed.\n\n--b\n"                             \
	"Content-Type: message/delivery-status\n\n" status "\n--b\n"           \
	"Content-Type: message/rfc822\n\n"                                     \
	"From: Anna <anna@example.org>\nTo: u@d.example\n"                     \
	"Subject: =?utf-8?q?Fr=C3=BChling?=\nMessage-ID: <m1@example.org>\n"   \
	"List-Id: Flowers <flowers.example.org>\n"                             \
	"Date: Tue, 14 Apr 2015 10:20:30 +0200\n\nx\n--b--\n"

#define FAILED(address)                                                        \
	"Reporting-MTA: dns; mx.example.net\n\n"                               \
	"Final-Recipient: rfc822; " address "\nAction: failed\n"               \
	"Status: 5.1.1\nDiagnostic-Code: smtp; 550 unknown\n"

START_TEST(long_fields_of_the_returned_mail_are_cut_between_letters)
{
	char *subject = g_strnfill(999, 'x');
	char *mail = g_strconcat(
	    "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n"
	    "Hi. This is the qmail-send program at mx.example.net.\n\n"
	    "<u@d.example>:\nuser unknown\n\n"
	    "--- Below this line is a copy of the message.\n\n"
	    "Message-ID: <m1@example.org>\nSubject: ",
	    subject, "ü and more\n\nx\n", NULL);
	struct report *r = read_text(mail);

	ck_assert_str_eq(r->message_id, "m1@example.org");
	ck_assert_str_eq(r->subject, subject);
	report_free(r);
	g_free(mail);
	g_free(subject);
}
END_TEST

START_TEST(a_report_tells_of_the_returned_mail)
{
	struct report *r =
	    read_text(DSN("bounces@example.org", FAILED("u@d.example")));

	ck_assert_int_eq(r->kind, KIND_BOUNCE);
	ck_assert_str_eq(r->dialect, "rfc3464");
	ck_assert_str_eq(r->reporting_mta, "mx.example.net");
	ck_assert_str_eq(r->message_id, "m1@example.org");
	ck_assert_str_eq(r->list_id, "flowers.example.org");
	ck_assert_str_eq(r->from, "anna@example.org");
	ck_assert_str_eq(r->subject, "Frühling");
	ck_assert_int_eq(r->sent_date, 1428999630);
	ck_assert_int_eq(r->date, 1428999633);
	ck_assert_str_eq(r->envelope_recipient, "bounces@example.org");
	ck_assert_uint_eq(r->n_recipients, 1);
	ck_assert_str_eq(r->recipients[0].address, "u@d.example");
	ck_assert_ptr_null(r->recipients[0].original_recipient);
	ck_assert_ptr_null(r->recipients[0].subscriber);
	ck_assert_int_eq(r->recipients[0].code, 550);
	ck_assert_int_eq(r->recipients[0].class, CLASS_USER_UNKNOWN);
	ck_assert(r->recipients[0].hard);
	report_free(r);
}
END_TEST

START_TEST(the_subscriber_is_in_the_envelope)
{
	struct report *r = read_text(DSN("list-bounces+u=old.example@lists."
					 "example.org",
	    FAILED("u@d.example")));

	ck_assert_str_eq(r->recipients[0].subscriber, "u@old.example");
	report_free(r);
}
END_TEST

START_TEST(an_alias_keeps_both_addresses)
{
	struct report *r = read_text(DSN("b@example.org",
	    "Original-Recipient: rfc822; a@d.example\n"
	    "Final-Recipient: rfc822; u@d.example\nAction: failed\n"));

	ck_assert_uint_eq(r->n_recipients, 1);
	ck_assert_str_eq(r->recipients[0].address, "u@d.example");
	ck_assert_str_eq(r->recipients[0].original_recipient, "a@d.example");
	report_free(r);
}
END_TEST

static const struct {
	const char *status;
	enum kind kind;
	enum action first;
} kinds[] = {
    {FAILED("u@d.example"), KIND_BOUNCE, ACTION_FAILED},
    {"Final-Recipient: rfc822; u@d.example\nAction: delayed\n", KIND_DELAY,
	ACTION_DELAYED},
    {"Final-Recipient: rfc822; u@d.example\nAction: delivered\n", KIND_SUCCESS,
	ACTION_DELIVERED},
    {"Final-Recipient: rfc822; u@d.example\nAction: expanded\n", KIND_SUCCESS,
	ACTION_EXPANDED},
    {"Final-Recipient: rfc822; u@d.example\nAction: delayed\n\n"
     "Final-Recipient: rfc822; v@d.example\nAction: failed\n",
	KIND_BOUNCE, ACTION_DELAYED},
    {"Final-Recipient: rfc822; u@d.example\nStatus: 2.1.5\n", KIND_SUCCESS,
	ACTION_DELIVERED},
    {"Final-Recipient: rfc822; u@d.example\nStatus: 5.0.0\n", KIND_BOUNCE,
	ACTION_FAILED},
    /* no recipient at all is still a report */
    {"Reporting-MTA: dns; mx.example.net\n", KIND_BOUNCE, ACTION_FAILED},
};

START_TEST(actions_make_the_kind)
{
	char *start = g_strdup(DSN("b@example.org", "@STATUS@"));
	char **halves = g_strsplit(start, "@STATUS@", 2);
	char *text = g_strconcat(halves[0], kinds[_i].status, halves[1], NULL);
	struct report *r = read_text(text);

	ck_assert_msg(r->kind == kinds[_i].kind, "%s: %s", kinds[_i].status,
	    kind_name(r->kind));
	if (r->n_recipients > 0)
		ck_assert_int_eq(r->recipients[0].action, kinds[_i].first);
	report_free(r);
	g_strfreev(halves);
	g_free(text);
	g_free(start);
}
END_TEST

START_TEST(a_bare_name_gets_its_domain)
{
	static const struct {
		const char *recipient, *address;
	} rows[] = {{"local; u", "u@d.example"},
	    {"local; other", "other@mx.example.net"}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *start = g_strdup(DSN("b@example.org",
		    "Reporting-MTA: dns; mx.example.net\n\n"
		    "Final-Recipient: @WHO@\nAction: failed\n"));
		char **halves = g_strsplit(start, "@WHO@", 2);
		char *text =
		    g_strconcat(halves[0], rows[i].recipient, halves[1], NULL);
		struct report *r = read_text(text);

		ck_assert_uint_eq(r->n_recipients, 1);
		ck_assert_str_eq(r->recipients[0].address, rows[i].address);
		report_free(r);
		g_strfreev(halves);
		g_free(text);
		g_free(start);
	}
}
END_TEST

START_TEST(recipients_above_the_limit_are_counted)
{
	struct parser_options options = {.max_recipients = 3};
	GString *text =
	    g_string_new("Return-Path: <>\nFrom: MAILER-DAEMON@x.example\n"
			 "Subject: failure notice\n\n");
	struct report *r;

	for (int i = 0; i < 10; i++)
		g_string_append_printf(text, "u%d@d.example: 550 unknown\n", i);
	r = read_with(&options, text->str, text->len);
	ck_assert_uint_eq(r->n_recipients, 3);
	ck_assert_uint_eq(r->n_dropped, 7);
	report_free(r);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(verp_delimiters_can_be_configured)
{
	struct parser_options options = {.verp_delimiters = "*"};
	const char *text =
	    DSN("b*u=old.example@example.org", FAILED("u@d.example"));
	struct report *r = read_with(&options, text, strlen(text));

	ck_assert_str_eq(r->recipients[0].subscriber, "u@old.example");
	report_free(r);
}
END_TEST

/* A report in a report in a report ... */
START_TEST(nesting_ends_somewhere)
{
	char *text = g_strdup(DSN("b@example.org", FAILED("u@d.example")));

	for (int i = 0; i < 12; i++) {
		char *outer = g_strdup_printf(
		    "From: MAILER-DAEMON@x%d.example\nSubject: failed\n"
		    "MIME-Version: 1.0\n"
		    "Content-Type: multipart/mixed; boundary=o%d\n\n"
		    "--o%d\n\nu%d@d.example: 550 unknown\n\n--o%d\n"
		    "Content-Type: message/rfc822\n\n%s\n--o%d--\n",
		    i, i, i, i, i, text, i);

		g_free(text);
		text = outer;
		{
			struct report *r = read_text(text);

			ck_assert_int_eq(r->kind, KIND_BOUNCE);
			ck_assert_uint_eq(r->n_recipients, 1);
			/* the innermost speaks, as far as we go */
			if (i < 3)
				ck_assert_str_eq(
				    r->recipients[0].address, "u@d.example");
			report_free(r);
		}
	}
	g_free(text);
}
END_TEST

START_TEST(a_control_character_stays_no_line_break)
{
	struct report *r = read_text(DSN("b@example.org",
	    "Final-Recipient: rfc822; u@d.example\nAction: failed\n"
	    "Diagnostic-Code: smtp; 550 unknown\n\tand\n  folded\n"));

	ck_assert_str_eq(r->recipients[0].diagnostic, "550 unknown and folded");
	report_free(r);
}
END_TEST

START_TEST(nothing_is_no_report)
{
	static const char *const texts[] = {"", "\n", "x", "\r\r\r", "From ",
	    "From: a@b.example\n\nhello\n", "a: b\n", "\xff\xfe", ">",
	    "Content-Type: multipart/report; report-type=delivery-status\n\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		char *copy = exact(texts[i], strlen(texts[i]));
		struct report *r = read_with(NULL, copy, strlen(texts[i]));

		ck_assert_int_ne(r->kind, KIND_SUCCESS);
		ck_assert_uint_eq(r->n_recipients, 0);
		report_free(r);
		free(copy);
	}
}
END_TEST

START_TEST(the_same_mail_gives_the_same_answer)
{
	struct parser *p = parser_new(classifier, NULL);
	const char *text = DSN("b@example.org", FAILED("u@d.example"));
	struct report *a = parser_read(p, text, strlen(text));
	struct report *b = parser_read(p, "x: y\n\nz", 7);
	struct report *c = parser_read(p, text, strlen(text));

	ck_assert_str_eq(
	    a->recipients[0].diagnostic, c->recipients[0].diagnostic);
	ck_assert_int_eq(a->kind, c->kind);
	ck_assert_int_eq(b->kind, KIND_OTHER);
	report_free(a);
	report_free(b);
	report_free(c);
	parser_free(p);
	parser_free(NULL);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_checked_fixture(t, open_classifier, close_classifier);
	tcase_add_test(t, a_report_tells_of_the_returned_mail);
	tcase_add_test(
	    t, long_fields_of_the_returned_mail_are_cut_between_letters);
	tcase_add_test(t, the_subscriber_is_in_the_envelope);
	tcase_add_test(t, an_alias_keeps_both_addresses);
	tcase_add_loop_test(t, actions_make_the_kind, 0, ROWS(kinds));
	tcase_add_test(t, a_bare_name_gets_its_domain);
	tcase_add_test(t, recipients_above_the_limit_are_counted);
	tcase_add_test(t, verp_delimiters_can_be_configured);
	tcase_add_test(t, nesting_ends_somewhere);
	tcase_add_test(t, a_control_character_stays_no_line_break);
	tcase_add_test(t, nothing_is_no_report);
	tcase_add_test(t, the_same_mail_gives_the_same_answer);
}

int
main(void)
{
	return run_tests("parser", add_tests);
}
