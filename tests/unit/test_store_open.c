/* Opening a database, good and bad; permissions; migrations. */
#include "store_fixture.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>

#include "store/migrate.h"

static void
run_sql(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static void
write_file(const char *bytes, size_t n)
{
	ck_assert(g_file_set_contents(path, bytes, (gssize)n, NULL));
}

static void
become_nobody(void)
{
	gid_t group = 65534;

	if (setgroups(1, &group) != 0 || setgid(group) != 0 ||
	    setuid(65534) != 0)
		_exit(99);
}

static mode_t
mode_of(const char *suffix)
{
	char *name = g_strconcat(path, suffix, NULL);
	struct stat st;

	ck_assert_int_eq(stat(name, &st), 0);
	g_free(name);
	return st.st_mode & 07777;
}

START_TEST(a_new_database_has_mode_0640_whatever_the_umask)
{
	umask(_i == 0 ? 0 : 077);
	store_close(open_store(STORE_WRITE));
	ck_assert_int_eq(mode_of(""), 0640);
	ck_assert_int_eq(mode_of("-wal"), 0640);
	ck_assert_int_eq(mode_of("-shm"), 0640);
	ck_assert_int_eq(mode_of("-lock") & ~0640u, 0);
}
END_TEST

START_TEST(a_writer_sets_what_is_promised)
{
	struct store *s = open_store(STORE_WRITE);
	char *app = g_strdup_printf("%d", APPLICATION_ID);
	int on = -1;

	assert_sql(s, "PRAGMA journal_mode", "wal");
	assert_sql(s, "PRAGMA synchronous", "2");
	assert_sql(s, "PRAGMA foreign_keys", "1");
	assert_sql(s, "PRAGMA trusted_schema", "0");
	assert_sql(s, "PRAGMA application_id", app);
	assert_sql(s, "PRAGMA user_version", "1");
	assert_sql(s, "PRAGMA journal_size_limit", "67108864");
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
	ck_assert_int_eq(on, 1);
	on = -1;
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	ck_assert_int_eq(on, 1);
	assert_sql(s, "PRAGMA integrity_check", "ok");
	assert_sql(s, "PRAGMA foreign_key_check", "");
	ck_assert(fcntl(s->lock, F_GETFD) & FD_CLOEXEC);
	store_close(s);
	g_free(app);
}
END_TEST

START_TEST(every_table_is_strict)
{
	struct store *s = open_store(STORE_WRITE);

	assert_sql(s,
	    "SELECT count(*) FROM pragma_table_list WHERE type = 'table' "
	    "AND schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0",
	    "0");
	store_close(s);
}
END_TEST

START_TEST(opening_again_changes_nothing)
{
	struct store *s = open_store(STORE_WRITE);

	ck_assert_int_eq(
	    sqlite3_exec(s->db,
		"UPDATE policy SET weight = 7 WHERE class = 'unknown'; "
		"UPDATE threshold SET value = 3 WHERE name = 'days'",
		NULL, NULL, NULL),
	    SQLITE_OK);
	store_close(s);
	s = open_store(STORE_WRITE);
	ck_assert_double_eq(s->policy.weight[CLASS_UNKNOWN], 7);
	ck_assert_int_eq(s->policy.days, 3);
	ck_assert_int_eq(sqlite3_total_changes(s->db), 0);
	store_close(s);
}
END_TEST

START_TEST(the_policy_of_a_new_database_is_the_default)
{
	struct store *s = open_store(STORE_WRITE);
	struct policy p = policy_default();

	/* Read back from the tables, whose numbers stand in schema.sql. */
	ck_assert_mem_eq(&s->policy, &p, sizeof(p));
	store_close(s);
}
END_TEST

START_TEST(a_missing_folder_is_not_made)
{
	struct stat st;

	snprintf(path, sizeof(path), "%s/none/bounces.db", folder);
	assert_refused(STORE_WRITE, STORE_DENIED, "does not exist; create it");
	assert_refused(STORE_READ, STORE_DENIED, "does not exist; create it");
	snprintf(path, sizeof(path), "%s/none", folder);
	ck_assert_int_eq(stat(path, &st), -1);
}
END_TEST

START_TEST(a_reader_never_creates)
{
	struct stat st;

	assert_refused(STORE_READ, STORE_ABSENT, "bouncectl import");
	ck_assert_int_eq(stat(path, &st), -1);
	write_file("", 0);
	assert_refused(STORE_READ, STORE_ABSENT, "bouncectl import");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
}
END_TEST

START_TEST(an_empty_file_becomes_a_database)
{
	write_file("", 0);
	store_close(open_store(STORE_WRITE));
	store_close(open_store(STORE_READ));
}
END_TEST

START_TEST(a_folder_is_no_database)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	assert_refused(STORE_WRITE, STORE_DENIED, "no regular file");
	assert_refused(STORE_READ, STORE_DENIED, "no regular file");
}
END_TEST

START_TEST(a_fifo_is_no_database)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	assert_refused(STORE_WRITE, STORE_DENIED, "no regular file");
	assert_refused(STORE_READ, STORE_DENIED, "no regular file");
}
END_TEST

START_TEST(another_file_is_refused_and_left_alone)
{
	static const char text[] =
	    "Dear all,\nthis is a letter and no database, and it is longer "
	    "than the hundred bytes of a header that SQLite looks at first.\n";
	char *after;
	gsize n;

	write_file(text, sizeof(text) - 1);
	assert_refused(STORE_WRITE, STORE_CORRUPT, "no SQLite database");
	assert_refused(STORE_READ, STORE_CORRUPT, "no SQLite database");
	ck_assert(g_file_get_contents(path, &after, &n, NULL));
	ck_assert_str_eq(after, text);
	g_free(after);
}
END_TEST

static const char *const foreign[] = {
    "PRAGMA application_id = 252006673; CREATE TABLE t (x)",
    "CREATE TABLE mail (x); INSERT INTO mail VALUES (1)",
    "PRAGMA user_version = 1; CREATE TABLE t (x)",
    "PRAGMA application_id = 1; PRAGMA journal_mode = WAL; CREATE TABLE t (x)",
};

START_TEST(the_database_of_another_program_is_left_alone)
{
	char *before, *after;
	gsize n, m;

	run_sql(foreign[_i]);
	ck_assert(g_file_get_contents(path, &before, &n, NULL));
	assert_refused(STORE_WRITE, STORE_FOREIGN, "another program");
	assert_refused(STORE_READ, STORE_FOREIGN, "another program");
	ck_assert(g_file_get_contents(path, &after, &m, NULL));
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(before, after, n);
	g_free(before);
	g_free(after);
}
END_TEST

START_TEST(a_newer_version_is_refused)
{
	store_close(open_store(STORE_WRITE));
	run_sql("PRAGMA user_version = 2");
	assert_refused(STORE_WRITE, STORE_NEWER, "schema 2");
	assert_refused(STORE_READ, STORE_NEWER, "upgrade this program");
}
END_TEST

START_TEST(a_truncated_database_is_called_damaged)
{
	struct store *s = open_store(STORE_WRITE);
	struct stat st;

	settle_event(s, (struct event){.address = "a@example.org",
			    .at = DAY_ONE,
			    .class = CLASS_USER_UNKNOWN});
	store_close(s);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(truncate(path, st.st_size / 2), 0);
	assert_refused(STORE_WRITE, STORE_CORRUPT, ".recover");
	assert_refused(STORE_READ, STORE_CORRUPT, ".recover");
}
END_TEST

/* Rubbish over a page that nobody reads on opening, and a log that tells of
 * an unclean stop. */
START_TEST(after_an_unclean_stop_damage_inside_is_found)
{
	struct store *s = open_store(STORE_WRITE);
	char *log = g_strconcat(path, "-wal", NULL);
	char *saved, *bytes, *place;
	gsize n, size;

	for (int i = 0; i < 100; i++)
		settle_event(s, (struct event){.address = "a@example.org",
				    .at = DAY_ONE + i,
				    .class = CLASS_USER_UNKNOWN});
	ck_assert_int_eq(store_checkpoint(s), STORE_OK);
	settle_event(s, (struct event){.address = "b@example.org",
			    .at = DAY_ONE,
			    .class = CLASS_USER_UNKNOWN});
	ck_assert(g_file_get_contents(log, &saved, &n, NULL));
	store_close(s);
	ck_assert(g_file_get_contents(path, &bytes, &size, NULL));
	/* the first page of rows */
	place = memmem(bytes, size, "no such user", strlen("no such user"));
	ck_assert_ptr_nonnull(place);
	memset(bytes + (place - bytes) / 4096 * 4096, 0x5a, 4096);
	write_file(bytes, size);
	/* After a clean stop nobody looks; it would take too long. */
	store_close(open_store(STORE_WRITE));
	ck_assert(g_file_set_contents(log, saved, (gssize)n, NULL));
	assert_refused(STORE_WRITE, STORE_CORRUPT, ".recover");
	g_free(saved);
	g_free(bytes);
	g_free(log);
}
END_TEST

static void
leave_foreign_log(void)
{
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db,
		"PRAGMA application_id = 1; PRAGMA journal_mode = WAL; "
		"CREATE TABLE t (x); INSERT INTO t VALUES (1)",
		NULL, NULL, NULL) != SQLITE_OK)
		_exit(1);
	_exit(0); /* as a crash would: the log stays full */
}

START_TEST(the_log_of_another_program_is_left_alone)
{
	char *log = g_strconcat(path, "-wal", NULL);
	char *before, *after;
	gsize n, m;

	ck_assert_int_eq(in_child(leave_foreign_log), 0);
	ck_assert(g_file_get_contents(log, &before, &n, NULL));
	ck_assert_uint_gt(n, 4096);
	assert_refused(STORE_WRITE, STORE_FOREIGN, "another program");
	assert_refused(STORE_READ, STORE_FOREIGN, "another program");
	ck_assert(g_file_get_contents(log, &after, &m, NULL));
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(before, after, n);
	g_free(before);
	g_free(after);
	g_free(log);
}
END_TEST

static void
open_as_nobody(void)
{
	struct store *s;
	char *error;

	become_nobody();
	_exit((int)store_open(path, STORE_WRITE, &s, &error));
}

START_TEST(without_permission_it_says_so)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chmod(folder, 0755), 0);
	ck_assert_int_eq(in_child(open_as_nobody), STORE_DENIED);
	store_close(open_store(STORE_WRITE));
	ck_assert_int_eq(in_child(open_as_nobody), STORE_DENIED);
	/* the file, but not its folder */
	ck_assert_int_eq(chown(path, 65534, 65534), 0);
	ck_assert_int_eq(in_child(open_as_nobody), STORE_DENIED);
}
END_TEST

static void
read_as_group(void)
{
	struct store *s;
	struct store_summary sum;
	char *error;

	become_nobody();
	if (store_open(path, STORE_READ, &s, &error) != STORE_OK)
		_exit(90);
	if (store_summary(s, &sum) != STORE_OK)
		_exit(91);
	store_close(s);
	_exit((int)sum.bounces);
}

static void
give_to_group(const char *suffix)
{
	char *name = g_strconcat(path, suffix, NULL);

	ck_assert_int_eq(chown(name, (uid_t)-1, 65534), 0);
	g_free(name);
}

START_TEST(group_permission_is_enough_for_readers)
{
	struct store *s;

	if (geteuid() != 0)
		return;
	/* As in real life: a folder of another's, setgid. */
	ck_assert_int_eq(chown(folder, 0, 65534), 0);
	ck_assert_int_eq(chmod(folder, 02750), 0);
	s = open_store(STORE_WRITE);
	give_to_group("-lock");
	settle_event(s, (struct event){.address = "a@example.org",
			    .at = DAY_ONE,
			    .class = CLASS_USER_UNKNOWN});
	ck_assert_int_eq(in_child(read_as_group), 1);
	store_close(s);
	/* after a clean stop */
	ck_assert_int_eq(in_child(read_as_group), 1);
	/* and while it is written again */
	s = open_store(STORE_WRITE);
	settle_event(s, (struct event){.address = "b@example.org",
			    .at = DAY_ONE,
			    .class = CLASS_USER_UNKNOWN});
	ck_assert_int_eq(in_child(read_as_group), 2);
	store_close(s);
}
END_TEST

START_TEST(a_reader_cannot_write)
{
	struct store *s;

	store_close(open_store(STORE_WRITE));
	s = open_store(STORE_READ);
	ck_assert_int_ne(
	    sqlite3_exec(s->db, "DELETE FROM threshold", NULL, NULL, NULL),
	    SQLITE_OK);
	store_close(s);
}
END_TEST

/* ---- migrations ---- */

static const struct migration steps[] = {
    {"CREATE TABLE one (x)"},
    {"CREATE TABLE two (x); INSERT INTO one VALUES (2)"},
    {"CREATE TABLE three (x); SELECT nonsense"},
};

static struct store *
bare_store(void)
{
	struct store *s = g_new0(struct store, 1);

	s->lock = -1;
	s->path = g_strdup(path);
	ck_assert_int_eq(sqlite3_open(path, &s->db), SQLITE_OK);
	return s;
}

START_TEST(migrations_run_once_each_and_whole)
{
	struct store *s = bare_store();

	ck_assert_int_eq(migrate(s, &(struct migrations){steps, 1}), STORE_OK);
	assert_sql(s, "PRAGMA user_version", "1");
	sqlite3_exec(
	    s->db, "PRAGMA application_id = 1114530660", NULL, NULL, NULL);
	ck_assert_int_eq(migrate(s, &(struct migrations){steps, 2}), STORE_OK);
	ck_assert_int_eq(migrate(s, &(struct migrations){steps, 2}), STORE_OK);
	assert_sql(s, "SELECT x FROM one", "2");
	/* A step that fails leaves the version before it. */
	ck_assert_int_eq(
	    migrate(s, &(struct migrations){steps, 3}), STORE_ERROR);
	assert_sql(s, "PRAGMA user_version", "2");
	assert_sql(s, "SELECT count(*) FROM sqlite_schema", "2");
	store_begin(s);
	ck_assert_int_eq(
	    migrate(s, &(struct migrations){steps, 1}), STORE_NEWER);
	store_close(s);
}
END_TEST

START_TEST(an_older_version_is_for_a_writer_to_bring_up)
{
	struct store *s = bare_store();

	/* There is no older version yet: one as it would be. */
	sqlite3_exec(s->db,
	    "PRAGMA application_id = 1114530660; PRAGMA user_version = -1; "
	    "CREATE TABLE t (x)",
	    NULL, NULL, NULL);
	store_close(s);
	assert_refused(STORE_READ, STORE_OLDER, "start this bounced once");
	assert_refused(STORE_WRITE, STORE_NEWER, "schema -1");
}
END_TEST

static void
add_files(TCase *c)
{
	tcase_add_loop_test(
	    c, a_new_database_has_mode_0640_whatever_the_umask, 0, 2);
	tcase_add_test(c, a_writer_sets_what_is_promised);
	tcase_add_test(c, every_table_is_strict);
	tcase_add_test(c, opening_again_changes_nothing);
	tcase_add_test(c, the_policy_of_a_new_database_is_the_default);
	tcase_add_test(c, a_missing_folder_is_not_made);
	tcase_add_test(c, a_reader_never_creates);
	tcase_add_test(c, an_empty_file_becomes_a_database);
	tcase_add_test(c, a_folder_is_no_database);
	tcase_add_test(c, a_fifo_is_no_database);
	tcase_add_test(c, another_file_is_refused_and_left_alone);
	tcase_add_loop_test(c, the_database_of_another_program_is_left_alone, 0,
	    (int)G_N_ELEMENTS(foreign));
	tcase_add_test(c, the_log_of_another_program_is_left_alone);
	tcase_add_test(c, a_newer_version_is_refused);
	tcase_add_test(c, a_truncated_database_is_called_damaged);
	tcase_add_test(c, after_an_unclean_stop_damage_inside_is_found);
	tcase_add_test(c, without_permission_it_says_so);
	tcase_add_test(c, group_permission_is_enough_for_readers);
	tcase_add_test(c, a_reader_cannot_write);
}

int
main(void)
{
	Suite *suite = suite_create("store open");
	TCase *c = tcase_create("open");

	tcase_add_checked_fixture(c, make_folder, remove_folder);
	tcase_set_timeout(c, 60);
	add_files(c);
	tcase_add_test(c, migrations_run_once_each_and_whole);
	tcase_add_test(c, an_older_version_is_for_a_writer_to_bring_up);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
