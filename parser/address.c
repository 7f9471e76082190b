/* address.c: finds and cleans addresses. */
#include "parser/address.h"

#include <glib.h>
#include <string.h>

static bool
is_atext(unsigned char c)
{
	return g_ascii_isalnum(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

/* Steps from the @ at AT to the left. Non-ASCII letters count inside <> or
 * when nothing else stands there: CJK prose has no spaces around addresses. */
static size_t
local_start(const char *text, size_t at)
{
	size_t i = at;

	if (i > 0 && text[i - 1] == '"') {
		size_t q = i - 1;

		while (q > 0 && i - q < 66 && text[q - 1] != '"' &&
		       text[q - 1] != '\n')
			q--;
		/* "joe doe"@example.org, but not: "Joe <a@b> says "@x" */
		if (q > 0 && text[q - 1] == '"' && i - q > 1 &&
		    (q == 1 || strchr(" <:;,(\n", text[q - 2]) != NULL))
			return q - 1;
		return at;
	}
	while (i > 0 && is_atext((unsigned char)text[i - 1]))
		i--;
	if (i > 0 && (unsigned char)text[i - 1] >= 0x80) {
		size_t j = i;

		while (j > 0 && ((unsigned char)text[j - 1] >= 0x80 ||
				    is_atext((unsigned char)text[j - 1])))
			j--;
		if ((j > 0 && text[j - 1] == '<') || i == at)
			i = j;
	}
	return i;
}

/* Letters of alphabetic scripts up to Cyrillic: an IDN label, not prose. */
static size_t
idn_letter(const char *p, size_t left)
{
	gunichar c = g_utf8_get_char_validated(p, (gssize)left);

	if (c >= 0x80 && c < 0x530 && g_unichar_isalpha(c))
		return (size_t)(g_utf8_next_char(p) - p);
	return 0;
}

static size_t
domain_end(const char *text, size_t length, size_t at, bool bracketed)
{
	size_t i = at + 1;

	if (i < length && text[i] == '[') {
		while (i < length && text[i] != ']' && text[i] != '\n')
			i++;
		return i < length && text[i] == ']' ? i + 1 : at + 1;
	}
	while (i < length) {
		unsigned char c = (unsigned char)text[i];
		size_t n;

		if (g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_') {
			i++;
		} else if (c >= 0x80 &&
			   (n = idn_letter(text + i, length - i)) > 0) {
			i += n;
		} else if (c >= 0x80 && bracketed) {
			i++;
		} else {
			break;
		}
	}
	while (i > at + 1 && strchr(".-_", text[i - 1]) != NULL)
		i--;
	return i;
}

/* What stands in front of an address without a space: X.400 attributes,
 * bullets, quotes, the parameter of an ESMTP command. */
static size_t
skip_prefix(const char *text, size_t start, size_t at)
{
	static const char *const prefixes[] = {"smtp=", "rfc-822=", "rfc822=",
	    "to=", "orcpt=", "final-recipient=", "recipient="};

	for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (at - start > n &&
		    g_ascii_strncasecmp(text + start, prefixes[i], n) == 0)
			start += n;
	}
	while (start < at && strchr("*'=.|`#", text[start]) != NULL)
		start++;
	return start;
}

bool
address_next(const char *text, size_t length, size_t from, struct span *span)
{
	while (from < length) {
		const char *at = memchr(text + from, '@', length - from);
		size_t a, start, end;
		bool bracketed;

		if (at == NULL)
			return false;
		a = (size_t)(at - text);
		start = local_start(text, a);
		bracketed = start > 0 && text[start - 1] == '<';
		end = domain_end(text, length, a, bracketed);
		start = skip_prefix(text, start, a);
		from = a + 1;
		if (start >= a || end <= a + 1 || end - start > MAX_ADDRESS)
			continue;
		if (memchr(text + a, '.', end - a) == NULL &&
		    text[a + 1] != '[' &&
		    !(bracketed && end < length && text[end] == '>'))
			continue;
		if (text[a + 1] == '.' || text[a + 1] == '-')
			continue;
		*span = (struct span){start, end};
		return true;
	}
	return false;
}

/* RFC 6533 section 3: \x{HEX} of utf-8-addr-xtext and utf-8-addr-unitext. */
static char *
decode_unicode_escapes(const char *value)
{
	GString *out = g_string_new(NULL);

	while (*value != '\0') {
		char *end;
		guint64 c;

		if (strncmp(value, "\\x{", 3) != 0) {
			g_string_append_c(out, *value++);
			continue;
		}
		c = g_ascii_strtoull(value + 3, &end, 16);
		if (*end != '}' || end == value + 3 || c < 0x20 ||
		    c > 0x10ffff || !g_unichar_validate((gunichar)c)) {
			g_string_append_c(out, *value++);
			continue;
		}
		g_string_append_unichar(out, (gunichar)c);
		value = end + 1;
	}
	return g_string_free(out, FALSE);
}

/* Behind "rfc822;" and kin; the type is a word of RFC 3464 section 2.1.2. */
static const char *
skip_type(const char *value)
{
	const char *p = value;

	while (g_ascii_isalnum(*p) || *p == '-' || *p == '_' || *p == ' ' ||
	       *p == '/')
		p++;
	return *p == ';' ? p + 1 : value;
}

static char *
strip(const char *p)
{
	GString *s = g_string_new(p);
	char *paren;

	g_strstrip(s->str);
	s->len = strlen(s->str);
	paren = strchr(s->str, '(');
	if (paren != NULL && paren > s->str)
		*paren = '\0';
	g_strdelimit(s->str, "<>", ' ');
	g_strstrip(s->str);
	for (size_t n = strlen(s->str);
	     n > 1 && (s->str[0] == '"' || s->str[0] == '\'') &&
	     s->str[n - 1] == s->str[0];) {
		s->str[n - 1] = '\0';
		memmove(s->str, s->str + 1, n - 1);
		n -= 2;
	}
	g_strstrip(s->str);
	if (strlen(s->str) > MAX_ADDRESS)
		s->str[0] = '\0';
	return g_string_free(s, FALSE);
}

char *
address_clean(const char *value)
{
	char *decoded, *result = NULL;
	const char *p;
	struct span span;

	if (value == NULL)
		return NULL;
	decoded = decode_unicode_escapes(skip_type(value));
	p = decoded;
	/* Source route: <@a,@b:user@host> (RFC 5321 appendix C). */
	if (p[strspn(p, " <")] == '@' && strchr(p, ':') != NULL)
		p = strchr(p, ':') + 1;
	if (address_next(p, strlen(p), 0, &span)) {
		result = g_strndup(p + span.start, span.end - span.start);
	} else {
		result = strip(p);
		if (*result == '\0')
			g_clear_pointer(&result, g_free);
	}
	g_free(decoded);
	return result;
}

bool
address_is_valid(const char *string)
{
	struct span span;

	return string != NULL &&
	       address_next(string, strlen(string), 0, &span) &&
	       span.start == 0 && string[span.end] == '\0';
}

const char *
address_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : "";
}

bool
address_equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && g_ascii_strcasecmp(a, b) == 0;
}
