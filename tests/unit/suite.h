/* suite.h: what every unit test program has: a main, and rows of tables. */
#ifndef BOUNCED_TESTS_SUITE_H
#define BOUNCED_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A literal with its length, NUL inside included. */
#define BYTES(s) (s), (sizeof(s) - 1)
#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

/* Reads past the end of a text that has no NUL show themselves only when
 * nothing stands behind it: a copy of exactly its size, for the sanitizer.
 * free(). */
static inline char *
exact(const char *bytes, size_t length)
{
	char *copy = malloc(length > 0 ? length : 1);

	ck_assert_ptr_nonnull(copy);
	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

/* Strings of which either may be NULL. NAME is that of the row. */
static inline void
assert_string(const char *name, const char *got, const char *want)
{
	if (got == NULL && want == NULL)
		return;
	ck_assert_msg(got != NULL && want != NULL && strcmp(got, want) == 0,
	    "%s: got \"%s\", want \"%s\"", name, got ? got : "(null)",
	    want ? want : "(null)");
}

/* For hostile input that once took quadratic time: minutes, not seconds. The
 * alarm is no measure, it ends what would not end. */
static inline void
must_end(void)
{
	alarm(120);
}

/* One process for all tests, so that debuggers and sanitizers see them. */
static inline int
run_tests(const char *name, void (*add)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	add(tests);
	suite_add_tcase(suite, tests);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
