/* match.c: an Aho-Corasick automaton over the literals of phrases, and what
 * follows from finding one.
 *
 * It is built breadth first from the sorted literals: the children of a state
 * are neighbours in memory and their labels one run of bytes, so that a step
 * is a memchr over a few bytes, and building is linear. The root, where most
 * steps begin, has a table of its own.
 *
 * A literal that is found goes on with the groups it is in: a group remembers
 * where it ended lately, the next one looks whether it begins right there.
 */
#include "parser/match.h"

#include "parser/fold.h"

#include <stdlib.h>
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

struct sorted {
	uint64_t key; /* the first eight bytes, for a quick comparison */
	const uint8_t *bytes;
	const struct literal *literal;
};

static int
compare_literals(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	uint32_t n = x->literal->length, m = y->literal->length;
	int order;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	order = memcmp(x->bytes, y->bytes, MIN(n, m));
	return order != 0 ? order : (n > m) - (n < m);
}

/* Big-endian, so that numbers compare as the bytes do; short ones end in
 * zeros, which no folded text has. */
static uint64_t
first_bytes(const uint8_t *bytes, uint32_t length)
{
	uint64_t key = 0;

	for (uint32_t i = 0; i < 8; i++)
		key = key << 8 | (i < length ? bytes[i] : 0);
	return key;
}

/* Dealt out by first byte and then sorted, which halves the time. */
static struct sorted *
sort_literals(const struct phrases *p)
{
	const struct literal *rows = (const struct literal *)p->literals->data;
	uint32_t n = p->literals->len, start[257] = {0};
	struct sorted *sorted = g_new(struct sorted, n + 1);

	for (uint32_t i = 0; i < n; i++)
		start[p->bytes->data[rows[i].offset] + 1]++;
	for (size_t b = 0; b < 256; b++)
		start[b + 1] += start[b];
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *bytes = p->bytes->data + rows[i].offset;

		sorted[start[*bytes]++] = (struct sorted){
		    first_bytes(bytes, rows[i].length), bytes, &rows[i]};
	}
	for (size_t b = 0, low = 0; b < 256; low = start[b++])
		qsort(sorted + low, start[b] - low, sizeof(*sorted),
		    compare_literals);
	return sorted;
}

/* Makes needles of equal literals; SORTED keeps the first of each. */
static void
number_needles(struct automaton *a, struct sorted *sorted, uint32_t n_literals)
{
	uint32_t n = 0;

	a->uses = g_new(struct use, n_literals + 1);
	a->needles = g_new(struct needle, n_literals + 1);
	for (uint32_t i = 0; i < n_literals; i++) {
		const struct literal *l = sorted[i].literal;

		if (n == 0 || compare_literals(&sorted[n - 1], &sorted[i])) {
			a->needles[n] =
			    (struct needle){l->offset, l->length, i};
			sorted[n++] = sorted[i];
		}
		a->uses[i] = (struct use){l->group, l->left, l->right};
	}
	a->needles[n] = (struct needle){.uses = n_literals};
	a->n_needles = n;
}

/* While the states are made, a state that is not expanded yet keeps in FAIL
 * and HIT what it is made from: the needles [needle, fail) share its path of
 * hit bytes. When it is only one any more, its rest is compared as a whole
 * when the state is reached, and needs no states: that saves most. */
static void
expand_state(struct automaton *a, const struct sorted *sorted, uint32_t s)
{
	struct state *state = &a->states[s];
	uint32_t low = state->needle, high = state->fail, depth = state->hit;

	state->fail = 0;
	if (s != 0 && low + 1 == high) {
		state->tells = true;
		state->child = a->needles[low].length - depth;
		return;
	}
	if (low < high && a->needles[low].length == depth) {
		state->tells = true;
		low++;
	}
	state->child = a->n_states;
	while (low < high) {
		uint8_t label = sorted[low].bytes[depth];
		struct state *child = &a->states[a->n_states];

		child->needle = low;
		while (low < high && sorted[low].bytes[depth] == label)
			low++;
		child->fail = low;
		child->hit = depth + 1;
		a->labels[a->n_states++] = label;
		state->children++;
	}
}

static inline uint32_t
child_of(const struct automaton *a, uint32_t s, uint8_t byte)
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
next_state(const struct automaton *a, uint32_t s, uint8_t byte)
{
	uint32_t next;

	while ((next = child_of(a, s, byte)) == 0 && s != 0)
		s = a->states[s].fail;
	return next;
}

/* Suffix links; breadth-first numbering has every shorter state before. */
static void
link_state(struct automaton *a, uint32_t parent)
{
	struct state *p = &a->states[parent];

	for (uint32_t c = p->child; c < p->child + p->children; c++) {
		struct state *s = &a->states[c];

		if (parent != 0)
			s->fail = next_state(a, p->fail, a->labels[c]);
		s->hit = s->tells ? c : a->states[s->fail].hit;
	}
}

static void
build_states(struct automaton *a, const struct sorted *sorted)
{
	size_t max = 1; /* far too many; pages never touched cost nothing */

	for (uint32_t i = 0; i < a->n_needles; i++)
		max += a->needles[i].length;
	a->states = g_new0(struct state, max);
	a->labels = g_new0(uint8_t, max + 1);
	a->states[0].fail = a->n_needles;
	a->n_states = 1;
	for (uint32_t s = 0; s < a->n_states; s++)
		expand_state(a, sorted, s);
	for (uint32_t i = 0; i < a->states[0].children; i++)
		a->root[a->labels[a->states[0].child + i]] =
		    a->states[0].child + i;
	for (uint32_t s = 0; s < a->n_states; s++)
		link_state(a, s);
}

struct automaton *
automaton_new(const struct phrases *p)
{
	struct automaton *a = g_new0(struct automaton, 1);
	struct sorted *sorted = sort_literals(p);

	a->n_groups = p->groups->len;
	a->n_phrases = p->phrases->len;
	a->n_owners = p->n_owners;
	a->groups =
	    g_memdup2(p->groups->data, a->n_groups * sizeof(struct group));
	a->phrases =
	    g_memdup2(p->phrases->data, a->n_phrases * sizeof(struct phrase));
	a->bytes = g_memdup2(p->bytes->data, p->bytes->len);
	number_needles(a, sorted, p->literals->len);
	build_states(a, sorted);
	g_free(sorted);
	return a;
}

void
automaton_free(struct automaton *a)
{
	if (a == NULL)
		return;
	g_free(a->states);
	g_free(a->labels);
	g_free(a->needles);
	g_free(a->uses);
	g_free(a->groups);
	g_free(a->phrases);
	g_free(a->bytes);
	g_free(a);
}

/* ---- scanning ---- */

/* Where a group ended lately: bit i of BITS is the position LAST - i. */
struct ends {
	uint64_t bits;
	uint32_t last, round;
};

/* How far a phrase has come. */
struct progress {
	uint32_t round;
	uint32_t end;  /* of the last part found */
	uint16_t done; /* parts */
};

/* What was noted in another round than the present one counts as nothing. */
struct scan {
	const struct automaton *automaton;
	struct ends *ends;         /* per group */
	struct progress *progress; /* per phrase */
	uint32_t *owner_round;     /* per owner: when it was found last */
	uint32_t *found;           /* owners */
	uint32_t n_found, round;
	size_t length;
	char text[MATCH_TEXT_MAX];
};

struct scan *
scan_new(const struct automaton *a)
{
	struct scan *s = g_new(struct scan, 1);

	s->automaton = a;
	s->ends = g_new0(struct ends, a->n_groups + 1);
	s->progress = g_new0(struct progress, a->n_phrases + 1);
	s->owner_round = g_new0(uint32_t, a->n_owners + 1);
	s->found = g_new(uint32_t, a->n_owners + 1);
	s->round = 0;
	return s;
}

void
scan_free(struct scan *s)
{
	if (s == NULL)
		return;
	g_free(s->ends);
	g_free(s->progress);
	g_free(s->owner_round);
	g_free(s->found);
	g_free(s);
}

static void
next_round(struct scan *s)
{
	const struct automaton *a = s->automaton;

	s->n_found = 0;
	if (++s->round != 0)
		return;
	/* wrapped: old notes could look new */
	memset(s->ends, 0, sizeof(*s->ends) * a->n_groups);
	memset(s->progress, 0, sizeof(*s->progress) * a->n_phrases);
	memset(s->owner_round, 0, sizeof(*s->owner_round) * a->n_owners);
	s->round = 1;
}

static void
note_end(struct scan *s, uint32_t group, uint32_t end)
{
	struct ends *e = &s->ends[group];

	if (e->round != s->round)
		*e = (struct ends){1, end, s->round};
	else if (end >= e->last && end - e->last < 64)
		*e = (struct ends){
		    e->bits << (end - e->last) | 1, end, s->round};
	else if (end > e->last)
		*e = (struct ends){1, end, s->round};
	else if (e->last - end < 64)
		e->bits |= (uint64_t)1 << (e->last - end);
}

static bool
ended_at(const struct scan *s, uint32_t group, uint32_t at)
{
	const struct ends *e = &s->ends[group];

	return e->round == s->round && at <= e->last && e->last - at < 64 &&
	       (e->bits >> (e->last - at) & 1) != 0;
}

/* May a literal of GROUP that begins at START go on from there? */
static bool
continues(const struct scan *s, uint32_t group, uint32_t start)
{
	const struct group *g = &s->automaton->groups[group];

	while (!g->first) {
		g--;
		group--;
		if (ended_at(s, group, start))
			return true;
		if (!g->optional)
			return false;
	}
	return false;
}

static bool
left_allows(const struct scan *s, enum edge edge, uint32_t start)
{
	return edge == EDGE_OPEN || start == 0 ||
	       edge_allows(edge, char_before(s->text, s->text + start));
}

static bool
right_allows(const struct scan *s, enum edge edge, uint32_t end)
{
	return edge == EDGE_OPEN || end == s->length ||
	       edge_allows(edge, g_utf8_get_char(s->text + end));
}

/* A literal of a group stands from START to END. */
static void
found_literal(
    struct scan *s, const struct use *use, uint32_t start, uint32_t end)
{
	const struct automaton *a = s->automaton;
	const struct group *g = &a->groups[use->group];
	struct progress *p = &s->progress[g->phrase];
	const struct phrase *phrase = &a->phrases[g->phrase];

	if (p->round != s->round)
		*p = (struct progress){s->round, 0, 0};
	if (p->done != g->part)
		return;
	if (!(g->starts && start >= p->end &&
		left_allows(s, use->left, start)) &&
	    !continues(s, use->group, start))
		return;
	if (!g->ends || !right_allows(s, use->right, end)) {
		note_end(s, use->group, end);
		return;
	}
	p->end = end;
	if (++p->done < phrase->parts)
		return;
	if (s->owner_round[phrase->owner] != s->round)
		s->found[s->n_found++] = phrase->owner;
	s->owner_round[phrase->owner] = s->round;
}

static void
found_needle(struct scan *s, const struct needle *n, uint32_t end)
{
	const struct use *uses = s->automaton->uses;

	for (uint32_t u = n->uses; u < n[1].uses; u++)
		found_literal(s, &uses[u], end - n->length, end);
}

/* State H tells of a needle, of which the first part ends at AT. */
static void
found_state(struct scan *s, const struct state *hit, uint32_t at)
{
	const struct needle *n = &s->automaton->needles[hit->needle];
	uint32_t rest = hit->children == 0 ? hit->child : 0;

	if (s->length - at < rest ||
	    memcmp(s->text + at,
		s->automaton->bytes + n->offset + n->length - rest, rest) != 0)
		return;
	found_needle(s, n, at + rest);
}

size_t
scan_text(struct scan *s, const char *text, const uint32_t **owners)
{
	const struct automaton *a = s->automaton;
	uint32_t state = 0;

	next_round(s);
	s->length = fold_text(text, s->text, sizeof(s->text));
	for (uint32_t i = 0; i < s->length; i++) {
		state = next_state(a, state, (uint8_t)s->text[i]);
		for (uint32_t h = a->states[state].hit; h != 0;
		     h = a->states[a->states[h].fail].hit)
			found_state(s, &a->states[h], i + 1);
	}
	*owners = s->found;
	return s->n_found;
}
