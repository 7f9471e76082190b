#include "parser/feedback.h"

#include "parser/mime.h"
#include "tests/unit/suite.h"

static struct mime *mime;

/* "type|agent|ip|" and the addresses; NULL when it is no feedback. */
static char *
dump(const char *text)
{
	struct mail *m = mime_read(mime, text, strlen(text));
	struct report *r = report_new();
	struct found_list l = {0};
	GString *out = NULL;

	if (feedback_is(m)) {
		out = g_string_new(NULL);
		feedback_read(m, r, &l);
		g_string_append_printf(out, "%s|%s|%s|",
		    r->feedback_type ? r->feedback_type : "",
		    r->user_agent ? r->user_agent : "",
		    r->source_ip ? r->source_ip : "");
		for (size_t i = 0; i < l.count; i++) {
			ck_assert_int_eq(l.list[i].action, ACTION_DELIVERED);
			g_string_append_printf(out, "%s ", l.list[i].address);
		}
	}
	found_list_clear(&l);
	report_free(r);
	mail_free(m);
	return out != NULL ? g_string_free(out, FALSE) : NULL;
}

#define ARF                                                                    \
	"Content-Type: multipart/report; report-type=feedback-report;\n"       \
	" boundary=B\n\n--B\n\nThis is a complaint.\n--B\n"                    \
	"Content-Type: message/feedback-report\n\n"
#define RETURNED "\n--B\nContent-Type: message/rfc822\n\n"
#define END "\n--B--\n"

static const struct {
	const char *name;
	const char *in;
	const char *want;
} rows[] = {
    {"an ordinary mail", "Subject: x\n\nhello", NULL},
    {"a bounce",
	"Content-Type: multipart/report; report-type=delivery-status; "
	"boundary=B\n\n--B\n\nx" END,
	NULL},
    {"by the book (RFC 5965)",
	ARF "Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
	    "Original-Mail-From: <b@example.net>\nOriginal-Rcpt-To: "
	    "<user@example.com>\nSource-IP: 192.0.2.1\n" RETURNED
	    "From: b@example.net\nTo: list@example.net\n\nx" END,
	"abuse|SomeGenerator/1.0|192.0.2.1|user@example.com "},
    {"several recipients",
	ARF "Feedback-Type: abuse\nOriginal-Rcpt-To: a@example.com\n"
	    "Original-Rcpt-To: <b@example.com>\nOriginal-Rcpt-To: "
	    "A@example.com" END,
	"abuse|||a@example.com b@example.com "},
    {"the type in odd case", ARF "FEEDBACK-TYPE: Abuse" END, "abuse|||"},
    {"a comment behind the address",
	ARF "Source-IP: 192.0.2.1 (mail.example.net)" END, "||192.0.2.1|"},
    {"an empty line in front", ARF "\n\nFeedback-Type: fraud" END, "fraud|||"},
    {"an opt-out (Removal-Recipient)",
	ARF "Feedback-Type: opt-out\nRemoval-Recipient: u@example.com" END,
	"opt-out|||u@example.com "},
    {"a DMARC failure report (RFC 6591)",
	ARF "Feedback-Type: auth-failure\nAuth-Failure: dmarc\n"
	    "Source-IP: 2001:db8::1" RETURNED "To: a@example.com\n\n" END,
	"auth-failure||2001:db8::1|a@example.com "},
    {"redacted, but VERP tells",
	ARF "Feedback-Type: abuse\nOriginal-Mail-From: "
	    "<bounces+user=example.com@example.net>\n"
	    "Original-Rcpt-To: <redacted@example.com>" RETURNED
	    "To: redacted@example.com\n\n" END,
	"abuse|||user@example.com "},
    {"redacted, but the Return-Path tells",
	ARF "Original-Rcpt-To: redacted-1f@example.com" RETURNED
	    "Return-Path: <l-bounces+user=example.com@example.net>\n"
	    "To: [REDACTED]@example.com\n\n" END,
	"|||user@example.com "},
    {"redacted, but the copy tells",
	ARF "Original-Rcpt-To: redacted@example.com" RETURNED
	    "X-Apparently-To: user@example.com\n\n" END,
	"|||user@example.com "},
    {"redacted for good", ARF "Original-Rcpt-To: <redacted@example.com>" END,
	"|||redacted@example.com "},
    {"redacted to nothing", ARF "Original-Rcpt-To: [redacted]" END, "|||"},
    {"Microsoft's junk mail report",
	"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx" RETURNED
	"X-HmXmrOriginalRecipient: user@example.com\nTo: "
	"list@example.net\n\n" END,
	"|||user@example.com "},
    {"the recipient of the copy",
	ARF "Feedback-Type: abuse" RETURNED "To: Joe <joe@example.com>\n\n" END,
	"abuse|||joe@example.com "},
    {"of several recipients of the copy nobody knows which",
	ARF "Feedback-Type: abuse" RETURNED
	    "To: a@example.com, b@example.com\n\n" END,
	"abuse|||"},
    {"the topmost Delivered-To",
	ARF "Feedback-Type: abuse" RETURNED "Delivered-To: a@example.com\n"
	    "Delivered-To: b@example.com\nTo: l@example.net\n\n" END,
	"abuse|||a@example.com "},
    {"only a header returned",
	ARF "Feedback-Type: abuse\n--B\nContent-Type: text/rfc822-headers\n\n"
	    "To: joe@example.com" END,
	"abuse|||joe@example.com "},
    {"the type without the part",
	"Content-Type: multipart/report; report-type=feedback-report; "
	"boundary=B\n\n--B\n\nx" RETURNED "To: joe@example.com\n\n" END,
	"|||joe@example.com "},
    {"the part without the type",
	"Content-Type: multipart/mixed; boundary=B\n\n--B\n"
	"Content-Type: message/feedback-report\n\nFeedback-Type: virus" END,
	"virus|||"},
    {"the part in base64",
	"Content-Type: multipart/report; boundary=B\n\n--B\n"
	"Content-Type: message/feedback-report\n"
	"Content-Transfer-Encoding: "
	"base64\n\nRmVlZGJhY2stVHlwZTogYWJ1c2UNCg==" END,
	"abuse|||"},
    {"an empty part", ARF END, "|||"},
    {"empty fields", ARF "Feedback-Type:\nUser-Agent:\nSource-IP:\n" END,
	"|||"},
};

START_TEST(test_row)
{
	char *got = dump(rows[_i].in);

	assert_string(rows[_i].name, got, rows[_i].want);
	g_free(got);
}
END_TEST

START_TEST(test_long_values_are_bounded)
{
	char *long_one = g_strnfill(50000, 'x');
	char *text = g_strconcat(ARF "Feedback-Type: ", long_one,
	    "\nUser-Agent: ", long_one, "\nSource-IP: ", long_one, END, NULL);
	char *got = dump(text);

	ck_assert_uint_lt(strlen(got), 1000);
	g_free(got);
	g_free(text);
	g_free(long_one);
}
END_TEST

START_TEST(test_of_reports_in_reports_the_outer_one_speaks)
{
	const char *const texts[] = {ARF "Feedback-Type: abuse" END,
	    ARF "Feedback-Type: fraud\nUser-Agent: x" END};
	struct report *r = report_new();
	struct found_list l = {0};

	for (int i = 0; i < 2; i++) {
		struct mail *m = mime_read(mime, texts[i], strlen(texts[i]));

		feedback_read(m, r, &l);
		mail_free(m);
	}
	ck_assert_str_eq(r->feedback_type, "abuse");
	ck_assert_str_eq(r->user_agent, "x");
	found_list_clear(&l);
	report_free(r);
}
END_TEST

START_TEST(test_a_megabyte_of_recipients_is_limited)
{
	GString *text = g_string_new(ARF);
	char *got;

	for (int i = 0; i < 900; i++) {
		g_string_append(text, "Original-Rcpt-To: ");
		for (int k = 0; k < 60; k++)
			g_string_append_printf(
			    text, "u%d@example.org, ", i * 60 + k);
		g_string_append(text, "\n");
	}
	must_end();
	got = dump(text->str);
	ck_assert_uint_lt(strlen(got), MAX_FOUND * 25);
	g_free(got);
	g_string_free(text, TRUE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_row, 0, ROWS(rows));
	tcase_add_test(t, test_long_values_are_bounded);
	tcase_add_test(t, test_of_reports_in_reports_the_outer_one_speaks);
	tcase_add_test(t, test_a_megabyte_of_recipients_is_limited);
}

int
main(void)
{
	int status;

	mime = mime_new();
	status = run_tests("feedback", add_tests);
	mime_free(mime);
	return status;
}
