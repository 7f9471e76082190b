/* words.c: all lists and the phrases of formats in one automaton. */
#include "parser/words.h"

#include <glib.h>
#include <string.h>

#include "parser/formats.h"
#include "parser/match.h"
#include "parser/phrases.h"

struct words {
	struct automaton *automaton;
	struct scan *scan;
	size_t *column; /* of formats' phrases, by owner - list */
};

struct words *
words_new(void)
{
	struct words *w = g_new0(struct words, 1);
	struct phrases *p = phrases_new();
	GArray *columns = g_array_new(FALSE, FALSE, sizeof(size_t));
	const struct format *f;

	for (size_t i = 0; i < words_list_length; i++) {
		const char *why = phrases_add(
		    p, words_list[i].phrase, strlen(words_list[i].phrase));

		if (why != NULL)
			g_error("words.c: %s: %s", words_list[i].phrase, why);
	}
	for (size_t i = 0; (f = format_at(i)) != NULL; i++) {
		for (size_t k = 0; k < FORMAT_PHRASES; k++) {
			size_t at = i * FORMAT_PHRASES + k;
			const char *s = f->phrase[k];
			const char *why =
			    s != NULL ? phrases_add(p, s, strlen(s)) : NULL;

			if (why != NULL)
				g_error("formats.c: %s: %s", s, why);
			if (s != NULL)
				g_array_append_val(columns, at);
		}
	}
	w->automaton = automaton_new(p);
	w->scan = scan_new(w->automaton);
	w->column = (size_t *)(void *)g_array_free(columns, FALSE);
	phrases_free(p);
	return w;
}

void
words_free(struct words *w)
{
	if (w == NULL)
		return;
	scan_free(w->scan);
	automaton_free(w->automaton);
	g_free(w->column);
	g_free(w);
}

unsigned
words_and_formats_in(
    struct words *w, const char *text, size_t length, bool *hits)
{
	char *copy = g_strndup(text, length);
	const uint32_t *owners;
	size_t n = scan_text(w->scan, copy, &owners);
	unsigned groups = 0;

	for (size_t i = 0; i < n; i++) {
		if (owners[i] < words_list_length)
			groups |= words_list[owners[i]].groups;
		else if (hits != NULL)
			hits[w->column[owners[i] - words_list_length]] = true;
	}
	g_free(copy);
	return groups;
}

unsigned
words_in(struct words *w, const char *text, size_t length)
{
	return words_and_formats_in(w, text, length, NULL);
}
