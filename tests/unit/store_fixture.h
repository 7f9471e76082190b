/* store_fixture.h: a database in a folder of its own, and mails for it. */
#ifndef BOUNCED_TESTS_STORE_FIXTURE_H
#define BOUNCED_TESTS_STORE_FIXTURE_H

#include <check.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/internal.h"

/* The day on which the stories of these tests begin: some days ago, so that
 * nothing in them is stale, at noon UTC. */
#define DAY_ONE ((time(NULL) / DAY - 40) * DAY + DAY / 2)

static char folder[64];
static char path[96];
static unsigned serial;

static inline void
make_folder(void)
{
	strcpy(folder, "/tmp/bounced-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/bounces.db", folder);
}

static inline void
remove_folder(void)
{
	char *command = g_strdup_printf("rm -rf '%s'", folder);

	ck_assert_int_eq(system(command), 0);
	g_free(command);
}

static inline struct store *
open_store(enum store_mode mode)
{
	struct store *s;
	char *error = NULL;
	enum store_result r = store_open(path, mode, &s, &error);

	ck_assert_msg(r == STORE_OK, "%s", error);
	ck_assert_ptr_null(error);
	return s;
}

/* What a recipient of a mail is about; strings are not copied. */
struct event {
	const char *address;
	int64_t at;
	enum bounce_class class;
	const char *list;
	enum kind kind;     /* 0: bounce */
	enum action action; /* 0: failed */
	bool temporary;
	const char *original, *subscriber, *remote;
};

static inline struct report *
report_of(const struct event *e)
{
	struct report *m = report_new();
	struct recipient *r = report_add(m);

	m->kind = e->kind == KIND_OTHER ? KIND_BOUNCE : e->kind;
	m->date = e->at;
	m->dialect = g_strdup("rfc3464");
	m->reporting_mta = g_strdup("mail.example.org");
	m->list_id = g_strdup(e->list);
	m->message_id = g_strdup("1@lists.example.org");
	m->envelope_recipient = g_strdup("news-bounces@lists.example.org");
	r->address = g_strdup(e->address);
	r->original_recipient = g_strdup(e->original);
	r->subscriber = g_strdup(e->subscriber);
	r->remote_mta = g_strdup(e->remote);
	r->action = e->action == ACTION_NONE ? ACTION_FAILED : e->action;
	r->class = e->class;
	r->code = e->temporary ? 450 : 550;
	r->status = (struct enhanced){e->temporary ? 4 : 5, 1, 1};
	r->diagnostic = g_strdup("550 5.1.1 no such user");
	r->hard = recipient_is_hard(r);
	r->basis = BASIS_TEXT;
	r->rule = g_strdup("rules.conf:1");
	return m;
}

/* A settlement with a digest of its own; the report stays the caller's. */
static inline struct settlement
settlement_of(const struct report *report, int64_t received)
{
	struct settlement m = {.file = "1.M1.host",
	    .size = 4400,
	    .received = received,
	    .report = report};

	serial++;
	memcpy(m.digest, &serial, sizeof(serial));
	return m;
}

/* Settles one mail about one recipient. */
static inline void
settle_event(struct store *s, struct event e)
{
	struct report *report = report_of(&e);
	struct settlement m = settlement_of(report, e.at + 5);
	enum store_result r = store_settle(s, &m, 1);

	ck_assert_msg(r == STORE_OK, "%s", store_error(s));
	ck_assert(m.recorded);
	report_free(report);
}

/* All rows of a query as text: columns joined by |, rows by a newline. */
static inline char *
query_all(sqlite3 *db, const char *sql)
{
	GString *text = g_string_new(NULL);
	sqlite3_stmt *st;

	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK,
	    "%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(st) == SQLITE_ROW) {
		if (text->len > 0)
			g_string_append_c(text, '\n');
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			const unsigned char *c = sqlite3_column_text(st, i);

			if (i > 0)
				g_string_append_c(text, '|');
			if (c != NULL)
				g_string_append(text, (const char *)c);
		}
	}
	ck_assert_int_eq(sqlite3_finalize(st), SQLITE_OK);
	return g_string_free(text, FALSE);
}

static inline void
assert_sql(struct store *s, const char *sql, const char *wanted)
{
	char *got = query_all(s->db, sql);

	ck_assert_msg(strcmp(got, wanted) == 0, "%s\n gave   %s\n wanted %s",
	    sql, got, wanted);
	g_free(got);
}

/* That opening fails so, with a sentence that names the file and has WORD. */
static inline void
assert_refused(enum store_mode mode, enum store_result wanted, const char *word)
{
	struct store *s = (struct store *)1;
	char *error = NULL;
	enum store_result r = store_open(path, mode, &s, &error);

	ck_assert_ptr_null(s);
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(r == wanted, "result %d: %s", (int)r, error);
	ck_assert_msg(
	    strstr(error, folder) != NULL, "no file named: %s", error);
	ck_assert_msg(
	    strstr(error, word) != NULL, "no '%s' in: %s", word, error);
	free(error);
}

/* Runs ACT in a child and gives its exit status; -1: killed. */
static inline int
in_child(void (*act)(void))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		act();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int
run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}

#endif
