#include "parser/dsn.h"

#include <stdio.h>

#include "tests/unit/suite.h"

static void
add(GString *out, const char *name, const char *value)
{
	if (value != NULL)
		g_string_append_printf(out, " %s=%s", name, value);
}

static void
add_recipient(GString *out, const struct found *f)
{
	char code[ENHANCED_MAX];

	g_string_append_printf(out, "{%s", f->address ? f->address : "-");
	add(out, "orig", f->original);
	add(out, "act",
	    f->action != ACTION_NONE ? action_name(f->action) : NULL);
	add(out, "st",
	    f->status.class != 0 ? enhanced_format(f->status, code) : NULL);
	if (f->code != 0)
		g_string_append_printf(out, " code=%d", f->code);
	add(out, "mta", f->remote_mta);
	add(out, "diag", f->diagnostic ? f->diagnostic->str : NULL);
	add(out, "more", f->human ? f->human->str : NULL);
	if (f->last_attempt != 0)
		g_string_append_printf(out, " last=%ld", (long)f->last_attempt);
	if (f->retry_until != 0)
		g_string_append_printf(out, " until=%ld", (long)f->retry_until);
	g_string_append_c(out, '}');
}

static char *
dump(const struct dsn *d)
{
	GString *out = g_string_new(NULL);

	add(out, "mta", d->reporting_mta);
	add(out, "envid", d->envelope_id);
	add(out, "from", d->sender);
	if (d->arrival_date != 0)
		g_string_append_printf(
		    out, " arrival=%ld", (long)d->arrival_date);
	for (size_t i = 0; i < d->found.count; i++)
		add_recipient(out, &d->found.list[i]);
	return g_string_free(out, FALSE);
}

#define U "Final-Recipient: rfc822; u@example.org\n"
#define V "Final-Recipient: rfc822; v@example.org\n"

static const struct {
	const char *name;
	const char *in;
	const char *want;
} parts[] = {
    {"nothing", "", ""},
    {"only empty lines", "\n\n\n", ""},
    {"prose", "hello\nworld\n", ""},
    {"by the book",
	"Reporting-MTA: dns; mx.example.org\nX-Postfix-Sender: rfc822; "
	"b+u=example.com@example.org\nOriginal-Envelope-Id: ab12\n"
	"Arrival-Date: Tue, 1 Jul 2025 10:00:00 +0200\n\n" U
	"Original-Recipient: rfc822;o@example.org\nAction: failed\n"
	"Status: 5.1.1\nRemote-MTA: dns; mx.example.com\n"
	"Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
	"Last-Attempt-Date: Tue, 1 Jul 2025 08:00:01 +0000\n"
	"Will-Retry-Until: Wed, 2 Jul 2025 08:00:01 +0000\n",
	" mta=mx.example.org envid=ab12 from=b+u=example.com@example.org "
	"arrival=1751356800{u@example.org orig=o@example.org act=failed "
	"st=5.1.1 "
	"mta=mx.example.com diag=550 5.1.1 no such user last=1751356801 "
	"until=1751443201}"},
    {"no address type", "Final-Recipient: u@example.org\nAction: failed\n",
	"{u@example.org act=failed}"},
    {"brackets", "Final-Recipient: rfc822;<u@example.org>\n",
	"{u@example.org}"},
    {"a comment", "Final-Recipient: rfc822;u@example.org (Joe; root)\n",
	"{u@example.org}"},
    {"odd case",
	"FINAL-RECIPIENT: RFC822; u@example.org\naction: FAILED\n"
	"sTATUS: 5.1.1\n",
	"{u@example.org act=failed st=5.1.1}"},
    {"a space before the colon",
	"Final-Recipient : rfc822; u@example.org\nAction : failed\n",
	"{u@example.org act=failed}"},
    {"folded lines",
	"Final-Recipient: rfc822;\n u@example.org\nDiagnostic-Code: smtp;\n"
	"\t550-a\n\t550 b\n",
	"{u@example.org diag=550-a 550 b}"},
    {"no blank line between groups", U "Action: failed\n" V "Action: delayed\n",
	"{u@example.org act=failed}{v@example.org act=delayed}"},
    {"no blank line behind the message's fields",
	"Reporting-MTA: dns; a.example\n" U "Action: failed\n",
	" mta=a.example{u@example.org act=failed}"},
    {"no blank line and original recipients",
	"Original-Recipient: rfc822;a@example.org\n" U
	"Action: failed\nOriginal-Recipient: rfc822;b@example.org\n" V
	"Action: failed\n",
	"{u@example.org orig=a@example.org act=failed}"
	"{v@example.org orig=b@example.org act=failed}"},
    {"blank lines inside a group", U "\nAction: failed\n\nStatus: 5.1.1\n",
	"{u@example.org act=failed st=5.1.1}"},
    {"a blank line between the recipients",
	"Original-Recipient: rfc822;o@example.org\n\n" U
	"\nAction: failed\nStatus: 5.1.1\n",
	"{u@example.org orig=o@example.org act=failed st=5.1.1}"},
    {"the original one behind a blank line",
	U "\nOriginal-Recipient: rfc822;o@example.org\n\nAction: failed\n",
	"{u@example.org orig=o@example.org act=failed}"},
    {"a line of blanks between groups",
	U "Action: failed\n \t\n" V "Action: delayed\n",
	"{u@example.org act=failed}{v@example.org act=delayed}"},
    {"several blank lines between groups",
	U "Action: failed\n\n\n\n" V "Action: delayed\n",
	"{u@example.org act=failed}{v@example.org act=delayed}"},
    {"the action before the recipient",
	"Action: failed\n" U "Status: 5.1.1\n\nAction: delayed\n" V
	"Status: 4.2.2\n",
	"{u@example.org act=failed st=5.1.1}"
	"{v@example.org act=delayed st=4.2.2}"},
    {"the same recipient twice", U "Action: failed\n\n" U "Action: failed\n",
	"{u@example.org act=failed}{u@example.org act=failed}"},
    {"no recipient but an action",
	"Reporting-MTA: dns; a.example\n\nAction: failed\nStatus: 5.0.0\n",
	" mta=a.example{- act=failed st=5.0.0}"},
    {"no recipient and no action", "Status: 5.0.0\nDiagnostic-Code: x\n", ""},
    {"Action: error", U "Action: error\n", "{u@example.org act=failed}"},
    {"a status with a comment", U "Status: 5.1.1 (no such user)\n",
	"{u@example.org st=5.1.1}"},
    {"a status with a reply in front", U "Status: 550 5.1.1 no such user\n",
	"{u@example.org st=5.1.1 code=550}"},
    {"a status that is a reply", U "Status: 550\n", "{u@example.org code=550}"},
    {"two statuses", U "Status: 5.1.1\nStatus: 5.0.0\n",
	"{u@example.org st=5.1.1}"},
    {"X-Actual-Recipient",
	U "X-Actual-Recipient: rfc822; a@example.com\nAction: failed\n",
	"{a@example.com orig=u@example.org act=failed}"},
    {"X-Actual-Recipient in front",
	"X-Actual-Recipient: rfc822; a@example.com\n" U "Action: failed\n",
	"{a@example.com orig=u@example.org act=failed}"},
    {"X-Actual-Recipient and the original one",
	"Original-Recipient: rfc822;o@example.org\n" U
	"X-Actual-Recipient: rfc822; a@example.com\n",
	"{a@example.com orig=o@example.org}"},
    {"X-Actual-Recipient that is a program",
	U "X-Actual-Recipient: X-Unix; |/usr/bin/procmail\n",
	"{u@example.org}"},
    {"X-Actual-Recipient twice opens no recipient",
	U "X-Actual-Recipient: rfc822; a@example.com\n"
	  "X-Actual-Recipient: rfc822; b@example.com\n",
	"{b@example.com orig=u@example.org}"},
    {"an original recipient in xtext",
	U "Original-Recipient: rfc822;o+2Btag+3Dx@example.org\n",
	"{u@example.org orig=o+tag=x@example.org}"},
    {"an original recipient with +40",
	U "Original-Recipient: rfc822;o+40example.org\n",
	"{u@example.org orig=o@example.org}"},
    {"an original recipient that is a name",
	U "Original-Recipient: rfc822;joe\n", "{u@example.org}"},
    {"utf-8-address", "Final-Recipient: utf-8; 用户@例子.公司\n",
	"{用户@例子.公司}"},
    {"utf-8-addr-xtext", "Final-Recipient: utf-8;m\\x{FC}ller@example.org\n",
	"{müller@example.org}"},
    {"utf-8-addr-unitext",
	"Final-Recipient: utf-8; mü\\x{5C}ller@example.org\n",
	"{mü\\ller@example.org}"},
    {"a recipient that is a name", "Final-Recipient: local; joe\n", "{joe}"},
    {"X.400", "Final-Recipient: x400; /DDA:SMTP=u(a)example.org/C=us/\n",
	"{u@example.org}"},
    {"several Diagnostic-Codes",
	U "Diagnostic-Code: smtp; 550-a\nDiagnostic-Code: smtp; 550 b\n",
	"{u@example.org diag=550-a 550 b}"},
    {"a Diagnostic-Code without a type", U "Diagnostic-Code: 550 b; c\n",
	"{u@example.org diag=550 b; c}"},
    {"an empty Diagnostic-Code", U "Diagnostic-Code: smtp;\nAction: failed\n",
	"{u@example.org act=failed}"},
    {"a Diagnostic-Code wrapped without white space",
	U
	"Diagnostic-Code: smtp; 550 5.1.1 no\nsuch user here\nAction: failed\n",
	"{u@example.org act=failed diag=550 5.1.1 no such user here}"},
    {"a wrapped line in latin 1", U "Diagnostic-Code: smtp; 550\ncaf\xe9\n",
	"{u@example.org diag=550 café}"},
    {"a Diagnostic-Code that goes on with a link",
	U "Diagnostic-Code: smtp; 550 see\nhttps://example.com/x\n",
	"{u@example.org diag=550 see https://example.com/x}"},
    {"prose behind a blank line is no diagnostic",
	U "Diagnostic-Code: smtp; 550 no\n\nGood bye\n",
	"{u@example.org diag=550 no}"},
    {"a Remote-MTA with an IP in a comment",
	U "Remote-MTA: dns; mx.example.com (192.0.2.1)\n",
	"{u@example.org mta=mx.example.com}"},
    {"a Remote-MTA with a dot at the end",
	U "Remote-MTA: DNS;mx.example.com.\n",
	"{u@example.org mta=mx.example.com}"},
    {"a Remote-MTA that is an IP", U "Remote-MTA: dns; [192.0.2.1]\n",
	"{u@example.org mta=[192.0.2.1]}"},
    {"an empty Remote-MTA", U "Remote-MTA: dns;\nRemote-MTA: dns; b.example\n",
	"{u@example.org mta=b.example}"},
    {"supplements", U "X-Supplementary-Info: <a b>\nX-SPF-Result: fail\n",
	"{u@example.org more=<a b> fail}"},
    {"bad dates", U "Last-Attempt-Date: yesterday\nWill-Retry-Until: 0\n",
	"{u@example.org}"},
    {"fields before any recipient", "Status: 5.1.1\n\n" U "Action: failed\n",
	"{u@example.org act=failed}"},
    {"unknown fields", U "X-Foo: bar\nX-Display-Name: Joe\nAction: failed\n",
	"{u@example.org act=failed}"},
    {"prose between the fields", U "hello\nAction: failed\n",
	"{u@example.org act=failed}"},
    {"a value in latin 1", U "Diagnostic-Code: smtp; 550 caf\xe9\n",
	"{u@example.org diag=550 café}"},
};

START_TEST(test_part)
{
	size_t n = strlen(parts[_i].in);
	char *copy = exact(parts[_i].in, n), *got;
	struct dsn d = {0};

	dsn_read(&d, copy, n);
	free(copy);
	got = dump(&d);
	assert_string(parts[_i].name, got, parts[_i].want);
	g_free(got);
	dsn_clear(&d);
}
END_TEST

static const struct {
	const char *name;
	const char *in;
	const char *want; /* NULL: none found */
} quoted[] = {
    {"nothing", "", NULL},
    {"prose", "Hello,\nyour mail failed.\n", NULL},
    {"fields without quotes", "Hello,\n\n" U "Action: failed\n\nBye\n",
	"{u@example.org act=failed}"},
    {"quoted with >", "He wrote:\n> " U "> Action: failed\n> Status: 5.1.1\n",
	"{u@example.org act=failed st=5.1.1}"},
    {"quoted twice", "> > " U "> > Action: failed\n",
	"{u@example.org act=failed}"},
    {"quoted with |", "| " U "| Action: failed\n",
	"{u@example.org act=failed}"},
    {"indented", "    " U "    Action: failed\n", "{u@example.org act=failed}"},
    {"folded in quotes",
	"> " U "> Diagnostic-Code: smtp;\n>   550 no such user\n",
	"{u@example.org diag=550 no such user}"},
    {"an empty quoted line between groups",
	"> " U "> Action: failed\n>\n> " V "> Action: delayed\n",
	"{u@example.org act=failed}{v@example.org act=delayed}"},
    {"odd case", "FINAL-RECIPIENT: u@example.org\nACTION: failed\n",
	"{u@example.org act=failed}"},
    {"the word alone", "see the Final-Recipient field\n", NULL},
    {"an Action in prose opens no recipient",
	"Action: please resend\n\n" U "Action: failed\n",
	"{u@example.org act=failed}"},
};

START_TEST(test_quoted)
{
	size_t n = strlen(quoted[_i].in);
	char *copy = exact(quoted[_i].in, n);
	struct dsn d = {0};
	bool found = dsn_read_quoted(&d, copy, n);
	char *got = found ? dump(&d) : NULL;

	free(copy);
	assert_string(quoted[_i].name, got, quoted[_i].want);
	g_free(got);
	dsn_clear(&d);
}
END_TEST

static const struct {
	const char *in;
	enum action want;
} actions[] = {
    {"failed", ACTION_FAILED},
    {"FAILED", ACTION_FAILED},
    {"failure", ACTION_FAILED},
    {"Failed (permanent)", ACTION_FAILED},
    {"\"failed\"", ACTION_FAILED},
    {" failed", ACTION_FAILED},
    {"error", ACTION_FAILED},
    {"undeliverable", ACTION_FAILED},
    {"not delivered", ACTION_FAILED},
    {"non-delivery", ACTION_FAILED},
    {"delivery failed", ACTION_FAILED},
    {"delivery-failure", ACTION_FAILED},
    {"permanent-failure", ACTION_FAILED},
    {"rejected", ACTION_FAILED},
    {"bounced", ACTION_FAILED},
    {"expired", ACTION_FAILED},
    {"delayed", ACTION_DELAYED},
    {"deferred", ACTION_DELAYED},
    {"delivery delayed", ACTION_DELAYED},
    {"temporary failure", ACTION_DELAYED},
    {"transient-failure", ACTION_DELAYED},
    {"warning", ACTION_DELAYED},
    {"delivered", ACTION_DELIVERED},
    {"delivered (to mailbox)", ACTION_DELIVERED},
    {"success", ACTION_DELIVERED},
    {"relayed", ACTION_RELAYED},
    {"relay (to non-DSN mailer)", ACTION_RELAYED},
    {"expanded", ACTION_EXPANDED},
    {"expanded (to multi-recipient alias)", ACTION_EXPANDED},
    {"", ACTION_NONE},
    {"123", ACTION_NONE},
    {"hello", ACTION_NONE},
};

START_TEST(test_action)
{
	ck_assert_msg(dsn_action(actions[_i].in) == actions[_i].want, "%s: %s",
	    actions[_i].in, action_name(dsn_action(actions[_i].in)));
}
END_TEST

static const struct {
	const char *in;
	int64_t want;
} dates[] = {
    {NULL, 0},
    {"", 0},
    {"Tue, 1 Jul 2025 10:00:00 +0200", 1751356800},
    {"1 Jul 2025 08:00:00 GMT", 1751356800},
    {"Tue, 01 Jul 2025 08:00:00 +0000 (UTC)", 1751356800},
    {"Tue, 1 Jul 2025 08:00:00 -0000", 1751356800},
    {"yesterday", 0},
    {"Tue, 1 Jul 99999 10:00:00 +0200", 0},
    {"Tue, 99 Foo 2025 10:00:00", 0},
    {"Tue, 31 Feb 2025 10:00:00 +0000", 0},
    {"Thu, 1 Jan 1970 00:00:00 +0000", 0},
    {"Mon, 1 Jan 1900 00:00:00 +0000", 0},
    {"\xff\xfe\x01", 0},
    {", , , , ,", 0},
    {"+9999999999999999999", 0},
};

START_TEST(test_date)
{
	ck_assert_msg(dsn_date(dates[_i].in) == dates[_i].want, "%s: %ld",
	    dates[_i].in, (long)dsn_date(dates[_i].in));
}
END_TEST

START_TEST(test_hostile_dates_do_no_harm)
{
	char *digits = g_strnfill(100, '9');
	char *value =
	    g_strdup_printf("%s %s %s %s", digits, digits, digits, digits);
	char *long_one = g_strnfill(1000000, ' ');

	ck_assert_int_eq(dsn_date(digits), 0);
	ck_assert_int_eq(dsn_date(value), 0);
	ck_assert_int_eq(dsn_date(long_one), 0);
	for (int year = 0; year < 100000; year += 7) {
		char text[64];

		snprintf(text, sizeof(text), "Tue, 1 Jul %d 10:%d:00 +%d", year,
		    year % 100, year);
		ck_assert_int_ge(dsn_date(text), 0);
	}
	g_free(long_one);
	g_free(value);
	g_free(digits);
}
END_TEST

START_TEST(test_several_parts_add_up)
{
	struct dsn d = {0};
	char *got;

	dsn_read(&d, U "Action: failed\n", strlen(U "Action: failed\n"));
	dsn_read(&d, "Action: delayed\n" V, strlen("Action: delayed\n" V));
	got = dump(&d);
	assert_string("two parts", got,
	    "{u@example.org act=failed}{v@example.org act=delayed}");
	g_free(got);
	dsn_clear(&d);
}
END_TEST

START_TEST(test_a_hundred_thousand_recipients)
{
	GString *text = g_string_new(NULL);
	struct dsn d = {0};
	/* Odd rounds leave the blank lines out. */
	const char *end = _i % 2 == 0 ? "\n" : "";

	for (int i = 0; i < 100000; i++)
		g_string_append_printf(text,
		    "Original-Recipient: rfc822;o%d@example.org\n"
		    "Final-Recipient: rfc822;u%d@example.org\nAction: failed\n"
		    "Status: 5.1.1\n%s",
		    i, i, end);
	must_end();
	dsn_read(&d, text->str, text->len);
	ck_assert_uint_eq(d.found.count, MAX_FOUND);
	ck_assert_uint_eq(d.found.dropped, 100000 - MAX_FOUND);
	ck_assert_str_eq(
	    d.found.list[MAX_FOUND - 1].address, "u4999@example.org");
	ck_assert_str_eq(
	    d.found.list[MAX_FOUND - 1].original, "o4999@example.org");
	ck_assert_uint_eq(d.found.list[MAX_FOUND - 1].status.detail, 1);
	dsn_clear(&d);
	g_string_free(text, TRUE);
}
END_TEST

static const char *const floods[] = {" x\n", "x\n", "\n", "a:\n",
    "Action: failed\n", "Action: failed\n\n", U, U "\n",
    "Diagnostic-Code: x; y\n", U "Diagnostic-Code: x\n",
    ("X-Actual-Recipient: "
     "rfc822; a@b.example\n"),
    "-recipient", "> ", "https://a\n", ":"};

START_TEST(test_time_is_linear)
{
	GString *text = g_string_new(U "Diagnostic-Code: smtp; 550\nx\n");
	struct dsn d = {0};

	while (text->len < 1024 * 1024)
		g_string_append(text, floods[_i]);
	must_end();
	dsn_read(&d, text->str, text->len);
	dsn_clear(&d);
	(void)dsn_read_quoted(&d, text->str, text->len);
	dsn_clear(&d);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_long_values_are_bounded)
{
	GString *text = g_string_new("Original-Envelope-Id: ");
	struct dsn d = {0};

	for (int i = 0; i < 30000; i++)
		g_string_append(text, "é");
	g_string_append(text, "\nReporting-MTA: dns; ");
	for (int i = 0; i < 30000; i++)
		g_string_append(text, "é");
	g_string_append(text, "\n\n" U "Diagnostic-Code: smtp; ");
	for (int i = 0; i < 30000; i++)
		g_string_append(text, "é");
	dsn_read(&d, text->str, text->len);
	ck_assert_uint_le(strlen(d.envelope_id), 200);
	ck_assert(g_utf8_validate(d.envelope_id, -1, NULL));
	ck_assert_uint_le(strlen(d.reporting_mta), 255);
	ck_assert(g_utf8_validate(d.reporting_mta, -1, NULL));
	ck_assert_uint_le(d.found.list[0].diagnostic->len, MAX_FOUND_TEXT);
	ck_assert(g_utf8_validate(d.found.list[0].diagnostic->str, -1, NULL));
	dsn_clear(&d);
	g_string_free(text, TRUE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_part, 0, ROWS(parts));
	tcase_add_loop_test(t, test_quoted, 0, ROWS(quoted));
	tcase_add_loop_test(t, test_action, 0, ROWS(actions));
	tcase_add_loop_test(t, test_date, 0, ROWS(dates));
	tcase_add_test(t, test_hostile_dates_do_no_harm);
	tcase_add_test(t, test_several_parts_add_up);
	tcase_add_loop_test(t, test_a_hundred_thousand_recipients, 0, 2);
	tcase_add_loop_test(t, test_time_is_linear, 0, ROWS(floods));
	tcase_add_test(t, test_long_values_are_bounded);
}

int
main(void)
{
	return run_tests("dsn", add_tests);
}
