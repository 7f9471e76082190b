/* pool.h: worker processes that read hostile mail.
 *
 * A worker holds no database, no Maildir and no network: it gets open file
 * descriptors over a socket (SOCK_SEQPACKET, SCM_RIGHTS, several per
 * message) and gives back digest and report. It is confined before it reads
 * the first byte of a mail, is killed when one mail takes too long, and is
 * replaced when it dies.
 *
 * No event loop here: the owner waits for pool_fd() (an epoll descriptor) to
 * be readable, or for pool_timeout() to pass, and calls pool_dispatch().
 */
#ifndef BOUNCED_WORKER_POOL_H
#define BOUNCED_WORKER_POOL_H

#include "parser/parser.h"

struct pool;

/* Why a mail has no report. */
enum job_failure {
	JOB_OK,
	JOB_CRASHED,    /* killed its worker twice */
	JOB_TIMEOUT,    /* took longer than the time limit twice */
	JOB_NO_MEMORY,  /* exceeded the memory limit twice */
	JOB_UNREADABLE, /* read error */
	JOB_CHANGED,    /* size or mtime changed while reading: come back */
	JOB_GARBLED,    /* the worker answered nonsense, twice */
	JOB_FAILURE_COUNT
};

/* A word for each, as the ledger and the log show it. */
const char *job_failure_name(enum job_failure);

struct job_result {
	void *data; /* as given to pool_submit */
	enum job_failure failure;
	/* Of what max_read lets see; zeros when the file cannot be read or
	 * changes. */
	uint8_t digest[DIGEST_SIZE];
	uint64_t size;         /* of the file, bytes */
	struct report *report; /* NULL on failure; now the callee's */
};

typedef void job_done(struct job_result *, void *context);

struct pool_options {
	unsigned workers;       /* 0: one per CPU */
	unsigned in_flight;     /* jobs queued per worker, default 16 */
	size_t max_read;        /* default MAX_READ_DEFAULT */
	unsigned time_limit_ms; /* per mail, default 5000 */
	size_t memory_limit;    /* bytes of address space, default 512 MiB */
	struct parser_options parser;
	const struct source *rules, *codes; /* local first, then shipped */
	size_t n_rules, n_codes;
	/* NULL: fork only (for a parent with no secrets); else exec this
	 * program with argument "--worker", so that the worker inherits
	 * nothing but its socket. main() must call worker_main_if_asked(). */
	const char *exec;
	bool unconfined; /* tests only */
};

/* Starts the workers and waits (seconds at most) until one is ready. NULL and
 * errno when not even one starts: EINVAL for rules or codes that do not
 * compile, ENOEXEC when EXEC is no program that knows --worker. */
struct pool *pool_new(const struct pool_options *, job_done *, void *context);

/* Kills the workers, forgets what is in flight. NULL is fine. */
void pool_free(struct pool *);

/* True while pool_submit would accept a job. */
bool pool_has_room(const struct pool *);

/* Hands over FD (taken in any case; closed by the pool). The result arrives
 * by job_done from within a later pool_dispatch, in any order. Ask
 * pool_timeout() again after it: what is queued is sent by pool_dispatch. */
void pool_submit(struct pool *, int fd, void *data);

/* Jobs submitted and not yet answered. */
size_t pool_pending(const struct pool *);

int pool_fd(const struct pool *);
int pool_timeout(const struct pool *); /* ms, -1: none */

/* Sends what is queued, takes what has come, replaces dead workers, kills
 * late ones. Never blocks, and takes a bounded number of answers. A mail that
 * kills its worker is tried once more, alone, in a fresh one; those queued
 * behind it are sent to another without a mark. Calls job_done, which may
 * submit but not free the pool. */
void pool_dispatch(struct pool *);

/* Blocks until nothing is pending: as long as the mails that are left take,
 * each bounded by the time limit. */
void pool_drain(struct pool *);

struct pool_stats {
	unsigned workers; /* ready at this moment */
	uint64_t jobs;    /* answered, failures among them */
	uint64_t deaths;  /* workers that ended unasked, late ones among them */
	uint64_t timeouts;
	unsigned missing; /* CONFINE_... bits of worker/confine.h */
};
struct pool_stats pool_stats(const struct pool *);

/* First thing in main(): runs the worker and exits when argv says so. */
void worker_main_if_asked(int argc, char **argv);

#endif
