/* Words that users mistype, and the ones they meant. */
#include "util/suggest.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	const char *a, *b;
	size_t wanted;
} distances[] = {
    {"", "", 0},
    {"scan", "scan", 0},
    {"", "scan", 4},
    {"scan", "", 4},
    {"scna", "scan", 1},
    {"sca", "scan", 1},
    {"scann", "scan", 1},
    {"skan", "scan", 1},
    {"SCAN", "scan", 0},
    {"max-read", "max_read", 0},
    {"kitten", "sitting", 3},
    {"ca", "abc", 3}, /* optimal alignment: no letter is touched twice */
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a",
	(size_t)-1},
};

START_TEST(distance_counts_edits)
{
	ck_assert_uint_eq(suggest_distance(distances[_i].a, distances[_i].b),
	    distances[_i].wanted);
	ck_assert_uint_eq(suggest_distance(distances[_i].b, distances[_i].a),
	    distances[_i].wanted);
}
END_TEST

static const char *const words[] = {
    "scan", "explain", "import", "list", "show", "dead", "report"};

static const struct {
	const char *typed, *wanted;
} hints[] = {
    {"scna", " (did you mean 'scan'?)"},
    {"improt", " (did you mean 'import'?)"},
    {"reprot", " (did you mean 'report'?)"},
    {"Explian", " (did you mean 'explain'?)"},
    {"lsit", " (did you mean 'list'?)"},
    {"frobnicate", ""},
    {"x", ""},
    {"", ""},
};

START_TEST(hint_names_the_nearest_word_or_none)
{
	struct suggestion s;
	char *hint;

	suggest_start(&s, hints[_i].typed);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		suggest_offer(&s, words[i]);
	hint = suggest_hint(&s);
	ck_assert_str_eq(hint, hints[_i].wanted);
	free(hint);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("suggest");
	TCase *c = tcase_create("words");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(c, distance_counts_edits, 0,
	    sizeof(distances) / sizeof(*distances));
	tcase_add_loop_test(c, hint_names_the_nearest_word_or_none, 0,
	    sizeof(hints) / sizeof(*hints));
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
