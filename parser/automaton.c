/* automaton.c: builds the automaton, breadth first from the sorted literals. */
#include "parser/automaton.h"

#include <stdlib.h>

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
		a->uses[i] = (struct use){l->group, l->left, l->right,
		    a->groups[l->group].starts, a->groups[l->group].ends};
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

/* Suffix links; breadth-first numbering has every shorter state before. */
static void
link_state(struct automaton *a, uint32_t parent)
{
	struct state *p = &a->states[parent];

	for (uint32_t c = p->child; c < p->child + p->children; c++) {
		struct state *s = &a->states[c];

		if (parent != 0)
			s->fail = automaton_next(a, p->fail, a->labels[c]);
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
