#include <glib.h>

#include "letter_of.h"
#include "parser/general.h"
#include "suite.h"

/* What the text reports: recipients apart by blanks. */
static const struct {
	const char *text;
	const char *recipients;
} rows[] = {
    {"a@d.example: 550 unknown\n", "a@d.example"},
    {"a@d.example, b@d.example: 550 unknown\n", "a@d.example b@d.example"},
    {"a@d.example\nb@d.example\n    550 unknown\n", "a@d.example b@d.example"},
    {"Failed:\n\n  a@d.example\n\nRegards,\nAdmin\nadmin@e.example\n",
	"a@d.example"},
    {"Recipient: a@d.example\nSender: s@e.example\n", "a@d.example"},
    {"a@d.example: 550\nA@D.EXAMPLE: 550\n", "a@d.example"},
    {"RCPT TO:<a@d.example>\n250 ok\nRCPT TO:<b@d.example>\n550 no\n",
	"b@d.example"},
    {"550 no such user a@d.example, said mx.d.example\n", "a@d.example"},
    {"Your mail to a@d.example failed. Questions? Contact it@e.example.\n",
	"a@d.example"},
    {"To: a@d.example\nb@d.example could not be reached: 550\n", "b@d.example"},
    {"To: a@d.example\nIt could not be delivered.\n", "a@d.example"},
    /* only the reporter and the one reported to: then they are meant */
    {"sender@example.org: 550 unknown\n", "sender@example.org"},
    {"a@d.example: 550\nsender@example.org: your address\n", "a@d.example"},
    /* names without a domain belong to the reporter's */
    {"Could not be delivered to:\n\n  ulla  (no such user)\n",
	"ulla@mx.example.net"},
    {"Could not be delivered to:\n\n  Subject: flowers\n", ""},
    {"Could not be delivered. See below:\n\nAll the best, Anna\n", ""},
    {"The tulips are out.\n", ""},
    {"", ""},
    /* a returned mail is not read */
    {"a@d.example: 550 no\n\nReceived: x\nTo: b@d.example\n\n"
     "c@d.example: 550 no\n",
	"a@d.example"},
    /* nor links and ids */
    {"Unknown user: a@d.example<mailto:a@d.example>\n"
     "Message-Id: <i@e.example>\n",
	"a@d.example"},
};

static struct found_list
read_text(const char *text)
{
	char *mail = g_strconcat(REPORT, text, NULL);
	struct opened *o = open_letter(mail);
	struct found_list found = {0};
	bool any = general_read(&o->letter, &found);

	ck_assert(any == (found.count > 0));
	close_letter(o);
	g_free(mail);
	return found;
}

START_TEST(recipients_are_found)
{
	struct found_list found = read_text(rows[_i].text);
	GString *got = g_string_new(NULL);

	for (size_t i = 0; i < found.count; i++)
		g_string_append_printf(
		    got, "%s%s", i > 0 ? " " : "", found.list[i].address);
	ck_assert_msg(strcmp(got->str, rows[_i].recipients) == 0,
	    "%s: %s, wanted %s", rows[_i].text, got->str, rows[_i].recipients);
	g_string_free(got, TRUE);
	found_list_clear(&found);
}
END_TEST

static const struct {
	const char *text;
	const char *diagnostic, *original;
	int code;
} said[] = {
    {"<a@d.example>: 550 unknown\n", "550 unknown", NULL, 550},
    {"<a@d.example>:\nRemote host said: 550 unknown\n",
	"Remote host said: 550 unknown", NULL, 550},
    /* the paragraph with the reply, not the first */
    {"a@d.example\nThis did not work.\n\n#550 5.1.1 not found\n",
	"#550 5.1.1 not found", NULL, 0},
    /* up to the next recipient */
    {"a@d.example: full\nb@d.example: 550 unknown\n", "full", NULL, 0},
    {"a@d.example (expanded from: <b@d.example>)\n   550 unknown\n",
	"(expanded from: <b@d.example>) 550 unknown", "b@d.example", 550},
    /* the reason above */
    {"550 unknown\n\nThis happened to these recipients:\n  a@d.example\n",
	"550 unknown", NULL, 0},
    /* one reason below for both */
    {"a@d.example\nb@d.example\n   550 unknown\n", "550 unknown", NULL, 550},
    {"Recipient: a@d.example\n\nRCPT TO:<a@d.example>\n550 unknown\n",
	"550 unknown", NULL, 550},
};

START_TEST(each_gets_what_is_said_of_him)
{
	struct found_list found = read_text(said[_i].text);
	const struct found *f = &found.list[0];

	ck_assert_uint_ge(found.count, 1);
	ck_assert_str_eq(f->address, "a@d.example");
	ck_assert_ptr_nonnull(f->diagnostic);
	ck_assert_msg(
	    g_str_has_prefix(f->diagnostic->str, said[_i].diagnostic) ||
		strstr(f->diagnostic->str, said[_i].diagnostic) != NULL,
	    "%s: %s", said[_i].text, f->diagnostic->str);
	ck_assert_msg(g_strcmp0(f->original, said[_i].original) == 0, "%s: %s",
	    said[_i].text, f->original);
	ck_assert_msg(
	    f->code == said[_i].code, "%s: %d", said[_i].text, f->code);
	found_list_clear(&found);
}
END_TEST

START_TEST(thousands_of_recipients_are_read_in_no_time)
{
	GString *text = g_string_new("Could not be delivered to:\n");
	struct found_list found;

	for (int i = 0; i < 2900; i++)
		g_string_append_printf(text, "u%d@d.example: 550 no\n", i);
	found = read_text(text->str);
	ck_assert_uint_gt(found.count, 2000);
	found_list_clear(&found);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(one_endless_line_is_read_in_no_time)
{
	GString *text = g_string_new("Could not be delivered to: ");
	struct found_list found;

	for (int i = 0; i < 9000; i++)
		g_string_append_printf(text, "u%d@d.example ", i % 7);
	found = read_text(text->str);
	ck_assert_uint_eq(found.count, 7);
	found_list_clear(&found);
	g_string_free(text, TRUE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, recipients_are_found, 0, ROWS(rows));
	tcase_add_loop_test(t, each_gets_what_is_said_of_him, 0, ROWS(said));
	tcase_add_test(t, thousands_of_recipients_are_read_in_no_time);
	tcase_add_test(t, one_endless_line_is_read_in_no_time);
}

int
main(void)
{
	return run_tests("general", add_tests);
}
