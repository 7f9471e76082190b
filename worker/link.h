/* link.h: one worker process as its parent sees it: the process, the socket
 * to it, and the answer that is arriving in pieces. What comes over the
 * socket is checked here; which job it belongs to is pool.c's business.
 * Private to worker/.
 */
#ifndef BOUNCED_WORKER_LINK_H
#define BOUNCED_WORKER_LINK_H

#include "worker/pool.h"
#include "worker/protocol.h"

#include <sys/types.h>

struct link {
	pid_t pid; /* 0: no process */
	int fd;    /* -1: closed */
	bool ready;
	uint32_t next_id;   /* of the job that is sent next */
	struct answer head; /* of the answer that is arriving */
	uint8_t *bytes;     /* its head.total bytes; NULL: none arriving */
	size_t length;      /* how many of them have come */
};

enum link_event {
	LINK_NOTHING, /* no message waits */
	LINK_PIECE,   /* part of an answer, more follows */
	LINK_READY,   /* the worker has set itself up; see *missing */
	LINK_ANSWER,  /* see *result */
	LINK_CLOSED,  /* the worker is gone or going */
	LINK_GARBLED, /* nonsense: kill it */
};

enum link_sent { LINK_SENT, LINK_FULL, LINK_BROKEN };

/* Room for one message from a worker. */
#define LINK_MESSAGE_MAX (sizeof(struct answer) + MAX_PIECE)

/* Starts a process as spawn_worker(). False and errno on failure. */
bool link_start(struct link *, int setup, int exe, bool quiet);

/* Hands over N (1..MAX_BATCH) descriptors as the jobs next_id and following.
 * They stay the caller's. LINK_FULL: not now. Never blocks. */
enum link_sent link_send(struct link *, const int *fds, uint32_t n);

/* Takes one message, by way of SCRATCH (LINK_MESSAGE_MAX bytes). On
 * LINK_ANSWER *result is filled but for its data; on LINK_READY *missing has
 * the CONFINE_... bits. EXPECTED is the job that must be answered next. Never
 * blocks. */
enum link_event link_receive(struct link *, uint8_t *scratch, uint32_t expected,
    struct job_result *result, unsigned *missing);

/* Closes the socket; a sound worker then ends by itself. */
void link_close(struct link *);

/* True when the process is over and reaped, *status as from waitpid(). Never
 * blocks. */
bool link_reap(struct link *, int *status);

#endif
