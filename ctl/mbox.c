/* mbox.c: takes an mbox apart. */
#include "ctl/mbox.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BUFFER 65536

struct mbox {
	int fd;
	int error;
	bool ended;
	size_t max_keep;
	/* unread bytes are buffer[start..end) */
	char *buffer;
	size_t start, end;
	uint64_t position; /* of buffer[start] in the file */
	/* the From_ line of the next mail has been read already */
	bool begun;
	uint64_t offset;
	int64_t received;
	GByteArray *kept;
};

/* A piece of a line: all of it, or what fits into the buffer. */
struct piece {
	const char *bytes;
	size_t length;
	bool begins, ends; /* a line, with this piece */
};

/* "Sat Jan  3 01:05:34 1996" behind the sender, in local time as asctime()
 * wrote it; some add a zone or "remote from". 0: none. */
static int64_t
from_date(const char *line, size_t length)
{
	char text[128];
	const char *p, *rest;
	struct tm tm = {0};

	if (length >= sizeof(text))
		length = sizeof(text) - 1;
	memcpy(text, line, length);
	text[length] = '\0';
	/* The sender may hold spaces ("a b"@c): try behind each. */
	for (p = strchr(text, ' '); p != NULL; p = strchr(p + 1, ' ')) {
		memset(&tm, 0, sizeof(tm));
		rest = strptime(p, " %a %b %d %H:%M:%S %Y", &tm);
		if (rest == NULL)
			continue;
		tm.tm_isdst = -1;
		return (int64_t)mktime(&tm);
	}
	return 0;
}

/* "From " and a time of day somewhere: prose has none. */
static bool
is_from_line(const char *line, size_t length)
{
	if (length < 5 || memcmp(line, "From ", 5) != 0)
		return false;
	for (size_t i = 7; i + 2 < length; i++) {
		if (line[i] == ':' && g_ascii_isdigit(line[i - 1]) &&
		    g_ascii_isdigit(line[i + 1]) &&
		    g_ascii_isdigit(line[i + 2]))
			return true;
	}
	return false;
}

bool
mbox_looks_like(const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '\n', length);

	return is_from_line(
	    bytes, end != NULL ? (size_t)(end - bytes) : length);
}

struct mbox *
mbox_open(int fd, size_t max_keep)
{
	struct mbox *m = g_new0(struct mbox, 1);

	m->fd = fd;
	m->max_keep = max_keep;
	m->buffer = g_malloc(BUFFER);
	m->kept = g_byte_array_new();
	return m;
}

void
mbox_close(struct mbox *m)
{
	if (m == NULL)
		return;
	close(m->fd);
	g_free(m->buffer);
	g_byte_array_free(m->kept, TRUE);
	g_free(m);
}

static void
fill(struct mbox *m)
{
	ssize_t n;

	if (m->start > 0) {
		memmove(m->buffer, m->buffer + m->start, m->end - m->start);
		m->end -= m->start;
		m->start = 0;
	}
	do
		n = read(m->fd, m->buffer + m->end, BUFFER - m->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		m->error = errno;
	if (n <= 0)
		m->ended = true;
	else
		m->end += (size_t)n;
}

/* The next piece; BEGINS: a line starts here. False at the end. */
static bool
next_piece(struct mbox *m, bool begins, struct piece *piece)
{
	for (;;) {
		const char *bytes = m->buffer + m->start;
		size_t there = m->end - m->start;
		const char *newline = memchr(bytes, '\n', there);
		size_t length =
		    newline != NULL ? (size_t)(newline - bytes) + 1 : there;

		if (newline != NULL || there == BUFFER ||
		    (m->ended && there > 0)) {
			*piece = (struct piece){
			    bytes, length, begins, newline != NULL};
			m->start += length;
			m->position += length;
			return true;
		}
		if (m->ended)
			return false;
		fill(m);
	}
}

static bool
is_empty_line(const struct piece *p)
{
	return p->begins &&
	       ((p->length == 1 && p->bytes[0] == '\n') ||
		   (p->length == 2 && memcmp(p->bytes, "\r\n", 2) == 0));
}

static bool
is_quoted_from(const struct piece *p)
{
	size_t i = 0;

	while (i < p->length && p->bytes[i] == '>')
		i++;
	return p->begins && i > 0 && p->length - i >= 5 &&
	       memcmp(p->bytes + i, "From ", 5) == 0;
}

static void
keep(struct mbox *m, const struct piece *p, uint64_t *size)
{
	size_t skip = is_quoted_from(p) ? 1 : 0;
	size_t length = p->length - skip;
	size_t room = m->max_keep - m->kept->len;

	g_byte_array_append(m->kept, (const guint8 *)p->bytes + skip,
	    (guint)(length < room ? length : room));
	*size += length;
}

static void
begin(struct mbox *m, const struct piece *p)
{
	m->begun = true;
	m->offset = m->position - p->length;
	m->received = from_date(p->bytes, p->length);
}

/* Skips to the first From_ line; what stands before it is no mail. */
static bool
find_first(struct mbox *m)
{
	struct piece p;
	bool begins = true;

	while (!m->begun && next_piece(m, begins, &p)) {
		if (begins && is_from_line(p.bytes, p.length))
			begin(m, &p);
		begins = p.ends;
	}
	return m->begun;
}

/* Skips what is left of a From_ line that is longer than the buffer. */
static void
end_line(struct mbox *m)
{
	struct piece p = {.bytes = NULL};

	if (m->start > 0 && m->buffer[m->start - 1] == '\n')
		return;
	while (!p.ends && next_piece(m, false, &p))
		;
}

bool
mbox_next(struct mbox *m, struct mbox_mail *mail)
{
	bool begins = true, after_empty = false;
	size_t empty = 0; /* length of an empty line at the end */
	struct piece p;

	if (!m->begun && !find_first(m))
		return false;
	end_line(m);
	*mail =
	    (struct mbox_mail){.offset = m->offset, .received = m->received};
	m->begun = false;
	g_byte_array_set_size(m->kept, 0);
	while (next_piece(m, begins, &p)) {
		if (begins && after_empty && is_from_line(p.bytes, p.length)) {
			begin(m, &p);
			break;
		}
		begins = p.ends;
		after_empty = is_empty_line(&p);
		empty = after_empty ? p.length : 0;
		keep(m, &p, &mail->size);
	}
	mail->size -= empty;
	mail->length =
	    m->kept->len < mail->size ? m->kept->len : (size_t)mail->size;
	mail->bytes = m->kept->data;
	return m->error == 0;
}

uint64_t
mbox_position(const struct mbox *m)
{
	return m->position;
}

int
mbox_errno(const struct mbox *m)
{
	return m->error;
}
