/* Command lines: what is taken, and what is refused with which words. */
#include "ctl/cli.h"
#include "ctl/command.h"

#include <check.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct fields {
	bool json;
	const char *list, *class;
	uint64_t jobs;
	int64_t since;
	int format;
};

static const char *const formats[] = {"text", "csv", NULL};

static const struct option_row rows[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct fields, json), NULL, "", NULL},
    {"list", 'l', OPTION_STRING, offsetof(struct fields, list), "ID", "", NULL},
    {"jobs", 'j', OPTION_COUNT, offsetof(struct fields, jobs), "N", "", NULL},
    {"class", 0, OPTION_CLASS, offsetof(struct fields, class), "CLASS", "",
	NULL},
    {"since", 0, OPTION_WHEN, offsetof(struct fields, since), "WHEN", "", NULL},
    {"format", 0, OPTION_WORD, offsetof(struct fields, format), "FORMAT", "",
	formats},
    {0},
};

/* Reads LINE, words apart by spaces; the words stay with the caller. */
static enum cli_result
read_line(const char *line, bool stop, struct fields *f, int *first,
    char ***words, char **error)
{
	struct option_set set = {rows, f};

	memset(f, 0, sizeof(*f));
	*words = g_strsplit(line, " ", -1);
	return cli_read(
	    &set, 1, (int)g_strv_length(*words), *words, stop, first, error);
}

START_TEST(every_type_is_read)
{
	struct fields f;
	char **words, *error;
	int first;

	ck_assert_int_eq(
	    read_line("x --json a -l L -j3 --class spam --since 2026 "
		      "--format=csv b -- --json",
		false, &f, &first, &words, &error),
	    CLI_READ);
	ck_assert(f.json);
	ck_assert_str_eq(f.list, "L");
	ck_assert_uint_eq(f.jobs, 3);
	ck_assert_str_eq(f.class, "spam");
	ck_assert_int_gt(f.since, 1000000);
	ck_assert_int_eq(f.format, 1);
	ck_assert_str_eq(words[first], "a");
	ck_assert_str_eq(words[first + 1], "b");
	ck_assert_str_eq(words[first + 2], "--json");
	ck_assert_ptr_null(words[first + 3]);
	g_strfreev(words);
}
END_TEST

START_TEST(options_stop_at_the_command_when_told)
{
	struct fields f;
	char **words, *error;
	int first;

	ck_assert_int_eq(
	    read_line("x -j2 scan --json", true, &f, &first, &words, &error),
	    CLI_READ);
	ck_assert(!f.json);
	ck_assert_int_eq(first, 2);
	g_strfreev(words);
}
END_TEST

START_TEST(lone_dash_is_an_argument)
{
	struct fields f;
	char **words, *error;
	int first;

	ck_assert_int_eq(
	    read_line("x --json -", false, &f, &first, &words, &error),
	    CLI_READ);
	ck_assert_str_eq(words[first], "-");
	g_strfreev(words);
}
END_TEST

static const struct {
	const char *line, *wanted;
} refused[] = {
    {"x --jsno", "unknown option '--jsno' (did you mean '--json'?)"},
    {"x --hlep", "unknown option '--hlep' (did you mean '--help'?)"},
    {"x --frobnicate=3", "unknown option '--frobnicate'"},
    {"x a -z", "unknown option '-z'"},
    {"x -lL -jx", "--jobs: 'x' is not a whole number of 1 or more"},
    {"x --json=1", "option '--json' takes no value"},
    {"x --help=1", "option '--help' takes no value"},
    {"x --list", "option '--list' needs ID behind it"},
    {"x -l", "option '--list' needs ID behind it"},
    {"x -j 0", "--jobs: '0' is not a whole number of 1 or more"},
    {"x -j -1", "--jobs: '-1' is not a whole number of 1 or more"},
    {"x -j 99999999999",
	"--jobs: '99999999999' is not a whole number of 1 or more"},
    {"x --class user-unknwon",
	"--class: 'user-unknwon' is no class (did you mean 'user-unknown'?); "
	"'bouncectl classes' lists them"},
    {"x --class=", "--class: '' is no class; 'bouncectl classes' lists them"},
    {"x --format xml", "--format: 'xml' is none of these: text, csv"},
};

START_TEST(mistake_is_told_in_words)
{
	struct fields f;
	char **words, *error;
	int first;

	ck_assert_int_eq(
	    read_line(refused[_i].line, false, &f, &first, &words, &error),
	    CLI_BAD);
	ck_assert_str_eq(error, refused[_i].wanted);
	g_free(error);
	g_strfreev(words);
}
END_TEST

START_TEST(bad_date_is_told_with_examples)
{
	struct fields f;
	char **words, *error;
	int first;

	ck_assert_int_eq(
	    read_line("x --since soon", false, &f, &first, &words, &error),
	    CLI_BAD);
	ck_assert(g_str_has_prefix(error, "--since: 'soon' is no date; "));
	ck_assert_ptr_nonnull(strstr(error, "2 weeks ago"));
	g_free(error);
	g_strfreev(words);
}
END_TEST

START_TEST(help_is_asked_for_in_two_ways)
{
	static const char *const ways[] = {"x --help", "x a -h", "x --hel"};
	struct fields f;
	char **words, *error;
	int first;

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		ck_assert_int_eq(
		    read_line(ways[i], false, &f, &first, &words, &error),
		    CLI_HELP);
		g_strfreev(words);
	}
}
END_TEST

/* ---- the table of commands ---- */

START_TEST(every_command_is_whole)
{
	const struct command *const *table = command_table();

	for (; *table != NULL; table++) {
		const struct command *c = *table;
		int n = 0;

		ck_assert_ptr_eq(command_find(c->name), c);
		ck_assert(c->run != NULL);
		ck_assert_uint_gt(strlen(c->about), 20);
		/* "  name" and the summary fit into 80 columns. */
		ck_assert_uint_le(strlen(c->summary), 80 - 24);
		ck_assert(c->max_arguments < 0 ||
			  c->max_arguments >= c->min_arguments);
		for (const struct option_row *row = c->options;
		     row->name != NULL; row++, n++) {
			ck_assert_uint_lt(row->offset, OPTIONS_SIZE);
			ck_assert_int_eq(
			    row->type == OPTION_FLAG, row->argument == NULL);
			ck_assert_int_eq(
			    row->type == OPTION_WORD, row->words != NULL);
			ck_assert_ptr_nonnull(row->help);
		}
		ck_assert_int_lt(n, MAX_OPTIONS / 2);
	}
}
END_TEST

START_TEST(no_line_of_any_help_is_wider_than_80_columns)
{
	const struct command *const *table = command_table();
	char *text, **lines;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	help_all(f);
	for (; *table != NULL; table++)
		help_command(f, *table);
	fclose(f);
	lines = g_strsplit(text, "\n", -1);
	for (size_t i = 0; lines[i] != NULL; i++)
		ck_assert_msg(strlen(lines[i]) <= 80, "too wide: %s", lines[i]);
	g_strfreev(lines);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ctl_cli");
	TCase *c = tcase_create("options");
	SRunner *runner;
	int failed;

	tcase_add_test(c, every_type_is_read);
	tcase_add_test(c, options_stop_at_the_command_when_told);
	tcase_add_test(c, lone_dash_is_an_argument);
	tcase_add_loop_test(
	    c, mistake_is_told_in_words, 0, G_N_ELEMENTS(refused));
	tcase_add_test(c, bad_date_is_told_with_examples);
	tcase_add_test(c, help_is_asked_for_in_two_ways);
	tcase_add_test(c, every_command_is_whole);
	tcase_add_test(c, no_line_of_any_help_is_wider_than_80_columns);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
