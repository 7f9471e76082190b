#include "letter_of.h"
#include "parser/formats.h"
#include "suite.h"

START_TEST(every_row_has_a_name_and_a_clue)
{
	const struct format *f;
	size_t n = 0;

	for (; (f = format_at(n)) != NULL; n++) {
		bool gap = false;

		ck_assert_ptr_nonnull(f->name);
		ck_assert_msg(
		    f->from || f->subject || f->header || f->phrase[0], "%s",
		    f->name);
		ck_assert_msg(
		    (f->header != NULL) == (f->value != NULL), "%s", f->name);
		for (size_t i = 0; i < FORMAT_PHRASES; i++) {
			ck_assert_msg(
			    f->phrase[i] == NULL || !gap, "%s", f->name);
			gap = gap || f->phrase[i] == NULL;
		}
	}
	ck_assert_uint_eq(n, format_count());
	ck_assert_uint_gt(n, 60);
}
END_TEST

static const struct {
	const char *mail, *name;
} rows[] = {
    {REPORT "Hi. This is the qmail-send program at x.example.\n", "qmail"},
    {REPORT "This is the Postfix program at host x.example.\n", "postfix"},
    {"From: a@b.example\nX-Mailer: <SMTP32 v8>\n\nUnknown user: x\n", "imail"},
    {"From: MDaemon@x.example\n\nx\n", "mdaemon"},
    {"From: Postmaster@x.example\n\nYour message\n\nwas not delivered to:\n\n"
     "  u@d.example\n\nbecause:\n\n  full\n",
	"domino"},
    {"From: a@b.example\n\nThis is a message.\n", NULL},
    {"", NULL},
};

START_TEST(formats_are_known_by_their_clues)
{
	struct opened *o = open_letter(rows[_i].mail);
	const struct format *f = format_find(&o->letter);

	assert_string(rows[_i].mail, f != NULL ? f->name : NULL, rows[_i].name);
	close_letter(o);
}
END_TEST

static const struct {
	const char *text, *recipients;
} sendmail[] = {
    {"   ----- The following addresses had permanent fatal errors -----\n"
     "<u@d.example>\n    (reason: 550 no)\n",
	"u@d.example failed 550 no"},
    {"   ----- The following addresses had transient non-fatal errors -----\n"
     "<u@d.example>\n\n   ----- Transcript of session follows -----\n"
     "u@d.example... Deferred: timed out\n",
	"u@d.example delayed u@d.example... Deferred: timed out"},
    {"   ----- The following addresses had successful delivery notifications "
     "-----\n<u@d.example>  (relayed)\n",
	"u@d.example delivered "},
    {"   ----- Transcript of session follows -----\n"
     ">>> RCPT To:<u@d.example>\n<<< 550 no\n"
     "550 <u@d.example>... User unknown\n",
	"u@d.example  550 no"},
    {"   ----- Transcript of session follows -----\n"
     "550 ulla... User unknown\n",
	"ulla@mx.example.net  550 ulla... User unknown"},
    {"   ----- The following addresses had permanent fatal errors -----\n"
     "u@d.example\n    (expanded from: <a@d.example>)\n\n"
     "   ----- Transcript of session follows -----\n"
     "... while talking to mx.d.example.:\n>>> DATA\n<<< 550 no\n"
     "550 5.1.1 u@d.example... User unknown\n<<< 503 5.0.0 Need RCPT\n",
	"u@d.example failed 550 no"},
    {"   ----- Transcript of session follows -----\n", ""},
};

START_TEST(transcripts_of_sendmail_are_read)
{
	char *mail = g_strconcat(REPORT, sendmail[_i].text, NULL);
	struct opened *o = open_letter(mail);
	struct found_list found = {0};
	GString *got = g_string_new(NULL);

	(void)sendmail_read(&o->letter, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct found *f = &found.list[i];

		g_string_append_printf(got, "%s%s %s %s", i > 0 ? "; " : "",
		    f->address, action_name(f->action),
		    f->diagnostic != NULL ? f->diagnostic->str : "");
	}
	ck_assert_msg(g_str_has_prefix(got->str, sendmail[_i].recipients) &&
			  (*sendmail[_i].recipients != '\0' || got->len == 0),
	    "%s: %s", sendmail[_i].text, got->str);
	g_string_free(got, TRUE);
	found_list_clear(&found);
	close_letter(o);
	g_free(mail);
}
END_TEST

static const struct {
	const char *text, *recipient;
	enum action action;
} notifications[] = {
    {"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{"
     "\"emailAddress\":\"u@d.example\",\"diagnosticCode\":\"smtp; 550 no\"}]}}",
	"u@d.example", ACTION_FAILED},
    {"{\"notificationType\":\"Delivery\",\"delivery\":{\"recipients\":"
     "[\"u@d.example\"]}}",
	"u@d.example", ACTION_DELIVERED},
    {"{\"Message\":\"{\\\"bounce\\\":{\\\"bouncedRecipients\\\":[{"
     "\\\"emailAddress\\\":\\\"u@d.example\\\"}]}}\"}",
	"u@d.example", ACTION_FAILED},
    {"{\"bounce\":{\"bouncedRecipients\":[17,null,{},\"x\"]}}", NULL, 0},
    {"{\"bounce\":[", NULL, 0},
    {"no JSON at all", NULL, 0},
};

START_TEST(notifications_in_json_are_read)
{
	char *mail = g_strconcat(REPORT, notifications[_i].text, NULL);
	struct opened *o = open_letter(mail);
	struct found_list found = {0};
	bool any = notification_read(&o->letter, &found);

	ck_assert(any == (notifications[_i].recipient != NULL));
	if (any) {
		ck_assert_uint_eq(found.count, 1);
		ck_assert_str_eq(
		    found.list[0].address, notifications[_i].recipient);
		ck_assert_int_eq(
		    found.list[0].action, notifications[_i].action);
	}
	found_list_clear(&found);
	close_letter(o);
	g_free(mail);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_test(t, every_row_has_a_name_and_a_clue);
	tcase_add_loop_test(t, formats_are_known_by_their_clues, 0, ROWS(rows));
	tcase_add_loop_test(
	    t, transcripts_of_sendmail_are_read, 0, ROWS(sendmail));
	tcase_add_loop_test(
	    t, notifications_in_json_are_read, 0, ROWS(notifications));
}

int
main(void)
{
	return run_tests("formats", add_tests);
}
