/* protocol.h: the messages between pool.c and worker.c, over one
 * SOCK_SEQPACKET pair per worker. Private to worker/.
 *
 * Parent to worker: struct request, with N descriptors beside it: the jobs
 * FIRST .. FIRST+N-1. Worker to parent: once struct ready; then, in the order
 * of the jobs, one or more struct answer per job, each with the next piece of
 * the encoded report behind it.
 */
#ifndef BOUNCED_WORKER_PROTOCOL_H
#define BOUNCED_WORKER_PROTOCOL_H

#include "parser/parser.h"
#include "worker/wire.h"

#define READY_MAGIC 0x424E5231 /* "BNR1" */
#define MAX_BATCH 64           /* descriptors in one message; kernel: 253 */
#define MAX_PIECE                                                              \
	(32 * 1024) /* bytes of report in one message: well below              \
		     * the default socket buffer of 208 KiB */

/* Where an exec'ed worker finds its two descriptors. */
#define WORKER_SOCKET 3
#define WORKER_SETUP 4

struct request {
	uint32_t first;
	uint32_t n;
};

struct ready {
	uint32_t magic;
	uint32_t missing; /* CONFINE_... bits */
};

struct answer {
	uint32_t id;
	uint32_t failure; /* enum job_failure: JOB_OK, _UNREADABLE, _CHANGED */
	uint64_t size;    /* of the mail */
	uint32_t total;   /* bytes of the encoded report */
	uint32_t offset;  /* of this piece in it */
	uint8_t digest[DIGEST_SIZE];
};

/* Exit statuses of a worker that the parent understands (sysexits.h). */
#define WORKER_NO_MEMORY 71 /* EX_OSERR; report.c leaves with it, too */
#define WORKER_BROKEN 70    /* EX_SOFTWARE: a library gave up */
#define WORKER_BAD_SETUP 78 /* EX_CONFIG */
#define WORKER_PROTOCOL 76  /* EX_PROTOCOL */
#define WORKER_NO_START 69  /* EX_UNAVAILABLE */

/* Reads mails until the parent closes the socket. Never returns. */
_Noreturn void worker_run(int socket, int setup);

#endif
