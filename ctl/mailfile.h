/* mailfile.h: files that hold mails. */
#ifndef BOUNCED_CTL_MAILFILE_H
#define BOUNCED_CTL_MAILFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens PATH as the user named it: links are followed, a pipe is read into
 * memory, at most MAX_READ bytes of it. -1: *error says in a few words why
 * not ("No such file or directory"); a literal or strerror's. */
int mailfile_open(const char *path, size_t max_read, const char **error);

/* The same for standard input. */
int mailfile_stdin(size_t max_read, const char **error);

/* A file in memory that holds BYTES and seems to be SIZE long (>= LENGTH);
 * read position 0. -1 and errno. */
int mailfile_in_memory(const void *bytes, size_t length, uint64_t size);

/* What the first bytes of a file look like. */
enum mail_look {
	LOOKS_EMPTY,
	LOOKS_BINARY,   /* NUL bytes, or no header in the first lines */
	LOOKS_LIKE_MAIL /* a header field, maybe behind a From_ line */
};
enum mail_look mail_look(const char *bytes, size_t length);

/* The same for what FD refers to; its position is not changed. */
enum mail_look mailfile_look(int fd);

#endif
