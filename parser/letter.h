/* letter.h: a mail as the readers of free text see it.
 */
#ifndef BOUNCED_PARSER_LETTER_H
#define BOUNCED_PARSER_LETTER_H

#include "parser/address.h"
#include "parser/found.h"
#include "parser/mime.h"
#include "parser/words.h"

struct line {
	const char *text; /* not NUL-terminated, without its newline */
	size_t length;
	size_t indent; /* white space and quote marks in front of TEXT */
};

struct letter {
	const struct mail *mail;
	struct words *words;
	char *from;         /* From: as text, "" if none */
	char *from_address; /* lower case, "" if none */
	char *subject;      /* decoded, "" if none */
	char *human;        /* text parts before the returned mail, joined */
	struct line *lines; /* of human */
	size_t n_lines;
	/* words_in() of: human, from, subject */
	unsigned says, is_from, is_about;
	bool *format_hits; /* see words.h */
	/* A report that somebody sent on inside his own mail: quoted with
	 * "> ", or under "Begin forwarded message". HUMAN is then what was
	 * sent on, without the marks. */
	bool quoted;
	char *forwarded_from;          /* From: of it, or NULL */
	size_t own_words;              /* letters of his own above it */
	const struct fields *returned; /* header of the returned mail or NULL */
	struct fields returned_text;   /* owned, when found in the text */
	char *returned_copy;           /* from its first line on */
	/* addresses that are never recipients: who wrote the report and to
	 * whom it was sent, lower case */
	GPtrArray *others;
	/* what looks like an address and is a Message-ID, lower case */
	GPtrArray *ids;
	/* X-Failed-Recipients and kin, as found; may be empty */
	GPtrArray *named;
};

/* Makes the letter of MAIL; both must outlive it. */
void letter_open(struct letter *, struct words *, const struct mail *);
void letter_close(struct letter *);

/* True when the human text has PHRASE (ASCII case does not count). */
bool letter_has(const struct letter *, const char *phrase);

/* True when the header field NAME contains VALUE (ASCII case does not
 * count); VALUE "" asks for the field alone. */
bool letter_header(const struct letter *, const char *name, const char *value);

/* The first line at or after FROM that contains PHRASE (ASCII case does not
 * count), or n_lines. */
size_t letter_line(const struct letter *, const char *phrase, size_t from);

/* True when this address can be no recipient: see others. */
bool letter_is_other(const struct letter *, const char *address);

/* True when this is no address at all: see ids. */
bool letter_is_id(const struct letter *, const char *address);

/* Case-blind (ASCII) search; NULL when NEEDLE is not in the LENGTH bytes. */
const char *text_find(const char *text, size_t length, const char *needle);
bool text_starts(const char *text, size_t length, const char *prefix);

#endif
