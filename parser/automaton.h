/* automaton.h: the Aho-Corasick automaton over the literals of phrases, laid
 * open for match.c.
 *
 * The children of a state are neighbours in memory and their labels one run of
 * bytes, so that a step is a memchr over a few bytes. The root, where most
 * steps begin, has a table of its own.
 */
#ifndef BOUNCED_PARSER_AUTOMATON_H
#define BOUNCED_PARSER_AUTOMATON_H

#include "parser/phrases.h"

#include <string.h>

struct state {
	uint32_t child;    /* first child; the others follow it. Without
			    * children: bytes of the needle still to come */
	uint32_t fail;     /* longest proper suffix that is a state */
	uint32_t hit;      /* nearest of this and its suffixes that tells */
	uint32_t needle;   /* that is found here, if it tells */
	uint16_t children; /* up to 256 */
	bool tells;
};

/* A literal once, however many groups have it. */
struct needle {
	uint32_t offset, length; /* in bytes */
	uint32_t uses;           /* first of its uses; the next needle's end */
};

/* A needle as a literal of a group. */
struct use {
	uint32_t group;
	uint8_t left, right; /* enum edge */
	bool starts, ends;   /* as the group, to save looking there */
};

struct automaton {
	struct state *states;
	uint8_t *labels; /* of each state: the byte that leads to it */
	uint32_t root[256];
	uint32_t n_states, n_needles, n_groups, n_phrases, n_owners;
	struct needle *needles; /* and one more, for the end of the uses */
	struct use *uses;       /* grouped by needle */
	struct group *groups;
	struct phrase *phrases;
	char *bytes;
};

/* Compiles PHRASES, which stay the caller's and may be freed. Linear in their
 * length but for the sorting. */
struct automaton *automaton_new(const struct phrases *);
void automaton_free(struct automaton *);

static inline uint32_t
automaton_child(const struct automaton *a, uint32_t s, uint8_t byte)
{
	const struct state *state = &a->states[s];
	const uint8_t *labels, *found;

	if (s == 0)
		return a->root[byte];
	if (state->children == 0)
		return 0;
	labels = a->labels + state->child;
	if (state->children == 1)
		return *labels == byte ? state->child : 0;
	found = memchr(labels, byte, state->children);
	return found != NULL ? (uint32_t)(found - a->labels) : 0;
}

static inline uint32_t
automaton_next(const struct automaton *a, uint32_t s, uint8_t byte)
{
	uint32_t next;

	while ((next = automaton_child(a, s, byte)) == 0 && s != 0)
		s = a->states[s].fail;
	return next;
}

#endif
