/* drafts.c: brackets and what stands between them. */
#include "parser/drafts.h"

#include "parser/fold.h"

#include <string.h>

bool
span_is_empty(struct span s)
{
	return s.start == s.end;
}

bool
span_is_blank(struct span s)
{
	while (!span_is_empty(s) && fold_is_blank(*s.start))
		s.start++;
	return span_is_empty(s);
}

struct span
span_find_group(struct span s)
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

bool
span_next_choice(struct span *body, struct span *choice)
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

	while (span_next_choice(&body, &choice)) {
		if (span_is_empty(choice))
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

	if (span_is_empty(text))
		return NULL;
	if (memchr(text.start, '|', (size_t)(text.end - text.start)) != NULL)
		return "a | stands outside of brackets, or brackets stand "
		       "within brackets";
	if (last != NULL && !last->optional && span_is_empty(last->after))
		last->after = text;
	else if (group != NULL && !group->optional)
		group->before = text;
	else if (span_is_blank(text))
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
const char *
drafts_cut(struct drafts *d, struct span part)
{
	const char *error = NULL;

	while (error == NULL && !span_is_empty(part)) {
		struct span body = span_find_group(part), text = part;
		struct draft g = {.body = body};

		if (span_is_empty(body))
			return place_text(d, part, NULL);
		text.end = body.start - 1;
		part.start = body.end + 1;
		g.before = (struct span){text.end, text.end};
		g.after = (struct span){part.start, part.start};
		g.optional = has_empty_choice(body);
		if (g.optional && !span_is_empty(part) &&
		    fold_is_blank(*part.start) &&
		    (span_is_empty(text) || fold_is_blank(text.end[-1]))) {
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
