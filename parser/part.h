/* part.h: one part of a mail. Private to mime.c, which walks the structure. */
#ifndef BOUNCED_PARSER_PART_H
#define BOUNCED_PARSER_PART_H

#include <gmime/gmime.h>

#include "parser/mime.h"

/* What the header says about the body. */
struct content {
	const struct field *field; /* Content-Type; NULL: none */
	GMimeContentType *type;    /* NULL: none, or none that can be read */
	bool encoded;              /* neither 7bit, 8bit nor binary */
};

/* The Content-* fields of HEADERS. content_clear(). */
struct content content_read(const struct fields *headers);
void content_clear(struct content *);

/* A parameter of the Content-Type; NULL: none. */
const char *content_parameter(const struct content *, const char *name);

/* "text/plain", lower case; of NULL that. g_free(). */
char *part_type(GMimeContentType *);

/* What a part of this type is to us. */
enum part_role part_role(const char *type);

/* A mail whose header was read and whose parts were not. TEXT must outlive
 * it. mail_free(). */
struct mail *mail_read_header(const char *text, size_t length, int depth);

/* Sets the text of a part of role PART_TEXT or kin. */
void part_set_text(
    struct part *, const char *bytes, size_t n, const char *charset);

/* Fills a part from its decoded BYTES, which it takes. */
void part_fill(
    struct part *, GByteArray *bytes, const char *charset, int depth);

#endif
