/* The command line of bounced. */
#include "daemon/options.h"

#include <check.h>
#include <glib.h>
#include <string.h>

#define MAX_ARGUMENTS 6

struct row {
	const char *arguments[MAX_ARGUMENTS];
	const char *error; /* NULL: fine */
	struct options wanted;
};

static const struct row rows[] = {
    {{NULL}, NULL, {0}},
    {{"-c", "x"}, NULL, {.config = "x"}},
    {{"-cx"}, NULL, {.config = "x"}},
    {{"--config=x"}, NULL, {.config = "x"}},
    {{"--maildir", "-odd"}, NULL, {.maildir = "-odd"}},
    {{"--maildir=a=b", "--database", "d", "--once"}, NULL,
	{.maildir = "a=b", .database = "d", .once = true}},
    {{"--check-config"}, NULL, {.check_config = true}},
    {{"--version"}, NULL, {.version = true}},
    {{"--help"}, NULL, {.help = true}},
    {{"-h"}, NULL, {.help = true}},
    {{"--nonsense"}, "unknown option --nonsense", {0}},
    {{"--mail"}, "unknown option --mail", {0}},
    {{"--onceover"}, "unknown option --onceover", {0}},
    {{"-x"}, "unknown option -x", {0}},
    {{"--"}, "unknown option --", {0}},
    {{"--once=yes"}, "--once takes no value", {0}},
    {{"--maildir"}, "--maildir needs a value: DIR", {0}},
    {{"--maildir="}, "--maildir needs a value: DIR", {0}},
    {{"-c"}, "--config needs a value: FILE", {0}},
    {{"file"}, "unexpected argument file", {0}},
    {{"-"}, "unexpected argument -", {0}},
    {{""}, "unexpected argument ", {0}},
};

START_TEST(each_command_line_gives_its_options_or_its_error)
{
	const struct row *r = &rows[_i];
	char *argv[MAX_ARGUMENTS + 2] = {"bounced"}, *error = NULL;
	struct options o;
	int argc = 1;
	bool ok;

	while (argc <= MAX_ARGUMENTS && r->arguments[argc - 1] != NULL) {
		argv[argc] = (char *)r->arguments[argc - 1];
		argc++;
	}
	ok = options_read(&o, argc, argv, &error);
	ck_assert_pstr_eq(error, r->error);
	ck_assert_int_eq(ok, r->error == NULL);
	g_free(error);
	if (!ok)
		return;
	ck_assert_pstr_eq(o.config, r->wanted.config);
	ck_assert_pstr_eq(o.maildir, r->wanted.maildir);
	ck_assert_pstr_eq(o.database, r->wanted.database);
	ck_assert_int_eq(o.once, r->wanted.once);
	ck_assert_int_eq(o.check_config, r->wanted.check_config);
	ck_assert_int_eq(o.version, r->wanted.version);
	ck_assert_int_eq(o.help, r->wanted.help);
}
END_TEST

START_TEST(help_names_every_option_within_80_columns)
{
	static const char *const names[] = {"-c, --config FILE",
	    "--maildir DIR", "--database FILE", "--once", "--check-config",
	    "--version", "-h, --help", "HUP"};
	char *help = options_help();
	char **lines = g_strsplit(help, "\n", -1);

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		ck_assert_ptr_nonnull(strstr(help, names[i]));
	for (size_t i = 0; lines[i] != NULL; i++)
		ck_assert_msg(strlen(lines[i]) <= 80, "%s", lines[i]);
	g_strfreev(lines);
	g_free(help);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("options");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, each_command_line_gives_its_options_or_its_error,
	    0, G_N_ELEMENTS(rows));
	tcase_add_test(t, help_names_every_option_within_80_columns);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
