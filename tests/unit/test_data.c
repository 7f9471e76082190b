#include "conf/data.h"

#include "tests/unit/suite.h"

static struct source (*const shipped[])(void) = {
    shipped_rules, shipped_codes, shipped_config};
static const char *const names[] = {"rules.conf", "codes.conf", "bounced.conf"};

START_TEST(test_each_file_is_whole_and_has_a_NUL_behind_it)
{
	struct source s = shipped[_i]();

	ck_assert_str_eq(s.name, names[_i]);
	ck_assert_uint_eq(strlen(s.text), s.length);
	ck_assert_uint_gt(s.length, 0);
	ck_assert_int_eq(s.text[s.length - 1], '\n');
}
END_TEST

START_TEST(test_rules_and_codes_compile)
{
	struct source rules = shipped_rules(), codes = shipped_codes();
	char *error = NULL;
	struct classifier *c = classifier_new(&rules, 1, &codes, 1, &error);

	ck_assert_msg(c != NULL, "%s", error ? error : "no message");
	ck_assert_uint_gt(code_count(c), 100);
	classifier_free(c);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_each_file_is_whole_and_has_a_NUL_behind_it,
	    0, ROWS(shipped));
	tcase_add_test(t, test_rules_and_codes_compile);
}

int
main(void)
{
	return run_tests("data", add_tests);
}
