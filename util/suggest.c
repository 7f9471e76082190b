/* suggest.c: the nearest of some words. */
#include "util/suggest.h"

#include <glib.h>
#include <string.h>

#define MAX_WORD 64

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

static char
fold(char c)
{
	return c == '_' ? '-' : g_ascii_tolower(c);
}

size_t
suggest_distance(const char *a, const char *b)
{
	size_t rows[3][MAX_WORD + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];
	size_t na = strlen(a), nb = strlen(b);

	if (na > MAX_WORD || nb > MAX_WORD)
		return (size_t)-1;
	for (size_t j = 0; j <= nb; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= na; i++) {
		char x = fold(a[i - 1]);
		size_t *oldest = before;

		now[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			char y = fold(b[j - 1]);

			now[j] = min3(last[j] + 1, now[j - 1] + 1,
			    last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == fold(b[j - 2]) &&
			    y == fold(a[i - 2]) && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = oldest;
	}
	return last[nb];
}

void
suggest_start(struct suggestion *s, const char *word)
{
	/* A third of the letters may be wrong, and one in any case: further
	 * away it is a guess that helps nobody. */
	*s =
	    (struct suggestion){.word = word, .distance = strlen(word) / 3 + 2};
}

void
suggest_offer(struct suggestion *s, const char *candidate)
{
	size_t distance = suggest_distance(s->word, candidate);

	if (distance < s->distance && distance < strlen(candidate)) {
		s->distance = distance;
		s->best = candidate;
	}
}

char *
suggest_hint(const struct suggestion *s)
{
	if (s->best == NULL)
		return g_strdup("");
	return g_strdup_printf(" (did you mean '%s'?)", s->best);
}
