/* crew.c: life and death of workers, and what that means for their mails. */
#include "worker/crew.h"

#include "util/log.h"
#include "worker/confine.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_LIMIT_MS 20000  /* from fork to ready */
#define MAX_DEATHS 2          /* of one mail's workers, by its own doing */
#define MAX_KILLS 8           /* by somebody else's kill -9 */
#define EXIT_GRACE_MS 200     /* between a closed socket and kill -9 */
#define MAX_PAUSE_MS 10000    /* between starts that fail */
#define MESSAGES_PER_TURN 128 /* taken from one worker */

int64_t
crew_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the end of a job ---- */

static void
finish(struct pool *p, struct job *job, struct job_result *result)
{
	result->data = job->data;
	close(job->fd);
	g_free(job);
	p->pending--;
	p->stats.jobs++;
	p->done(result, p->context);
}

/* A mail that no worker survives still needs a key in the ledger. Hashing is
 * safe here: no byte of the mail decides anything. */
static void
digest_here(struct pool *p, int fd, struct job_result *result)
{
	uint8_t *bytes = g_malloc(p->options.max_read);
	struct stat st;
	ssize_t n = pread(fd, bytes, p->options.max_read, 0);

	if (fstat(fd, &st) == 0)
		result->size = (uint64_t)st.st_size;
	if (n >= 0)
		parser_digest(bytes, (size_t)n, result->size, result->digest);
	g_free(bytes);
}

static void
finish_failed(struct pool *p, struct job *job)
{
	struct job_result result = {.failure = job->why};

	digest_here(p, job->fd, &result);
	finish(p, job, &result);
}

/* ---- life and death of a worker ---- */

/* Pauses grow with starts that fail in a row: 0, 100, 200, 400 ... ms. */
static int64_t
start_pause(const struct worker *w)
{
	int64_t pause = 100;

	if (w->bad_starts == 0)
		return 0;
	for (unsigned i = 1; i < w->bad_starts && pause < MAX_PAUSE_MS; i++)
		pause *= 2;
	return MIN(pause, MAX_PAUSE_MS);
}

/* The socket is of no more use: the worker ended, or shall. VERDICT is why,
 * JOB_OK when it did so by itself. */
static void
end(struct worker *w, enum job_failure verdict)
{
	/* By hand: a child between fork and exec may hold a copy. */
	epoll_ctl(w->pool->epoll, EPOLL_CTL_DEL, w->link.fd, NULL);
	link_close(&w->link);
	if (verdict != JOB_OK)
		kill(w->link.pid, SIGKILL);
	w->verdict = verdict;
	w->kill_at = crew_now() + EXIT_GRACE_MS;
	w->pause = 1;
	w->due = crew_now();
	w->state = DYING;
}

static void
start(struct worker *w)
{
	struct pool *p = w->pool;
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = w};

	if (!link_start(&w->link, p->setup, p->exe, !p->options.unconfined)) {
		p->last_start_error = errno;
		if (w->bad_starts++ == 0)
			log_warn("cannot start a worker; trying again");
		w->due = crew_now() + start_pause(w);
		return;
	}
	w->state = STARTING;
	w->due = crew_now() + START_LIMIT_MS;
	w->fresh = true;
	w->alone = w->warned = false;
	w->read_up = true;
	w->verdict = JOB_OK;
	if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, w->link.fd, &e) < 0)
		end(w, JOB_CRASHED); /* out of memory: again later */
}

/* Whom a death is counted against: the mail (true), or whoever sent SIGKILL
 * to a worker of ours (the OOM killer sends it, too: then the mail comes back
 * here until MAX_KILLS). */
static bool
own_fault(const struct worker *w, int status, enum job_failure *why)
{
	*why = w->verdict;
	if (w->verdict != JOB_OK)
		return true;
	*why = JOB_CRASHED;
	if (WIFEXITED(status) && WEXITSTATUS(status) == WORKER_NO_MEMORY)
		*why = JOB_NO_MEMORY;
	return !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
blame(struct worker *w, struct job *job, int status)
{
	struct pool *p = w->pool;

	if (own_fault(w, status, &job->why))
		job->deaths++;
	else
		job->kills++;
	if (job->deaths >= MAX_DEATHS || job->kills >= MAX_KILLS)
		finish_failed(p, job);
	else
		g_queue_push_tail(&p->suspects, job);
}

static void
log_death(const struct worker *w, int status)
{
	const char *verb = w->verdict == JOB_OK ? "ended" : "was ended";

	if (w->verdict != JOB_OK)
		log_info("a worker %s: %s", verb, job_failure_name(w->verdict));
	else if (WIFSIGNALED(status))
		log_info("a worker %s by signal %d", verb, WTERMSIG(status));
	else
		log_info(
		    "a worker %s with status %d", verb, WEXITSTATUS(status));
}

/* The process is over: its oldest mail is to blame, the others go back to the
 * front of the queue in their order. */
static void
bury(struct worker *w, int status)
{
	struct pool *p = w->pool;
	struct job *head = g_queue_pop_head(&w->flight);
	struct job *job;

	p->stats.deaths++;
	log_death(w, status);
	/* One that dies with nothing to do is as bad as one that never
	 * starts: no storm of restarts. */
	if (head == NULL) {
		w->bad_starts++;
		p->last_start_error = EAGAIN;
		if (WIFEXITED(status) &&
		    WEXITSTATUS(status) == WORKER_BAD_SETUP)
			p->last_start_error = EINVAL;
		else if (WIFEXITED(status))
			p->last_start_error = ENOEXEC;
	}
	while ((job = g_queue_pop_tail(&w->flight)) != NULL)
		g_queue_push_head(&p->waiting, job);
	w->state = DOWN;
	w->due = crew_now() + start_pause(w);
	if (head != NULL)
		blame(w, head, status);
}

static void
reap(struct worker *w, int64_t now)
{
	int status;

	if (link_reap(&w->link, &status)) {
		bury(w, status);
		return;
	}
	/* It closed its socket and lives on: not a worker of ours any more. */
	if (w->verdict == JOB_OK && now >= w->kill_at) {
		w->verdict = JOB_GARBLED;
		kill(w->link.pid, SIGKILL);
	}
	/* It may hang in the kernel, on a dead network file system. */
	w->pause = MIN(w->pause * 2, 1000);
	w->due = now + w->pause;
}

/* ---- answers ---- */

void
crew_set_deadline(struct worker *w)
{
	w->due = crew_now() + w->pool->options.time_limit_ms;
	w->warned = false;
}

static void
tell_missing(struct pool *p, unsigned missing)
{
	if (p->stats.missing == 0 && missing != 0)
		log_warnx("workers run without%s%s%s%s",
		    missing & CONFINE_NO_SECCOMP ? " [system call filter]" : "",
		    missing & CONFINE_NO_PRIVILEGES ? " [no_new_privs]" : "",
		    missing & CONFINE_NO_LIMITS ? " [resource limits]" : "",
		    missing & CONFINE_NO_STACK ? " [64 MiB of stack]" : "");
	p->stats.missing |= missing;
}

static void
take_answer(struct worker *w, struct job_result *result)
{
	struct job *job = g_queue_pop_head(&w->flight);

	w->alone = false;
	w->bad_starts = 0;
	crew_set_deadline(w);
	if (result->failure != JOB_OK)
		memset(result->digest, 0, DIGEST_SIZE);
	finish(w->pool, job, result);
}

/* One message; false when there is no more to take now. */
static bool
take_message(struct worker *w)
{
	struct pool *p = w->pool;
	struct job_result result;
	unsigned missing = 0;
	uint32_t expected = w->link.next_id - w->flight.length;

	switch (
	    link_receive(&w->link, p->scratch, expected, &result, &missing)) {
	case LINK_NOTHING:
		w->read_up = true;
		return false;
	case LINK_PIECE:
		return true;
	case LINK_READY:
		w->state = READY;
		tell_missing(p, missing);
		return true;
	case LINK_ANSWER:
		take_answer(w, &result);
		return true;
	case LINK_GARBLED:
		end(w, JOB_GARBLED);
		return false;
	case LINK_CLOSED:
	default:
		end(w, JOB_OK);
		return false;
	}
}

void
crew_receive(struct worker *w)
{
	w->read_up = false;
	for (int i = 0; i < MESSAGES_PER_TURN; i++) {
		if (!take_message(w))
			return;
	}
}

void
crew_check(struct worker *w, int64_t now)
{
	struct pool *p = w->pool;

	if (now < w->due)
		return;
	switch (w->state) {
	case DOWN:
		start(w);
		break;
	case DYING:
		reap(w, now);
		break;
	case STARTING:
		end(w, JOB_TIMEOUT);
		break;
	case READY:
		if (w->flight.length == 0 || !w->read_up)
			break;
		/* We may be the late ones: give what is ready in the worker
		 * one more moment to arrive. */
		if (!w->warned) {
			w->warned = true;
			w->due = now + 20 + p->options.time_limit_ms / 10;
			break;
		}
		p->stats.timeouts++;
		end(w, JOB_TIMEOUT);
		break;
	}
}
