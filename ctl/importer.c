/* importer.c: opens mails, has them read, records them. Mails are opened no
 * faster than they are read, and recorded a few hundred at once: a commit to
 * stable storage costs as much as a hundred rows. */
#include "ctl/importer.h"
#include "ctl/mails.h"
#include "ctl/progress.h"
#include "ctl/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define BATCH 300

/* A mail on its way. */
struct job {
	char *name;
	int64_t received;
	bool guessed;
	/* Kept for those that cannot be read: their digest is taken here,
	 * where the mail is bytes and nothing else. */
	int fd;
};

struct importer {
	struct ctl *ctl;
	struct store *store;
	size_t max_read;
	struct pool *pool;
	struct mails *mails;
	struct progress progress;
	struct settlement batch[BATCH];
	size_t n;
	struct import_result *result;
	bool failed; /* the database: nothing more is recorded */
};

static void
job_free(struct job *job)
{
	close(job->fd);
	g_free(job->name);
	g_free(job);
}

static void
clear_batch(struct importer *im)
{
	for (size_t i = 0; i < im->n; i++) {
		g_free((char *)im->batch[i].file);
		report_free((struct report *)im->batch[i].report);
	}
	im->n = 0;
}

static void
count_batch(struct importer *im)
{
	struct import_counts *c = &im->result->counts;

	for (size_t i = 0; i < im->n; i++) {
		const struct settlement *s = &im->batch[i];

		c->mails++;
		if (!s->recorded)
			c->known++;
		else
			c->recorded++;
		if (s->recorded && s->report == NULL)
			c->unreadable++;
		else if (s->recorded)
			c->kinds[s->report->kind]++;
	}
}

static void
store_failed(struct importer *im, enum store_result result)
{
	int status;

	progress_clear(&im->progress);
	status = ctl_store_failed(im->ctl, im->store, result);
	if (im->result->exit_status == EX_OK)
		im->result->exit_status = status;
	im->failed = true;
}

static void
settle(struct importer *im)
{
	enum store_result result;

	if (im->n == 0)
		return;
	if (!im->failed) {
		result = store_settle(im->store, im->batch, im->n);
		/* A file that was deleted under us keeps answering OK. */
		if (result == STORE_OK && !store_in_place(im->store))
			result = STORE_MOVED;
		if (result == STORE_OK)
			count_batch(im);
		else
			store_failed(im, result);
	}
	clear_batch(im);
}

/* Something that is not recorded; the rest goes on. */
static void
missed(const char *path, const char *why, void *context)
{
	struct importer *im = context;

	progress_clear(&im->progress);
	ctl_warn(im->ctl, "%s: %s", path, why);
	im->result->counts.missed++;
	if (im->result->exit_status == EX_OK)
		im->result->exit_status = EX_NOINPUT;
}

/* Digest and size of a mail that killed its worker. */
static bool
digest_file(struct importer *im, int fd, struct settlement *s)
{
	guint8 *bytes = g_malloc(im->max_read);
	size_t length = 0;
	struct stat st;
	ssize_t n;

	while (length < im->max_read &&
	       (n = pread(fd, bytes + length, im->max_read - length,
		    (off_t)length)) > 0)
		length += (size_t)n;
	n = fstat(fd, &st);
	if (n == 0) {
		s->size = (uint64_t)st.st_size;
		parser_digest(bytes, length, s->size, s->digest);
	}
	g_free(bytes);
	return n == 0;
}

/* When the mail was delivered. Of a file that may be a copy nothing is known
 * but that it was before; then the report's own date is nearer to it. */
static int64_t
received_at(const struct job *job, const struct report *report)
{
	if (job->guessed && report != NULL && report->date > 0 &&
	    report->date < job->received)
		return report->date;
	return job->received;
}

static bool
is_passing(enum job_failure failure)
{
	return failure == JOB_UNREADABLE || failure == JOB_CHANGED;
}

static void
take_result(struct job_result *result, void *context)
{
	struct importer *im = context;
	struct job *job = result->data;
	struct settlement *s = &im->batch[im->n];

	*s = (struct settlement){.size = result->size,
	    .received = received_at(job, result->report),
	    .report = result->report};
	memcpy(s->digest, result->digest, DIGEST_SIZE);
	if (result->report == NULL) {
		s->failure = job_failure_name(result->failure);
		if (is_passing(result->failure) ||
		    !digest_file(im, job->fd, s)) {
			missed(job->name, s->failure, im);
			job_free(job);
			return;
		}
		progress_clear(&im->progress);
		ctl_warn(im->ctl, "%s: cannot be read (%s): recorded as such",
		    job->name, s->failure);
	}
	s->file = g_strdup(job->name);
	job_free(job);
	if (++im->n == BATCH)
		settle(im);
}

/* Opens the next mail and hands it to the workers; false at the end. */
static bool
submit_next(struct importer *im)
{
	struct mail mail;
	struct job *job;

	if (!mails_next(im->mails, &mail))
		return false;
	job = g_new(struct job, 1);
	*job = (struct job){.name = mail.name,
	    .received = mail.received,
	    .guessed = mail.guessed,
	    .fd = fcntl(mail.fd, F_DUPFD_CLOEXEC, 0)};
	pool_submit(im->pool, mail.fd, job);
	return true;
}

/* The signal that came, or 0. */
static int
signal_that_came(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) == sizeof(info))
		return (int)info.ssi_signo;
	return 0;
}

static void
import_all(struct importer *im, int signals)
{
	bool more = true;

	while (!im->failed && (more || pool_pending(im->pool) > 0)) {
		while (more && pool_has_room(im->pool))
			more = submit_next(im);
		if (pool_pending(im->pool) > 0)
			reading_wait(im->pool);
		progress_update(&im->progress, mails_done(im->mails),
		    im->result->counts.mails);
		if (im->result->signal == 0)
			im->result->signal = signal_that_came(signals);
		more = more && im->result->signal == 0;
	}
	settle(im);
	progress_clear(&im->progress);
}

void
import_run(struct ctl *ctl, struct store *store, char **paths, unsigned workers,
    bool quiet, struct import_result *result)
{
	struct importer *im = g_new0(struct importer, 1);
	const struct config *config = ctl->config;
	sigset_t stop, before;
	int signals;

	*result = (struct import_result){0};
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, &before);
	signals = signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
	im->ctl = ctl;
	im->store = store;
	im->max_read = (size_t)config->max_read;
	im->result = result;
	im->pool = reading_start(config, workers, true, take_result, im);
	if (im->pool == NULL) {
		ctl_warn(ctl, "cannot start a worker process: %s",
		    g_strerror(errno));
		result->exit_status = EX_OSERR;
	} else {
		progress_start(&im->progress, 0);
		im->progress.on = im->progress.on && !quiet;
		if (im->progress.on)
			im->progress.total = mails_total(paths);
		im->mails = mails_open(paths, im->max_read, missed, im);
		import_all(im, signals);
		result->counts.skipped = mails_skipped(im->mails);
		mails_close(im->mails);
		pool_free(im->pool);
	}
	close(signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	g_free(im);
}
