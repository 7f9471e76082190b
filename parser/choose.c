/* choose.c: the strongest parts of a text make its recipients. */
#include "parser/choose.h"

#include <string.h>

struct reading {
	const struct marks *marks;
	const struct letter *letter;
	struct found_list *out;
};

enum who { STRANGERS, OTHERS };

/* Adds recipients of these parts; true when any was added. */
static bool
take(struct reading *r, enum place first, enum place last, enum who who,
    bool shown)
{
	for (guint i = 0; i < r->marks->marks->len; i++) {
		const struct mark *m = marks_at(r->marks, i);

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

	for (guint i = 0; to != NULL && i < r->marks->marks->len; i++) {
		const struct mark *m = marks_at(r->marks, i);

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
	for (guint i = 0; i < r->marks->marks->len; i++) {
		if (marks_at(r->marks, i)->part == DIALOG ||
		    marks_at(r->marks, i)->part == REPLY)
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

bool
choose_recipients(const struct marks *marks, struct found_list *out)
{
	struct reading r = {marks, marks->letter, out};

	choose(&r);
	return out->count > 0;
}
