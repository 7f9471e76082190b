/* text.c: hostile text made harmless. One pass over the code points; what
 * each output needs beside that is a second pass over clean text. */
#include "util/text.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* True for code points that move the cursor, reorder or hide text. */
static bool
is_control(gunichar c)
{
	if (c >= 0x20 && c < 0x7F)
		return false;
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
	case G_UNICODE_SURROGATE:
		return true;
	default:
		/* Default-ignorables of other categories: Hangul fillers,
		 * variation selectors, the tag and reserved block. */
		return c == 0x034F || c == 0x115F || c == 0x1160 ||
		       c == 0x3164 || c == 0xFFA0 ||
		       (c >= 0xFE00 && c <= 0xFE0F) ||
		       (c >= 0xE0000 && c <= 0xE0FFF) || (c & 0xFFFE) == 0xFFFE;
	}
}

/* Appends the code point at AT made harmless; returns where the next is. */
static const char *
append_clean(GString *out, const char *at)
{
	gunichar c = g_utf8_get_char_validated(at, -1);
	const char *next;

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		g_string_append(out, REPLACEMENT);
		return at + 1;
	}
	next = g_utf8_next_char(at);
	if (c == '\t' || c == '\n')
		g_string_append_c(out, ' ');
	else if (is_control(c))
		g_string_append(out, REPLACEMENT);
	else
		g_string_append_len(out, at, next - at);
	return next;
}

char *
text_printable(const char *bytes)
{
	GString *out = g_string_new(NULL);

	while (bytes != NULL && *bytes != '\0')
		bytes = append_clean(out, bytes);
	return g_string_free(out, FALSE);
}

/* Would a spreadsheet take a cell that starts so for a formula? Some skip
 * spaces first, some (Japanese Excel) take the full-width signs too. */
static bool
is_formula(const char *bytes)
{
	static const char *const wide[] = {
	    "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

	bytes += strspn(bytes, " \n");
	if (*bytes != '\0' && strchr("=+-@\t\r", *bytes) != NULL)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(wide); i++) {
		if (strncmp(bytes, wide[i], 3) == 0)
			return true;
	}
	return false;
}

char *
text_csv(const char *bytes)
{
	char *clean = text_printable(bytes);
	bool quote;
	GString *out = g_string_new(NULL);

	if (bytes != NULL && is_formula(bytes))
		g_string_append_c(out, '\'');
	g_string_append(out, clean);
	/* Leading and trailing spaces are quoted too: some readers trim. */
	quote = strpbrk(out->str, "\",;") != NULL || out->str[0] == ' ' ||
		(out->len > 0 && out->str[out->len - 1] == ' ');
	if (quote) {
		g_string_replace(out, "\"", "\"\"", 0);
		g_string_prepend_c(out, '"');
		g_string_append_c(out, '"');
	}
	g_free(clean);
	return g_string_free(out, FALSE);
}

char *
text_html(const char *bytes)
{
	char *clean = text_printable(bytes);
	GString *out = g_string_new(NULL);

	for (const char *p = clean; *p != '\0'; p++) {
		switch (*p) {
		case '&':
			g_string_append(out, "&amp;");
			break;
		case '<':
			g_string_append(out, "&lt;");
			break;
		case '>':
			g_string_append(out, "&gt;");
			break;
		case '"':
			g_string_append(out, "&quot;");
			break;
		case '\'':
			g_string_append(out, "&#39;");
			break;
		default:
			g_string_append_c(out, *p);
		}
	}
	g_free(clean);
	return g_string_free(out, FALSE);
}
