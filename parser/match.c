/* match.c: what follows from finding a literal.
 *
 * A literal that is found goes on with the groups it is in: a group remembers
 * where it ended lately, the next one looks whether it begins right there.
 */
#include "parser/match.h"

#include "parser/fold.h"

#include <string.h>

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

/* Does a group before GROUP end at START, with only optional ones between? */
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

/* A needle in the text, and whether what stands beside it allows the edges. */
struct place {
	uint32_t start, end;
	bool left[EDGE_COUNT], right[EDGE_COUNT];
};

static struct place
look_around(const struct scan *s, uint32_t start, uint32_t end)
{
	struct place p = {start, end, {true, true, true}, {true, true, true}};

	if (start > 0) {
		gunichar c = edge_char_before(s->text, s->text + start);

		p.left[EDGE_ASCII] = edge_allows(EDGE_ASCII, c);
		p.left[EDGE_LETTER] = edge_allows(EDGE_LETTER, c);
	}
	if (end < s->length) {
		gunichar c = g_utf8_get_char(s->text + end);

		p.right[EDGE_ASCII] = edge_allows(EDGE_ASCII, c);
		p.right[EDGE_LETTER] = edge_allows(EDGE_LETTER, c);
	}
	return p;
}

static struct progress *
progress_of(struct scan *s, uint32_t phrase)
{
	struct progress *p = &s->progress[phrase];

	if (p->round != s->round)
		*p = (struct progress){s->round, 0, 0};
	return p;
}

/* A part of a phrase has ended. */
static void
found_part(struct scan *s, const struct group *g, uint32_t end)
{
	const struct phrase *phrase = &s->automaton->phrases[g->phrase];
	struct progress *p = progress_of(s, g->phrase);

	if (p->done != g->part)
		return;
	p->end = end;
	if (++p->done < phrase->parts)
		return;
	if (s->owner_round[phrase->owner] != s->round)
		s->found[s->n_found++] = phrase->owner;
	s->owner_round[phrase->owner] = s->round;
}

/* May a part begin with this? Not before the part before it has ended. */
static bool
begins(struct scan *s, const struct use *use, const struct place *at)
{
	const struct group *g = &s->automaton->groups[use->group];
	const struct progress *p;

	if (!at->left[use->left])
		return false;
	if (g->part == 0)
		return true;
	p = progress_of(s, g->phrase);
	return p->done == g->part && at->start >= p->end;
}

static void
found_literal(struct scan *s, const struct use *use, const struct place *at)
{
	if (!(use->starts && begins(s, use, at)) &&
	    !continues(s, use->group, at->start))
		return;
	if (use->ends && at->right[use->right])
		found_part(s, &s->automaton->groups[use->group], at->end);
	else
		note_end(s, use->group, at->end);
}

static void
found_needle(struct scan *s, const struct needle *n, uint32_t end)
{
	const struct use *uses = s->automaton->uses;
	struct place at = look_around(s, end - n->length, end);

	for (uint32_t u = n->uses; u < n[1].uses; u++)
		found_literal(s, &uses[u], &at);
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
		state = automaton_next(a, state, (uint8_t)s->text[i]);
		for (uint32_t h = a->states[state].hit; h != 0;
		     h = a->states[a->states[h].fail].hit)
			found_state(s, &a->states[h], i + 1);
	}
	*owners = s->found;
	return s->n_found;
}
