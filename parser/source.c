/* source.c: builds and disguises the bytes that GMime parses. */
#include "parser/source.h"

#include <stdbool.h>
#include <string.h>

/* Of the mail's own Content-* fields. */
#define MAX_CONTENT_FIELDS 20
#define MAX_CONTENT_VALUE 8192
/* Bytes of a body: GLib's arrays count them in 32 bits. */
#define MAX_BODY (512 * 1024 * 1024)

/* As long as what they stand for, so that nothing moves. */
static const struct {
	const char *word, *disguise;
} words[] = {{"message", "x-messg"}, {"digest", "x-dgst"}};

static void
disguise_at(char *p, const char *end)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		size_t n = strlen(words[i].word);

		if ((size_t)(end - p) >= n &&
		    g_ascii_strncasecmp(p, words[i].word, n) == 0)
			memcpy(p, words[i].disguise, n);
	}
}

/* The value of a Content-Type from P on: its type, up to the parameters or
 * the end of the field. Comments (RFC 5322 section 3.2.2) may come first and
 * may have semicolons. */
static void
disguise_type(char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '\n' &&
		    (end - p < 2 || (p[1] != ' ' && p[1] != '\t')))
			return;
		if (*p == ';' && depth <= 0)
			return;
		if (*p == '\\' && depth > 0 && end - p > 1 && p[1] != '\n')
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')')
			depth--;
		else
			disguise_at(p, end);
	}
}

static void
disguise(char *p, const char *end)
{
	static const char name[] = "content-type";
	size_t n = strlen(name);

	while (p < end) {
		char *eol = memchr(p, '\n', (size_t)(end - p));

		if ((*p == 'c' || *p == 'C') && (size_t)(end - p) > n &&
		    g_ascii_strncasecmp(p, name, n) == 0) {
			char *q = p + n;

			while (q < end && (*q == ' ' || *q == '\t'))
				q++;
			if (q < end && *q == ':')
				disguise_type(q + 1, end);
		}
		if (eol == NULL)
			return;
		p = eol + 1;
	}
}

static void
append(GByteArray *out, const char *p, size_t n)
{
	g_byte_array_append(out, (const guint8 *)p, (guint)n);
}

static void
append_field(GByteArray *out, const struct field *f)
{
	append(out, f->name, f->name_length);
	append(out, ": ", 2);
	append(out, f->value, MIN(f->value_length, MAX_CONTENT_VALUE));
	append(out, "\n", 1);
}

static bool
field_has_prefix(const struct field *f, const char *prefix)
{
	size_t n = strlen(prefix);

	return f->name_length >= n &&
	       g_ascii_strncasecmp(f->name, prefix, n) == 0;
}

GByteArray *
source_new(const struct fields *headers, const struct field *type,
    const char *body, size_t length)
{
	GByteArray *out;
	int count = 0;

	length = MIN(length, MAX_BODY);
	out = g_byte_array_sized_new((guint)length + 512);
	if (type != NULL)
		append_field(out, type);
	for (size_t i = 0; i < headers->count && count < MAX_CONTENT_FIELDS;
	     i++) {
		const struct field *f = &headers->list[i];

		if (field_has_prefix(f, "content-") &&
		    !field_has_prefix(f, "content-type")) {
			append_field(out, f);
			count++;
		}
	}
	append(out, "\n", 1);
	append(out, body, length);
	disguise((char *)out->data, (char *)out->data + out->len);
	return out;
}

GByteArray *
source_of_body(const char *boundary, size_t n, const char *body, size_t length)
{
	GByteArray *out;

	length = MIN(length, MAX_BODY);
	out = g_byte_array_sized_new((guint)(n + length) + 64);
	append(out, "Content-Type: multipart/mixed; boundary=\"", 41);
	append(out, boundary, n);
	append(out, "\"\n\n", 3);
	append(out, body, length);
	disguise((char *)out->data, (char *)out->data + out->len);
	return out;
}

void
source_restore_type(char *type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		char *p = strstr(type, words[i].disguise);

		if (p != NULL)
			memcpy(p, words[i].word, strlen(words[i].word));
	}
}
