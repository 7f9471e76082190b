#include "parser/words.h"
#include "suite.h"

static const struct {
	const char *text;
	unsigned groups; /* all of these */
	unsigned not ;   /* none of these */
} rows[] = {
    {"Your message could not be delivered", WORDS_REPORT | WORDS_FAILURE, 0},
    {"YOUR MESSAGE\n COULD NOT BE DELIVERED", WORDS_REPORT, 0},
    {"Ihre Nachricht konnte leider nicht zugestellt werden", WORDS_REPORT, 0},
    {"Votre message n'a pas pu être remis", WORDS_REPORT, 0},
    {"Votre message n’a pas pu etre remis", WORDS_REPORT, 0},
    {"Недоставленное сообщение", WORDS_SUBJECT, WORDS_REPORT},
    {"メールを配信できませんでした", WORDS_REPORT, 0},
    {"系统退信", WORDS_SUBJECT | WORDS_SYSTEM, 0},
    {"Mail Delivery Subsystem", WORDS_SYSTEM, 0},
    {"MAILER-DAEMON", WORDS_SYSTEM, 0},
    {"Anna Daemonova", 0, WORDS_SYSTEM},
    {"has been delayed", WORDS_DELAYED, WORDS_FINAL},
    {"this is a permanent error", WORDS_FINAL, WORDS_DELAYED},
    {"was successfully delivered", WORDS_DONE, WORDS_FINAL},
    {"was not able to be delivered to one", 0, WORDS_DONE},
    {"prove that you are human", WORDS_CHALLENGE, 0},
    {"Automatic reply: flowers", WORDS_ANSWER, WORDS_SUBJECT},
    {"Abwesenheitsnotiz", WORDS_ANSWER, 0},
    {"I am out of the office until May", WORDS_ABSENCE, WORDS_FAILURE},
    {"Recipient:", WORDS_LABEL, WORDS_SENDER},
    {"收件人：", WORDS_LABEL, WORDS_SENDER},
    {"Sender:", WORDS_SENDER, WORDS_LABEL},
    {"please contact", WORDS_HELP, 0},
    {"(expanded from:", WORDS_ORIGIN, 0},
    {"Begin forwarded message:", WORDS_FORWARDED, 0},
    {"The tulips are out.", 0, ~0u},
    {"", 0, ~0u},
    {"\xff\xfe\x80", 0, ~0u},
};

START_TEST(groups_are_found)
{
	struct words *w = words_new();
	unsigned got = words_in(w, rows[_i].text, strlen(rows[_i].text));

	ck_assert_msg((got & rows[_i].groups) == rows[_i].groups,
	    "%s: %#x, wanted %#x", rows[_i].text, got, rows[_i].groups);
	ck_assert_msg((got & rows[_i].not ) == 0, "%s: %#x, not wanted %#x",
	    rows[_i].text, got, rows[_i].not );
	words_free(w);
}
END_TEST

START_TEST(only_the_given_length_is_read)
{
	struct words *w = words_new();
	const char *text = "tulips could not be delivered";

	ck_assert_uint_eq(words_in(w, text, 6), 0);
	ck_assert_uint_ne(words_in(w, text, strlen(text)), 0);
	words_free(w);
}
END_TEST

START_TEST(nothing_to_free_is_fine)
{
	words_free(NULL);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, groups_are_found, 0, ROWS(rows));
	tcase_add_test(t, only_the_given_length_is_read);
	tcase_add_test(t, nothing_to_free_is_fine);
}

int
main(void)
{
	return run_tests("words", add_tests);
}
