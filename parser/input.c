/* input.c: line ends, NUL and mbox lines of a raw mail; its digest. */
#include "parser/input.h"

#include <blake2.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "parser/parser.h"

/* Copies with LF line ends; returns the new length. */
static size_t
copy_lines(char *out, const char *in, size_t n)
{
	size_t o = 0;

	for (size_t i = 0; i < n; i++) {
		char c = in[i];

		if (c == '\r') {
			/* CR CR LF is one line end: some gateways make it. */
			if (i + 2 < n && in[i + 1] == '\r' && in[i + 2] == '\n')
				i++;
			if (i + 1 < n && in[i + 1] == '\n')
				i++;
			c = '\n';
		} else if (c == '\0') {
			c = ' ';
		}
		out[o++] = c;
	}
	return o;
}

static bool
starts(const char *p, const char *end, const char *prefix)
{
	size_t n = strlen(prefix);

	return (size_t)(end - p) >= n && memcmp(p, prefix, n) == 0;
}

/* A byte order mark and empty lines, then "From " or ">From " lines of an
 * mbox, then again. */
static void
skip_front(struct input *in)
{
	const char *p = in->text, *end = p + in->length;

	if (starts(p, end, "\xef\xbb\xbf"))
		p += 3;
	for (;;) {
		const char *eol;

		/* A first line that starts with white space is no header of
		 * any kind; what was skipped of it is not missed. */
		while (p < end && (*p == '\n' || *p == ' ' || *p == '\t'))
			p++;
		if (!starts(p, end, "From ") && !starts(p, end, ">From "))
			break;
		eol = memchr(p, '\n', (size_t)(end - p));
		p = eol != NULL ? eol + 1 : end;
	}
	in->text = p;
	in->length = (size_t)(end - p);
}

void
input_open(struct input *in, const void *bytes, size_t length)
{
	in->text = length > 0 ? bytes : "";
	in->length = length;
	in->owned = NULL;
	if (length > 0 && (memchr(bytes, '\r', length) != NULL ||
			      memchr(bytes, '\0', length) != NULL)) {
		in->owned = g_malloc(length);
		in->length = copy_lines(in->owned, bytes, length);
		in->text = in->owned;
	}
	skip_front(in);
}

void
input_close(struct input *in)
{
	g_free(in->owned);
	*in = (struct input){.text = ""};
}

void
parser_digest(const void *bytes, size_t length, uint64_t size,
    uint8_t digest[static DIGEST_SIZE])
{
	blake2b_state state;
	struct input in;

	input_open(&in, bytes, length);
	while (in.length > 0 && in.text[in.length - 1] == '\n')
		in.length--;
	/* Only fails for a bad digest size. */
	(void)blake2b_init(&state, DIGEST_SIZE);
	(void)blake2b_update(&state, (const uint8_t *)in.text, in.length);
	if (size > length) {
		uint8_t le[8];

		for (int i = 0; i < 8; i++)
			le[i] = (uint8_t)(size >> (8 * i));
		(void)blake2b_update(&state, le, sizeof(le));
	}
	(void)blake2b_final(&state, digest, DIGEST_SIZE);
	input_close(&in);
}
