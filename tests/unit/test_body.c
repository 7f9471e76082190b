#include <glib.h>

#include "parser/body.h"
#include "suite.h"

/* "|" stands where the human text is to end; it is taken out. */
static const char *const rows[] = {
    "No mailbox here.\n|--- Below this line is a copy of the message.\n\nx",
    "No mailbox here.\n\n|Received: from a by b\nFrom: x\n\nbody",
    "No mailbox here.\n\n|   Received: from a by b\n   From: x\n\n   body",
    "No mailbox here.\n\n|From x Tue Apr 14\nReceived: from a\nTo: y\n\nz",
    "No mailbox here.\n|----- Original Message -----\nFrom: x\n",
    "No mailbox here.\n|------ Dies ist eine Kopie der Nachricht. ------\nx",
    "No mailbox here.\n|-- Mensaje original --\nx",
    "No mailbox here.\n|----- 元のメッセージ -----\nx",
    "No mailbox here.\n|=== Исходное сообщение ===\nx",
    "No mailbox here.\n|Original message\nx",
    "No mailbox here.\nOriginal message size: 3 kB\n550 too large\n|",
    /* headings of the report are no marks */
    "x\n----- Transcript of session follows -----\n550 no\n|",
    "x\n--- The following addresses had delivery problems ---\nu@d\n|",
    "x\n|----- Message header follows -----\nFrom: y\n",
    "x\n-------server message\n550 no\n|-------original mail info\nFrom: y",
    /* From, To and Subject alone may be a summary */
    "could not deliver this:\n\nFrom: a\nTo: b\nSubject: c\nDate: d\n\n550|",
    /* and with Message-ID, too, when the report goes on below it */
    "relates to a message you sent:\n\n  Message-id: <a@b>\n  From: a\n"
    "  To: b\n\nYour message cannot be delivered to the following "
    "recipients:\n\n  u@d\n|",
    "relates to a message:\n\n|Received: from here\nMessage-id: <a@b>\n",
    /* nothing above it: not a returned mail but the text itself */
    "\n\nReceived: x\nFrom: y\n\nz|",
    "|",
    "\n\n\n|",
};

START_TEST(the_report_ends_where_the_mail_begins)
{
	struct words *w = words_new();
	const char *row = rows[_i], *bar = strrchr(row, '|');
	char *text = g_strdup(row);
	size_t wanted = (size_t)(bar - row), n = strlen(row) - 1;
	struct body got;

	memmove(text + wanted, text + wanted + 1, n - wanted + 1);
	got = body_split(w, text, n);
	ck_assert_msg(got.human == wanted, "%s: %zu, wanted %zu", text,
	    got.human, wanted);
	ck_assert_uint_ge(got.returned, got.human);
	ck_assert_uint_le(got.returned, n);
	g_free(text);
	words_free(w);
}
END_TEST

static const struct {
	const char *text;
	bool is_mail, transported;
} mails[] = {
    {"From: a\nTo: b\nSubject: c\n\nd", true, false},
    {"Received: a\nFrom: b\n\nc", true, true},
    {"Return-Path: <a@b>\nReceived: c\n", true, true},
    {"Dear reader,\n\nReceived: x", false, false},
    {"Reason: full\nTo: x\n", false, false},
    {"", false, false},
    {"\n", false, false},
};

START_TEST(a_part_that_begins_like_a_mail_is_one)
{
	ck_assert(body_is_mail(mails[_i].text, strlen(mails[_i].text)) ==
		  mails[_i].is_mail);
	ck_assert(body_is_transported(mails[_i].text, strlen(mails[_i].text)) ==
		  mails[_i].transported);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(
	    t, the_report_ends_where_the_mail_begins, 0, ROWS(rows));
	tcase_add_loop_test(
	    t, a_part_that_begins_like_a_mail_is_one, 0, ROWS(mails));
}

int
main(void)
{
	return run_tests("body", add_tests);
}
