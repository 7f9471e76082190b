/* Which files are found below what a user names, and which mails in them. */
#include "ctl/mailfile.h"
#include "ctl/mails.h"

#include <check.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAIL "Subject: x\n\nbody\n"
#define FROM "From a@example.org Mon Nov  2 10:00:00 2026\n"

static char *dir;
static int problems;

static void
make_dir(void)
{
	dir = g_dir_make_tmp("test-walk-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	problems = 0;
}

static void
remove_tree(const char *path)
{
	GDir *d = g_dir_open(path, 0, NULL);
	const char *name;

	g_chmod(path, 0700);
	while (d != NULL && (name = g_dir_read_name(d)) != NULL) {
		char *full = g_build_filename(path, name, NULL);

		if (g_file_test(full, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(full, G_FILE_TEST_IS_SYMLINK))
			remove_tree(full);
		else
			g_unlink(full);
		g_free(full);
	}
	if (d != NULL)
		g_dir_close(d);
	g_rmdir(path);
}

static void
remove_dir(void)
{
	remove_tree(dir);
	g_free(dir);
}

/* Writes TEXT to a file below the test's directory, making directories. */
static void
put(const char *name, const char *text)
{
	char *path = g_build_filename(dir, name, NULL);
	char *folder = g_path_get_dirname(path);

	ck_assert_int_eq(g_mkdir_with_parents(folder, 0700), 0);
	ck_assert(g_file_set_contents(path, text, -1, NULL));
	g_free(folder);
	g_free(path);
}

static void
make_maildir(const char *name)
{
	static const char *const folders[] = {"new", "cur", "tmp"};

	for (int i = 0; i < 3; i++) {
		char *path = g_build_filename(dir, name, folders[i], NULL);

		ck_assert_int_eq(g_mkdir_with_parents(path, 0700), 0);
		g_free(path);
	}
}

static void
count_problem(const char *path, const char *why, void *context)
{
	(void)path;
	(void)context;
	ck_assert_ptr_nonnull(why);
	problems++;
}

static gint
by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of all mails below PATHS, sorted: the order on the disk is none
 * that a test could know. */
static char *
names_below(char **paths, uint64_t *skipped)
{
	struct mails *m = mails_open(paths, 1000, count_problem, NULL);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	struct mail mail;
	char *all;

	while (mails_next(m, &mail)) {
		char byte;

		ck_assert_int_ge(read(mail.fd, &byte, 1), 0);
		close(mail.fd);
		ck_assert_int_ne(mail.received, 0);
		g_ptr_array_add(names, mail.name);
	}
	*skipped = mails_skipped(m);
	ck_assert_uint_le(mails_done(m), mails_total(paths));
	mails_close(m);
	g_ptr_array_sort(names, by_text);
	g_ptr_array_add(names, NULL);
	all = g_strjoinv(" ", (char **)names->pdata);
	g_ptr_array_free(names, TRUE);
	return all;
}

static void
assert_below(const char *name, const char *wanted, uint64_t skipped_wanted)
{
	char *path = g_build_filename(dir, name, NULL);
	char *paths[] = {path, NULL};
	uint64_t skipped;
	char *got = names_below(paths, &skipped);

	ck_assert_str_eq(got, wanted);
	ck_assert_uint_eq(skipped, skipped_wanted);
	g_free(got);
	g_free(path);
}

START_TEST(maildir_is_new_and_cur_and_subfolders)
{
	make_maildir("M");
	make_maildir("M/.Sent");
	make_maildir("M/.A.B");
	put("M/new/1", MAIL);
	put("M/cur/2:2,S", MAIL);
	put("M/tmp/3", MAIL);
	put("M/dovecot.index", "x");
	put("M/.hidden", MAIL);
	put("M/new/.hidden", MAIL);
	put("M/.Sent/cur/4:2,", MAIL);
	put("M/.A.B/new/5", MAIL);
	put("M/.nofolder/6", MAIL);
	assert_below("M", "1 2:2,S 4:2, 5", 0);
	ck_assert_int_eq(problems, 0);
}
END_TEST

START_TEST(folder_of_a_maildir_can_be_named_itself)
{
	make_maildir("M");
	put("M/new/1", FROM MAIL);
	put("M/cur/2:2,S", MAIL);
	/* A From_ line does not make a mail of a Maildir an mbox. */
	assert_below("M/new", "1", 0);
	assert_below("M", "1 2:2,S", 0);
}
END_TEST

START_TEST(plain_directory_is_searched_with_all_in_it)
{
	put("d/a.eml", MAIL);
	put("d/deep/er/b.eml", MAIL);
	put("d/box", FROM MAIL "\n" FROM MAIL);
	put("d/saved.eml", FROM MAIL "\n" FROM MAIL);
	put("d/.hidden", MAIL);
	put("d/empty", "");
	put("d/picture", "\211PNG\r\n");
	make_maildir("d/M");
	put("d/M/cur/c:2,", MAIL);
	assert_below("d", "a.eml b.eml box:0 box:62 c:2, saved.eml", 2);
	ck_assert_int_eq(problems, 0);
}
END_TEST

START_TEST(links_and_pipes_in_directories_are_not_followed)
{
	char *link = g_build_filename(dir, "M/new/link", NULL);
	char *loop = g_build_filename(dir, "d/loop", NULL);
	char *pipe = g_build_filename(dir, "M/new/pipe", NULL);

	make_maildir("M");
	put("M/new/1", MAIL);
	put("d/2", MAIL);
	ck_assert_int_eq(symlink("/etc/passwd", link), 0);
	ck_assert_int_eq(symlink(".", loop), 0);
	ck_assert_int_eq(mkfifo(pipe, 0600), 0);
	assert_below("M", "1", 2);
	assert_below("d", "2", 1);
	g_free(link);
	g_free(loop);
	g_free(pipe);
}
END_TEST

START_TEST(link_that_is_named_is_followed)
{
	char *link = g_build_filename(dir, "link", NULL);

	put("real", MAIL);
	ck_assert_int_eq(symlink("real", link), 0);
	assert_below("link", "link", 0);
	ck_assert_int_eq(problems, 0);
	g_free(link);
}
END_TEST

START_TEST(what_is_no_mail_but_named_is_a_problem)
{
	put("picture", "\211PNG\r\n");
	put("empty", "");
	assert_below("picture", "", 0);
	assert_below("empty", "", 0);
	assert_below("missing", "", 0);
	assert_below("../../../../dev/null", "", 0);
	ck_assert_int_eq(problems, 4);
}
END_TEST

START_TEST(names_may_be_any_bytes)
{
	make_maildir("M");
	put("M/new/-rf", MAIL);
	put("M/new/a\nb", MAIL);
	put("M/new/c\xff", MAIL);
	assert_below("M", "-rf a\nb c\xff", 0);
	ck_assert_int_eq(problems, 0);
}
END_TEST

START_TEST(more_names_than_fit_into_one_chunk)
{
	char *path = g_build_filename(dir, "M", NULL);
	char *paths[] = {path, NULL};
	struct walk *w;
	struct walk_file file;
	GHashTable *seen =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	make_maildir("M");
	for (int i = 0; i < 4500; i++) {
		char *full = g_strdup_printf("%s/M/cur/%d", dir, i);

		ck_assert_int_eq(close(g_creat(full, 0600)), 0);
		g_free(full);
	}
	w = walk_open(paths, count_problem, NULL);
	while (walk_next(w, &file))
		ck_assert(g_hash_table_add(seen, g_strdup(file.path)));
	walk_close(w);
	ck_assert_uint_eq(g_hash_table_size(seen), 4500);
	ck_assert_uint_eq(mails_total(paths), 4500);
	g_hash_table_destroy(seen);
	g_free(path);
}
END_TEST

/* ---- what a file looks like ---- */

static const struct {
	const char *bytes;
	enum mail_look wanted;
} looks[] = {
    {"", LOOKS_EMPTY},
    {"Subject: x\n", LOOKS_LIKE_MAIL},
    {"Subject : x\n", LOOKS_LIKE_MAIL},
    {"\n\n\nSubject: x\n", LOOKS_LIKE_MAIL},
    {"From a@b 10:00\nSubject: x\n", LOOKS_LIKE_MAIL},
    {"junk line\nSubject: x\n", LOOKS_LIKE_MAIL},
    {"Subject: x\r\n", LOOKS_LIKE_MAIL},
    {"junk line\rSubject: x\r", LOOKS_LIKE_MAIL},
    {"just some prose that goes\non and on\n", LOOKS_BINARY},
    {"\211PNG\r\n\032\n", LOOKS_BINARY},
    {": x\n", LOOKS_BINARY},
    {"\xc3\xa4: x\n", LOOKS_BINARY},
};

START_TEST(mail_is_told_by_its_header)
{
	ck_assert_int_eq(mail_look(looks[_i].bytes, strlen(looks[_i].bytes)),
	    looks[_i].wanted);
}
END_TEST

START_TEST(nul_bytes_are_no_mail)
{
	ck_assert_int_eq(mail_look("A: x\n\0\n", 7), LOOKS_BINARY);
}
END_TEST

START_TEST(mail_in_memory_is_as_long_as_it_says)
{
	char buffer[16];
	struct stat st;
	int fd = mailfile_in_memory("abc", 3, 10);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 10);
	ck_assert_int_eq(read(fd, buffer, sizeof(buffer)), 10);
	ck_assert_int_eq(memcmp(buffer, "abc\0\0\0\0\0\0", 10), 0);
	close(fd);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ctl_walk");
	TCase *c = tcase_create("walk");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(c, make_dir, remove_dir);
	tcase_add_test(c, maildir_is_new_and_cur_and_subfolders);
	tcase_add_test(c, folder_of_a_maildir_can_be_named_itself);
	tcase_add_test(c, plain_directory_is_searched_with_all_in_it);
	tcase_add_test(c, links_and_pipes_in_directories_are_not_followed);
	tcase_add_test(c, link_that_is_named_is_followed);
	tcase_add_test(c, what_is_no_mail_but_named_is_a_problem);
	tcase_add_test(c, names_may_be_any_bytes);
	tcase_add_test(c, more_names_than_fit_into_one_chunk);
	tcase_add_loop_test(
	    c, mail_is_told_by_its_header, 0, G_N_ELEMENTS(looks));
	tcase_add_test(c, nul_bytes_are_no_mail);
	tcase_add_test(c, mail_in_memory_is_as_long_as_it_says);
	tcase_set_timeout(c, 60);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
