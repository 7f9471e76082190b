/* worker.c: the process that reads hostile mail. It sets itself up, confines
 * itself, and then only receives descriptors and sends answers, until the
 * parent closes the socket. What goes wrong ends the process: the parent
 * knows what to do with the mail. */
#include "worker/charsets.h"
#include "worker/confine.h"
#include "worker/pool.h"
#include "worker/protocol.h"
#include "worker/setup.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct worker {
	int socket;
	size_t max_read;
	uint8_t *buffer; /* max_read bytes, for one mail after the other */
	struct classifier *classifier;
	struct parser *parser;
};

/* A mail like any other, so that what GMime and GLib set up at first use is
 * set up before the doors close. */
static const char warm_up[] =
    "From: MAILER-DAEMON\nTo: =?utf-8?q?a?= <b@example.org>\n"
    "Date: Mon, 2 Nov 2026 10:00:00 +0000\n"
    "Subject: =?iso-2022-jp?B?GyRCJCIbKEI=?=\nMIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=delivery-status;\n"
    " boundary=b\n\n--b\nContent-Type: text/plain; charset=koi8-r\n"
    "Content-Transfer-Encoding: quoted-printable\n\n=C1\n"
    "--b\nContent-Type: message/delivery-status\n"
    "Content-Transfer-Encoding: base64\n\n\n--b\n"
    "Content-Type: message/rfc822\n\nSubject: a\n\n\n--b--\n";

/* GLib's last words. Out of memory is told apart, for the ledger; the rest
 * would go to a standard error that nobody reads. */
static GLogWriterOutput
on_glib_message(
    GLogLevelFlags level, const GLogField *fields, gsize n, gpointer context)
{
	(void)context;
	if (!(level & (G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL)))
		return G_LOG_WRITER_HANDLED;
	for (gsize i = 0; i < n; i++) {
		if (strcmp(fields[i].key, "MESSAGE") == 0 &&
		    strstr(fields[i].value, "failed to allocate") != NULL)
			_exit(WORKER_NO_MEMORY);
	}
	_exit(WORKER_BROKEN);
}

static void
send_message(struct worker *w, const void *head, size_t head_length,
    const uint8_t *piece, size_t length)
{
	struct iovec parts[2] = {
	    {(void *)head, head_length}, {(void *)piece, length}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	while (sendmsg(w->socket, &message, MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			_exit(0); /* the parent is gone */
	}
}

/* Sends ANSWER with REPORT behind it, in as many messages as it takes. */
static void
send_answer(struct worker *w, struct answer *answer, const uint8_t *report)
{
	do {
		size_t left = answer->total - answer->offset;
		size_t piece = left < MAX_PIECE ? left : MAX_PIECE;

		send_message(w, answer, sizeof(*answer),
		    report == NULL ? NULL : report + answer->offset, piece);
		answer->offset += (uint32_t)piece;
	} while (answer->offset < answer->total);
}

/* Fills the buffer from FD; -1 on a read error. */
static ssize_t
read_mail(struct worker *w, int fd)
{
	size_t length = 0;

	while (length < w->max_read) {
		ssize_t n = pread(fd, w->buffer + length, w->max_read - length,
		    (off_t)length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
do_job(struct worker *w, uint32_t id, int fd)
{
	struct answer answer = {.id = id};
	struct stat before, after;
	ssize_t length;
	uint8_t *bytes = NULL;
	size_t total = 0;

	if (fstat(fd, &before) < 0 || (length = read_mail(w, fd)) < 0 ||
	    fstat(fd, &after) < 0) {
		answer.failure = JOB_UNREADABLE;
	} else if (!same_file(&before, &after) ||
		   (length < before.st_size && (size_t)length < w->max_read)) {
		answer.failure = JOB_CHANGED;
	} else {
		struct report *report;

		answer.size = (uint64_t)before.st_size;
		parser_digest(
		    w->buffer, (size_t)length, answer.size, answer.digest);
		report = parser_read(w->parser, w->buffer, (size_t)length);
		bytes = wire_encode(report, &total);
		report_free(report);
	}
	close(fd);
	answer.total = (uint32_t)total;
	send_answer(w, &answer, bytes);
	free(bytes);
}

/* Waits for the next request; its descriptors go to FDS. */
static struct request
receive(struct worker *w, int fds[static MAX_BATCH])
{
	union {
		char bytes[CMSG_SPACE(MAX_BATCH * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct request request = {0};
	struct iovec part = {&request, sizeof(request)};
	struct msghdr message = {
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(w->socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		_exit(0);
	c = CMSG_FIRSTHDR(&message);
	if (n != sizeof(request) || request.n > MAX_BATCH || c == NULL ||
	    (message.msg_flags & MSG_CTRUNC) || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(request.n * sizeof(int)))
		_exit(WORKER_PROTOCOL);
	memcpy(fds, CMSG_DATA(c), request.n * sizeof(int));
	return request;
}

static void
set_up(struct worker *w, const struct setup *s)
{
	char *error = NULL;

	w->classifier =
	    classifier_new(s->rules, s->n_rules, s->codes, s->n_codes, &error);
	if (w->classifier == NULL)
		_exit(WORKER_BAD_SETUP);
	w->parser = parser_new(w->classifier, &s->parser);
	w->max_read = s->max_read;
	w->buffer = g_malloc(w->max_read);
	charsets_open();
	report_free(parser_read(w->parser, warm_up, sizeof(warm_up) - 1));
}

/* Behind the closed doors, all that a mail needs, before the first mail: when
 * a kernel, a library or a limit does not let us work, this worker never gets
 * ready, and no mail is blamed for it. */
static void
try_out(struct worker *w, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || read_mail(w, fd) < 0)
		_exit(WORKER_NO_START);
	close(fd);
	report_free(parser_read(w->parser, warm_up, sizeof(warm_up) - 1));
}

_Noreturn void
worker_run(int socket, int setup_fd)
{
	struct worker w = {.socket = socket};
	struct ready ready = {.magic = READY_MAGIC};
	struct setup *setup = setup_read(setup_fd);
	int fds[MAX_BATCH];

	if (setup == NULL)
		_exit(WORKER_BAD_SETUP);
	/* It may have died before the death signal was asked for. */
	if (getppid() != setup->parent)
		_exit(WORKER_NO_START);
	prctl(PR_SET_NAME, "bounced-worker");
	g_log_set_writer_func(on_glib_message, NULL, NULL);
	set_up(&w, setup);
	if (!setup->unconfined)
		ready.missing = confine_worker(setup->memory_limit,
		    (unsigned)setup_fd + 1 + setup->in_flight + 8);
	setup_free(setup);
	try_out(&w, setup_fd);
	send_message(&w, &ready, sizeof(ready), NULL, 0);
	for (;;) {
		struct request request = receive(&w, fds);

		for (uint32_t i = 0; i < request.n; i++)
			do_job(&w, request.first + i, fds[i]);
	}
}

void
worker_main_if_asked(int argc, char **argv)
{
	struct stat st;

	if (argc != 2 || strcmp(argv[1], "--worker") != 0)
		return;
	if (fstat(WORKER_SOCKET, &st) < 0 || !S_ISSOCK(st.st_mode))
		_exit(64); /* EX_USAGE: somebody typed it */
	worker_run(WORKER_SOCKET, WORKER_SETUP);
}
