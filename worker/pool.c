/* pool.c: which worker reads which mail, and the pool as its owner sees it. */
#include "worker/pool.h"

#include "worker/crew.h"
#include "worker/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#define READY_LIMIT_MS 20000 /* until the first worker is ready */
#define SEND_PAUSE_MS 10     /* when the kernel is out of room */

static const char *const failure_names[] = {
    [JOB_OK] = "ok",
    [JOB_CRASHED] = "crashed",
    [JOB_TIMEOUT] = "timeout",
    [JOB_NO_MEMORY] = "no-memory",
    [JOB_UNREADABLE] = "unreadable",
    [JOB_CHANGED] = "changed",
    [JOB_GARBLED] = "garbled",
};
_Static_assert(G_N_ELEMENTS(failure_names) == JOB_FAILURE_COUNT, "a word each");

const char *
job_failure_name(enum job_failure f)
{
	return f < JOB_FAILURE_COUNT ? failure_names[f] : "unknown";
}

/* ---- jobs to workers ---- */

static bool
wants_suspect(const struct worker *w)
{
	return w->state == READY && w->fresh && w->pool->suspects.length > 0 &&
	       w->flight.length == 0;
}

/* Room is refilled when half of it is free, so that one message carries
 * several descriptors. */
static unsigned
room(const struct worker *w)
{
	unsigned limit = w->pool->options.in_flight;

	if (w->state != READY || w->alone || w->flight.length > limit / 2)
		return 0;
	return limit - w->flight.length;
}

static bool
can_send(const struct pool *p)
{
	for (unsigned i = 0; i < p->n_workers; i++) {
		if (wants_suspect(&p->workers[i]) ||
		    (p->waiting.length > 0 && room(&p->workers[i]) > 0))
			return true;
	}
	return false;
}

/* Moves N jobs from QUEUE to W; false when it did not work. */
static bool
send_jobs(struct worker *w, GQueue *queue, unsigned n)
{
	struct pool *p = w->pool;
	int fds[MAX_BATCH];
	GList *item = queue->head;

	for (unsigned i = 0; i < n; i++, item = item->next)
		fds[i] = ((struct job *)item->data)->fd;
	switch (link_send(&w->link, fds, n)) {
	case LINK_SENT:
		break;
	case LINK_FULL:
		p->send_after = crew_now() + SEND_PAUSE_MS;
		return false;
	case LINK_BROKEN:
	default:
		/* Nothing was lost; the end is read from the socket. */
		p->send_after = crew_now() + 1;
		return false;
	}
	if (w->flight.length == 0)
		crew_set_deadline(w);
	while (n-- > 0)
		g_queue_push_tail(&w->flight, g_queue_pop_head(queue));
	w->fresh = false;
	return true;
}

static void
send_waiting(struct pool *p)
{
	unsigned takers = 0;

	for (unsigned i = 0; i < p->n_workers; i++) {
		struct worker *w = &p->workers[i];

		if (wants_suspect(w) && send_jobs(w, &p->suspects, 1))
			w->alone = true;
		takers += room(w) > 0;
	}
	for (unsigned i = 0; i < p->n_workers && p->waiting.length > 0; i++) {
		struct worker *w = &p->workers[i];
		unsigned n = room(w);

		/* An equal share each: two mails go to two workers. */
		if (n == 0)
			continue;
		n = MIN(n, (p->waiting.length + takers - 1) / takers);
		takers--;
		send_jobs(w, &p->waiting, MIN(n, MAX_BATCH));
	}
}

int
pool_timeout(const struct pool *p)
{
	int64_t now = crew_now(), due = INT64_MAX;

	for (unsigned i = 0; i < p->n_workers; i++) {
		const struct worker *w = &p->workers[i];

		if (w->state != READY || w->flight.length > 0)
			due = MIN(due, w->due);
		if (!w->read_up && w->state == READY)
			due = now;
	}
	if (can_send(p))
		due = MIN(due, MAX(p->send_after, now));
	if (due == INT64_MAX)
		return -1;
	return (int)CLAMP(due - now, 0, 3600 * 1000);
}

void
pool_dispatch(struct pool *p)
{
	struct epoll_event events[MAX_WORKERS];
	int n = epoll_wait(p->epoll, events, MAX_WORKERS, 0);
	int64_t now;

	for (int i = 0; i < n; i++)
		((struct worker *)events[i].data.ptr)->read_up = false;
	for (unsigned i = 0; i < p->n_workers; i++) {
		struct worker *w = &p->workers[i];

		if (!w->read_up && (w->state == STARTING || w->state == READY))
			crew_receive(w);
	}
	now = crew_now();
	for (unsigned i = 0; i < p->n_workers; i++)
		crew_check(&p->workers[i], now);
	if (now >= p->send_after)
		send_waiting(p);
}

/* ---- the whole ---- */

static unsigned
count_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static void
fill_defaults(struct pool_options *o)
{
	if (o->workers == 0)
		o->workers = count_cpus();
	o->workers = MIN(o->workers, MAX_WORKERS);
	if (o->in_flight == 0)
		o->in_flight = 16;
	o->in_flight = MIN(o->in_flight, MAX_BATCH);
	if (o->max_read == 0)
		o->max_read = MAX_READ_DEFAULT;
	if (o->time_limit_ms == 0)
		o->time_limit_ms = 5000;
	if (o->memory_limit == 0)
		o->memory_limit = (size_t)512 * 1024 * 1024;
}

static bool
open_descriptors(struct pool *p)
{
	const struct setup setup = {
	    .max_read = p->options.max_read,
	    .memory_limit = p->options.memory_limit,
	    .in_flight = p->options.in_flight,
	    .parent = getpid(),
	    .unconfined = p->options.unconfined,
	    .parser = p->options.parser,
	    .rules = p->options.rules,
	    .codes = p->options.codes,
	    .n_rules = p->options.n_rules,
	    .n_codes = p->options.n_codes,
	};

	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	p->setup = setup_write(&setup);
	if (p->options.exec != NULL)
		p->exe = open(p->options.exec, O_PATH | O_CLOEXEC);
	return p->epoll >= 0 && p->setup >= 0 &&
	       (p->options.exec == NULL || p->exe >= 0);
}

/* Waits until one worker is ready; false when each has failed to start. */
static bool
wait_ready(struct pool *p)
{
	int64_t end_of_patience = crew_now() + READY_LIMIT_MS;

	while (crew_now() < end_of_patience) {
		struct pollfd fd = {.fd = p->epoll, .events = POLLIN};
		unsigned failed = 0;

		poll(&fd, 1, CLAMP(pool_timeout(p), 0, 100));
		pool_dispatch(p);
		for (unsigned i = 0; i < p->n_workers; i++) {
			if (p->workers[i].state == READY)
				return true;
			failed += p->workers[i].bad_starts > 0;
		}
		if (failed == p->n_workers)
			break;
	}
	errno = p->last_start_error != 0 ? p->last_start_error : ETIMEDOUT;
	return false;
}

struct pool *
pool_new(const struct pool_options *options, job_done *done, void *context)
{
	struct pool *p = g_new0(struct pool, 1);

	p->options = *options;
	fill_defaults(&p->options);
	p->done = done;
	p->context = context;
	p->setup = p->exe = p->epoll = -1;
	p->n_workers = p->options.workers;
	p->workers = g_new0(struct worker, p->n_workers);
	for (unsigned i = 0; i < p->n_workers; i++) {
		p->workers[i].pool = p;
		p->workers[i].link.fd = -1;
		g_queue_init(&p->workers[i].flight);
	}
	g_queue_init(&p->waiting);
	g_queue_init(&p->suspects);
	if (!open_descriptors(p) || !wait_ready(p)) {
		int saved = errno;

		pool_free(p);
		errno = saved;
		return NULL;
	}
	/* The texts are the caller's and need not live on. */
	p->options.rules = p->options.codes = NULL;
	return p;
}

static void
forget_jobs(GQueue *queue)
{
	struct job *job;

	while ((job = g_queue_pop_head(queue)) != NULL) {
		close(job->fd);
		g_free(job);
	}
}

/* Gone within a second, or left to init: it may hang in the kernel. */
static void
wait_for_end(struct link *l)
{
	int status;

	for (int i = 0; i < 1000 && !link_reap(l, &status); i++)
		poll(NULL, 0, 1);
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->n_workers; i++) {
		link_close(&p->workers[i].link);
		if (p->workers[i].link.pid != 0)
			kill(p->workers[i].link.pid, SIGKILL);
		forget_jobs(&p->workers[i].flight);
	}
	for (unsigned i = 0; i < p->n_workers; i++)
		wait_for_end(&p->workers[i].link);
	forget_jobs(&p->waiting);
	forget_jobs(&p->suspects);
	if (p->setup >= 0)
		close(p->setup);
	if (p->exe >= 0)
		close(p->exe);
	if (p->epoll >= 0)
		close(p->epoll);
	g_free(p->workers);
	g_free(p);
}

bool
pool_has_room(const struct pool *p)
{
	return p->pending < (size_t)p->n_workers * p->options.in_flight * 2;
}

void
pool_submit(struct pool *p, int fd, void *data)
{
	struct job *job = g_new0(struct job, 1);

	job->fd = fd;
	job->data = data;
	g_queue_push_tail(&p->waiting, job);
	p->pending++;
}

size_t
pool_pending(const struct pool *p)
{
	return p->pending;
}

int
pool_fd(const struct pool *p)
{
	return p->epoll;
}

void
pool_drain(struct pool *p)
{
	while (p->pending > 0) {
		struct pollfd fd = {.fd = p->epoll, .events = POLLIN};

		poll(&fd, 1, pool_timeout(p));
		pool_dispatch(p);
	}
}

struct pool_stats
pool_stats(const struct pool *p)
{
	struct pool_stats stats = p->stats;

	for (unsigned i = 0; i < p->n_workers; i++)
		stats.workers += p->workers[i].state == READY;
	return stats;
}
