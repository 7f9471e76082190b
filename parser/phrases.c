/* phrases.c: cutting phrases into parts, groups and literals. */
#include "parser/phrases.h"

#include "parser/fold.h"

#include <string.h>

struct phrases *
phrases_new(void)
{
	struct phrases *p = g_new0(struct phrases, 1);

	p->bytes = g_byte_array_new();
	p->literals = g_array_new(FALSE, FALSE, sizeof(struct literal));
	p->groups = g_array_new(FALSE, FALSE, sizeof(struct group));
	p->phrases = g_array_new(FALSE, FALSE, sizeof(struct phrase));
	return p;
}

void
phrases_free(struct phrases *p)
{
	if (p == NULL)
		return;
	g_byte_array_free(p->bytes, TRUE);
	g_array_free(p->literals, TRUE);
	g_array_free(p->groups, TRUE);
	g_array_free(p->phrases, TRUE);
	g_free(p);
}

/* Scripts whose words have spaces between them and endings that matter. In
 * Chinese, Japanese, Thai there are none, in Korean, Arabic, Hebrew particles
 * grow onto words. */
static bool
is_alphabetic(gunichar c)
{
	return c < 0x530 && g_unichar_isalnum(c);
}

static enum edge
edge_of(gunichar c)
{
	if (c < 0x80)
		return fold_is_alnum((char)c) ? EDGE_ASCII : EDGE_OPEN;
	return is_alphabetic(c) ? EDGE_LETTER : EDGE_OPEN;
}

gunichar
char_before(const char *start, const char *p)
{
	do
		p--;
	while (p > start && (*p & 0xc0) == 0x80);
	return g_utf8_get_char(p);
}

bool
edge_allows(enum edge edge, gunichar c)
{
	if (edge == EDGE_OPEN)
		return true;
	if (c < 0x80)
		return !fold_is_alnum((char)c);
	return edge == EDGE_ASCII || !is_alphabetic(c);
}

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

static bool
is_empty(struct span s)
{
	return s.start == s.end;
}

static bool
is_blank_only(struct span s)
{
	while (!is_empty(s) && fold_is_blank(*s.start))
		s.start++;
	return is_empty(s);
}

/* The first "(a|b)" in S; its body, without the brackets, or an empty span.
 * Brackets without a "|" between them are plain text. */
static struct span
find_group(struct span s)
{
	const char *open = NULL;
	bool bar = false;

	for (const char *p = s.start; p < s.end; p++) {
		if (*p == '(') {
			open = p + 1;
			bar = false;
		} else if (*p == '|') {
			bar = true;
		} else if (*p == ')') {
			if (open != NULL && bar)
				return (struct span){open, p};
			open = NULL;
		}
	}
	return (struct span){s.end, s.end};
}

/* Cuts the next choice off BODY; false when there was none left. */
static bool
next_choice(struct span *body, struct span *choice)
{
	if (body->start > body->end)
		return false;
	choice->start = choice->end = body->start;
	while (choice->end < body->end && *choice->end != '|')
		choice->end++;
	body->start = choice->end + 1;
	return true;
}

static bool
has_empty_choice(struct span body)
{
	struct span choice;

	while (next_choice(&body, &choice)) {
		if (is_empty(choice))
			return true;
	}
	return false;
}

static const char *
add_draft(struct drafts *d, struct draft draft)
{
	if (d->n == DRAFTS_MAX)
		return "the phrase has too many brackets";
	d->rows[d->n++] = draft;
	return NULL;
}

/* Literal text that stands before GROUP, or at the end (GROUP NULL): joins
 * its neighbours when they are always there. */
static const char *
place_text(struct drafts *d, struct span text, struct draft *group)
{
	struct draft *last = d->n > 0 ? &d->rows[d->n - 1] : NULL;

	if (is_empty(text))
		return NULL;
	if (memchr(text.start, '|', (size_t)(text.end - text.start)) != NULL)
		return "a | stands outside of brackets, or brackets stand "
		       "within brackets";
	if (last != NULL && !last->optional && is_empty(last->after))
		last->after = text;
	else if (group != NULL && !group->optional)
		group->before = text;
	else if (is_blank_only(text))
		return "only a blank stands between brackets that may be "
		       "empty";
	else
		return add_draft(
		    d, (struct draft){.before = {text.start, text.start},
			   .body = text,
			   .after = {text.end, text.end}});
	return NULL;
}

/* Cuts PART at its groups. "a (b|) c" is meant as "a (b |)c". */
static const char *
draft_part(struct drafts *d, struct span part)
{
	const char *error = NULL;

	while (error == NULL && !is_empty(part)) {
		struct span body = find_group(part), text = part;
		struct draft g = {.body = body};

		if (is_empty(body))
			return place_text(d, part, NULL);
		text.end = body.start - 1;
		part.start = body.end + 1;
		g.before = (struct span){text.end, text.end};
		g.after = (struct span){part.start, part.start};
		g.optional = has_empty_choice(body);
		if (g.optional && !is_empty(part) &&
		    fold_is_blank(*part.start) &&
		    (is_empty(text) || fold_is_blank(text.end[-1]))) {
			g.pad = true;
			part.start++;
			g.after.start = g.after.end = part.start;
		}
		error = place_text(d, text, &g);
		if (error == NULL)
			error = add_draft(d, g);
	}
	return error;
}

/* Text of which blanks at the ends are kept, as one each. */
struct piece {
	char text[PHRASE_MAX + 3];
	size_t length;
};

static void
piece_append(struct piece *p, struct span s)
{
	size_t n = (size_t)(s.end - s.start);

	n = MIN(n, PHRASE_MAX - p->length);
	memcpy(p->text + p->length, s.start, n);
	p->length += n;
}

/* Folds P into OUT; returns the length, 0 when nothing is left. */
static size_t
piece_fold(struct piece *p, char *out, size_t size)
{
	bool before = p->length > 0 && fold_is_blank(p->text[0]);
	bool after = p->length > 0 && fold_is_blank(p->text[p->length - 1]);
	size_t n;

	p->text[p->length] = '\0';
	out[0] = ' ';
	n = fold_text(p->text, out + 1, size - 2);
	if (n == 0)
		return 0;
	if (!before)
		memmove(out, out + 1, n);
	n += before;
	if (after)
		out[n++] = ' ';
	return n;
}

static void
add_literal(struct phrases *p, const char *bytes, size_t length)
{
	struct literal l = {.offset = p->bytes->len,
	    .length = (uint32_t)length,
	    .group = p->groups->len};

	g_byte_array_append(p->bytes, (const guint8 *)bytes, (guint)length);
	g_array_append_val(p->literals, l);
}

/* Folds every choice of D; a choice of which nothing is left makes the group
 * optional. */
static void
add_group(struct phrases *p, const struct draft *d, struct group g)
{
	guint had = p->literals->len;
	struct span body = d->body, choice;

	g.optional = d->optional;
	while (next_choice(&body, &choice)) {
		struct piece piece;
		char folded[PHRASE_MAX * 2];
		size_t n;

		if (is_empty(choice) && d->optional)
			continue;
		piece.length = 0;
		piece_append(&piece, d->before);
		piece_append(&piece, choice);
		piece_append(&piece, d->after);
		if (d->pad && !fold_is_blank(piece.text[piece.length - 1]))
			piece.text[piece.length++] = ' ';
		n = piece_fold(&piece, folded, sizeof(folded));
		if (n > 0)
			add_literal(p, folded, n);
		else
			g.optional = true;
	}
	if (p->literals->len > had)
		g_array_append_val(p->groups, g);
}

static struct group *
group_at(struct phrases *p, guint i)
{
	return &g_array_index(p->groups, struct group, i);
}

/* Tells the groups from FIRST on whether the part may begin or end with
 * them. False when it could be empty. */
static bool
find_ends(struct phrases *p, guint first)
{
	bool starts = true, ends = true;

	for (guint i = first; i < p->groups->len; i++) {
		group_at(p, i)->first = i == first;
		group_at(p, i)->starts = starts;
		starts = starts && group_at(p, i)->optional;
	}
	for (guint i = p->groups->len; i-- > first;) {
		group_at(p, i)->ends = ends;
		ends = ends && group_at(p, i)->optional;
	}
	return !starts;
}

/* Gives the literals from FIRST on their edges, and checks them. */
static const char *
find_edges(struct phrases *p, guint first, bool open_left, bool open_right)
{
	bool chain = group_at(p, p->groups->len - 1)->first == false;

	for (guint i = first; i < p->literals->len; i++) {
		struct literal *l =
		    &g_array_index(p->literals, struct literal, i);
		const struct group *g = group_at(p, l->group);
		const char *s = (const char *)p->bytes->data + l->offset;

		if (chain && l->length > LITERAL_MAX)
			return "a text beside brackets is too long";
		if (g->starts && !open_left)
			l->left = edge_of(g_utf8_get_char(s));
		if (g->ends && !open_right)
			l->right = edge_of(char_before(s, s + l->length));
	}
	return NULL;
}

static const char *
add_part(struct phrases *p, struct span part, uint16_t number, bool open_left,
    bool open_right)
{
	struct drafts d;
	guint first_group = p->groups->len, first_literal = p->literals->len;
	struct group g = {.phrase = p->phrases->len, .part = number};
	const char *error;

	d.n = 0;
	while (!is_empty(part) && fold_is_blank(*part.start))
		part.start++;
	while (!is_empty(part) && fold_is_blank(part.end[-1]))
		part.end--;
	error = draft_part(&d, part);
	for (size_t i = 0; error == NULL && i < d.n; i++)
		add_group(p, &d.rows[i], g);
	if (error == NULL && !find_ends(p, first_group))
		error = "a part of the phrase may be empty";
	if (error == NULL)
		error = find_edges(p, first_literal, open_left, open_right);
	return error;
}

/* A phrase without gaps in its brackets: cuts it at its gaps. */
static const char *
add_phrase(struct phrases *p, struct span s)
{
	struct phrase row = {.owner = p->n_owners, .parts = 0};
	const char *error = NULL;
	bool open = false; /* a gap stands right before S */

	if (p->phrases->len == p->limit)
		return "the phrase has too many gaps in brackets";
	while (error == NULL && s.start < s.end) {
		const char *star =
		    memchr(s.start, '*', (size_t)(s.end - s.start));
		struct span part = {s.start, star != NULL ? star : s.end};
		const char *p0 = part.start;

		while (p0 < part.end && fold_is_blank(*p0))
			p0++;
		if (p0 < part.end)
			error = add_part(p, part, row.parts++,
			    open && !fold_is_blank(*s.start),
			    star != NULL && !fold_is_blank(star[-1]));
		open = star != NULL;
		s.start = star != NULL ? star + 1 : s.end;
	}
	if (error == NULL && row.parts == 0)
		error = "the phrase is empty";
	if (error == NULL)
		g_array_append_val(p->phrases, row);
	return error;
}

/* Gaps within brackets: the phrase is written out once for every choice of
 * those brackets. What stands before FROM is done. */
static const char *
expand_gaps(struct phrases *p, struct span s, size_t from)
{
	struct span rest = {s.start + from, s.end}, body, choice;
	const char *open, *close, *error = NULL;

	do {
		body = find_group(rest);
		rest.start = body.end;
	} while (
	    memchr(body.start, '*', (size_t)(body.end - body.start)) == NULL &&
	    !is_empty(body));
	if (is_empty(body))
		return add_phrase(p, s);
	open = body.start - 1;
	close = body.end + 1;
	while (error == NULL && next_choice(&body, &choice)) {
		struct piece piece;
		size_t done;

		piece.length = 0;
		piece_append(&piece, (struct span){s.start, open});
		piece_append(&piece, choice);
		done = piece.length;
		piece_append(&piece, (struct span){close, s.end});
		error = expand_gaps(p,
		    (struct span){piece.text, piece.text + piece.length}, done);
	}
	return error;
}

const char *
phrases_add(struct phrases *p, const char *phrase, size_t length)
{
	const char *error;

	if (length > PHRASE_MAX)
		return "the phrase is too long";
	if (memchr(phrase, '\0', length) != NULL ||
	    !g_utf8_validate(phrase, (gssize)length, NULL))
		return "the phrase is not valid UTF-8";
	p->limit = p->phrases->len + EXPANSIONS_MAX;
	error = expand_gaps(p, (struct span){phrase, phrase + length}, 0);
	p->n_owners++;
	return error;
}
