/* fields.c: header blocks without copies. */
#include "parser/fields.h"

#include <glib.h>
#include <string.h>

#include "parser/charset.h"
#include "parser/encoded_words.h"

/* Lines that are no fields and are passed over in one header, and how far the
 * next field may be. */
#define MAX_JUNK 200
#define JUNK_AHEAD 10

bool
field_name_at(const char *line, size_t length, size_t *name_length)
{
	size_t n = 0;

	while (n < length && line[n] > ' ' && line[n] < 127 && line[n] != ':')
		n++;
	*name_length = n;
	/* Old software writes "Subject : x". */
	while (n < length && (line[n] == ' ' || line[n] == '\t'))
		n++;
	return *name_length > 0 && n < length && line[n] == ':' &&
	       n - *name_length <= 2;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
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
		if (p >= end || !is_blank(*p))
			return p;
		/* A line of blanks only is no continuation. */
		for (eol = p; eol < end && is_blank(*eol); eol++)
			;
		if (eol >= end || *eol == '\n')
			return p;
	}
}

size_t
field_read(struct field *f, const char *text, size_t length)
{
	const char *p = text, *stop;

	/* The name first: to look for the end of what is no field, again and
	 * again, would take quadratic time. */
	if (!field_name_at(text, length, &f->name_length))
		return 0;
	f->name = text;
	stop = field_end(text, text + length);
	p = (const char *)memchr(text + f->name_length, ':',
		(size_t)(stop - text) - f->name_length) +
	    1;
	length = (size_t)(stop - text);
	while (p < stop && is_blank(*p))
		p++;
	while (stop > p && (stop[-1] == '\n' || is_blank(stop[-1])))
		stop--;
	f->value = p;
	f->value_length = charset_cut(p, (size_t)(stop - p), MAX_FIELD_LENGTH);
	return length;
}

/* The length of the line at P, its newline included. */
static size_t
line_length(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol != NULL ? (size_t)(eol - p) + 1 : (size_t)(end - p);
}

static bool
is_empty(const char *p, size_t n)
{
	while (n > 0 && (is_blank(*p) || *p == '\n')) {
		p++;
		n--;
	}
	return n == 0;
}

static bool
is_mbox_line(const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	return (n >= 5 && memcmp(p, "From ", 5) == 0) ||
	       (n >= 6 && memcmp(p, ">From ", 6) == 0);
}

/* Names that a line of prose does not begin with. */
static bool
is_mail_field(const struct field *f)
{
	static const char *const names[] = {"content-", "received", "x-",
	    "return-path", "message-id", "mime-version", "subject", "from",
	    "date", "to", "reply-to", "list-", "dkim-signature", "arc-",
	    "auto-submitted", "authentication-results", "delivered-to"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		size_t n = strlen(names[i]);

		if (f->name_length >= n &&
		    g_ascii_strncasecmp(f->name, names[i], n) == 0 &&
		    (names[i][n - 1] == '-' || f->name_length == n))
			return true;
	}
	return false;
}

/* A line between fields that is none: a continuation that lost its white
 * space. True when the header goes on within the next lines. */
static bool
is_junk(const char *p, const char *end)
{
	for (int i = 0; i < JUNK_AHEAD; i++) {
		struct field f;
		size_t n = line_length(p, end);

		p += n;
		if (p >= end || is_empty(p, line_length(p, end)))
			return false;
		if (field_name_at(p, line_length(p, end), &f.name_length)) {
			f.name = p;
			if (is_mail_field(&f))
				return true;
		}
	}
	return false;
}

static size_t
read_block(struct fields *fields, const char *text, size_t length, int junk)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct field));
	const char *p = text, *end = text + length;

	while (p < end) {
		struct field f;
		size_t n = field_read(&f, p, (size_t)(end - p));

		if (n > 0) {
			if (list->len < MAX_FIELDS)
				g_array_append_val(list, f);
			p += n;
			continue;
		}
		n = line_length(p, end);
		if (is_empty(p, n)) {
			p += n;
			break;
		}
		if (!is_mbox_line(p, end) &&
		    (list->len == 0 || junk-- <= 0 || !is_junk(p, end)))
			break;
		p += n;
	}
	fields->count = list->len;
	fields->list = (struct field *)(void *)g_array_free(list, FALSE);
	return (size_t)(p - text);
}

size_t
fields_read(struct fields *fields, const char *text, size_t length)
{
	return read_block(fields, text, length, 0);
}

size_t
fields_read_mail(struct fields *fields, const char *text, size_t length)
{
	return read_block(fields, text, length, MAX_JUNK);
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

char *
field_text(const struct field *f)
{
	char *value = field_value(f);
	char *decoded;

	if (value == NULL || strstr(value, "=?") == NULL)
		return value;
	decoded = encoded_words_decode(value);
	g_free(value);
	return decoded;
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
