/* phrases.h: phrases as an admin writes them, taken apart.
 *
 *     blocked using * (spamhaus|spamcop)
 *     (mailbox|account|user) (temporarily |)(disabled|suspended)
 *
 * A "*" is a gap of any length and cuts a phrase into parts. A part is a
 * chain of groups that stand right behind each other; a group is one of
 * several literals, or, when it is optional, none of them. Brackets without a
 * "|" between them are plain text; brackets within brackets are not known.
 * Literal text between groups belongs to the group before or after it, so
 * that a chain has few and telling literals: the second phrase above has the
 * groups {"mailbox ", "account ", "user "}, {"temporarily "} (optional) and
 * {"disabled", "suspended"}.
 *
 * A part that begins or ends with a letter or digit wants a word boundary
 * there, unless a "*" stands right at it: "spam" is not in "spamming",
 * "spam*" is.
 */
#ifndef BOUNCED_PARSER_PHRASES_H
#define BOUNCED_PARSER_PHRASES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What must not stand next to a part's end. */
enum edge {
	EDGE_OPEN,   /* anything may */
	EDGE_ASCII,  /* an ASCII letter or digit */
	EDGE_LETTER, /* a letter of an alphabet, or a digit */
	EDGE_COUNT
};

struct literal {
	uint32_t offset, length; /* in phrases.bytes, folded */
	uint32_t group;
	uint8_t left, right; /* enum edge, where its part begins or ends */
};

/* Groups of a part are neighbours, in their order. */
struct group {
	uint32_t phrase;
	uint16_t part; /* of the phrase, from 0 */
	bool first;    /* of the part */
	bool optional;
	bool starts; /* the part may begin with it: all before are optional */
	bool ends;   /* the part may end with it: all behind are optional */
};

struct phrase {
	uint32_t owner; /* which call of phrases_add made it, from 0 */
	uint16_t parts;
};

struct phrases {
	GByteArray *bytes;
	GArray *literals; /* struct literal, grouped by group */
	GArray *groups;   /* struct group */
	GArray *phrases;  /* struct phrase */
	uint32_t n_owners;
	guint limit; /* of phrases, for the present call of phrases_add */
};

#define PHRASE_MAX 2000    /* bytes, as written */
#define EXPANSIONS_MAX 500 /* by gaps within brackets */

/* Longest literal of a part with several groups, folded: match.c looks that
 * far back. */
#define LITERAL_MAX 60

struct phrases *phrases_new(void);
void phrases_free(struct phrases *);

/* Adds PHRASE, LENGTH bytes. Returns NULL, or why it is no phrase (a constant
 * text for users); PHRASES is not to be used any more then. */
const char *phrases_add(struct phrases *, const char *phrase, size_t length);

/* May C, a character of a folded text, stand at such an edge? */
bool edge_allows(enum edge edge, gunichar c);

/* The character that ends right before P; P > START. */
gunichar edge_char_before(const char *start, const char *p);

#endif
