/* input.h: the raw bytes of a mail, made fit for line-wise reading. */
#ifndef BOUNCED_PARSER_INPUT_H
#define BOUNCED_PARSER_INPUT_H

#include <stddef.h>

/* A mail's bytes with LF line ends (CRLF, lone CR and CR CR LF are taken for
 * line ends, as relays and archives leave them), NUL replaced by a space,
 * and without byte order mark, empty lines and mbox From_ lines (RFC 4155) in
 * front. */
struct input {
	const char *text; /* not NUL-terminated */
	size_t length;
	char *owned; /* NULL when TEXT points into the bytes given */
};

/* BYTES (NULL is fine when LENGTH is 0) must outlive the input. */
void input_open(struct input *, const void *bytes, size_t length);
void input_close(struct input *);

#endif
