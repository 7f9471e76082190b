/* phrases.c: cutting phrases into parts, groups and literals. */
#include "parser/phrases.h"

#include "parser/drafts.h"
#include "parser/fold.h"

#include <string.h>

struct phrases *
phrases_new(void)
{
	struct phrases *p = g_new0(struct phrases, 1);

	/* enough for the shipped rules without growing */
	p->bytes = g_byte_array_sized_new(100000);
	p->literals =
	    g_array_sized_new(FALSE, FALSE, sizeof(struct literal), 8000);
	p->groups = g_array_sized_new(FALSE, FALSE, sizeof(struct group), 3000);
	p->phrases =
	    g_array_sized_new(FALSE, FALSE, sizeof(struct phrase), 2000);
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
edge_char_before(const char *start, const char *p)
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

/* Folds P into OUT; returns the length, 0 when nothing is left. A blank alone
 * stays one: "smtp(-| )auth". */
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
		return before && span_is_blank((struct span){
				     p->text, p->text + p->length});
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
	while (span_next_choice(&body, &choice)) {
		struct piece piece;
		char folded[PHRASE_MAX * 2];
		size_t n;

		if (span_is_empty(choice) && d->optional)
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
			l->left = (uint8_t)edge_of(g_utf8_get_char(s));
		if (g->ends && !open_right)
			l->right = (uint8_t)edge_of(
			    edge_char_before(s, s + l->length));
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
	while (!span_is_empty(part) && fold_is_blank(*part.start))
		part.start++;
	while (!span_is_empty(part) && fold_is_blank(part.end[-1]))
		part.end--;
	error = drafts_cut(&d, part);
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
		body = span_find_group(rest);
		rest.start = body.end;
	} while (
	    memchr(body.start, '*', (size_t)(body.end - body.start)) == NULL &&
	    !span_is_empty(body));
	if (span_is_empty(body))
		return add_phrase(p, s);
	open = body.start - 1;
	close = body.end + 1;
	while (error == NULL && span_next_choice(&body, &choice)) {
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
	if (memchr(phrase, '*', length) == NULL)
		error = add_phrase(p, (struct span){phrase, phrase + length});
	else
		error =
		    expand_gaps(p, (struct span){phrase, phrase + length}, 0);
	p->n_owners++;
	return error;
}
