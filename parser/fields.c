/* fields.c: header blocks without copies. */
#include "parser/fields.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parser/charset.h"

bool
field_name_at(const char *line, size_t length, size_t *name_length)
{
	size_t n = 0;

	while (n < length && line[n] > ' ' && line[n] != ':' && line[n] != 127)
		n++;
	*name_length = n;
	/* Old software writes "Subject : x". */
	while (n < length && (line[n] == ' ' || line[n] == '\t'))
		n++;
	return *name_length > 0 && n < length && line[n] == ':' &&
	       (n == *name_length || n - *name_length <= 2);
}

static bool
starts_with(const char *p, size_t n, const char *what)
{
	size_t k = strlen(what);

	return n >= k && memcmp(p, what, k) == 0;
}

/* The end of the field that starts at P: continuation lines included. */
static const char *
field_end(const char *p, const char *end)
{
	for (;;) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if (eol == NULL)
			return end;
		p = eol + 1;
		if (p >= end || (*p != ' ' && *p != '\t'))
			return p;
		/* A line of blanks only is no continuation. */
		for (eol = p; eol < end && (*eol == ' ' || *eol == '\t'); eol++)
			;
		if (eol >= end || *eol == '\n')
			return p;
	}
}

static void
append(GArray *list, const char *p, const char *stop, size_t name_length)
{
	struct field f = {.name = p, .name_length = name_length};

	p = (const char *)memchr(
		p + name_length, ':', (size_t)(stop - p) - name_length) +
	    1;
	while (p < stop && (*p == ' ' || *p == '\t'))
		p++;
	while (stop > p && (stop[-1] == '\n' || stop[-1] == ' '))
		stop--;
	f.value = p;
	f.value_length = MIN((size_t)(stop - p), MAX_FIELD_LENGTH);
	g_array_append_val(list, f);
}

size_t
fields_read(struct fields *fields, const char *text, size_t length)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct field));
	const char *p = text, *end = text + length;

	while (p < end) {
		const char *stop = field_end(p, end);
		size_t name_length;

		if (*p == '\n') {
			p++;
			break;
		}
		if (field_name_at(p, (size_t)(stop - p), &name_length)) {
			if (list->len < MAX_FIELDS)
				append(list, p, stop, name_length);
		} else if (!starts_with(p, (size_t)(stop - p), "From ") &&
			   !starts_with(p, (size_t)(stop - p), ">From ")) {
			break;
		}
		p = stop;
	}
	fields->count = list->len;
	fields->list = (struct field *)(void *)g_array_free(list, FALSE);
	return (size_t)(p - text);
}

void
fields_free(struct fields *fields)
{
	g_free(fields->list);
	fields->list = NULL;
	fields->count = 0;
}

const struct field *
fields_find(const struct fields *fields, const char *name, size_t i)
{
	size_t n = strlen(name);

	for (size_t k = 0; k < fields->count; k++) {
		const struct field *f = &fields->list[k];

		if (f->name_length == n &&
		    g_ascii_strncasecmp(f->name, name, n) == 0 && i-- == 0)
			return f;
	}
	return NULL;
}

char *
field_value(const struct field *f)
{
	GString *out;
	char *utf8;

	if (f == NULL)
		return NULL;
	out = g_string_sized_new(f->value_length + 1);
	for (size_t i = 0; i < f->value_length; i++) {
		char c = f->value[i];

		if (c != '\n') {
			g_string_append_c(out, c == '\t' ? ' ' : c);
			continue;
		}
		while (i + 1 < f->value_length &&
		       (f->value[i + 1] == ' ' || f->value[i + 1] == '\t'))
			i++;
		if (out->len > 0 && out->str[out->len - 1] != ' ')
			g_string_append_c(out, ' ');
	}
	utf8 = charset_to_utf8(out->str, out->len, NULL, NULL);
	g_string_free(out, TRUE);
	return utf8;
}

/* GMime drops every encoded word behind a padded base64 one, so words are
 * given to it in pieces that end behind such a word. */
static char *
decode_words(const char *value)
{
	GString *out = g_string_new(NULL);

	while (*value != '\0') {
		const char *cut = strstr(value, "=?=");
		size_t n =
		    cut != NULL ? (size_t)(cut - value) + 3 : strlen(value);
		char *piece = g_strndup(value, n);
		char *decoded = g_mime_utils_header_decode_text(NULL, piece);

		g_string_append(out, decoded);
		g_free(decoded);
		g_free(piece);
		value += n;
		/* White space between encoded words is not text. */
		if (cut != NULL) {
			const char *next = value + strspn(value, " \t");

			if (next[0] == '=' && next[1] == '?')
				value = next;
		}
	}
	return g_string_free(out, FALSE);
}

char *
field_text(const struct field *f)
{
	char *value = field_value(f);
	char *decoded, *valid;

	if (value == NULL || strstr(value, "=?") == NULL)
		return value;
	decoded = decode_words(value);
	valid = charset_to_utf8(decoded, strlen(decoded), NULL, NULL);
	g_free(decoded);
	g_free(value);
	return valid;
}

char *
fields_value(const struct fields *fields, const char *name)
{
	return field_value(fields_find(fields, name, 0));
}

char *
fields_text(const struct fields *fields, const char *name)
{
	return field_text(fields_find(fields, name, 0));
}
