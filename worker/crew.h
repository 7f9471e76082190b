/* crew.h: the workers of a pool one by one: their start, their answers, their
 * death, and whom that is counted against. pool.c decides who reads what.
 * Private to worker/.
 */
#ifndef BOUNCED_WORKER_CREW_H
#define BOUNCED_WORKER_CREW_H

#include "worker/link.h"

#include <glib.h>

#define MAX_WORKERS 64

struct job {
	int fd;
	void *data;
	unsigned deaths, kills;
	enum job_failure why; /* of the last death */
};

enum state {
	DOWN,     /* no process; due: when to start one */
	STARTING, /* due: when that takes too long */
	READY,    /* due: when the oldest job is late */
	DYING,    /* socket closed; due: when to look, or to kill, again */
};

struct worker {
	struct pool *pool;
	enum state state;
	struct link link;
	GQueue flight;            /* of struct job, in the order of their ids */
	int64_t due;              /* ms, CLOCK_MONOTONIC */
	bool fresh;               /* has not been given a mail */
	bool alone;               /* the one in flight is on its second try */
	bool warned;              /* is late; gets a moment in case we were */
	bool read_up;             /* the socket was empty when last looked at */
	enum job_failure verdict; /* why we ended it; JOB_OK: we did not */
	unsigned bad_starts;      /* in a row */
	int64_t pause;            /* ms until the next look, when DYING */
	int64_t kill_at;          /* when DYING */
};

struct pool {
	struct pool_options options;
	job_done *done;
	void *context;
	int setup, exe, epoll;
	struct worker *workers;
	unsigned n_workers;
	GQueue waiting;  /* of struct job */
	GQueue suspects; /* those that killed a worker */
	size_t pending;
	int64_t send_after; /* ms; 0: at once */
	struct pool_stats stats;
	int last_start_error;
	uint8_t scratch[LINK_MESSAGE_MAX];
};

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t crew_now(void);

/* Takes what has come from W, a bounded number of messages, and finishes the
 * jobs that it answers. */
void crew_receive(struct worker *w);

/* Does what is due: starts a worker, ends one that is late, reaps one that
 * ended. */
void crew_check(struct worker *w, int64_t now);

/* The time of the oldest mail in flight runs from now. */
void crew_set_deadline(struct worker *w);

#endif
