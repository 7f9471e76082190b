/* codes.h: the table of reply codes and enhanced status codes. The format of
 * its files is in classify.h. */
#ifndef BOUNCED_PARSER_CODES_H
#define BOUNCED_PARSER_CODES_H

#include "parser/classify.h"

struct codes;

struct codes *codes_new(void);
void codes_free(struct codes *);

/* Appends the rows of SOURCE; of two rows with one key the first counts.
 * False and *error (free()) on a bad line. */
bool codes_read(struct codes *, const struct source *, char **error);

/* Call once after the last codes_read, before any look-up. */
void codes_finish(struct codes *);

const struct code_info *codes_reply(const struct codes *, int code);
const struct code_info *codes_status(const struct codes *, struct enhanced);
size_t codes_count(const struct codes *);
const struct code_info *codes_at(const struct codes *, size_t i);

#endif
