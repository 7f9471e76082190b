/* mailfile.c: opens files that hold mails. */
#include "ctl/mailfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What mailfile_look reads. */
#define HEAD 4096
/* Lines in which a header field must stand: what forwards and scripts put
 * before one is short. */
#define HEAD_LINES 20

int
mailfile_in_memory(const void *bytes, size_t length, uint64_t size)
{
	int fd = memfd_create("mail", MFD_CLOEXEC);
	const char *p = bytes;
	int saved;

	if (fd < 0)
		return -1;
	while (length > 0) {
		ssize_t n = write(fd, p, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			goto fail;
		p += n;
		length -= (size_t)n;
	}
	/* Not written means not held: what is behind is a hole. */
	if (ftruncate(fd, (off_t)size) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
fail:
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Reads FD to its end, keeps the first MAX_READ bytes: the writer shall not
 * be killed by a reader that lost interest. */
static int
spool(int fd, size_t max_read, const char **error)
{
	GByteArray *kept = g_byte_array_new();
	guint8 buffer[65536];
	uint64_t size = 0;
	ssize_t n;
	int mail = -1;

	while ((n = read(fd, buffer, sizeof(buffer))) != 0) {
		size_t room = max_read - kept->len;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		size += (uint64_t)n;
		g_byte_array_append(
		    kept, buffer, (guint)((size_t)n < room ? (size_t)n : room));
	}
	if (n == 0)
		mail = mailfile_in_memory(kept->data, kept->len, size);
	if (mail < 0)
		*error = g_strerror(errno);
	g_byte_array_free(kept, TRUE);
	return mail;
}

int
mailfile_open(const char *path, size_t max_read, const char **error)
{
	struct stat st;
	int mail, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0) {
		*error = g_strerror(errno);
	} else if (S_ISREG(st.st_mode)) {
		return fd;
	} else if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) {
		mail = spool(fd, max_read, error);
		close(fd);
		return mail;
	} else {
		*error =
		    S_ISDIR(st.st_mode)
			? "is a directory; 'bouncectl import' reads Maildirs"
			: "is not a regular file";
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

int
mailfile_stdin(size_t max_read, const char **error)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st) < 0) {
		*error = g_strerror(errno);
		return -1;
	}
	if (S_ISDIR(st.st_mode)) {
		*error = "is a directory";
		return -1;
	}
	return spool(STDIN_FILENO, max_read, error);
}

/* RFC 5322 section 2.2: printable ASCII but the colon, then a colon; old
 * mails have white space before it. */
static bool
is_header(const char *line, size_t length)
{
	size_t i = 0;

	while (i < length && line[i] > ' ' && line[i] < 127 && line[i] != ':')
		i++;
	if (i == 0)
		return false;
	while (i < length && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i < length && line[i] == ':';
}

enum mail_look
mail_look(const char *bytes, size_t length)
{
	const char *p = bytes, *end = bytes + length;

	if (length == 0)
		return LOOKS_EMPTY;
	if (memchr(bytes, '\0', length < 512 ? length : 512) != NULL)
		return LOOKS_BINARY;
	for (int i = 0; i < HEAD_LINES && p < end; i++) {
		const char *stop = p;

		/* CR alone ended lines once. */
		while (stop < end && *stop != '\n' && *stop != '\r')
			stop++;
		if (is_header(p, (size_t)(stop - p)))
			return LOOKS_LIKE_MAIL;
		p = stop + 1;
	}
	return LOOKS_BINARY;
}

enum mail_look
mailfile_look(int fd)
{
	char head[HEAD];
	ssize_t n;

	do
		n = pread(fd, head, sizeof(head), 0);
	while (n < 0 && errno == EINTR);
	/* Unreadable is not this function's business: the worker says so. */
	return n < 0 ? LOOKS_LIKE_MAIL : mail_look(head, (size_t)n);
}
