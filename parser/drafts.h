/* drafts.h: the parts of a phrase, cut at their brackets.
 *
 * "(user|mailbox) (temporarily |)full" becomes three drafts: user or mailbox
 * with a blank behind, "temporarily " or nothing, full. Literal text between
 * brackets joins a neighbour that is always there.
 */
#ifndef BOUNCED_PARSER_DRAFTS_H
#define BOUNCED_PARSER_DRAFTS_H

#include <stdbool.h>
#include <stddef.h>

/* A stretch of the phrase as written. */
struct span {
	const char *start, *end;
};

/* A group before it is folded: every choice of BODY, cut at "|", with BEFORE
 * and AFTER around it. */
struct draft {
	struct span before, body, after;
	bool optional;
	bool pad; /* a blank follows every choice */
};

#define DRAFTS_MAX 16

struct drafts {
	struct draft rows[DRAFTS_MAX];
	size_t n;
};

/* Cuts PART at its brackets, appending to D. Returns NULL, or what is wrong
 * (a constant text for users). */
const char *drafts_cut(struct drafts *, struct span part);

/* The first "(a|b)" in S: its body, without the brackets, or an empty span.
 * Brackets without a "|" between them are plain text. */
struct span span_find_group(struct span s);

/* Cuts the next choice off BODY; false when there was none left. */
bool span_next_choice(struct span *body, struct span *choice);

bool span_is_empty(struct span);
bool span_is_blank(struct span); /* blanks only, or empty */

#endif
