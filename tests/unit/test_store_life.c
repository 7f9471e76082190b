/* One writer; dying and surviving; what happens to an open database. */
#include "store_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/lock.h"

/* ---- one writer ---- */

START_TEST(a_second_writer_is_told_who_is_first)
{
	struct store *s = open_store(STORE_WRITE);
	char pid[32];

	snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
	assert_refused(STORE_WRITE, STORE_LOCKED, pid);
	store_close(open_store(STORE_READ));
	store_close(s);
	store_close(open_store(STORE_WRITE));
}
END_TEST

static void
open_second(void)
{
	struct store *s;
	char *error, pid[32];
	enum store_result r = store_open(path, STORE_WRITE, &s, &error);

	snprintf(pid, sizeof(pid), "process %ld", (long)getppid());
	_exit(r == STORE_LOCKED && strstr(error, pid) != NULL ? 7 : 8);
}

START_TEST(a_writer_in_another_process_is_locked_out)
{
	struct store *s = open_store(STORE_WRITE);

	ck_assert_int_eq(in_child(open_second), 7);
	store_close(s);
}
END_TEST

START_TEST(a_symbolic_link_leads_to_the_same_lock)
{
	struct store *s = open_store(STORE_WRITE);
	char *real = g_strdup(path);

	snprintf(path, sizeof(path), "%s/alias.db", folder);
	ck_assert_int_eq(symlink(real, path), 0);
	assert_refused(STORE_WRITE, STORE_LOCKED, "process");
	store_close(open_store(STORE_READ));
	store_close(s);
	g_free(real);
}
END_TEST

START_TEST(a_lock_file_without_a_holder_locks_nobody_out)
{
	char *name = g_strconcat(path, "-lock", NULL);

	ck_assert(g_file_set_contents(name, "1\n", -1, NULL));
	store_close(open_store(STORE_WRITE));
	ck_assert(g_file_set_contents(name, "rubbish", -1, NULL));
	store_close(open_store(STORE_WRITE));
	g_free(name);
}
END_TEST

START_TEST(a_holder_that_wrote_nothing_is_not_named)
{
	char *name = g_strconcat(path, "-lock", NULL);
	pid_t holder;
	int fd = lock_take(path, &holder);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	assert_refused(STORE_WRITE, STORE_LOCKED, "another process");
	lock_release(fd);
	g_free(name);
}
END_TEST

/* ---- dying ---- */

static void
die_in_the_middle(void)
{
	struct store *s = open_store(STORE_WRITE);

	settle_event(s, (struct event){.address = "done@example.org",
			    .at = DAY_ONE,
			    .class = CLASS_USER_UNKNOWN});
	transaction_begin(s);
	store_run(s, "DELETE FROM bounce; DELETE FROM mail; "
		     "UPDATE tally SET bounces = 99");
	if (s->rc == SQLITE_OK)
		raise(SIGKILL);
}

START_TEST(a_killed_writer_leaves_whole_transactions_and_no_lock)
{
	struct store *s;

	ck_assert_int_eq(in_child(die_in_the_middle), -1);
	s = open_store(STORE_WRITE);
	assert_sql(s, "SELECT address FROM bounces", "done@example.org");
	assert_sql(s, "SELECT bounces FROM by_class", "1");
	assert_sql(s, "PRAGMA integrity_check", "ok");
	serial = 1;
	settle_event(s, (struct event){.address = "more@example.org",
			    .at = DAY_ONE,
			    .class = CLASS_USER_UNKNOWN});
	assert_sql(s, "SELECT count(*) FROM bounces", "2");
	store_close(s);
}
END_TEST

/* Says on FD that a mail is settled, after it is; never ends. */
static void
settle_until_killed(int fd)
{
	struct store *s = open_store(STORE_WRITE);

	for (;;) {
		settle_event(s, (struct event){.address = "x@example.org",
				    .at = DAY_ONE,
				    .class = CLASS_USER_UNKNOWN});
		if (write(fd, "+", 1) != 1)
			_exit(1);
	}
}

START_TEST(writers_killed_again_and_again_lose_and_double_nothing)
{
	struct store *s;
	char *mails;
	int told = 0;

	for (int i = 0; i < 20; i++) {
		int status, ends[2];
		char byte;
		pid_t pid;

		ck_assert_int_eq(pipe(ends), 0);
		pid = fork();
		if (pid == 0) {
			serial = (unsigned)i * 100000;
			settle_until_killed(ends[1]);
		}
		close(ends[1]);
		for (int k = 0; k <= i % 7; k++)
			told += read(ends[0], &byte, 1) == 1;
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		while (read(ends[0], &byte, 1) == 1)
			told++;
		close(ends[0]);
	}
	ck_assert_int_gt(told, 20);
	s = open_store(STORE_WRITE);
	assert_sql(s, "PRAGMA integrity_check", "ok");
	mails = query_all(s->db, "SELECT count(*) FROM mail");
	/* The last of each may have been settled and not told any more. */
	ck_assert_int_ge(atoi(mails), told);
	ck_assert_int_le(atoi(mails), told + 20);
	assert_sql(s, "SELECT count(*) FROM bounce", mails);
	assert_sql(s, "SELECT sum(bounces) FROM by_class", mails);
	assert_sql(s, "SELECT sum(mails) FROM mail_day", mails);
	g_free(mails);
	store_close(s);
}
END_TEST

/* ---- what happens while it is open ---- */

START_TEST(a_deleted_database_is_noticed)
{
	struct store *s = open_store(STORE_WRITE);
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN};
	struct report *report = report_of(&e);
	struct settlement m = settlement_of(report, e.at);

	ck_assert(store_in_place(s));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(!store_in_place(s));
	ck_assert_int_eq(store_settle(s, &m, 1), STORE_MOVED);
	ck_assert(!m.recorded);
	ck_assert_ptr_nonnull(strstr(store_error(s), "deleted or replaced"));
	ck_assert(store_result_is_temporary(STORE_MOVED));
	store_close(s);
	report_free(report);
}
END_TEST

START_TEST(a_replaced_database_is_noticed)
{
	struct store *s = open_store(STORE_WRITE);
	char *other = g_strconcat(path, ".new", NULL);

	ck_assert(g_file_set_contents(other, "", 0, NULL));
	ck_assert_int_eq(rename(other, path), 0);
	ck_assert(!store_in_place(s));
	store_close(s);
	g_free(other);
}
END_TEST

static void
fill_disk(void)
{
	struct rlimit limit = {1024 * 1024, RLIM_INFINITY};
	struct store *s = open_store(STORE_WRITE);
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN};
	struct report *report = report_of(&e);
	struct settlement m = {0};
	enum store_result r = STORE_OK;
	char *wanted;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 0; i < 10000 && r == STORE_OK; i++) {
		m = settlement_of(report, e.at);
		r = store_settle(s, &m, 1);
	}
	ck_assert_int_eq(r, STORE_FULL);
	ck_assert(!m.recorded);
	ck_assert(store_result_is_temporary(r));
	ck_assert_int_gt((int)strlen(store_error(s)), 20);
	/* Room again: the same connection goes on, with the same mail. */
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(store_settle(s, &m, 1), STORE_OK);
	ck_assert(m.recorded);
	wanted = query_all(s->db, "SELECT count(*) FROM mail");
	assert_sql(s, "SELECT bounces FROM by_class", wanted);
	assert_sql(s, "PRAGMA integrity_check", "ok");
	g_free(wanted);
	store_close(s);
	report_free(report);
}

START_TEST(a_full_disk_is_temporary)
{
	ck_assert_int_eq(in_child(fill_disk), 0);
}
END_TEST

START_TEST(a_lock_of_a_shell_is_busy_and_passes)
{
	struct store *s = open_store(STORE_WRITE);
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN};
	struct report *report = report_of(&e);
	struct settlement m = settlement_of(report, e.at);
	sqlite3 *shell;

	sqlite3_busy_timeout(s->db, 10);
	ck_assert_int_eq(sqlite3_open(path, &shell), SQLITE_OK);
	sqlite3_exec(shell, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	ck_assert_int_eq(store_settle(s, &m, 1), STORE_BUSY);
	ck_assert(!m.recorded);
	ck_assert_ptr_nonnull(strstr(store_error(s), "another program"));
	sqlite3_exec(shell, "ROLLBACK", NULL, NULL, NULL);
	ck_assert_int_eq(store_settle(s, &m, 1), STORE_OK);
	ck_assert(m.recorded);
	ck_assert_str_eq(store_error(s), "");
	sqlite3_close(shell);
	store_close(s);
	report_free(report);
}
END_TEST

START_TEST(a_checkpoint_empties_the_log_unless_somebody_reads)
{
	struct store *s = open_store(STORE_WRITE);
	struct event e = {.address = "a@example.org",
	    .at = DAY_ONE,
	    .class = CLASS_USER_UNKNOWN};
	char *log = g_strconcat(path, "-wal", NULL);
	sqlite3 *reader;
	struct stat st;

	settle_event(s, e);
	ck_assert_int_eq(sqlite3_open(path, &reader), SQLITE_OK);
	sqlite3_exec(reader, "BEGIN; SELECT * FROM mail", NULL, NULL, NULL);
	settle_event(s, e);
	ck_assert_int_eq(store_checkpoint(s), STORE_BUSY);
	sqlite3_exec(reader, "ROLLBACK", NULL, NULL, NULL);
	ck_assert_int_eq(store_checkpoint(s), STORE_OK);
	ck_assert_int_eq(stat(log, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	sqlite3_close(reader);
	store_close(s);
	g_free(log);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store life");
	TCase *c = tcase_create("life");

	tcase_add_checked_fixture(c, make_folder, remove_folder);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_second_writer_is_told_who_is_first);
	tcase_add_test(c, a_writer_in_another_process_is_locked_out);
	tcase_add_test(c, a_symbolic_link_leads_to_the_same_lock);
	tcase_add_test(c, a_lock_file_without_a_holder_locks_nobody_out);
	tcase_add_test(c, a_holder_that_wrote_nothing_is_not_named);
	tcase_add_test(
	    c, a_killed_writer_leaves_whole_transactions_and_no_lock);
	tcase_add_test(
	    c, writers_killed_again_and_again_lose_and_double_nothing);
	tcase_add_test(c, a_deleted_database_is_noticed);
	tcase_add_test(c, a_replaced_database_is_noticed);
	tcase_add_test(c, a_full_disk_is_temporary);
	tcase_add_test(c, a_lock_of_a_shell_is_busy_and_passes);
	tcase_add_test(c, a_checkpoint_empties_the_log_unless_somebody_reads);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
