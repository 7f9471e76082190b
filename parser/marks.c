/* marks.c: finds the addresses, asks place.h for their parts, and tells those
 * that something shows to have failed from a signature's.
 */
#include "parser/marks.h"

#include <string.h>

#include "parser/dialog.h"

struct mark *
marks_at(const struct marks *r, guint i)
{
	return &g_array_index(r->marks, struct mark, i);
}

/* 0: none. */
static guint
number_of(GHashTable *table, const char *key)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
}

static void
remember(struct marks *r, struct mark *m)
{
	guint number = r->marks->len;
	char *key = g_ascii_strdown(m->address, -1);
	guint last = number_of(r->latest, key);
	guint best = number_of(r->best, key);

	m->next = NO_MARK;
	g_array_append_vals(r->marks, m, 1);
	if (last > 0)
		marks_at(r, last - 1)->next = number;
	else
		g_hash_table_insert(
		    r->chain, g_strdup(key), GUINT_TO_POINTER(number + 1));
	if (best == 0 || m->part < marks_at(r, best - 1)->part)
		g_hash_table_insert(
		    r->best, g_strdup(key), GUINT_TO_POINTER(number + 1));
	g_hash_table_insert(r->latest, key, GUINT_TO_POINTER(number + 1));
	if (r->first[m->line] == NO_MARK)
		r->first[m->line] = number;
}

/* "550-u@d: no such user": what belongs to the reply, not to the address. */
static size_t
glued_code(const struct line *line, struct span s)
{
	const char *p = line->text + s.start;
	bool glued = s.end - s.start > 5 && (*p == '4' || *p == '5') &&
		     g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2]) &&
		     p[3] == '-' && p[4] != '@';

	return glued ? 4 : 0;
}

static void
mark_line(struct marks *r, size_t i)
{
	const struct letter *l = r->letter;
	const struct line *line = &l->lines[i];
	struct span s = {0, 0}, last = {0, 0};
	enum place part = NOTHING;

	r->first[i] = NO_MARK;
	while (r->marks->len < MAX_MARKS &&
	       address_next(line->text, line->length, s.end, &s)) {
		struct mark m = {.line = i, .span = s};
		bool again =
		    last.end > 0 && place_is_list(line, last.end, s.start);

		/* "a@x, b@x": the second is what the first is. */
		part = again ? part : place_of(l, i, s);
		last = s;
		if (part == NOTHING)
			continue;
		m.part = part;
		m.span.start += glued_code(line, s);
		m.address =
		    g_strndup(line->text + m.span.start, s.end - m.span.start);
		m.other = letter_is_other(l, m.address);
		if (letter_is_id(l, m.address))
			g_free(m.address);
		else
			remember(r, &m);
	}
}

const struct line *
marks_line(const struct marks *r, const struct mark *m)
{
	return &r->letter->lines[m->line];
}

/* Words of failure or a reply in the LENGTH bytes of TEXT; in lines that go
 * on for ever what stands farther away belongs to others. */
#define MAX_TELLING 600

static bool
tells_failure(const struct marks *r, const char *text, size_t length)
{
	struct line rest = {text, MIN(length, MAX_TELLING), 0};

	return dialog_code(&rest) >= 400 ||
	       (words_in(r->letter->words, text, rest.length) &
		   WORDS_FAILURE) != 0;
}

/* True when the line above a list of recipients introduces it. */
static bool
is_introduced(const struct marks *r, const struct mark *m)
{
	const struct letter *l = r->letter;
	size_t i = m->line;

	for (int blank = 0; i > 0 && blank <= 2;) {
		const struct line *line = &l->lines[--i];

		if (line->length == 0) {
			blank++;
			continue;
		}
		if (r->first[i] != NO_MARK &&
		    marks_at(r, r->first[i])->part == HEAD)
			return marks_at(r, r->first[i])->shown;
		return place_ends_with_colon(line->text, line->length) ||
		       tells_failure(r, line->text, line->length);
	}
	return false;
}

/* Does the text tell that this address, which opens a line, failed? A
 * signature's does not. */
static bool
is_shown(const struct marks *r, const struct mark *m)
{
	const struct letter *l = r->letter;
	const struct line *line = marks_line(r, m);
	const char *rest = line->text + m->span.end;
	size_t n = line->length - m->span.end;

	if (m->part != HEAD)
		return true;
	while (n > 0 && strchr("> \t", *rest) != NULL) {
		rest++;
		n--;
	}
	if (n > 0 && *rest == ':')
		return true;
	if (tells_failure(r, rest, n))
		return true;
	for (size_t i = m->line + 1; i < l->n_lines && i < m->line + 7; i++) {
		if (l->lines[i].length == 0 || r->first[i] != NO_MARK)
			break;
		if (tells_failure(r, l->lines[i].text, l->lines[i].length))
			return true;
	}
	return is_introduced(r, m);
}

static GHashTable *
new_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void
marks_open(struct marks *r, const struct letter *l)
{
	*r = (struct marks){.letter = l};
	r->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
	r->first = g_new(guint, l->n_lines + 1);
	r->best = new_table();
	r->chain = new_table();
	r->latest = new_table();
	for (size_t i = 0; i < l->n_lines; i++)
		mark_line(r, i);
	/* In order: a list is shown by what shows its first. */
	for (guint i = 0; i < r->marks->len; i++)
		marks_at(r, i)->shown = is_shown(r, marks_at(r, i));
	/* And by what stands behind its last. */
	for (guint i = r->marks->len; i-- > 1;) {
		const struct mark *m = marks_at(r, i);
		struct mark *above = marks_at(r, i - 1);

		if (m->part == HEAD && m->shown && above->part == HEAD &&
		    above->line + 1 == m->line)
			above->shown = true;
	}
}

void
marks_close(struct marks *r)
{
	for (guint i = 0; i < r->marks->len; i++)
		g_free(marks_at(r, i)->address);
	g_array_free(r->marks, TRUE);
	g_free(r->first);
	g_hash_table_destroy(r->best);
	g_hash_table_destroy(r->chain);
	g_hash_table_destroy(r->latest);
}

static const struct mark *
mark_of(const struct marks *r, GHashTable *table, const char *address)
{
	char *key = g_ascii_strdown(address, -1);
	guint number = number_of(table, key);

	g_free(key);
	return number > 0 ? marks_at(r, number - 1) : NULL;
}

const struct mark *
marks_best(const struct marks *r, const char *address)
{
	return mark_of(r, r->best, address);
}

const struct mark *
marks_first(const struct marks *r, const char *address)
{
	return mark_of(r, r->chain, address);
}

const struct mark *
marks_next(const struct marks *r, const struct mark *m)
{
	return m->next != NO_MARK ? marks_at(r, m->next) : NULL;
}
