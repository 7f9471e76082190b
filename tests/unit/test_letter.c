#include "letter_of.h"
#include "suite.h"

#define TWO(first, second)                                                     \
	"From: a@b.example\nMIME-Version: 1.0\n"                               \
	"Content-Type: multipart/mixed; boundary=b\n\n--b\n" first             \
	"\n--b\n" second "\n--b--\n"

static const struct {
	const char *name, *mail, *human, *returned_to;
} rows[] = {
    {"plain text", REPORT "unknown\n", "unknown\n", NULL},
    {"text and the returned mail in it",
	REPORT "unknown\n\nReceived: x\nTo: u@d.example\n\nbody\n",
	"unknown\n\n", "u@d.example"},
    {"an indented returned mail",
	REPORT "unknown\n\n   Received: x\n   To: u@d.example\n\n   body\n",
	"unknown\n\n", "u@d.example"},
    {"HTML alone",
	"From: a@b.example\nContent-Type: text/html\n\n<p>un<b>known</b>",
	"unknown\n", NULL},
    {"HTML behind plain text says the same",
	TWO("\nu@d.example unknown\n",
	    "Content-Type: text/html\n\n<p>other</p>\n"),
	"u@d.example unknown\n\n", NULL},
    {"HTML behind plain text that says nothing",
	TWO("\nSee below.\n",
	    "Content-Type: text/html\n\n<p>u@d.example unknown</p>\n"),
	"See below.\n\nu@d.example unknown\n\n\n", NULL},
    {"a returned mail as text/plain",
	TWO("\nunknown\n",
	    "\nFrom: s@e.example\nTo: u@d.example\nSubject: x\n\nbody"),
	"unknown\n\n", "u@d.example"},
    {"what stands behind the status part is no report",
	TWO("\nunknown\n\n--b\nContent-Type: message/delivery-status\n\nx: y\n",
	    "\nA footer of a list.\n"),
	"unknown\n\n", NULL},
    {"a quoted report", "From: a@b.example\n\n> one\n> two\n> three\n> four\n",
	"one\ntwo\nthree\nfour\n", NULL},
    {"a dialog is not quoted", REPORT ">>> RCPT\n>>> DATA\n>>> QUIT\n>>> x\n",
	">>> RCPT\n>>> DATA\n>>> QUIT\n>>> x\n", NULL},
    {"nothing", "", "", NULL},
};

START_TEST(the_human_text_ends_where_the_returned_mail_begins)
{
	struct opened *o = open_letter(rows[_i].mail);
	char *to = o->letter.returned != NULL
		       ? fields_text(o->letter.returned, "To")
		       : NULL;
	size_t n = strlen(rows[_i].human);

	ck_assert_msg(strncmp(o->letter.human, rows[_i].human, n) == 0 &&
			  strspn(o->letter.human + n, "\n") ==
			      strlen(o->letter.human + n),
	    "%s: <%s>", rows[_i].name, o->letter.human);
	assert_string(rows[_i].name, to, rows[_i].returned_to);
	g_free(to);
	close_letter(o);
}
END_TEST

START_TEST(lines_have_their_indentation)
{
	struct opened *o = open_letter(REPORT "a\n  b \n\n\tc\n");
	const struct letter *l = &o->letter;

	ck_assert_uint_ge(l->n_lines, 4);
	ck_assert_uint_eq(l->lines[0].indent, 0);
	ck_assert_uint_eq(l->lines[1].indent, 2);
	ck_assert_uint_eq(l->lines[1].length, 1);
	ck_assert_uint_eq(l->lines[2].length, 0);
	ck_assert_uint_eq(l->lines[3].indent, 1);
	close_letter(o);
}
END_TEST

START_TEST(a_forwarded_report_has_its_own_sender)
{
	struct opened *o = open_letter(
	    PERSON "Subject: Fwd: failure\n\nFYI\n\n"
		   "-----Original Message-----\n"
		   "From: MAILER-DAEMON@mx.example.net\n"
		   "Sent: Tuesday\nTo: anna@example.com\nSubject: failure\n\n"
		   "u@d.example: unknown\n");

	ck_assert_ptr_nonnull(o->letter.forwarded_from);
	ck_assert_ptr_nonnull(
	    strstr(o->letter.forwarded_from, "MAILER-DAEMON"));
	ck_assert(g_str_has_prefix(g_strstrip(o->letter.human), "u@d"));
	ck_assert_uint_lt(o->letter.own_words, 20);
	close_letter(o);
}
END_TEST

START_TEST(a_question_above_it_is_a_persons_own)
{
	struct opened *o =
	    open_letter(PERSON "Subject: help\n\nWhat is this?\n\n"
			       "> one\n> two\n> three\n> four\n> five\n");

	ck_assert(o->letter.quoted);
	ck_assert_uint_gt(o->letter.own_words, 40);
	close_letter(o);
}
END_TEST

START_TEST(reporters_and_ids_are_no_recipients)
{
	struct opened *o =
	    open_letter("From: MAILER-DAEMON@mx.example.net\n"
			"To: Sender <SENDER@example.org>\n"
			"Message-ID: <i1@mx.example.net>\n"
			"X-Failed-Recipients: u@d.example, v@d.example\n\n"
			"x\n\nReceived: x\nMessage-ID: <i2@example.org>\n"
			"From: w@example.org\n\ny\n");
	const struct letter *l = &o->letter;

	ck_assert(letter_is_other(l, "sender@example.org"));
	ck_assert(letter_is_other(l, "w@example.org"));
	ck_assert(letter_is_other(l, "mailer-daemon@mx.example.net"));
	ck_assert(letter_is_other(l, "postmaster@anything.example"));
	ck_assert(!letter_is_other(l, "u@d.example"));
	ck_assert(letter_is_id(l, "i1@mx.example.net"));
	ck_assert(letter_is_id(l, "I2@example.org"));
	ck_assert(!letter_is_id(l, "u@d.example"));
	ck_assert_uint_eq(l->named->len, 2);
	ck_assert_str_eq(l->named->pdata[1], "v@d.example");
	close_letter(o);
}
END_TEST

START_TEST(texts_are_searched_without_case)
{
	ck_assert_ptr_nonnull(text_find("aBc", 3, "bC"));
	ck_assert_ptr_null(text_find("aBc", 2, "bC"));
	ck_assert_ptr_null(text_find("", 0, "x"));
	ck_assert(text_starts("Abc", 3, "aB"));
	ck_assert(!text_starts("A", 1, "aB"));
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t,
	    the_human_text_ends_where_the_returned_mail_begins, 0, ROWS(rows));
	tcase_add_test(t, lines_have_their_indentation);
	tcase_add_test(t, a_forwarded_report_has_its_own_sender);
	tcase_add_test(t, a_question_above_it_is_a_persons_own);
	tcase_add_test(t, reporters_and_ids_are_no_recipients);
	tcase_add_test(t, texts_are_searched_without_case);
}

int
main(void)
{
	return run_tests("letter", add_tests);
}
