/* link.c: the parent's end of the socket to one worker. */
#include "worker/link.h"

#include "worker/spawn.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

bool
link_start(struct link *l, int setup, int exe, bool quiet)
{
	int fd;
	pid_t pid = spawn_worker(setup, exe, quiet, &fd);

	if (pid < 0)
		return false;
	*l = (struct link){.pid = pid, .fd = fd};
	return true;
}

enum link_sent
link_send(struct link *l, const int *fds, uint32_t n)
{
	union {
		char bytes[CMSG_SPACE(MAX_BATCH * sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct request request = {.first = l->next_id, .n = n};
	struct iovec part = {&request, sizeof(request)};
	struct msghdr message = {
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = CMSG_SPACE(n * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	if (sendmsg(l->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
		l->next_id += n;
		return LINK_SENT;
	}
	switch (errno) {
	case EAGAIN:
	case EINTR:
	case ENOBUFS:
	case ENOMEM:
	case ETOOMANYREFS: /* descriptors in flight, all sockets together */
		return LINK_FULL;
	default:
		return LINK_BROKEN;
	}
}

static void
drop_answer(struct link *l)
{
	g_free(l->bytes);
	l->bytes = NULL;
	l->length = 0;
}

/* The answer is complete: what does it say? */
static enum link_event
finish_answer(struct link *l, struct job_result *result)
{
	*result = (struct job_result){
	    .failure = l->head.failure,
	    .size = l->head.size,
	};
	memcpy(result->digest, l->head.digest, DIGEST_SIZE);
	if (l->head.failure == JOB_OK)
		result->report = wire_decode(l->bytes, l->length);
	drop_answer(l);
	if (result->failure == JOB_OK && result->report == NULL)
		return LINK_GARBLED;
	return LINK_ANSWER;
}

/* Is HEAD, with LENGTH bytes behind it, the first or next piece of the answer
 * to job EXPECTED? */
static bool
piece_fits(const struct link *l, const struct answer *head, size_t length,
    uint32_t expected)
{
	bool empty = head->failure != JOB_OK;

	if (head->id != expected || head->total > WIRE_MAX ||
	    head->offset != l->length || length > head->total - l->length ||
	    (length == 0) != empty || (head->total == 0) != empty)
		return false;
	if (head->failure != JOB_OK && head->failure != JOB_UNREADABLE &&
	    head->failure != JOB_CHANGED)
		return false;
	return l->bytes == NULL ||
	       (head->total == l->head.total && head->size == l->head.size &&
		   memcmp(head->digest, l->head.digest, DIGEST_SIZE) == 0);
}

static enum link_event
take_piece(struct link *l, const uint8_t *message, size_t length,
    uint32_t expected, struct job_result *result)
{
	struct answer head;

	if (length < sizeof(head))
		return LINK_GARBLED;
	memcpy(&head, message, sizeof(head));
	message += sizeof(head);
	length -= sizeof(head);
	if (!piece_fits(l, &head, length, expected))
		return LINK_GARBLED;
	if (l->bytes == NULL) {
		l->head = head;
		l->bytes = g_malloc(head.total + 1);
	}
	memcpy(l->bytes + l->length, message, length);
	l->length += length;
	if (l->length < head.total)
		return LINK_PIECE;
	return finish_answer(l, result);
}

static enum link_event
take_ready(
    struct link *l, const uint8_t *message, size_t length, unsigned *missing)
{
	struct ready ready;

	if (length != sizeof(ready))
		return LINK_GARBLED;
	memcpy(&ready, message, sizeof(ready));
	if (ready.magic != READY_MAGIC)
		return LINK_GARBLED;
	l->ready = true;
	*missing = ready.missing;
	return LINK_READY;
}

enum link_event
link_receive(struct link *l, uint8_t *scratch, uint32_t expected,
    struct job_result *result, unsigned *missing)
{
	ssize_t n;

	/* ECONNRESET comes first, once, when a worker dies with requests
	 * unread; what it had answered before is still there behind it. */
	do
		n = recv(
		    l->fd, scratch, LINK_MESSAGE_MAX, MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return errno == EAGAIN || errno == ENOMEM ? LINK_NOTHING
							  : LINK_CLOSED;
	if (n == 0)
		return LINK_CLOSED;
	if ((size_t)n > LINK_MESSAGE_MAX)
		return LINK_GARBLED;
	if (!l->ready)
		return take_ready(l, scratch, (size_t)n, missing);
	if (expected == l->next_id) /* nothing was asked */
		return LINK_GARBLED;
	return take_piece(l, scratch, (size_t)n, expected, result);
}

void
link_close(struct link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	drop_answer(l);
}

bool
link_reap(struct link *l, int *status)
{
	pid_t pid;

	*status = 0;
	if (l->pid == 0)
		return true;
	do
		pid = waitpid(l->pid, status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return false;
	l->pid = 0; /* also when somebody else reaped it: ECHILD */
	return true;
}
