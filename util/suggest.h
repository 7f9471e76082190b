/* suggest.h: "did you mean ...?" for words that users type. */
#ifndef BOUNCED_UTIL_SUGGEST_H
#define BOUNCED_UTIL_SUGGEST_H

#include <stddef.h>

/* The search for the candidate that is closest to one word; candidates may
 * come from any table, one after the other. */
struct suggestion {
	const char *word;
	const char *best; /* points to a candidate; NULL: none is near */
	size_t distance;
};

/* How many letters are to be added, removed, replaced or exchanged with
 * their neighbour to make B from A (optimal string alignment; ASCII case
 * and the difference of - and _ do not count). Words above 64 bytes are not
 * compared: (size_t)-1. */
size_t suggest_distance(const char *a, const char *b);

/* WORD and the candidates are kept as pointers. */
void suggest_start(struct suggestion *, const char *word);
void suggest_offer(struct suggestion *, const char *candidate);

/* " (did you mean 'max_read'?)", or "" when nothing offered is near enough.
 * A new string; free(). */
char *suggest_hint(const struct suggestion *);

#endif
