/* parser.h: the bytes of a mail -> struct report. Pure: no files, no
 * database, no event loop. */
#ifndef BOUNCED_PARSER_PARSER_H
#define BOUNCED_PARSER_PARSER_H

#include "parser/classify.h"
#include "parser/report.h"

struct parser;

/* Limits and what the operator configures. Zero fields mean the default. */
struct parser_options {
	/* Characters that join list and VERP address, e.g. "+-="; the first
	 * of each pair splits, see verp.h. NULL: the default. */
	const char *verp_delimiters;
	size_t max_recipients; /* default MAX_RECIPIENTS */
};

#define MAX_READ_DEFAULT (1024 * 1024) /* bytes of a mail that are read */
#define MAX_RECIPIENTS 1000            /* recorded per mail */
#define MAX_FIELD_KEPT 1000 /* bytes of Subject, Message-ID, List-Id kept */
#define MAX_DIAGNOSTIC 2000 /* bytes of diagnostic text kept */

/* CLASSIFIER must outlive the parser. Not thread-safe: one per thread.
 * Initialises GMime once per process (it cannot be shut down and started
 * again). */
struct parser *parser_new(
    const struct classifier *, const struct parser_options *);
void parser_free(struct parser *);

/* Reads one mail. BYTES may hold anything, may be cut off and is not kept.
 * Never NULL: what is no report has kind other and no recipients. The
 * caller frees with report_free. */
struct report *parser_read(struct parser *, const void *bytes, size_t length);

/* Bytes of a mail's digest: BLAKE2b, keyless. */
#define DIGEST_SIZE 32

/* The digest that makes two copies of one mail the same mail: over the
 * content with LF line ends, without a leading mbox From_ line and without
 * empty lines at the end, and the mail's full size when it is longer than
 * what was read (SIZE > LENGTH). */
void parser_digest(const void *bytes, size_t length, uint64_t size,
    uint8_t digest[static DIGEST_SIZE]);

#endif
