/* bounced.conf: what is read, and what is refused with which words. */
#include "conf/config.h"
#include "conf/data.h"
#include "parser/parser.h"
#include "parser/verp.h"

#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *dir;

static void
make_dir(void)
{
	GError *error = NULL;

	dir = g_dir_make_tmp("test-config-XXXXXX", &error);
	ck_assert_ptr_nonnull(dir);
}

/* Two levels are all that a test here makes. */
static void
remove_dir(void)
{
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(d)) != NULL) {
		char *path = g_build_filename(dir, name, NULL);
		GDir *sub = g_dir_open(path, 0, NULL);

		while (sub != NULL && (name = g_dir_read_name(sub)) != NULL) {
			char *file = g_build_filename(path, name, NULL);

			g_remove(file);
			g_free(file);
		}
		if (sub != NULL)
			g_dir_close(sub);
		g_remove(path);
		g_free(path);
	}
	g_dir_close(d);
	g_rmdir(dir);
	g_free(dir);
}

static char *
put(const char *name, const char *text, gssize length)
{
	char *path = g_build_filename(dir, name, NULL);

	ck_assert(g_file_set_contents(path, text, length, NULL));
	return path;
}

static struct config *
load_text(const char *text, gssize length, char **error)
{
	char *path = put("b.conf", text, length);
	struct config *c = config_load(path, error);

	g_free(path);
	return c;
}

static struct config *
load_good(const char *text)
{
	char *error;
	struct config *c = load_text(text, -1, &error);

	if (c == NULL)
		ck_abort_msg("refused: %s", error);
	ck_assert_ptr_null(error);
	return c;
}

static void
assert_defaults(const struct config *c)
{
	ck_assert_str_eq(c->database, DEFAULT_DATABASE);
	ck_assert_int_eq(c->done, DONE_MOVE);
	ck_assert_int_eq(c->workers, 0);
	ck_assert_int_eq(c->rescan_seconds, 60);
	ck_assert_str_eq(c->log_level, "info");
	ck_assert_int_eq(c->max_read, MAX_READ_DEFAULT);
	ck_assert_int_eq(c->max_recipients, MAX_RECIPIENTS);
	ck_assert_int_eq(c->time_limit_ms, 5000);
	ck_assert_int_eq(c->memory_limit, 512 * 1024 * 1024);
}

START_TEST(empty_file_gives_the_defaults)
{
	struct config *c = load_good("");

	assert_defaults(c);
	ck_assert_ptr_null(c->maildir);
	ck_assert_ptr_null(c->verp_delimiters);
	ck_assert_uint_eq(c->n_rules, 1);
	ck_assert_str_eq(c->rules[0].name, "rules.conf");
	ck_assert_uint_eq(c->n_codes, 1);
	ck_assert_str_eq(c->codes[0].name, "codes.conf");
	config_free(c);
}
END_TEST

START_TEST(every_key_is_read)
{
	struct config *c = load_good("# comment\n"
				     "[bounced]\n"
				     "maildir = /m\n"
				     "database=/d/b.db   \n"
				     "done = delete\n"
				     "workers = 3\n"
				     "rescan_seconds = 7\n"
				     "log_level = debug\n"
				     "\n"
				     "[limits]\n"
				     "max_read = 64k\n"
				     "max_recipients = 9\n"
				     "time_limit_ms = 250\n"
				     "memory_limit = 1G\n"
				     "[verp]\n"
				     "delimiters = =-\n");

	ck_assert_str_eq(c->maildir, "/m");
	ck_assert_str_eq(c->database, "/d/b.db");
	ck_assert_int_eq(c->done, DONE_DELETE);
	ck_assert_int_eq(c->workers, 3);
	ck_assert_int_eq(c->rescan_seconds, 7);
	ck_assert_str_eq(c->log_level, "debug");
	ck_assert_int_eq(c->max_read, 65536);
	ck_assert_int_eq(c->max_recipients, 9);
	ck_assert_int_eq(c->time_limit_ms, 250);
	ck_assert_int_eq(c->memory_limit, 1 << 30);
	ck_assert_str_eq(c->verp_delimiters, "=-");
	config_free(c);
}
END_TEST

static const struct {
	const char *text, *wanted; /* behind the file's name */
} refused[] = {
    {"[bounced]\nmaildr = /m\n",
	"[bounced] maildr: no such key (did you mean 'maildir'?)"},
    {"[bounced]\nMaildir = /m\n",
	"[bounced] Maildir: no such key (did you mean 'maildir'?)"},
    {"[bounced]\nfrobnicate = 1\n", "[bounced] frobnicate: no such key"},
    {"[bounced]\nmax_read = 1M\n",
	"[bounced] max_read: no such key here: it belongs to [limits]"},
    {"[limit]\n", "[limit]: no such group (did you mean 'limits'?)"},
    {"[zzzzzzzzzzz]\nx = 1\n", "[zzzzzzzzzzz]: no such group"},
    {"[bounced]\nworkers = 2\nworkers = 3\n",
	"[bounced] workers: given more than once"},
    {"[bounced]\nworkers = 2\n[limits]\n[bounced]\nworkers = 2\n",
	"[bounced] workers: given more than once"},
    {"[bounced]\nmaildir = ~/Maildir\n",
	"[bounced] maildir: '~/Maildir' is not an absolute path (one that "
	"begins with /)"},
    {"[bounced]\nmaildir =\n",
	"[bounced] maildir: no value given: write one, or put a # in front "
	"of the line"},
    {"[bounced]\ndone = remove\n",
	"[bounced] done: 'remove' is none of these: move, delete"},
    {"[bounced]\ndone = MOVE\n",
	"[bounced] done: 'MOVE' is none of these: move, delete"},
    {"[bounced]\nlog_level = notice\n",
	"[bounced] log_level: 'notice' is none of these: error, warning, "
	"info, debug"},
    {"[bounced]\nworkers = many\n",
	"[bounced] workers: 'many' is not a whole number from 0 to 64"},
    {"[bounced]\nworkers = -1\n",
	"[bounced] workers: '-1' is not a whole number from 0 to 64"},
    {"[bounced]\nworkers = 2 # two\n",
	"[bounced] workers: '2 # two' is not a whole number from 0 to 64"},
    {"[bounced]\nworkers = 65\n",
	"[bounced] workers: '65' is not a whole number from 0 to 64"},
    {"[bounced]\nworkers = 0x2\n",
	"[bounced] workers: '0x2' is not a whole number from 0 to 64"},
    {"[bounced]\nworkers = 99999999999999999999\n",
	"[bounced] workers: '99999999999999999999' is not a whole number "
	"from 0 to 64"},
    {"[bounced]\nworkers = 1K\n",
	"[bounced] workers: '1K' is not a whole number from 0 to 64"},
    {"[bounced]\nrescan_seconds = 0\n",
	"[bounced] rescan_seconds: '0' is not a whole number from 1 to "
	"86400"},
    {"[limits]\nmax_read = 1T\n",
	"[limits] max_read: '1T' is not a size from 4K to 1G (bytes, or with "
	"K, M or G behind)"},
    {"[limits]\nmax_read = 1MB\n",
	"[limits] max_read: '1MB' is not a size from 4K to 1G (bytes, or "
	"with K, M or G behind)"},
    {"[limits]\nmax_read = 9223372036854775807G\n",
	"[limits] max_read: '9223372036854775807G' is not a size from 4K to "
	"1G (bytes, or with K, M or G behind)"},
    {"[limits]\nmemory_limit = 17179869184G\n",
	"[limits] memory_limit: '17179869184G' is not a size from 128M to "
	"64G (bytes, or with K, M or G behind)"},
    {"[limits]\nmax_read = 4095\n",
	"[limits] max_read: '4095' is not a size from 4K to 1G (bytes, or "
	"with K, M or G behind)"},
    {"[verp]\ndelimiters = ab\n",
	"[verp] delimiters: 'ab' may hold only punctuation such as +-= and "
	"no @"},
    {"[verp]\ndelimiters = +@\n",
	"[verp] delimiters: '+@' may hold only punctuation such as +-= and "
	"no @"},
    {"workers = 1\n", "Key file does not start with a group"},
    {"[bounced]\nworkers\n",
	"Key file contains line “workers” which is not a key-value pair, "
	"group, or comment"},
};

START_TEST(mistake_is_named_with_file_group_and_key)
{
	char *error, *wanted;
	struct config *c = load_text(refused[_i].text, -1, &error);

	ck_assert_ptr_null(c);
	wanted = g_strdup_printf("%s/b.conf: %s", dir, refused[_i].wanted);
	ck_assert_str_eq(error, wanted);
	free(error);
	g_free(wanted);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused)
{
	static const char *const evil[] = {"[bounced]\nmaildir = /\xff\xfe\n",
	    "\177ELF\x02\x01\x01",

	    "[bounced]\nmaildir = /a\\q\n", "[bounced]\n\xc3 = 1\n"};
	char *error;

	for (size_t i = 0; i < G_N_ELEMENTS(evil); i++) {
		ck_assert_ptr_null(load_text(evil[i], -1, &error));
		ck_assert_ptr_nonnull(strstr(error, "/b.conf: "));
		free(error);
	}
	ck_assert_ptr_null(load_text("[bounced]\nmaildir=/a\0b\n", 23, &error));
	free(error);
}
END_TEST

START_TEST(missing_file_is_an_error_that_names_it)
{
	char *error;

	ck_assert_ptr_null(config_load("/nonexistent/x.conf", &error));
	ck_assert_str_eq(
	    error, "/nonexistent/x.conf: No such file or directory");
	free(error);
}
END_TEST

START_TEST(directory_instead_of_a_file_is_an_error)
{
	char *error;

	ck_assert_ptr_null(config_load(dir, &error));
	ck_assert(g_str_has_prefix(error, dir));
	free(error);
}
END_TEST

/* ---- the shipped file ---- */

START_TEST(shipped_file_loads_as_it_is)
{
	struct source s = shipped_config();
	struct config *c = load_good(s.text);

	assert_defaults(c);
	config_free(c);
}
END_TEST

/* A line "#key = value" is a key that is commented out; "# text" is not. */
static char *
uncomment(const char *text, int *n)
{
	char **lines = g_strsplit(text, "\n", -1);
	char *all;

	*n = 0;
	for (size_t i = 0; lines[i] != NULL; i++) {
		if (lines[i][0] == '#' && g_ascii_isalpha(lines[i][1])) {
			memmove(lines[i], lines[i] + 1, strlen(lines[i]));
			++*n;
		}
	}
	all = g_strjoinv("\n", lines);
	g_strfreev(lines);
	return all;
}

START_TEST(shipped_file_shows_every_key_with_its_true_default)
{
	struct source s = shipped_config();
	int n;
	char *text = uncomment(s.text, &n);
	GString *all = g_string_new(text);
	struct config *c;

	ck_assert_int_eq(n, 12);
	/* This one directory must exist, which the machine that runs the
	 * tests need not have. */
	ck_assert_int_eq(g_string_replace(all,
			     "\nrules_dir = /etc/bounced/rules.d", "\n#", 0),
	    1);
	c = load_good(all->str);
	assert_defaults(c);
	ck_assert_str_eq(c->maildir, "/var/spool/bounced/Maildir");
	ck_assert_str_eq(c->verp_delimiters, VERP_DELIMITERS);
	config_free(c);
	g_string_free(all, TRUE);
	g_free(text);
}
END_TEST

/* ---- local rules ---- */

static char *
make_rules_dir(void)
{
	char *path = g_build_filename(dir, "rules.d", NULL);

	ck_assert_int_eq(g_mkdir(path, 0700), 0);
	return path;
}

static struct config *
load_with_rules(char **error)
{
	char *text =
	    g_strdup_printf("[bounced]\nrules_dir = %s/rules.d\n", dir);
	struct config *c = load_text(text, -1, error);

	g_free(text);
	return c;
}

START_TEST(local_files_come_first_and_in_name_order)
{
	char *error;
	struct config *c;

	g_free(make_rules_dir());
	g_free(put("rules.d/20-b.conf", "spam: bbb\n", -1));
	g_free(put("rules.d/10-a.conf", "spam: aaa\n", -1));
	g_free(put("rules.d/.hidden.conf", "not a rule\n", -1));
	g_free(put("rules.d/README", "not a rule\n", -1));
	g_free(put("rules.d/own.codes", "599 spam | m | a\n", -1));
	c = load_with_rules(&error);
	if (c == NULL)
		ck_abort_msg("refused: %s", error);
	ck_assert_uint_eq(c->n_rules, 3);
	ck_assert_str_eq(c->rules[0].name, "rules.d/10-a.conf");
	ck_assert_str_eq(c->rules[0].text, "spam: aaa\n");
	ck_assert_uint_eq(c->rules[0].length, 10);
	ck_assert_str_eq(c->rules[1].name, "rules.d/20-b.conf");
	ck_assert_str_eq(c->rules[2].name, "rules.conf");
	ck_assert_uint_eq(c->n_codes, 2);
	ck_assert_str_eq(c->codes[0].name, "rules.d/own.codes");
	ck_assert_str_eq(c->codes[1].name, "codes.conf");
	config_free(c);
}
END_TEST

START_TEST(missing_rules_directory_is_an_error)
{
	char *error;

	ck_assert_ptr_null(load_with_rules(&error));
	ck_assert_ptr_nonnull(strstr(error, "b.conf: [bounced] rules_dir: "));
	ck_assert_ptr_nonnull(strstr(error, "rules.d"));
	free(error);
}
END_TEST

START_TEST(bad_rule_is_named_with_its_file_and_line)
{
	char *error;

	g_free(make_rules_dir());
	g_free(put("rules.d/own.conf", "# mine\nuser-unknwon: gone\n", -1));
	ck_assert_ptr_null(load_with_rules(&error));
	ck_assert_ptr_nonnull(
	    strstr(error, "b.conf: [bounced] rules_dir: rules.d/own.conf:2: "));
	free(error);
}
END_TEST

START_TEST(directory_named_like_a_rule_file_is_an_error)
{
	char *error, *rules = make_rules_dir();
	char *path = g_build_filename(rules, "x.conf", NULL);

	ck_assert_int_eq(g_mkdir(path, 0700), 0);
	ck_assert_ptr_null(load_with_rules(&error));
	ck_assert_ptr_nonnull(strstr(error, "x.conf: Is a directory"));
	free(error);
	g_rmdir(path);
	g_free(path);
	g_free(rules);
}
END_TEST

START_TEST(classifier_is_made_of_local_rules_and_shipped_ones)
{
	char *error;
	struct config *c;
	struct classifier *k;

	g_free(make_rules_dir());
	g_free(put("rules.d/own.conf", "spam: zaphod beeblebrox\n", -1));
	c = load_with_rules(&error);
	ck_assert_ptr_nonnull(c);
	k = config_classifier(c, &error);
	ck_assert_ptr_nonnull(k);
	classifier_free(k);
	config_free(c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("config");
	TCase *c = tcase_create("file");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(c, make_dir, remove_dir);
	tcase_add_test(c, empty_file_gives_the_defaults);
	tcase_add_test(c, every_key_is_read);
	tcase_add_loop_test(c, mistake_is_named_with_file_group_and_key, 0,
	    G_N_ELEMENTS(refused));
	tcase_add_test(c, bytes_that_are_no_text_are_refused);
	tcase_add_test(c, missing_file_is_an_error_that_names_it);
	tcase_add_test(c, directory_instead_of_a_file_is_an_error);
	tcase_add_test(c, shipped_file_loads_as_it_is);
	tcase_add_test(c, shipped_file_shows_every_key_with_its_true_default);
	tcase_add_test(c, local_files_come_first_and_in_name_order);
	tcase_add_test(c, missing_rules_directory_is_an_error);
	tcase_add_test(c, bad_rule_is_named_with_its_file_and_line);
	tcase_add_test(c, directory_named_like_a_rule_file_is_an_error);
	tcase_add_test(c, classifier_is_made_of_local_rules_and_shipped_ones);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
