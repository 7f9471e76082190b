/* settle.c: commit, then move. The order is the promise: a mail leaves new/
 * only after its rows are on stable storage in the database that is there. */
#include "daemon/settle.h"

#include "daemon/clock.h"
#include "daemon/ledger.h"
#include "util/log.h"

#include <glib.h>

#define BATCH_ROWS 500      /* a full batch */
#define BATCH_MS 50         /* after its first mail a batch is due */
#define FIRST_PAUSE_MS 1000 /* after a failure of the database; doubles */
#define LONGEST_PAUSE_MS 60000
#define LOG_EVERY_MS 60000

struct settle {
	struct ledger *ledger;
	enum done_action done;
	settle_done *call;
	void *context;
	GPtrArray *batch; /* of struct delivery */
	size_t rows;
	int64_t due;
	int64_t pause; /* ms; 0: no trouble with the database */
	int64_t told;  /* when it was logged last; 0: not yet */
	char *problem;
	int64_t move_pause; /* the same for moving */
	int64_t move_told;
	int64_t closed_until; /* no more mail is read before */
	struct settle_stats stats;
};

struct settle *
settle_new(const char *path, const struct classifier *c, settle_done *call,
    void *context, int *status, char **error)
{
	struct ledger *ledger = ledger_open(path, c, status, error);
	struct settle *s;

	if (ledger == NULL)
		return NULL;
	s = g_new0(struct settle, 1);
	s->ledger = ledger;
	s->call = call;
	s->context = context;
	s->due = INT64_MAX;
	s->batch = g_ptr_array_new();
	return s;
}

void
settle_free(struct settle *s)
{
	if (s == NULL)
		return;
	for (guint i = 0; i < s->batch->len; i++)
		s->call(s->batch->pdata[i], SETTLED_LATER, s->context);
	g_ptr_array_free(s->batch, TRUE);
	ledger_close(s->ledger);
	g_free(s->problem);
	g_free(s);
}

void
settle_use(struct settle *s, const struct classifier *c, enum done_action done)
{
	s->done = done;
	ledger_use(s->ledger, c);
}

/* ---- trouble ---- */

/* Notes that the database fails with TEXT; once a minute the log hears. */
static void
trouble(struct settle *s, const char *text, int64_t now)
{
	g_free(s->problem);
	s->problem = g_strdup(text);
	s->pause = s->pause == 0 ? FIRST_PAUSE_MS
				 : MIN(s->pause * 2, LONGEST_PAUSE_MS);
	s->due = now + s->pause;
	if (s->told == 0 || now - s->told >= LOG_EVERY_MS) {
		s->told = now;
		log_error("mail stays in new/: %s", text);
	}
}

static void
end_trouble(struct settle *s)
{
	if (s->problem != NULL)
		log_info("the database takes mail again");
	g_free(s->problem);
	s->problem = NULL;
	s->pause = 0;
	s->told = 0;
}

/* ---- committing ---- */

static size_t
rows_of(const struct delivery *mail)
{
	const struct report *r = mail->result.report;

	return r == NULL || r->n_recipients == 0 ? 1 : r->n_recipients;
}

static void
count(struct settle *s, struct delivery *const *mails, size_t n)
{
	s->stats.mails += n;
	for (size_t i = 0; i < n; i++) {
		const struct report *r = mails[i]->result.report;

		if (!mails[i]->recorded)
			s->stats.known++;
		else if (r != NULL)
			s->stats.rows += r->n_recipients;
	}
}

static enum store_result
commit(struct settle *s, struct delivery *const *mails, size_t n)
{
	int64_t began = clock_ms();
	enum store_result r = ledger_commit(s->ledger, mails, n);

	if (r != STORE_OK)
		return r;
	s->stats.commits++;
	s->stats.longest_ms = MAX(s->stats.longest_ms, clock_ms() - began);
	count(s, mails, n);
	return r;
}

/* ---- moving ---- */

static enum mail_moved
take_away(struct settle *s, struct delivery *mail)
{
	if (mail->result.report == NULL)
		return maildir_fail(mail->maildir, mail->name);
	if (s->done == DONE_DELETE)
		return maildir_remove(mail->maildir, mail->name);
	return maildir_done(mail->maildir, mail->name);
}

/* MAIL is recorded: out of new/ with it. False when it cannot be moved: met
 * again, it is known and only moved. */
static bool
move_away(struct settle *s, struct delivery *mail, int64_t now)
{
	enum mail_moved moved = take_away(s, mail);

	if (moved == MAIL_MOVE_FAILED) {
		s->stats.stuck++;
		if (s->move_told == 0 || now - s->move_told >= LOG_EVERY_MS) {
			s->move_told = now;
			log_warn("cannot move %s out of %s/new", mail->name,
			    maildir_path(mail->maildir));
		}
		s->call(mail, SETTLED_LATER, s->context);
		return false;
	}
	if (moved == MAIL_MOVED && mail->result.report == NULL) {
		s->stats.failed++;
		log_warnx("%s is set aside in .Failed: %s", mail->name,
		    job_failure_name(mail->result.failure));
	}
	s->call(mail, SETTLED, s->context);
	return true;
}

/* When none of a batch can be moved, the fault is the Maildir's (read-only,
 * full, permissions): to read on would be in vain. */
static void
judge_moves(struct settle *s, size_t tried, size_t failed, int64_t now)
{
	if (failed == 0)
		s->move_told = 0;
	if (tried == 0 || failed < tried) {
		s->move_pause = s->closed_until = 0;
		return;
	}
	s->move_pause = s->move_pause == 0
			    ? FIRST_PAUSE_MS
			    : MIN(s->move_pause * 2, LONGEST_PAUSE_MS);
	s->closed_until = now + s->move_pause;
}

/* ---- the batch ---- */

void
settle_add(struct settle *s, struct delivery *mail, int64_t now)
{
	if (s->batch->len == 0 && s->pause == 0)
		s->due = now + BATCH_MS;
	g_ptr_array_add(s->batch, mail);
	s->rows += rows_of(mail);
	if (s->rows >= BATCH_ROWS && s->pause == 0)
		s->due = now;
}

int64_t
settle_room_at(const struct settle *s)
{
	return s->rows >= BATCH_ROWS ? INT64_MAX : s->closed_until;
}

size_t
settle_pending(const struct settle *s)
{
	return s->batch->len;
}

int64_t
settle_due(const struct settle *s)
{
	return s->batch->len == 0 ? INT64_MAX : s->due;
}

static void
empty_batch(struct settle *s)
{
	g_ptr_array_set_size(s->batch, 0);
	s->rows = 0;
	s->due = INT64_MAX;
}

/* A file that was changed since it was read must be read again. */
static void
drop_changed(struct settle *s)
{
	guint kept = 0;

	s->rows = 0;
	for (guint i = 0; i < s->batch->len; i++) {
		struct delivery *mail = s->batch->pdata[i];

		if (maildir_unchanged(mail->maildir, mail->name, &mail->id)) {
			s->batch->pdata[kept++] = mail;
			s->rows += rows_of(mail);
		} else {
			s->call(mail, SETTLED_LATER, s->context);
		}
	}
	g_ptr_array_set_size(s->batch, (gint)kept);
}

/* A bug: the database refuses one of the batch. Each by itself, so that one
 * stops nobody; who is refused is set aside. */
static enum store_result
settle_singly(struct settle *s, int64_t now)
{
	while (s->batch->len > 0) {
		struct delivery *mail = s->batch->pdata[s->batch->len - 1];
		enum store_result r = commit(s, &mail, 1);

		if (r == STORE_ERROR) {
			log_error("%s: the database refuses its report: %s",
			    mail->name, ledger_error(s->ledger));
			report_free(mail->result.report);
			mail->result.report = NULL;
			mail->result.failure = JOB_GARBLED;
			r = commit(s, &mail, 1);
		}
		if (r != STORE_OK && r != STORE_ERROR)
			return r;
		g_ptr_array_set_size(s->batch, (gint)s->batch->len - 1);
		if (r == STORE_OK)
			move_away(s, mail, now);
		else
			s->call(mail, SETTLED_LATER, s->context);
	}
	return STORE_OK;
}

static enum store_result
settle_batch(struct settle *s, int64_t now)
{
	size_t stuck = 0;
	enum store_result r;

	r = commit(s, (struct delivery **)s->batch->pdata, s->batch->len);
	if (r == STORE_ERROR)
		r = settle_singly(s, now);
	if (r != STORE_OK)
		return r;
	for (guint i = 0; i < s->batch->len; i++)
		stuck += !move_away(s, s->batch->pdata[i], now);
	judge_moves(s, s->batch->len, stuck, now);
	return r;
}

bool
settle_run(struct settle *s, int64_t now, bool flush, int *status)
{
	enum store_result r;

	if (s->batch->len == 0 || (now < s->due && !flush))
		return true;
	drop_changed(s);
	if (s->batch->len == 0) {
		empty_batch(s);
		return true;
	}
	r = settle_batch(s, now);
	if (r == STORE_MOVED && ledger_reopen(s->ledger))
		r = settle_batch(s, now);
	if (r == STORE_OK) {
		empty_batch(s);
		end_trouble(s);
		return true;
	}
	trouble(s, ledger_error(s->ledger), now);
	*status = ledger_exit_status(r);
	return !ledger_is_hopeless(r);
}

const char *
settle_problem(const struct settle *s)
{
	return s->problem;
}

void
settle_rest(struct settle *s)
{
	ledger_rest(s->ledger);
}

struct settle_stats
settle_stats(const struct settle *s)
{
	return s->stats;
}
