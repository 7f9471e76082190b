/* general.c: chooses the recipients of a text and gives each what is said of
 * it.
 */
#include "parser/general.h"

#include <string.h>

#include "parser/choose.h"
#include "parser/dialog.h"
#include "parser/parser.h"
#include "parser/reply.h"

#define MAX_DIAGNOSTIC_LINES 40

/* True when the text about one recipient ends before line I. */
static bool
opens_next(const struct marks *r, size_t i, const struct mark *mine)
{
	for (guint k = r->first[i];
	     k < r->marks->len && marks_at(r, k)->line == i; k++) {
		const struct mark *m = marks_at(r, k);

		if (m->part <= mine->part && m->part < ORIGIN &&
		    (m->part <= REPLY || !m->other) &&
		    !address_equal(m->address, mine->address))
			return true;
	}
	return false;
}

static void
append_line(GString *s, const struct line *l)
{
	if (l->length == 0 || s->len >= MAX_DIAGNOSTIC)
		return;
	if (s->len > 0)
		g_string_append_c(s, ' ');
	g_string_append_len(s, l->text, (gssize)MIN(l->length, MAX_DIAGNOSTIC));
}

/* What is left of the mark's own line: behind the address for a head, the
 * refusal for a dialog, the whole line for the others. */
static void
own_line(const struct marks *r, const struct mark *m, GString *s)
{
	const struct line *line = marks_line(r, m);
	const char *p = line->text + m->span.end;
	size_t rest = line->length - m->span.end;

	if (m->part == DIALOG) {
		size_t answer = dialog_refusal(r->letter, m->line);

		if (answer < r->letter->n_lines)
			append_line(s, &r->letter->lines[answer]);
		return;
	}
	if (m->part != HEAD) {
		append_line(s, line);
		return;
	}
	while (rest > 0 && strchr(">]:\"'|) ,;", *p) != NULL) {
		p++;
		rest--;
	}
	g_string_append_len(s, p, (gssize)MIN(rest, MAX_DIAGNOSTIC));
}

static bool
has_reply(const char *s)
{
	struct reply r = reply_read(s);

	return r.code >= 400 || r.status.class >= 4;
}

/* How well a paragraph tells the reason. */
static int
weight_of(const struct marks *r, const GString *paragraph)
{
	if (has_reply(paragraph->str))
		return 3;
	return (words_in(r->letter->words, paragraph->str, paragraph->len) &
		   WORDS_FAILURE) != 0
		   ? 2
		   : 1;
}

/* Collects the paragraphs behind mark M. The diagnostic is the first one
 * with an SMTP reply, else with words of failure, else the first. Returns the
 * weight of it. */
static int
read_block(struct marks *r, const struct mark *m, struct found *f)
{
	const struct letter *l = r->letter;
	GString *paragraph = g_string_new(NULL), *best = g_string_new(NULL);
	size_t i = m->line + 1, stop = m->line + 1 + MAX_DIAGNOSTIC_LINES;
	int weight = 0;

	own_line(r, m, paragraph);
	for (;; i++) {
		bool end = i >= l->n_lines || i >= stop || opens_next(r, i, m);

		if (!end && l->lines[i].length > 0) {
			int code = dialog_code(&l->lines[i]);

			if (place_is_status_field(&l->lines[i]))
				continue;
			if (f->code == 0 && code >= 400)
				f->code = code;
			append_line(paragraph, &l->lines[i]);
			continue;
		}
		if (paragraph->len > 0) {
			int w = weight_of(r, paragraph);

			/* A sentence that only announces a failure leaves
			 * the reason to the next. */
			if (w == 2 && weight == 0 && m->part >= TOWARD &&
			    m->part != DIALOG)
				w = 1;
			if (w > weight)
				g_string_assign(best, paragraph->str);
			weight = MAX(weight, w);
			found_human(f, paragraph->str, paragraph->len);
			g_string_truncate(paragraph, 0);
		}
		if (end)
			break;
	}
	found_text(&f->diagnostic, best->str, best->len);
	g_string_free(best, TRUE);
	g_string_free(paragraph, TRUE);
	return weight;
}

/* A code that stands right behind the address or opens its line. */
static int
own_code(const struct marks *r, const struct mark *m)
{
	GString *s = g_string_new(NULL);
	struct line line;
	int code;

	own_line(r, m, s);
	line = (struct line){s->str, s->len, 0};
	code = dialog_code(&line);
	g_string_free(s, TRUE);
	return code >= 400 ? code : 0;
}

static bool
line_has_reply(const struct line *l)
{
	char *s = g_strndup(l->text, MIN(l->length, MAX_DIAGNOSTIC));
	bool has = has_reply(s);

	g_free(s);
	return has;
}

/* More replies than this tell nothing new. */
#define MAX_REPLIES 50

/* Replies elsewhere in the text that name this recipient. */
static void
read_replies(struct marks *r, const struct mark *mine, struct found *f)
{
	const struct letter *l = r->letter;
	const struct mark *m = marks_first(r, mine->address);

	for (int n = 0; m != NULL && n < MAX_REPLIES;
	     m = marks_next(r, m), n++) {
		size_t line = m->line;

		if (m == mine || m->part < TOWARD || m->part > MENTION ||
		    ((m->part == MENTION || m->part == TOWARD) &&
			!line_has_reply(&l->lines[line])))
			continue;
		if (m->part == DIALOG)
			line = dialog_refusal(l, line);
		if (line >= l->n_lines)
			continue;
		if (f->code == 0 && (m->part == DIALOG || m->part == REPLY))
			f->code = dialog_code(&l->lines[line]);
		found_text(
		    &f->diagnostic, l->lines[line].text, l->lines[line].length);
	}
}

static void
read_origin(struct marks *r, const struct mark *m, struct found *f)
{
	for (size_t i = m->line;
	     i < r->letter->n_lines && i < m->line + 6 && f->original == NULL;
	     i++) {
		for (guint k = r->first[i];
		     k < r->marks->len && marks_at(r, k)->line == i; k++) {
			const struct mark *o = marks_at(r, k);

			if (o->part == ORIGIN && f->original == NULL &&
			    !address_equal(o->address, f->address))
				f->original = g_strdup(o->address);
		}
	}
}

/* The line of the first recipient. */
static size_t
first_line(const struct marks *r)
{
	size_t first = r->letter->n_lines;

	for (guint i = 0; i < r->marks->len; i++) {
		if (marks_at(r, i)->part < SUMMARY)
			first = MIN(first, marks_at(r, i)->line);
	}
	return first;
}

/* What stands above it. */
static GString *
prologue_of(const struct marks *r)
{
	GString *text = g_string_new(NULL);
	size_t first = first_line(r);

	for (size_t i = 0; i < first && text->len < MAX_DIAGNOSTIC; i++)
		append_line(text, &r->letter->lines[i]);
	return text;
}

#define MAX_PROLOGUE 60 /* lines */

/* The reply above the first recipient, which some put there. */
static const struct line *
prologue_reply(const struct marks *r)
{
	size_t first = first_line(r);

	for (size_t i = 0; i < first && i < MAX_PROLOGUE; i++) {
		const struct line *l = &r->letter->lines[i];

		if (dialog_code(l) >= 400 || line_has_reply(l))
			return l;
	}
	return NULL;
}

/* Other places that speak of the same recipient: some reports tell him in
 * words first and the administrator in codes later. */
#define MAX_PLACES 4

static int
read_other_blocks(
    struct marks *r, const struct mark *m, struct found *f, int weight)
{
	const struct mark *o = marks_first(r, m->address);

	for (int n = 0; o != NULL && n < MAX_PLACES && weight < 3;
	     o = marks_next(r, o), n++) {
		struct found other = {0};
		int w;

		if (o == m || o->line == m->line || o->part > MENTION)
			continue;
		w = read_block(r, o, &other);
		if (other.human != NULL)
			found_text(
			    &f->human, other.human->str, other.human->len);
		if (other.diagnostic != NULL &&
		    (w > weight || (w == weight && o->line < m->line))) {
			if (f->diagnostic != NULL)
				g_string_free(f->diagnostic, TRUE);
			f->diagnostic = g_steal_pointer(&other.diagnostic);
			weight = w;
		}
		if (f->code == 0)
			f->code = other.code;
		if (other.human != NULL)
			g_string_free(other.human, TRUE);
		if (other.diagnostic != NULL)
			g_string_free(other.diagnostic, TRUE);
	}
	return weight;
}

static void
read_recipient(struct marks *r, struct found *f)
{
	const struct mark *m = marks_best(r, f->address);
	const struct line *reply;
	int weight;

	if (m == NULL)
		return;
	f->code = own_code(r, m);
	weight = read_block(r, m, f);
	weight = read_other_blocks(r, m, f, weight);
	read_replies(r, m, f);
	read_origin(r, m, f);
	reply = weight < 2 && f->code == 0 ? prologue_reply(r) : NULL;
	if (reply != NULL) {
		if (f->diagnostic != NULL)
			g_string_truncate(f->diagnostic, 0);
		found_text(&f->diagnostic, reply->text, reply->length);
	}
}

static bool
is_empty(const GString *s)
{
	return s == NULL || s->len == 0;
}

/* A list of addresses with one reason behind the last: it is that of all. */
static void
share_reason(struct found_list *out)
{
	for (size_t i = out->count; i-- > 1;) {
		const struct found *from = &out->list[i];
		struct found *to = &out->list[i - 1];

		if (!is_empty(to->diagnostic) || is_empty(from->diagnostic))
			continue;
		found_text(&to->diagnostic, from->diagnostic->str,
		    from->diagnostic->len);
		if (to->code == 0)
			to->code = from->code;
	}
}

bool
general_read(const struct letter *l, struct found_list *out)
{
	struct marks r;
	GString *prologue;

	marks_open(&r, l);
	(void)choose_recipients(&r, out);
	for (size_t i = 0; i < out->count; i++)
		read_recipient(&r, &out->list[i]);
	share_reason(out);
	/* The text above the first recipient speaks of all of them. */
	prologue = prologue_of(&r);
	for (size_t i = 0; i < out->count; i++) {
		struct found *f = &out->list[i];

		if (f->human == NULL && f->diagnostic == NULL)
			found_human(
			    f, l->human, MIN(strlen(l->human), MAX_DIAGNOSTIC));
		else
			found_human(f, prologue->str, prologue->len);
	}
	g_string_free(prologue, TRUE);
	marks_close(&r);
	return out->count > 0;
}
