/* Commit, then move: with a database that fails in every way it can. The
 * store of the library is not linked: what settle calls of it is here. */
#include "daemon/intake.h"
#include "daemon/ledger.h"
#include "daemon/settle.h"
#include "util/log.h"

#include <check.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static char root[] = "/tmp/bounced-test-XXXXXX";

/* ---- the double ---- */

struct store {
	int unused;
};

static struct {
	enum store_result open, settle; /* what it answers */
	bool in_place;
	const char *poison; /* this file gives STORE_ERROR */
	int opened, closed, settled, rested;
	GPtrArray *recorded; /* "file failure|kind first-digest-byte" */
	bool moved_too_early;
} db;

enum store_result
store_open(
    const char *path, enum store_mode mode, struct store **store, char **error)
{
	(void)mode;
	*store = NULL;
	if (db.open != STORE_OK) {
		*error = g_strdup_printf("%s does not open", path);
		return db.open;
	}
	*store = g_new0(struct store, 1);
	db.opened++;
	return STORE_OK;
}

void
store_close(struct store *s)
{
	db.closed += s != NULL;
	g_free(s);
}

const char *
store_error(const struct store *s)
{
	ck_assert_ptr_nonnull(s);
	return "the store says no";
}

bool
store_result_is_temporary(enum store_result r)
{
	return r == STORE_BUSY || r == STORE_FULL;
}

enum store_result
store_sync_reference(struct store *s, const struct classifier *c)
{
	(void)s;
	(void)c;
	return STORE_OK;
}

enum store_result
store_settle(struct store *s, struct settlement *list, size_t n)
{
	(void)s;
	db.settled++;
	if (db.settle != STORE_OK)
		return db.settle;
	for (size_t i = 0; i < n; i++) {
		if (g_strcmp0(list[i].file, db.poison) == 0 &&
		    list[i].report != NULL)
			return STORE_ERROR;
	}
	for (size_t i = 0; i < n; i++) {
		char *path = g_strconcat(root, "/new/", list[i].file, NULL);

		db.moved_too_early |= access(path, F_OK) != 0;
		list[i].recorded = true;
		g_ptr_array_add(db.recorded,
		    g_strdup_printf("%s %s %02x", list[i].file,
			list[i].report != NULL ? kind_name(list[i].report->kind)
					       : list[i].failure,
			list[i].digest[0]));
		g_free(path);
	}
	return STORE_OK;
}

bool
store_in_place(struct store *s)
{
	(void)s;
	return db.in_place;
}

enum store_result
store_checkpoint(struct store *s)
{
	(void)s;
	db.rested++;
	return STORE_OK;
}

/* ---- around it ---- */

static struct maildir *m;
static struct settle *s;
static size_t n_done, n_later;

static void
on_settled(struct delivery *mail, enum settled outcome, void *context)
{
	ck_assert_ptr_eq(context, &db);
	if (outcome == SETTLED)
		n_done++;
	else
		n_later++;
	delivery_free(mail);
}

static char *
path_of(const char *name)
{
	return g_strconcat(root, "/", name, NULL);
}

static bool
there(const char *name)
{
	char *path = path_of(name);
	bool found = access(path, F_OK) == 0;

	g_free(path);
	return found;
}

/* A mail that a worker is done with; RECIPIENTS < 0: it failed. */
static struct delivery *
mail(const char *name, int recipients)
{
	char *new = g_strconcat("new/", name, NULL), *path = path_of(new);
	struct delivery *d = delivery_new(m, name);
	int fd;

	ck_assert(g_file_set_contents(path, "mail\n", -1, NULL));
	ck_assert_int_eq(maildir_open_mail(m, name, &fd, &d->id), MAIL_OPENED);
	close(fd);
	if (recipients < 0) {
		d->result.failure = JOB_CRASHED;
	} else {
		d->result.report = report_new();
		d->result.report->kind = KIND_BOUNCE;
		while (recipients-- > 0)
			report_add(d->result.report);
	}
	memset(d->result.digest, 0x11, DIGEST_SIZE);
	g_free(new);
	g_free(path);
	return d;
}

static bool
run(int64_t now)
{
	int status = -1;
	bool ok = settle_run(s, now, false, &status);

	ck_assert_int_eq(ok, status == -1 || settle_problem(s) != NULL);
	return ok;
}

static void
set_up(void)
{
	char *error = NULL, *path;
	int status;

	log_init("test", LOG_LEVEL_ERROR);
	memset(&db, 0, sizeof(db));
	db.in_place = true;
	db.recorded = g_ptr_array_new_with_free_func(g_free);
	n_done = n_later = 0;
	ck_assert_ptr_nonnull(mkdtemp(root));
	path = path_of("new");
	ck_assert_int_eq(mkdir(path, 0700), 0);
	g_free(path);
	m = maildir_open(root, &status, &error);
	ck_assert_ptr_nonnull(m);
	s = settle_new("x.db", NULL, on_settled, &db, &status, &error);
	ck_assert_ptr_nonnull(s);
}

static void
tear_down(void)
{
	char *command = g_strconcat("rm -rf ", root, NULL);

	settle_free(s);
	ck_assert_int_eq(db.opened, db.closed);
	maildir_unref(m);
	g_ptr_array_free(db.recorded, TRUE);
	ck_assert_int_eq(system(command), 0);
	g_free(command);
}

START_TEST(a_batch_is_due_50_ms_after_its_first_mail)
{
	ck_assert_int_eq(settle_due(s), INT64_MAX);
	settle_add(s, mail("a", 1), 1000);
	settle_add(s, mail("b", 1), 1040);
	ck_assert_int_eq(settle_due(s), 1050);
	ck_assert(run(1049));
	ck_assert_int_eq(db.settled, 0);
	ck_assert(run(1050));
	ck_assert_int_eq(db.settled, 1);
	ck_assert_uint_eq(n_done, 2);
	ck_assert(there("cur/a:2,S") && there("cur/b:2,S"));
	ck_assert(!there("new/a") && !there("new/b"));
	ck_assert(!db.moved_too_early);
	ck_assert_int_eq(settle_due(s), INT64_MAX);
}
END_TEST

START_TEST(a_full_batch_is_due_at_once_and_takes_no_more)
{
	settle_add(s, mail("a", 499), 1000);
	ck_assert_int_eq(settle_room_at(s), 0);
	settle_add(s, mail("b", 0), 1000);
	ck_assert_int_eq(settle_room_at(s), INT64_MAX);
	ck_assert_int_eq(settle_due(s), 1000);
	ck_assert(run(1000));
	ck_assert_int_eq(settle_room_at(s), 0);
	ck_assert_uint_eq(n_done, 2);
}
END_TEST

START_TEST(a_flush_does_not_wait)
{
	int status;

	settle_add(s, mail("a", 1), 1000);
	ck_assert(settle_run(s, 1000, true, &status));
	ck_assert_uint_eq(n_done, 1);
}
END_TEST

START_TEST(a_full_disk_keeps_mail_and_is_tried_with_growing_pauses)
{
	int64_t now = 1050, pause = 1000;

	db.settle = STORE_FULL;
	settle_add(s, mail("a", 1), 1000);
	for (int i = 1; i < 10; i++) {
		ck_assert(run(now));
		ck_assert_int_eq(db.settled, i);
		ck_assert(there("new/a"));
		ck_assert_str_eq(settle_problem(s), "the store says no");
		ck_assert_int_eq(settle_due(s), now + pause);
		ck_assert(run(now + pause - 1));
		ck_assert_int_eq(db.settled, i);
		now += pause;
		pause = MIN(pause * 2, 60000);
	}
	db.settle = STORE_OK;
	settle_add(s, mail("b", 1), now - 1);
	ck_assert(run(now));
	ck_assert_ptr_null(settle_problem(s));
	ck_assert_uint_eq(n_done, 2);
	settle_add(s, mail("c", 1), now);
	ck_assert_int_eq(settle_due(s), now + 50);
}
END_TEST

START_TEST(a_deleted_database_moves_no_mail_before_it_is_made_anew)
{
	settle_add(s, mail("a", 1), 1000);
	db.in_place = false;
	db.open = STORE_DENIED;
	ck_assert(run(1050));
	ck_assert(there("new/a"));
	ck_assert_ptr_nonnull(strstr(settle_problem(s), "does not open"));
	db.open = STORE_OK;
	db.in_place = true;
	ck_assert(run(settle_due(s)));
	ck_assert_uint_eq(n_done, 1);
	ck_assert(there("cur/a:2,S"));
	ck_assert_int_eq(db.closed, 1);
}
END_TEST

START_TEST(one_mail_that_the_database_refuses_stops_nobody)
{
	db.poison = "b";
	settle_add(s, mail("a", 1), 1000);
	settle_add(s, mail("b", 1), 1000);
	settle_add(s, mail("c", 1), 1000);
	ck_assert(run(1050));
	ck_assert_uint_eq(n_done, 3);
	ck_assert(there("cur/a:2,S") && there("cur/c:2,S"));
	ck_assert(there(".Failed/new/b"));
	ck_assert_ptr_null(settle_problem(s));
}
END_TEST

START_TEST(a_damaged_database_is_the_end)
{
	int status = 0;

	settle_add(s, mail("a", 1), 1000);
	db.settle = STORE_CORRUPT;
	ck_assert(!settle_run(s, 1050, false, &status));
	ck_assert_int_eq(status, EX_DATAERR);
	ck_assert(there("new/a"));
}
END_TEST

START_TEST(a_mail_that_changed_since_it_was_read_is_not_recorded)
{
	char *path = path_of("new/a");
	int fd;

	settle_add(s, mail("a", 1), 1000);
	settle_add(s, mail("b", 1), 1000);
	fd = open(path, O_WRONLY | O_APPEND);
	ck_assert_int_eq(write(fd, "more", 4), 4);
	close(fd);
	ck_assert(run(1050));
	ck_assert_uint_eq(n_later, 1);
	ck_assert_uint_eq(n_done, 1);
	ck_assert(there("new/a"));
	ck_assert_uint_eq(db.recorded->len, 1);
	g_free(path);
}
END_TEST

START_TEST(a_mail_that_is_gone_is_recorded_all_the_same)
{
	char *path = path_of("new/a");

	settle_add(s, mail("a", 1), 1000);
	unlink(path);
	ck_assert(run(1050));
	ck_assert_uint_eq(n_done, 1);
	ck_assert_uint_eq(db.recorded->len, 1);
	g_free(path);
}
END_TEST

START_TEST(an_unreadable_mail_is_set_aside_under_a_key_of_its_own)
{
	settle_add(s, mail("a", -1), 1000);
	ck_assert(run(1050));
	ck_assert_uint_eq(n_done, 1);
	ck_assert(there(".Failed/new/a"));
	/* 0xee is 0x11 turned over: not what it has once it is readable. */
	ck_assert_str_eq(db.recorded->pdata[0], "a crashed ee");
	ck_assert_uint_eq(settle_stats(s).failed, 1);
}
END_TEST

START_TEST(done_delete_removes_the_recorded_but_not_the_unreadable)
{
	settle_use(s, NULL, DONE_DELETE);
	settle_add(s, mail("a", 1), 1000);
	settle_add(s, mail("b", -1), 1000);
	ck_assert(run(1050));
	ck_assert(!there("new/a") && !there("cur/a:2,S"));
	ck_assert(there(".Failed/new/b"));
}
END_TEST

START_TEST(mails_that_are_not_settled_are_given_back_in_the_end)
{
	settle_add(s, mail("a", 1), 1000);
	settle_free(s);
	s = NULL;
	ck_assert_uint_eq(n_later, 1);
	ck_assert(there("new/a"));
}
END_TEST

static const struct {
	enum store_result result;
	int status;
} openings[] = {
    {STORE_LOCKED, EX_TEMPFAIL},
    {STORE_DENIED, EX_NOPERM},
    {STORE_CORRUPT, EX_DATAERR},
    {STORE_NEWER, EX_DATAERR},
    {STORE_FOREIGN, EX_DATAERR},
    {STORE_FULL, EX_IOERR},
    {STORE_ERROR, EX_SOFTWARE},
};

START_TEST(a_database_that_does_not_open_says_why)
{
	char *error = NULL;
	int status = 0;

	db.open = openings[_i].result;
	ck_assert_ptr_null(
	    settle_new("y.db", NULL, on_settled, &db, &status, &error));
	ck_assert_int_eq(status, openings[_i].status);
	ck_assert_str_eq(error, "y.db does not open");
	g_free(error);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("settle");
	TCase *t = tcase_create("settle");
	SRunner *r = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_batch_is_due_50_ms_after_its_first_mail);
	tcase_add_test(t, a_full_batch_is_due_at_once_and_takes_no_more);
	tcase_add_test(t, a_flush_does_not_wait);
	tcase_add_test(
	    t, a_full_disk_keeps_mail_and_is_tried_with_growing_pauses);
	tcase_add_test(
	    t, a_deleted_database_moves_no_mail_before_it_is_made_anew);
	tcase_add_test(t, one_mail_that_the_database_refuses_stops_nobody);
	tcase_add_test(t, a_damaged_database_is_the_end);
	tcase_add_test(
	    t, a_mail_that_changed_since_it_was_read_is_not_recorded);
	tcase_add_test(t, a_mail_that_is_gone_is_recorded_all_the_same);
	tcase_add_test(
	    t, an_unreadable_mail_is_set_aside_under_a_key_of_its_own);
	tcase_add_test(
	    t, done_delete_removes_the_recorded_but_not_the_unreadable);
	tcase_add_test(t, mails_that_are_not_settled_are_given_back_in_the_end);
	tcase_add_loop_test(t, a_database_that_does_not_open_says_why, 0,
	    G_N_ELEMENTS(openings));
	suite_add_tcase(suite, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
