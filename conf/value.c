/* value.c: reads values by the type of their key. */
#include "conf/value.h"

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

static bool
read_count(const struct key *key, const char *text, int64_t *value)
{
	char *end;

	if (!g_ascii_isdigit(text[0]))
		return false;
	errno = 0;
	*value = g_ascii_strtoll(text, &end, 10);
	if (errno != 0)
		return false;
	if (key->type == KEY_SIZE && *end != '\0') {
		static const char units[] = "KMG";
		const char *unit = strchr(units, g_ascii_toupper(*end));
		int shift;

		if (unit == NULL)
			return false;
		shift = 10 * (int)(unit - units + 1);
		if (*value > key->max >> shift)
			return false;
		*value <<= shift;
		end++;
	}
	return *end == '\0' && *value >= key->min && *value <= key->max;
}

/* "64K", the shortest way to write it. Bounds are whole units. */
static char *
size_text(int64_t n)
{
	if (n >= GIB)
		return g_strdup_printf("%" G_GINT64_FORMAT "G", n / GIB);
	if (n >= MIB)
		return g_strdup_printf("%" G_GINT64_FORMAT "M", n / MIB);
	return g_strdup_printf("%" G_GINT64_FORMAT "K", n / KIB);
}

static char *
range_error(const struct key *key, const char *text)
{
	char *min, *max, *error;

	if (key->type == KEY_COUNT)
		return g_strdup_printf("'%s' is not a whole number from "
				       "%" G_GINT64_FORMAT
				       " to %" G_GINT64_FORMAT,
		    text, key->min, key->max);
	min = size_text(key->min);
	max = size_text(key->max);
	error = g_strdup_printf("'%s' is not a size from %s to %s (bytes, or "
				"with K, M or G behind)",
	    text, min, max);
	g_free(min);
	g_free(max);
	return error;
}

static char *
word_error(const struct key *key, const char *text)
{
	char *words = g_strjoinv(", ", (char **)key->words);
	char *error = g_strdup_printf("'%s' is none of these: %s", text, words);

	g_free(words);
	return error;
}

static int
word_index(const struct key *key, const char *text)
{
	for (int i = 0; key->words[i] != NULL; i++) {
		if (strcmp(key->words[i], text) == 0)
			return i;
	}
	return -1;
}

static bool
are_marks(const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (!g_ascii_ispunct(*p) || *p == '@')
			return false;
	}
	return text[0] != '\0';
}

static void
replace(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text);
}

char *
value_set(const struct key *key, void *fields, const char *text)
{
	void *field = (char *)fields + key->offset;
	int64_t number;

	switch (key->type) {
	case KEY_PATH:
		if (!g_path_is_absolute(text))
			return g_strdup_printf("'%s' is not an absolute path "
					       "(one that begins with /)",
			    text);
		replace(field, text);
		return NULL;
	case KEY_MARKS:
		if (!are_marks(text))
			return g_strdup_printf("'%s' may hold only punctuation "
					       "such as +-= and no @",
			    text);
		replace(field, text);
		return NULL;
	case KEY_WORD:
	case KEY_INDEX:
		if (word_index(key, text) < 0)
			return word_error(key, text);
		if (key->type == KEY_WORD)
			replace(field, text);
		else
			*(int *)field = word_index(key, text);
		return NULL;
	case KEY_COUNT:
	case KEY_SIZE:
		if (!read_count(key, text, &number))
			return range_error(key, text);
		if (key->type == KEY_COUNT)
			*(int *)field = (int)number;
		else
			*(int64_t *)field = number;
		return NULL;
	}
	return NULL;
}

void
value_clear(const struct key *key, void *fields)
{
	char **field = (char **)((char *)fields + key->offset);

	switch (key->type) {
	case KEY_PATH:
	case KEY_MARKS:
	case KEY_WORD:
		g_free(*field);
		*field = NULL;
		break;
	case KEY_INDEX:
	case KEY_COUNT:
	case KEY_SIZE:
		break;
	}
}
