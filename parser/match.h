/* match.h: finds many phrases in a text in one pass.
 *
 * A phrase is found when its parts stand in the text in their order without
 * overlapping. The time for a text follows its length and what is
 * found in it, not the number of phrases.
 */
#ifndef BOUNCED_PARSER_MATCH_H
#define BOUNCED_PARSER_MATCH_H

#include "parser/automaton.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of a text that are looked at, after folding. */
#define MATCH_TEXT_MAX 65536

struct scan;

/* Scratch memory for scanning, one per thread; must not outlive the
 * automaton. */
struct scan *scan_new(const struct automaton *);
void scan_free(struct scan *);

/* Finds all phrases in TEXT, which is folded here. *OWNERS is valid until the
 * next call and has the owner of every phrase found, each once, in no order.
 * Returns how many. */
size_t scan_text(struct scan *, const char *text, const uint32_t **owners);

#endif
