/* fields.h: a block of header fields (RFC 5322 section 2.2), read from text
 * without copying: of a mail, of a returned mail inside a text, or of a
 * group of message/delivery-status (RFC 3464 section 2.1).
 */
#ifndef BOUNCED_PARSER_FIELDS_H
#define BOUNCED_PARSER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* More fields of one block are not read; a longer value is cut. */
#define MAX_FIELDS 1000
#define MAX_FIELD_LENGTH (64 * 1024)

/* One field; both parts point into the text that was read. The value begins
 * after the colon and white space, and is still folded. */
struct field {
	const char *name;
	size_t name_length;
	const char *value;
	size_t value_length;
};

struct fields {
	struct field *list;
	size_t count;
};

/* Reads the field at the start of TEXT with its continuation lines. Returns
 * how many bytes it takes, 0 when there is none. */
size_t field_read(struct field *, const char *text, size_t length);

/* Reads fields from TEXT until an empty line (one of blanks only counts), the
 * end, or a line that is no field (a line that starts with "From " or ">From "
 * is skipped). Returns how many bytes were used, the empty line included.
 * fields_free(). */
size_t fields_read(struct fields *, const char *text, size_t length);

/* The same for the header of a mail, which goes on behind a few lines that
 * are no fields when well-known fields follow: some software wraps without
 * white space. */
size_t fields_read_mail(struct fields *, const char *text, size_t length);

void fields_free(struct fields *);

/* True when LINE is "Name:" followed by anything: the name of printable
 * ASCII without space (RFC 5322 section 3.6.8). Sets the name's length. */
bool field_name_at(const char *line, size_t length, size_t *name_length);

/* The I-th (from 0) field of this name, or NULL; case does not count. */
const struct field *fields_find(
    const struct fields *, const char *name, size_t i);

/* Its value: unfolded to one line, runs of white space kept as one space at
 * the folds, valid UTF-8; NULL when there is none. g_free(). */
char *fields_value(const struct fields *, const char *name);
char *field_value(const struct field *);

/* The same with encoded words (RFC 2047) decoded; no control characters come
 * out of these. */
char *fields_text(const struct fields *, const char *name);
char *field_text(const struct field *);

#endif
