/* words.h: what mail systems say in their many tongues, in groups: one list
 * for all readers, searched in one pass.
 */
#ifndef BOUNCED_PARSER_WORDS_H
#define BOUNCED_PARSER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Bits: a phrase may belong to several groups. */
enum words_group {
	WORDS_FAILURE = 1 << 0,   /* something failed or was refused */
	WORDS_REPORT = 1 << 1,    /* sentences that only reports have */
	WORDS_SUBJECT = 1 << 2,   /* the subject of a report */
	WORDS_SYSTEM = 1 << 3,    /* a mail system's name or local part */
	WORDS_DELAYED = 1 << 4,   /* not yet, will be tried again */
	WORDS_FINAL = 1 << 5,     /* no more attempts */
	WORDS_DONE = 1 << 6,      /* delivered, relayed, expanded */
	WORDS_CHALLENGE = 1 << 7, /* prove that you are human */
	WORDS_ANSWER = 1 << 8,    /* the subject of an automatic answer */
	WORDS_ABSENCE = 1 << 9,   /* "I am out of the office" */
	WORDS_LABEL = 1 << 10,    /* "Recipient:", "unknown user:" */
	WORDS_SENDER = 1 << 11,   /* "From:", "sent by": no recipient */
	WORDS_HELP = 1 << 12,     /* whom to ask, where to click */
	WORDS_ORIGIN = 1 << 13,   /* "(expanded from: ...)" */
	WORDS_FORWARDED = 1 << 14 /* "Begin forwarded message" */
};

/* words_list.c */
struct words_row {
	unsigned groups;
	const char *phrase;
};

extern const struct words_row words_list[];
extern const size_t words_list_length;

/* The lists, compiled, with room to search; one per thread. */
struct words;

struct words *words_new(void);
void words_free(struct words *);

/* The groups that have a phrase in the LENGTH bytes of TEXT (UTF-8), as bits.
 * Letters' case and accents do not count, nor how many blanks. Linear. */
unsigned words_in(struct words *, const char *text, size_t length);

/* Phrases of the table of formats (formats.h) go the same way: HITS, all
 * false before, gets true for each found, at row * FORMAT_PHRASES + column. */
unsigned words_and_formats_in(
    struct words *, const char *text, size_t length, bool *hits);

#endif
