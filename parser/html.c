/* html.c: one pass over HTML; enough for what MTAs write. */
#include "parser/html.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "parser/charset.h"

struct scan {
	const char *p, *end;
	const char *gt; /* the first ">" at or behind P, when known */
	GString *out;
};

/* An address is never longer: beyond it "<...>" is a tag. */
#define MAX_BRACKETED 320

/* True when the tag name at P (LENGTH) is NAME. */
static bool
tag_is(const char *p, size_t length, const char *name)
{
	return strlen(name) == length &&
	       g_ascii_strncasecmp(p, name, length) == 0;
}

static bool
ends_line(const char *tag, size_t n)
{
	static const char *const block[] = {"br", "p", "div", "tr", "li", "ul",
	    "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre",
	    "blockquote", "title", "body", "dt", "dd", "center", NULL};

	for (size_t i = 0; block[i] != NULL; i++) {
		if (tag_is(tag, n, block[i]))
			return true;
	}
	return false;
}

static void
new_line(GString *out)
{
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	if (out->len > 0)
		g_string_append_c(out, '\n');
}

/* Skips to behind "</NAME>"; to the end when there is none. */
static void
skip_element(struct scan *s, const char *name)
{
	size_t n = strlen(name);

	while (s->p < s->end) {
		const char *lt = memchr(s->p, '<', (size_t)(s->end - s->p));

		if (lt == NULL || (size_t)(s->end - lt) < n + 2) {
			s->p = s->end;
			return;
		}
		s->p = lt + 1;
		if (lt[1] == '/' && g_ascii_strncasecmp(lt + 2, name, n) == 0) {
			lt = memchr(lt, '>', (size_t)(s->end - lt));
			s->p = lt != NULL ? lt + 1 : s->end;
			return;
		}
	}
}

/* The next ">", which is looked for once however many "<" come before it;
 * the end when there is none. */
static const char *
next_gt(struct scan *s)
{
	if (s->gt == NULL || s->gt < s->p) {
		s->gt = memchr(s->p, '>', (size_t)(s->end - s->p));
		if (s->gt == NULL)
			s->gt = s->end;
	}
	return s->gt;
}

/* "<user@host>" written raw: text, not a tag. */
static bool
is_address(const char *p, const char *gt)
{
	bool at = false;

	if (gt - p > MAX_BRACKETED)
		return false;
	for (; p < gt; p++) {
		if (strchr(" \t\n\"'", *p) != NULL)
			return false;
		at = at || *p == '@';
	}
	return at;
}

static void
skip_comment(struct scan *s)
{
	const char *stop = g_strstr_len(s->p, s->end - s->p, "-->");

	s->p = stop != NULL ? stop + 3 : s->end;
}

static void
read_tag(struct scan *s)
{
	const char *name = s->p + 1, *gt;
	size_t n = 0;
	bool closes;

	if (s->end - s->p >= 4 && memcmp(s->p, "<!--", 4) == 0) {
		skip_comment(s);
		return;
	}
	gt = next_gt(s);
	closes = name < s->end && *name == '/';
	name += closes;
	/* A "<" that opens no tag is text. */
	if (gt == s->end || name >= s->end ||
	    (!g_ascii_isalpha(*name) && *name != '!' && *name != '?') ||
	    is_address(s->p, gt)) {
		g_string_append_c(s->out, *s->p++);
		return;
	}
	while (name + n < gt && g_ascii_isalnum(name[n]))
		n++;
	s->p = gt + 1;
	if (tag_is(name, n, "style") || tag_is(name, n, "script")) {
		if (!closes)
			skip_element(
			    s, tag_is(name, n, "style") ? "style" : "script");
	} else if (ends_line(name, n)) {
		new_line(s->out);
	} else if (tag_is(name, n, "td") || tag_is(name, n, "th")) {
		g_string_append_c(s->out, ' ');
	}
}

static bool
is_invisible(gunichar c)
{
	return c == 0xad || (c >= 0x200b && c <= 0x200f) || c == 0x2060 ||
	       c == 0xfeff;
}

/* A character by its number. What nobody sees vanishes: Exchange breaks long
 * addresses with it. */
static void
append_number(GString *out, gunichar c)
{
	if (c >= 0x80 && c < 0xa0) {
		/* HTML 5 section 13.2.5.80: meant as windows-1252 */
		char byte = (char)c;
		char *text = charset_to_utf8(&byte, 1, "windows-1252", NULL);

		g_string_append(out, text);
		g_free(text);
	} else if (c == 160 || c == '\t' || c == '\n') {
		g_string_append_c(out, ' ');
	} else if (c >= 32 && c != 127 && c <= 0x10ffff &&
		   g_unichar_validate(c) && !is_invisible(c)) {
		g_string_append_unichar(out, c);
	}
}

/* "&#64;" or "&#x40;" at P; N is its length without the semicolon. */
static void
read_number(struct scan *s, size_t n)
{
	bool hex = g_ascii_tolower(s->p[2]) == 'x';
	gunichar c = 0;

	for (size_t i = hex ? 3 : 2; i < n && c <= 0x10ffff; i++) {
		int digit = hex ? g_ascii_xdigit_value(s->p[i])
				: g_ascii_digit_value(s->p[i]);

		if (digit < 0)
			break;
		c = c * (hex ? 16 : 10) + (gunichar)digit;
	}
	append_number(s->out, c);
}

static void
read_reference(struct scan *s)
{
	static const struct {
		const char *name;
		const char *text;
	} names[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""},
	    {"apos", "'"}, {"nbsp", " "}, {"shy", ""}, {"mdash", "-"},
	    {"ndash", "-"}, {"rsquo", "'"}, {"lsquo", "'"}, {"rdquo", "\""},
	    {"ldquo", "\""}, {"hellip", "..."}, {"bull", "*"}, {"commat", "@"},
	    {"period", "."}, {"colon", ":"}, {"lowbar", "_"}, {"zwnj", ""},
	    {"zwj", ""}, {"auml", "ä"}, {"ouml", "ö"}, {"uuml", "ü"},
	    {"Auml", "Ä"}, {"Ouml", "Ö"}, {"Uuml", "Ü"}, {"szlig", "ß"},
	    {"eacute", "é"}, {"Eacute", "É"}, {"egrave", "è"}, {"agrave", "à"},
	    {"ecirc", "ê"}, {"ccedil", "ç"}, {"aacute", "á"}, {"iacute", "í"},
	    {"oacute", "ó"}, {"uacute", "ú"}, {"ntilde", "ñ"}, {"atilde", "ã"},
	    {"otilde", "õ"}, {"acirc", "â"}, {"ocirc", "ô"}, {"icirc", "î"},
	    {"ucirc", "û"}, {"ugrave", "ù"}, {"igrave", "ì"}, {"ograve", "ò"},
	    {"iexcl", "¡"}, {"iquest", "¿"}};
	size_t left = (size_t)(s->end - s->p), n = 1;

	while (n < left && n < 12 &&
	       (g_ascii_isalnum(s->p[n]) || (n == 1 && s->p[n] == '#')))
		n++;
	if (n > 2 && s->p[1] == '#') {
		read_number(s, n);
		s->p += n + (n < left && s->p[n] == ';');
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strlen(names[i].name) == n - 1 &&
		    memcmp(s->p + 1, names[i].name, n - 1) == 0) {
			g_string_append(s->out, names[i].text);
			s->p += n + (n < left && s->p[n] == ';');
			return;
		}
	}
	g_string_append_c(s->out, *s->p++);
}

char *
html_to_text(const char *html, size_t length)
{
	struct scan s = {html, html + length, NULL, g_string_sized_new(length)};

	while (s.p < s.end) {
		if (*s.p == '<') {
			read_tag(&s);
		} else if (*s.p == '&') {
			read_reference(&s);
		} else if (strchr("\n\t\r ", *s.p) != NULL) {
			/* Lines come from tags, but a plain text labelled
			 * HTML keeps its own. A NUL is white space too. */
			if (*s.p == '\n')
				new_line(s.out);
			else
				g_string_append_c(s.out, ' ');
			s.p++;
		} else {
			g_string_append_c(s.out, *s.p++);
		}
	}
	return g_string_free(s.out, FALSE);
}
