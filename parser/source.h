/* source.h: what GMime gets to see of a mail.
 *
 * GMime parses every message inside a message at once and makes an object of
 * each header field; that is most of its time, and nested address groups in
 * such a header (RFC 5322 section 3.4, "To: a:a:a:a:") overrun its stack. We
 * need of it the parts and their transfer encodings only. So it gets the
 * Content-* fields of the mail's header, and messages inside come as parts of
 * an unknown type, which we then read ourselves, and only when asked to.
 */
#ifndef BOUNCED_PARSER_SOURCE_H
#define BOUNCED_PARSER_SOURCE_H

#include <glib.h>

#include "parser/fields.h"

/* Bytes for GMime: the Content-Type field TYPE (may be NULL), the other
 * Content-* fields of HEADERS, of which there must be one, then BODY. In it and
 * its parts the types "message/..." and ".../digest" are disguised. Owned by
 * the caller. */
GByteArray *source_new(const struct fields *headers, const struct field *type,
    const char *body, size_t length);

/* The same for a multipart of which only the BODY and its BOUNDARY are known.
 */
GByteArray *source_of_body(
    const char *boundary, size_t n, const char *body, size_t length);

/* Takes the disguise off TYPE, in place. */
void source_restore_type(char *type);

#endif
