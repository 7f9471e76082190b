/* html.c: one pass over HTML; enough for what MTAs write. */
#include "parser/html.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

struct scan {
	const char *p, *end;
	GString *out;
};

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

/* "<user@host>" written raw: text, not a tag. */
static bool
is_address(const char *p, const char *gt)
{
	return memchr(p, '@', (size_t)(gt - p)) != NULL &&
	       memchr(p, ' ', (size_t)(gt - p)) == NULL &&
	       memchr(p, '=', (size_t)(gt - p)) == NULL;
}

static void
read_tag(struct scan *s)
{
	const char *name = s->p + 1, *gt;
	size_t n = 0;

	if (s->end - s->p >= 4 && memcmp(s->p, "<!--", 4) == 0) {
		gt = g_strstr_len(s->p, s->end - s->p, "-->");
		s->p = gt != NULL ? gt + 3 : s->end;
		return;
	}
	gt = memchr(s->p, '>', (size_t)(s->end - s->p));
	if (name < s->end && *name == '/')
		name++;
	/* A "<" that opens no tag is text. */
	if (gt == NULL || name >= s->end ||
	    (!g_ascii_isalpha(*name) && *name != '!' && *name != '?') ||
	    is_address(s->p, gt)) {
		g_string_append_c(s->out, *s->p++);
		return;
	}
	while (name + n < gt && g_ascii_isalnum(name[n]))
		n++;
	s->p = gt + 1;
	if (tag_is(name, n, "style") || tag_is(name, n, "script")) {
		if (name[-1] != '/')
			skip_element(
			    s, tag_is(name, n, "style") ? "style" : "script");
	} else if (ends_line(name, n)) {
		new_line(s->out);
	} else if (tag_is(name, n, "td") || tag_is(name, n, "th")) {
		g_string_append_c(s->out, ' ');
	}
}

static void
read_reference(struct scan *s)
{
	static const struct {
		const char *name;
		const char *text;
	} names[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""},
	    {"apos", "'"}, {"nbsp", " "}, {"shy", ""}, {"mdash", "-"},
	    {"ndash", "-"}, {"rsquo", "'"}, {"lsquo", "'"}, {"auml", "ä"},
	    {"ouml", "ö"}, {"uuml", "ü"}, {"Auml", "Ä"}, {"Ouml", "Ö"},
	    {"Uuml", "Ü"}, {"szlig", "ß"}, {"eacute", "é"}, {"egrave", "è"},
	    {"agrave", "à"}, {"ecirc", "ê"}, {"ccedil", "ç"}, {"aacute", "á"},
	    {"iacute", "í"}, {"oacute", "ó"}, {"uacute", "ú"}, {"ntilde", "ñ"},
	    {"atilde", "ã"}, {"otilde", "õ"}, {"acirc", "â"}, {"ocirc", "ô"},
	    {"icirc", "î"}};
	size_t left = (size_t)(s->end - s->p), n = 1;

	while (n < left && n < 12 &&
	       (g_ascii_isalnum(s->p[n]) || (n == 1 && s->p[n] == '#')))
		n++;
	if (n > 2 && s->p[1] == '#') {
		bool hex = s->p[2] == 'x' || s->p[2] == 'X';
		guint64 c =
		    g_ascii_strtoull(s->p + (hex ? 3 : 2), NULL, hex ? 16 : 10);

		if (c >= 32 && c <= 0x10ffff && g_unichar_validate((gunichar)c))
			g_string_append_unichar(
			    s->out, c == 160 ? ' ' : (gunichar)c);
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
	struct scan s = {html, html + length, g_string_sized_new(length)};

	while (s.p < s.end) {
		if (*s.p == '<') {
			read_tag(&s);
		} else if (*s.p == '&') {
			read_reference(&s);
		} else if (*s.p == '\n' || *s.p == '\t' || *s.p == ' ') {
			/* White space is one space; lines come from tags,
			 * but a plain text labelled HTML keeps its own. */
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
