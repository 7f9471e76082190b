/* A Maildir full of what a Maildir can be full of. */
#include "daemon/hold.h"
#include "daemon/intake.h"
#include "daemon/maildir.h"
#include "daemon/watch.h"
#include "util/log.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

static char root[] = "/tmp/bounced-test-XXXXXX";
static struct maildir *m;

static void __attribute__((format(printf, 1, 2))) shell(const char *format, ...)
{
	char *command;
	va_list ap;

	va_start(ap, format);
	command = g_strdup_vprintf(format, ap);
	va_end(ap);
	ck_assert_msg(system(command) == 0, "%s", command);
	g_free(command);
}

static char *
path_of(const char *name)
{
	return g_strconcat(root, "/", name, NULL);
}

static void
put(const char *name, const char *text)
{
	char *path = path_of(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_msg(fd >= 0, "%s", path);
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	g_free(path);
}

static bool
there(const char *name)
{
	char *path = path_of(name);
	bool found = access(path, F_OK) == 0;

	g_free(path);
	return found;
}

static bool
holds(const char *name, const char *text)
{
	char *path = path_of(name), *got = NULL;
	bool same = g_file_get_contents(path, &got, NULL, NULL) &&
		    strcmp(got, text) == 0;

	g_free(path);
	g_free(got);
	return same;
}

static void
set_up(void)
{
	char *error;
	int status;

	log_init("test", LOG_LEVEL_ERROR);
	ck_assert_ptr_nonnull(mkdtemp(root));
	shell("mkdir %s/tmp %s/new %s/cur", root, root, root);
	m = maildir_open(root, &status, &error);
	ck_assert_ptr_nonnull(m);
}

static void
tear_down(void)
{
	maildir_unref(m);
	shell("rm -rf %s", root);
}

/* ---- opening ---- */

START_TEST(what_is_no_maildir_is_told_with_its_missing_part)
{
	char *error = NULL;
	int status;

	ck_assert_ptr_null(maildir_open("/nonexistent", &status, &error));
	ck_assert_int_eq(status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(error, "/nonexistent"));
	g_free(error);
	shell("rmdir %s/new", root);
	ck_assert_ptr_null(maildir_open(root, &status, &error));
	ck_assert_int_eq(status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(error, "/new: No such file"));
	g_free(error);
}
END_TEST

START_TEST(a_second_daemon_is_refused_until_the_first_is_gone)
{
	char *error = NULL;
	int status;
	struct maildir *again;

	ck_assert_ptr_null(maildir_open(root, &status, &error));
	ck_assert_int_eq(status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(error, "another bounced"));
	g_free(error);
	maildir_unref(m);
	again = maildir_open(root, &status, &error);
	ck_assert_ptr_nonnull(again);
	m = again;
}
END_TEST

START_TEST(a_missing_cur_is_made)
{
	char *error = NULL;
	int status;

	maildir_unref(m);
	shell("rmdir %s/cur", root);
	m = maildir_open(root, &status, &error);
	ck_assert_ptr_nonnull(m);
	ck_assert(there("cur"));
}
END_TEST

START_TEST(a_maildir_that_moved_away_or_was_replaced_is_noticed)
{
	ck_assert(maildir_in_place(m));
	shell("mv %s/new %s/old", root, root);
	ck_assert(!maildir_in_place(m));
	shell("mkdir %s/new", root);
	ck_assert(!maildir_in_place(m));
	shell("rmdir %s/new; mv %s/old %s/new", root, root, root);
	ck_assert(maildir_in_place(m));
	shell("rmdir %s/cur", root);
	ck_assert(!maildir_in_place(m));
}
END_TEST

/* ---- listing ---- */

START_TEST(a_listing_comes_in_pieces_and_has_every_name_once)
{
	GHashTable *seen =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool end = false;
	int calls = 0;

	shell("cd %s/new && seq 1000 | xargs touch", root);
	put("new/.hidden", "");
	while (!end) {
		struct listing l;

		ck_assert(maildir_list(m, 300, &l, &end));
		ck_assert_uint_le(l.n, 300);
		for (size_t i = 0; i < l.n; i++)
			ck_assert(g_hash_table_add(seen, g_strdup(l.names[i])));
		listing_clear(&l);
		calls++;
	}
	ck_assert_int_ge(calls, 4);
	ck_assert_uint_eq(g_hash_table_size(seen), 1000);
	ck_assert(g_hash_table_contains(seen, "1000"));
	g_hash_table_destroy(seen);
}
END_TEST

START_TEST(a_listing_is_in_the_order_of_inodes)
{
	struct listing l;
	bool end;
	ino_t last = 0;

	shell("cd %s/new && seq 200 | sort -R | xargs touch", root);
	ck_assert(maildir_list(m, 4000, &l, &end));
	ck_assert(end);
	for (size_t i = 0; i < l.n; i++) {
		char *path = g_strconcat(root, "/new/", l.names[i], NULL);
		struct stat st;

		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_uint_gt(st.st_ino, last);
		last = st.st_ino;
		g_free(path);
	}
	listing_clear(&l);
}
END_TEST

/* ---- opening mail ---- */

static enum mail_opened
try_open(const char *name)
{
	struct file_id id;
	int fd;
	enum mail_opened o = maildir_open_mail(m, name, &fd, &id);

	ck_assert_int_eq(o == MAIL_OPENED, fd >= 0);
	if (fd >= 0)
		close(fd);
	return o;
}

START_TEST(a_mail_opens_with_size_and_time)
{
	struct file_id id;
	int fd;

	put("new/a", "hello");
	ck_assert_int_eq(maildir_open_mail(m, "a", &fd, &id), MAIL_OPENED);
	ck_assert_int_eq(id.size, 5);
	ck_assert(maildir_unchanged(m, "a", &id));
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	put("new/a", "hello again");
	ck_assert(!maildir_unchanged(m, "a", &id));
	shell("rm %s/new/a", root);
	ck_assert(maildir_unchanged(m, "a", &id));
}
END_TEST

START_TEST(odd_things_in_new_are_not_opened_and_block_nobody)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	put("secret", "x");
	shell("cd %s/new && mkfifo fifo && mkdir dir && ln -s ../secret link "
	      "&& ln -s nowhere broken && mknod null c 1 3 2>/dev/null || "
	      "mkfifo null",
	    root);
	g_snprintf(a.sun_path, sizeof(a.sun_path), "%s/new/socket", root);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(try_open("fifo"), MAIL_ODD);
	ck_assert_int_eq(try_open("dir"), MAIL_ODD);
	ck_assert_int_eq(try_open("link"), MAIL_ODD);
	ck_assert_int_eq(try_open("broken"), MAIL_ODD);
	ck_assert_int_eq(try_open("null"), MAIL_ODD);
	ck_assert_int_eq(try_open("socket"), MAIL_ODD);
	ck_assert_int_eq(try_open("gone"), MAIL_GONE);
	close(fd);
}
END_TEST

START_TEST(a_mail_that_somebody_writes_is_left_until_it_is_closed)
{
	char *path = path_of("new/a");
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(try_open("a"), MAIL_BUSY);
	close(fd);
	ck_assert_int_eq(try_open("a"), MAIL_OPENED);
	g_free(path);
}
END_TEST

START_TEST(without_descriptors_it_is_not_the_mails_fault)
{
	struct rlimit old, tight;

	put("new/a", "x");
	getrlimit(RLIMIT_NOFILE, &old);
	tight = old;
	tight.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &tight);
	ck_assert_int_eq(try_open("a"), MAIL_NO_ROOM);
	setrlimit(RLIMIT_NOFILE, &old);
	ck_assert_int_eq(try_open("a"), MAIL_OPENED);
}
END_TEST

/* ---- moving ---- */

static const struct {
	const char *name, *wanted;
} seen_names[] = {
    {"1700000000.M1P2.host", "1700000000.M1P2.host:2,S"},
    {"a b\nc\xFF", "a b\nc\xFF:2,S"},
    {"-rf", "-rf:2,S"},
    {"exim:H1.host", "exim:H1.host:2,S"},
    {"x:2,", "x:2,S"},
    {"x:2,F", "x:2,FS"},
    {"x:2,RT", "x:2,RST"},
    {"x:2,S", "x:2,S"},
    {"x:2,FRST", "x:2,FRST"},
};

START_TEST(a_name_in_cur_has_the_flag_seen)
{
	char *got = move_seen_name(seen_names[_i].name);

	ck_assert_str_eq(got, seen_names[_i].wanted);
	g_free(got);
}
END_TEST

START_TEST(a_name_of_255_bytes_stays_as_it_is)
{
	char *name = g_strnfill(255, 'x'), *got = move_seen_name(name);

	ck_assert_str_eq(got, name);
	g_free(got);
	name[252] = '\0';
	got = move_seen_name(name);
	ck_assert_str_eq(got, name);
	g_free(got);
	name[251] = '\0';
	got = move_seen_name(name);
	ck_assert_uint_eq(strlen(got), 255);
	g_free(got);
	g_free(name);
}
END_TEST

START_TEST(every_kind_of_name_is_moved_to_cur)
{
	char *longest = g_strnfill(255, 'l');
	const char *const names[] = {
	    "plain", "-rf", "a b\nc", "\xFF\xFE", "*", longest};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		char *new = g_strconcat("new/", names[i], NULL);
		char *seen = move_seen_name(names[i]);
		char *cur = g_strconcat("cur/", seen, NULL);

		put(new, names[i]);
		ck_assert_int_eq(maildir_done(m, names[i]), MAIL_MOVED);
		ck_assert(!there(new));
		ck_assert(holds(cur, names[i]));
		ck_assert_int_eq(maildir_done(m, names[i]), MAIL_MOVE_GONE);
		g_free(new);
		g_free(seen);
		g_free(cur);
	}
	g_free(longest);
}
END_TEST

START_TEST(no_mail_in_cur_is_overwritten)
{
	char *longest = g_strnfill(255, 'l');
	char *new = g_strconcat("new/", longest, NULL);
	char *cur = g_strconcat("cur/", longest, NULL);

	put("cur/a:2,S", "old");
	put("new/a", "1");
	ck_assert_int_eq(maildir_done(m, "a"), MAIL_MOVED);
	put("new/a", "2");
	ck_assert_int_eq(maildir_done(m, "a"), MAIL_MOVED);
	ck_assert(holds("cur/a:2,S", "old"));
	ck_assert(holds("cur/a_1:2,S", "1"));
	ck_assert(holds("cur/a_2:2,S", "2"));
	put(cur, "old");
	put(new, "new");
	ck_assert_int_eq(maildir_done(m, longest), MAIL_MOVED);
	ck_assert(holds(cur, "old"));
	ck_assert(!there(new));
	g_free(longest);
	g_free(new);
	g_free(cur);
}
END_TEST

START_TEST(a_move_that_was_cut_between_link_and_unlink_is_finished)
{
	put("new/a", "x");
	shell("ln %s/new/a %s/cur/a:2,S", root, root);
	ck_assert_int_eq(maildir_done(m, "a"), MAIL_MOVED);
	ck_assert(!there("new/a"));
	ck_assert(holds("cur/a:2,S", "x"));
	ck_assert(!there("cur/a_1:2,S"));
}
END_TEST

START_TEST(a_failed_mail_goes_to_a_maildir_folder_made_on_need)
{
	struct stat st;
	char *folder = path_of(".Failed/new");

	ck_assert(!there(".Failed"));
	shell("chmod 2770 %s/new", root);
	put("new/a", "x");
	ck_assert_int_eq(maildir_fail(m, "a"), MAIL_MOVED);
	ck_assert(holds(".Failed/new/a", "x"));
	ck_assert(there(".Failed/cur"));
	ck_assert(there(".Failed/tmp"));
	ck_assert(there(".Failed/maildirfolder"));
	ck_assert_int_eq(stat(folder, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0770);
	put("new/a", "y");
	ck_assert_int_eq(maildir_fail(m, "a"), MAIL_MOVED);
	ck_assert(holds(".Failed/new/a", "x"));
	ck_assert(holds(".Failed/new/a_1", "y"));
	ck_assert_int_eq(maildir_fail(m, "gone"), MAIL_MOVE_GONE);
	g_free(folder);
}
END_TEST

START_TEST(a_link_named_failed_is_not_followed)
{
	shell("mkdir %s/elsewhere && ln -s elsewhere %s/.Failed", root, root);
	put("new/a", "x");
	ck_assert_int_eq(maildir_fail(m, "a"), MAIL_MOVE_FAILED);
	ck_assert(there("new/a"));
	ck_assert(!there("elsewhere/new"));
}
END_TEST

/* ---- names left alone ---- */

START_TEST(pauses_double_and_end_with_an_event)
{
	struct hold *h = hold_new();

	ck_assert(!hold_has(h, "a", 0));
	ck_assert_int_eq(hold_next(h), INT64_MAX);
	ck_assert(hold_put(h, "a", 0, 100));
	ck_assert_int_eq(hold_next(h), 100);
	ck_assert(hold_has(h, "a", 99));
	ck_assert(!hold_has(h, "a", 100));
	ck_assert(!hold_put(h, "a", 100, 100));
	ck_assert(hold_has(h, "a", 299));
	ck_assert(!hold_has(h, "a", 300));
	for (int i = 0; i < 50; i++)
		hold_put(h, "a", 0, 100);
	ck_assert(hold_has(h, "a", HOLD_LONGEST_MS - 1));
	ck_assert(!hold_has(h, "a", HOLD_LONGEST_MS));
	hold_release(h, "a");
	ck_assert(!hold_has(h, "a", 0));
	ck_assert(hold_put(h, "a", 0, 100));
	hold_free(h);
}
END_TEST

START_TEST(names_that_a_pass_does_not_meet_are_forgotten)
{
	struct hold *h = hold_new();

	hold_put(h, "stays", 0, 100);
	hold_put(h, "goes", 0, 50);
	hold_begin_pass(h);
	ck_assert(hold_has(h, "stays", 1));
	hold_put(h, "comes", 1, 500);
	hold_end_pass(h);
	ck_assert_uint_eq(hold_count(h), 2);
	ck_assert(!hold_has(h, "goes", 1));
	ck_assert_int_eq(hold_next(h), 100);
	hold_free(h);
}
END_TEST

START_TEST(the_number_of_names_left_alone_is_bounded)
{
	struct hold *h = hold_new();

	for (int i = 0; i < HOLD_MAX + 10; i++) {
		char name[32];

		g_snprintf(name, sizeof(name), "%d", i);
		ck_assert(hold_put(h, name, 0, 100));
	}
	ck_assert_uint_eq(hold_count(h), HOLD_MAX);
	hold_free(h);
}
END_TEST

/* ---- passes ---- */

/* Takes all mails of a pass; returns how many. */
static size_t
take_all(struct intake *in, int64_t now, struct delivery **mails, size_t max)
{
	size_t n = 0;

	for (;;) {
		struct delivery *mail;
		int fd;

		switch (intake_next(in, now, &mail, &fd)) {
		case INTAKE_MAIL:
			close(fd);
			ck_assert_uint_lt(n, max);
			mails[n++] = mail;
			break;
		case INTAKE_MORE:
			break;
		case INTAKE_DONE:
			return n;
		default:
			ck_abort_msg("no pass");
		}
	}
}

START_TEST(a_mail_on_its_way_is_not_taken_again_and_one_held_is_later)
{
	struct intake *in = intake_new();
	struct delivery *mails[10];

	put("new/a", "x");
	put("new/b", "x");
	shell("mkfifo %s/new/fifo", root);
	intake_use(in, m);
	intake_wake(in, 1000);
	ck_assert_int_le(intake_due(in, 1000), 1000);
	ck_assert_uint_eq(take_all(in, 1000, mails, 10), 2);
	ck_assert_uint_eq(intake_busy(in), 2);
	ck_assert_uint_eq(intake_held(in), 1);
	ck_assert_uint_eq(take_all(in, 2000, mails + 2, 8), 0);
	ck_assert(intake_hold(in, mails[0], 2000, 500));
	intake_settled(in, mails[1]);
	ck_assert_uint_eq(take_all(in, 2100, mails, 10), 1);
	intake_settled(in, mails[0]);
	ck_assert_int_eq(intake_due(in, 2100), 2500);
	ck_assert_uint_eq(take_all(in, 2500, mails, 10), 2);
	intake_free(in);
}
END_TEST

START_TEST(without_a_maildir_there_is_nothing_due)
{
	struct intake *in = intake_new();
	struct delivery *mail;
	int fd;

	intake_wake(in, 5);
	ck_assert_int_eq(intake_due(in, 5), INT64_MAX);
	ck_assert_int_eq(intake_next(in, 5, &mail, &fd), INTAKE_DONE);
	put("new/a", "x");
	intake_use(in, m);
	ck_assert_int_eq(intake_due(in, 5), 5);
	ck_assert_int_eq(intake_next(in, 5, &mail, &fd), INTAKE_MAIL);
	close(fd);
	intake_use(in, NULL);
	ck_assert_int_eq(intake_due(in, 6), INT64_MAX);
	intake_settled(in, mail);
	intake_free(in);
}
END_TEST

/* ---- inotify ---- */

static void
collect(const char *name, void *context)
{
	g_string_append_printf(context, "%s ", name);
}

static bool
wait_for(struct watch *w)
{
	struct pollfd p = {.fd = watch_fd(w), .events = POLLIN};

	return poll(&p, 1, 5000) == 1;
}

START_TEST(deliveries_by_link_rename_and_copy_are_seen)
{
	struct watch *w = watch_open(root);
	GString *seen = g_string_new(NULL);

	ck_assert_ptr_nonnull(w);
	shell("cd %s && echo > tmp/l && ln tmp/l new/l && echo > tmp/r && "
	      "mv tmp/r new/r && cp tmp/l new/c",
	    root);
	ck_assert(wait_for(w));
	ck_assert_int_eq(watch_read(w, collect, seen), WATCH_NEWS);
	ck_assert_ptr_nonnull(strstr(seen->str, "l "));
	ck_assert_ptr_nonnull(strstr(seen->str, "r "));
	/* created, and closed after writing */
	ck_assert_ptr_nonnull(strstr(strstr(seen->str, "c ") + 1, "c "));
	ck_assert_int_eq(watch_read(w, collect, seen), WATCH_QUIET);
	/* What other programs keep beside the mail is none of our news. */
	shell("cd %s && echo > dovecot-uidlist && rm dovecot-uidlist", root);
	ck_assert(wait_for(w));
	ck_assert_int_eq(watch_read(w, collect, seen), WATCH_QUIET);
	watch_close(w);
	g_string_free(seen, TRUE);
}
END_TEST

START_TEST(a_directory_that_goes_away_ends_the_watch)
{
	static const char *const ways[] = {"rmdir new", "rmdir cur",
	    "rm -r $PWD", "mv new old", "mv $PWD $PWD.old; mkdir -p $PWD/cur"};
	struct watch *w = watch_open(root);
	GString *seen = g_string_new(NULL);

	ck_assert_ptr_nonnull(w);
	shell("cd %s && %s", root, ways[_i]);
	ck_assert(wait_for(w));
	ck_assert_int_eq(watch_read(w, collect, seen), WATCH_DEAD);
	watch_close(w);
	if (_i != 1) {
		ck_assert_ptr_null(watch_open(root));
		ck_assert_int_eq(errno, ENOENT);
	}
	g_string_free(seen, TRUE);
	shell("rm -rf %s.old", root);
}
END_TEST

START_TEST(what_overflows_the_queue_is_no_end)
{
	struct watch *w = watch_open(root);
	GString *seen = g_string_new(NULL);
	char *limit = NULL;
	int n = 16384;

	if (g_file_get_contents(
		"/proc/sys/fs/inotify/max_queued_events", &limit, NULL, NULL))
		n = atoi(limit);
	g_free(limit);
	if (n > 100000)
		return; /* this machine's queue is too long to be filled */
	for (int i = 0; i < n; i++) {
		char *path = g_strdup_printf("%s/new/%d", root, i % 50);

		close(open(path, O_WRONLY | O_CREAT, 0600));
		g_free(path);
	}
	while (watch_read(w, collect, seen) == WATCH_NEWS)
		continue;
	put("new/after", "x");
	g_string_truncate(seen, 0);
	ck_assert(wait_for(w));
	ck_assert_int_eq(watch_read(w, collect, seen), WATCH_NEWS);
	ck_assert_ptr_nonnull(strstr(seen->str, "after"));
	watch_close(w);
	g_string_free(seen, TRUE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("maildir");
	TCase *t = tcase_create("maildir");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_is_no_maildir_is_told_with_its_missing_part);
	tcase_add_test(t, a_second_daemon_is_refused_until_the_first_is_gone);
	tcase_add_test(t, a_missing_cur_is_made);
	tcase_add_test(t, a_maildir_that_moved_away_or_was_replaced_is_noticed);
	tcase_add_test(t, a_listing_comes_in_pieces_and_has_every_name_once);
	tcase_add_test(t, a_listing_is_in_the_order_of_inodes);
	tcase_add_test(t, a_mail_opens_with_size_and_time);
	tcase_add_test(t, odd_things_in_new_are_not_opened_and_block_nobody);
	tcase_add_test(
	    t, a_mail_that_somebody_writes_is_left_until_it_is_closed);
	tcase_add_test(t, without_descriptors_it_is_not_the_mails_fault);
	tcase_add_loop_test(
	    t, a_name_in_cur_has_the_flag_seen, 0, G_N_ELEMENTS(seen_names));
	tcase_add_test(t, a_name_of_255_bytes_stays_as_it_is);
	tcase_add_test(t, every_kind_of_name_is_moved_to_cur);
	tcase_add_test(t, no_mail_in_cur_is_overwritten);
	tcase_add_test(
	    t, a_move_that_was_cut_between_link_and_unlink_is_finished);
	tcase_add_test(t, a_failed_mail_goes_to_a_maildir_folder_made_on_need);
	tcase_add_test(t, a_link_named_failed_is_not_followed);
	tcase_add_test(t, pauses_double_and_end_with_an_event);
	tcase_add_test(t, names_that_a_pass_does_not_meet_are_forgotten);
	tcase_add_test(t, the_number_of_names_left_alone_is_bounded);
	tcase_add_test(
	    t, a_mail_on_its_way_is_not_taken_again_and_one_held_is_later);
	tcase_add_test(t, without_a_maildir_there_is_nothing_due);
	tcase_add_test(t, deliveries_by_link_rename_and_copy_are_seen);
	tcase_add_loop_test(t, a_directory_that_goes_away_ends_the_watch, 0, 5);
	tcase_add_test(t, what_overflows_the_queue_is_no_end);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
