/* marks.h: every address of a text with the part that it plays. Private to the
 * general reader.
 */
#ifndef BOUNCED_PARSER_MARKS_H
#define BOUNCED_PARSER_MARKS_H

#include "parser/place.h"

/* Addresses of one text that are looked at. */
#define MAX_MARKS 4000

struct mark {
	size_t line;
	struct span span; /* in its line */
	enum place part;
	char *address;
	bool other; /* sender, reporter: no recipient if anybody else is */
	bool shown; /* something near it tells that it failed */
	guint next; /* the next one of the same address, or NO_MARK */
};

#define NO_MARK G_MAXUINT

/* The text under the pencil. */
struct marks {
	const struct letter *letter;
	GArray *marks; /* in the order of the text */
	guint *first;  /* of each line: its first mark or NO_MARK */
	/* By address, number + 1: its strongest, first and last mark. */
	GHashTable *best, *chain, *latest;
};

/* Marks the text of LETTER, which must outlive it. marks_close(). */
void marks_open(struct marks *, const struct letter *);
void marks_close(struct marks *);

struct mark *marks_at(const struct marks *, guint i);

/* Of an address (case does not count): its strongest mark, and the first of
 * the chain of all; NULL: none. */
const struct mark *marks_best(const struct marks *, const char *address);
const struct mark *marks_first(const struct marks *, const char *address);
const struct mark *marks_next(const struct marks *, const struct mark *);

/* The line that M stands in. */
const struct line *marks_line(const struct marks *, const struct mark *m);

#endif
