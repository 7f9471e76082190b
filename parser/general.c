/* general.c: marks every address of the text with the part it plays, keeps
 * the strongest parts, and gives each recipient its text.
 */
#include "parser/general.h"

#include <string.h>

#include "parser/parser.h"
#include "parser/place.h"
#include "parser/reply.h"

#define MAX_MARKS 4000
#define MAX_DIAGNOSTIC_LINES 40

struct mark {
	size_t line;
	struct span span; /* in its line */
	enum place part;
	char *address;
	bool other; /* sender, reporter: no recipient if anybody else is */
	bool shown; /* something near it tells that it failed */
	guint next; /* the next one of the same address, or NO_MARK */
};

#define NO_MARK G_MAXUINT

/* The text under the pencil. */
struct reading {
	const struct letter *letter;
	struct found_list *out;
	GArray *marks; /* in the order of the text */
	guint *first;  /* of each line: its first mark or NO_MARK */
	/* By address, number + 1: its strongest, first and last mark. */
	GHashTable *best, *chain, *latest;
};

static struct mark *
mark_at(const struct reading *r, guint i)
{
	return &g_array_index(r->marks, struct mark, i);
}

/* ---- marking ---- */

/* 0: none. */
static guint
number_of(GHashTable *table, const char *key)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
}

static void
remember(struct reading *r, struct mark *m)
{
	guint number = r->marks->len;
	char *key = g_ascii_strdown(m->address, -1);
	guint last = number_of(r->latest, key);
	guint best = number_of(r->best, key);

	m->next = NO_MARK;
	g_array_append_vals(r->marks, m, 1);
	if (last > 0)
		mark_at(r, last - 1)->next = number;
	else
		g_hash_table_insert(
		    r->chain, g_strdup(key), GUINT_TO_POINTER(number + 1));
	if (best == 0 || m->part < mark_at(r, best - 1)->part)
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
mark_line(struct reading *r, size_t i)
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

static const struct line *
line_of(const struct reading *r, const struct mark *m)
{
	return &r->letter->lines[m->line];
}

/* Words of failure or a reply in the LENGTH bytes of TEXT; in lines that go
 * on for ever what stands farther away belongs to others. */
#define MAX_TELLING 600

static bool
tells_failure(const struct reading *r, const char *text, size_t length)
{
	struct line rest = {text, MIN(length, MAX_TELLING), 0};

	return place_leading_code(&rest) >= 400 ||
	       (words_in(r->letter->words, text, rest.length) &
		   WORDS_FAILURE) != 0;
}

/* True when the line above a list of recipients introduces it. */
static bool
is_introduced(const struct reading *r, const struct mark *m)
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
		    mark_at(r, r->first[i])->part == HEAD)
			return mark_at(r, r->first[i])->shown;
		return place_ends_with_colon(line->text, line->length) ||
		       tells_failure(r, line->text, line->length);
	}
	return false;
}

/* Does the text tell that this address, which opens a line, failed? A
 * signature's does not. */
static bool
is_shown(const struct reading *r, const struct mark *m)
{
	const struct letter *l = r->letter;
	const struct line *line = line_of(r, m);
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

static void
open_reading(struct reading *r, const struct letter *l, struct found_list *out)
{
	*r = (struct reading){.letter = l, .out = out};
	r->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
	r->first = g_new(guint, l->n_lines + 1);
	r->best = new_table();
	r->chain = new_table();
	r->latest = new_table();
	for (size_t i = 0; i < l->n_lines; i++)
		mark_line(r, i);
	/* In order: a list is shown by what shows its first. */
	for (guint i = 0; i < r->marks->len; i++)
		mark_at(r, i)->shown = is_shown(r, mark_at(r, i));
	/* And by what stands behind its last. */
	for (guint i = r->marks->len; i-- > 1;) {
		const struct mark *m = mark_at(r, i);
		struct mark *above = mark_at(r, i - 1);

		if (m->part == HEAD && m->shown && above->part == HEAD &&
		    above->line + 1 == m->line)
			above->shown = true;
	}
}

static void
close_reading(struct reading *r)
{
	for (guint i = 0; i < r->marks->len; i++)
		g_free(mark_at(r, i)->address);
	g_array_free(r->marks, TRUE);
	g_free(r->first);
	g_hash_table_destroy(r->best);
	g_hash_table_destroy(r->chain);
	g_hash_table_destroy(r->latest);
}

/* ---- choosing ---- */

enum who { STRANGERS, OTHERS };

/* Adds recipients of these parts; true when any was added. */
static bool
take(struct reading *r, enum place first, enum place last, enum who who,
    bool shown)
{
	for (guint i = 0; i < r->marks->len; i++) {
		const struct mark *m = mark_at(r, i);

		if (m->part >= first && m->part <= last &&
		    m->other == (who == OTHERS) && (m->shown || !shown))
			(void)found_for(r->out, m->address);
	}
	return r->out->count > 0;
}

/* Of addresses that are only mentioned, those to whom the returned mail was
 * addressed are meant, if any is. */
static bool
take_mentioned(struct reading *r, enum place part, enum who who)
{
	const struct fields *returned = r->letter->returned;
	char *to = returned != NULL ? fields_text(returned, "To") : NULL;
	bool any = false;

	for (guint i = 0; to != NULL && i < r->marks->len; i++) {
		const struct mark *m = mark_at(r, i);

		if (m->part == part && m->other == (who == OTHERS) &&
		    text_find(to, strlen(to), m->address) != NULL) {
			(void)found_for(r->out, m->address);
			any = true;
		}
	}
	g_free(to);
	return any || take(r, part, part, who, false);
}

/* A bare user name that opens the line and has nothing behind it but a
 * remark: its length, or 0. Words of prose go on after one blank. */
static size_t
bare_name(const struct line *l)
{
	static const char *const not_names[] = {"subject", "from", "to", "date",
	    "sent", "cc", "reason", "error", "status", "message"};
	size_t n = 0;

	while (n < l->length && (g_ascii_isalnum(l->text[n]) ||
				    strchr("._-+", l->text[n]) != NULL))
		n++;
	if (n == 0 || n > 64)
		return 0;
	for (size_t i = 0; i < G_N_ELEMENTS(not_names); i++) {
		if (strlen(not_names[i]) == n &&
		    g_ascii_strncasecmp(l->text, not_names[i], n) == 0)
			return 0;
	}
	if (n == l->length || l->text[n] == ':')
		return l->indent > 0 ? n : 0;
	if (n + 1 < l->length &&
	    (l->text[n] == '\t' || memcmp(l->text + n, "  ", 2) == 0 ||
		memcmp(l->text + n, " (", 2) == 0))
		return n;
	return 0;
}

/* "could not be delivered to the following recipients:" */
static bool
introduces_names(const struct reading *r, const struct line *l)
{
	return place_ends_with_colon(l->text, l->length) &&
	       (words_in(r->letter->words, l->text, l->length) &
		   WORDS_FAILURE) != 0;
}

/* The address to which the returned mail was sent with this local part. */
static char *
returned_user(const struct letter *l, const char *name, size_t n)
{
	char *to = l->returned != NULL ? fields_text(l->returned, "To") : NULL;
	size_t length = to != NULL ? strlen(to) : 0;
	char *found = NULL;
	struct span s = {0, 0};

	while (found == NULL && address_next(to, length, s.end, &s)) {
		if (s.end - s.start > n && to[s.start + n] == '@' &&
		    g_ascii_strncasecmp(to + s.start, name, n) == 0)
			found = g_strndup(to + s.start, s.end - s.start);
	}
	g_free(to);
	return found;
}

/* Some report to their own users' names only, a name in each line. They are
 * users of the domain that reports. */
static bool
take_names(struct reading *r)
{
	const struct letter *l = r->letter;
	const char *domain = address_domain(l->from_address);
	size_t i = 0, n;

	while (i < l->n_lines && !introduces_names(r, &l->lines[i]))
		i++;
	if (*domain == '\0')
		return false;
	for (i++; i < l->n_lines; i++) {
		const struct line *line = &l->lines[i];
		struct found *f;
		char *address;

		if (line->length == 0)
			continue;
		if ((n = bare_name(line)) == 0)
			break;
		address = returned_user(l, line->text, n);
		if (address == NULL)
			address = g_strdup_printf(
			    "%.*s@%s", (int)n, line->text, domain);
		f = found_for(r->out, address);
		g_free(address);
		if (f != NULL)
			found_text(
			    &f->diagnostic, line->text + n, line->length - n);
	}
	return r->out->count > 0;
}

/* True when somebody is quoted who refused an address: replies may name
 * others than the recipient, the sentence above them does not. */
static bool
has_refusal(const struct reading *r)
{
	for (guint i = 0; i < r->marks->len; i++) {
		if (mark_at(r, i)->part == DIALOG ||
		    mark_at(r, i)->part == REPLY)
			return true;
	}
	return false;
}

static void
choose(struct reading *r)
{
	const GPtrArray *named = r->letter->named;
	bool clear;

	for (guint i = 0; i < named->len; i++)
		(void)found_for(r->out, named->pdata[i]);
	if (named->len > 0)
		return;
	clear = take(r, HEAD, LABEL, STRANGERS, true) ||
		(has_refusal(r) && take_mentioned(r, TOWARD, STRANGERS)) ||
		take(r, DIALOG, REPLY, STRANGERS, false) ||
		take(r, HEAD, LABEL, OTHERS, true) ||
		take(r, DIALOG, REPLY, OTHERS, false) || take_names(r);
	r->out->guessed = !clear;
	(void)(clear || take(r, ORIGIN, ORIGIN, STRANGERS, false) ||
	       take_mentioned(r, TOWARD, STRANGERS) ||
	       take_mentioned(r, MENTION, STRANGERS) ||
	       take_mentioned(r, NEAR, STRANGERS) ||
	       take(r, HEAD, LABEL, STRANGERS, false) ||
	       take(r, SUMMARY, SUMMARY, STRANGERS, false) ||
	       take_mentioned(r, LOOSE, STRANGERS) ||
	       take(r, MENTION, MENTION, OTHERS, false) ||
	       take(r, SUMMARY, SUMMARY, OTHERS, false));
}

/* ---- what is said of each ---- */

/* True when the text about one recipient ends before line I. */
static bool
opens_next(const struct reading *r, size_t i, const struct mark *mine)
{
	for (guint k = r->first[i];
	     k < r->marks->len && mark_at(r, k)->line == i; k++) {
		const struct mark *m = mark_at(r, k);

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
own_line(const struct reading *r, const struct mark *m, GString *s)
{
	const struct line *line = line_of(r, m);
	const char *p = line->text + m->span.end;
	size_t rest = line->length - m->span.end;

	if (m->part == DIALOG) {
		size_t answer = place_refusal(r->letter, m->line);

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
weight_of(const struct reading *r, const GString *paragraph)
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
read_block(struct reading *r, const struct mark *m, struct found *f)
{
	const struct letter *l = r->letter;
	GString *paragraph = g_string_new(NULL), *best = g_string_new(NULL);
	size_t i = m->line + 1, stop = m->line + 1 + MAX_DIAGNOSTIC_LINES;
	int weight = 0;

	own_line(r, m, paragraph);
	for (;; i++) {
		bool end = i >= l->n_lines || i >= stop || opens_next(r, i, m);

		if (!end && l->lines[i].length > 0) {
			int code = place_leading_code(&l->lines[i]);

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
			found_text(&f->human, paragraph->str, paragraph->len);
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
own_code(const struct reading *r, const struct mark *m)
{
	GString *s = g_string_new(NULL);
	struct line line;
	int code;

	own_line(r, m, s);
	line = (struct line){s->str, s->len, 0};
	code = place_leading_code(&line);
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
read_replies(struct reading *r, const struct mark *mine, struct found *f)
{
	const struct letter *l = r->letter;
	char *key = g_ascii_strdown(mine->address, -1);
	guint i = number_of(r->chain, key), n = 0;
	const struct mark *m;

	g_free(key);
	for (i = i > 0 ? i - 1 : NO_MARK; i != NO_MARK && n < MAX_REPLIES;
	     i = m->next, n++) {
		size_t line;

		m = mark_at(r, i);
		line = m->line;
		if (m == mine || m->part < TOWARD || m->part > MENTION ||
		    ((m->part == MENTION || m->part == TOWARD) &&
			!line_has_reply(&l->lines[line])))
			continue;
		if (m->part == DIALOG)
			line = place_refusal(l, line);
		if (line >= l->n_lines)
			continue;
		if (f->code == 0 && (m->part == DIALOG || m->part == REPLY))
			f->code = place_leading_code(&l->lines[line]);
		found_text(
		    &f->diagnostic, l->lines[line].text, l->lines[line].length);
	}
}

static void
read_origin(struct reading *r, const struct mark *m, struct found *f)
{
	for (size_t i = m->line;
	     i < r->letter->n_lines && i < m->line + 6 && f->original == NULL;
	     i++) {
		for (guint k = r->first[i];
		     k < r->marks->len && mark_at(r, k)->line == i; k++) {
			const struct mark *o = mark_at(r, k);

			if (o->part == ORIGIN && f->original == NULL &&
			    !address_equal(o->address, f->address))
				f->original = g_strdup(o->address);
		}
	}
}

/* The line of the first recipient. */
static size_t
first_line(const struct reading *r)
{
	size_t first = r->letter->n_lines;

	for (guint i = 0; i < r->marks->len; i++) {
		if (mark_at(r, i)->part < SUMMARY)
			first = MIN(first, mark_at(r, i)->line);
	}
	return first;
}

/* What stands above it. */
static GString *
prologue_of(const struct reading *r)
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
prologue_reply(const struct reading *r)
{
	size_t first = first_line(r);

	for (size_t i = 0; i < first && i < MAX_PROLOGUE; i++) {
		const struct line *l = &r->letter->lines[i];

		if (place_leading_code(l) >= 400 || line_has_reply(l))
			return l;
	}
	return NULL;
}

static const struct mark *
best_mark(const struct reading *r, const char *address)
{
	char *key = g_ascii_strdown(address, -1);
	guint best = number_of(r->best, key);

	g_free(key);
	return best > 0 ? mark_at(r, best - 1) : NULL;
}

/* Other places that speak of the same recipient: some reports tell him in
 * words first and the administrator in codes later. */
#define MAX_PLACES 4

static int
read_other_blocks(
    struct reading *r, const struct mark *m, struct found *f, int weight)
{
	char *key = g_ascii_strdown(m->address, -1);
	guint i = number_of(r->chain, key), next, n = 0;

	g_free(key);
	for (i = i > 0 ? i - 1 : NO_MARK;
	     i != NO_MARK && n < MAX_PLACES && weight < 3; i = next, n++) {
		const struct mark *o = mark_at(r, i);
		struct found other = {0};
		int w;

		next = o->next;
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
read_recipient(struct reading *r, struct found *f)
{
	const struct mark *m = best_mark(r, f->address);
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
	struct reading r;
	GString *prologue;

	open_reading(&r, l, out);
	choose(&r);
	for (size_t i = 0; i < out->count; i++)
		read_recipient(&r, &out->list[i]);
	share_reason(out);
	/* The text above the first recipient speaks of all of them. */
	prologue = prologue_of(&r);
	for (size_t i = 0; i < out->count; i++) {
		struct found *f = &out->list[i];

		if (f->human == NULL && f->diagnostic == NULL)
			found_text(&f->human, l->human,
			    MIN(strlen(l->human), MAX_DIAGNOSTIC));
		else
			found_text(&f->human, prologue->str, prologue->len);
	}
	g_string_free(prologue, TRUE);
	close_reading(&r);
	return out->count > 0;
}
