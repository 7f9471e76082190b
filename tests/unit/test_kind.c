#include "letter_of.h"
#include "parser/kind.h"
#include "suite.h"

static const struct {
	const char *from;
	bool system;
} senders[] = {
    {"MAILER-DAEMON", true},
    {"Mail Delivery Subsystem <mailer-daemon@example.com>", true},
    {"<postmaster@example.com>", true},
    {"System Administrator <x@example.com>", true},
    {"Mail Delivery System <>", true},
    {"Mailer-Daemon@mx.example.com (Mail Delivery System)", true},
    {"Почтовая служба <x@example.com>", true},
    {"Anna <anna@example.com>", false},
    {"Anna <anna@postmaster.example.com>", false},
    {"flowers-bounces@lists.example.org", false},
    {"", false},
};

START_TEST(mail_systems_are_known_by_name)
{
	struct words *w = words_new();

	ck_assert_msg(
	    kind_is_mail_system(w, senders[_i].from) == senders[_i].system,
	    "%s", senders[_i].from);
	words_free(w);
}
END_TEST

static const struct {
	const char *mail;
	int least, most; /* weight */
	bool may;
} weights[] = {
    {REPORT "x\n", 5, 9, true},
    {REPORT "Your message could not be delivered.\n", 7, 9, true},
    {PERSON "Subject: hello\n\nx\n", 0, 0, true},
    {PERSON "Subject: failure notice\n\nx\n", 2, 3, true},
    {PERSON "Subject: Re: failure notice\nIn-Reply-To: <a@b>\n\nx\n", 0, 1,
	true},
    {PERSON "Subject: failure notice\nList-Post: <mailto:l@example.org>\n\nx",
	1, 2, false},
    {PERSON "Subject: failure notice\n\nWhat does this mean?\n"
	    "> a\n> b\n> c\n> d\n> e\n> f\n",
	2, 3, false},
    {PERSON "Subject: Fwd: failure notice\n\nBegin forwarded message:\n\n"
	    "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n"
	    "x\n",
	5, 6, true},
    {PERSON "X-Failed-Recipients: u@d.example\n\nx\n", 3, 3, true},
};

START_TEST(reports_weigh_more_than_letters)
{
	struct opened *o = open_letter(weights[_i].mail);
	int got = kind_report_weight(&o->letter);

	ck_assert_msg(got >= weights[_i].least && got <= weights[_i].most,
	    "%s: %d", weights[_i].mail, got);
	ck_assert_msg(kind_may_report(&o->letter) == weights[_i].may, "%s",
	    weights[_i].mail);
	close_letter(o);
}
END_TEST

static const struct {
	const char *mail;
	bool answer, plain;
} answers[] = {
    {PERSON "Subject: Out of office\n\nx\n", true, true},
    {PERSON "Subject: Abwesenheitsnotiz\n\nx\n", true, true},
    {PERSON "Auto-Submitted: auto-replied\n\nx\n", true, true},
    {PERSON "Subject: Re: x\n\nI am out of the office.\n", true, true},
    {PERSON "Subject: lunch\n\nI am out of the office.\n", false, false},
    {PERSON "Subject: x\n\nPlease prove that you are human.\n", true, true},
    {PERSON "Subject: x\n\nhello\n", false, false},
    /* the subject of a notice that bounced */
    {PERSON "Subject: Undeliverable: your message awaits moderator approval\n"
	    "\nYour message could not be delivered to u@d.example.\n",
	true, false},
    /* a ticket about a bounce */
    {PERSON "Subject: [Ticket#1] Delivery failed\nAuto-Submitted: "
	    "auto-replied\n\nMy mail could not be delivered.\n",
	true, true},
    {"From: MAILER-DAEMON@x.example\nAuto-Submitted: auto-replied\n\nx\n", true,
	false},
};

START_TEST(answers_of_programs_are_known)
{
	struct opened *o = open_letter(answers[_i].mail);

	ck_assert_msg(kind_is_auto_reply(&o->letter) == answers[_i].answer,
	    "%s", answers[_i].mail);
	ck_assert_msg(kind_is_plain_answer(&o->letter) == answers[_i].plain,
	    "%s", answers[_i].mail);
	close_letter(o);
}
END_TEST

static const struct {
	const char *subject, *text;
	enum action action;
} actions[] = {
    {"failure notice", "It could not be delivered.", ACTION_FAILED},
    {"Warning: message delayed 24 hours", "Not yet.", ACTION_DELAYED},
    {"Warning", "A virus was found.", ACTION_FAILED},
    {"Delivery Status Notification (Delay)", "x", ACTION_DELAYED},
    {"status", "THIS IS A WARNING MESSAGE ONLY.", ACTION_DELAYED},
    {"status", "It was delayed and is given up now.", ACTION_FAILED},
    {"Notification d'état de remise (Retard)", "La remise a été retardée.",
	ACTION_DELAYED},
    {"status", "Die Zustellung ist verzögert.", ACTION_DELAYED},
    {"status", "Your message was successfully delivered.", ACTION_DELIVERED},
    {"status", "It was not able to be delivered to one.", ACTION_FAILED},
};

START_TEST(the_text_tells_what_happened)
{
	char *mail = g_strdup_printf("From: MAILER-DAEMON@x.example\n"
				     "Subject: %s\n"
				     "Content-Type: text/plain; charset=utf-8\n"
				     "\n%s\n",
	    actions[_i].subject, actions[_i].text);
	struct opened *o = open_letter(mail);

	ck_assert_msg(kind_action(&o->letter) == actions[_i].action, "%s: %s",
	    mail, action_name(kind_action(&o->letter)));
	close_letter(o);
	g_free(mail);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(
	    t, mail_systems_are_known_by_name, 0, ROWS(senders));
	tcase_add_loop_test(
	    t, reports_weigh_more_than_letters, 0, ROWS(weights));
	tcase_add_loop_test(t, answers_of_programs_are_known, 0, ROWS(answers));
	tcase_add_loop_test(t, the_text_tells_what_happened, 0, ROWS(actions));
}

int
main(void)
{
	return run_tests("kind", add_tests);
}
