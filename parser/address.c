/* address.c: finds addresses in text, and compares them. */
#include "parser/address.h"

#include <glib.h>
#include <string.h>

static bool
is_atext(unsigned char c)
{
	return g_ascii_isalnum(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

/* The character above ASCII that ends before I, or that starts at I; 0 when
 * there is none. Its length goes to *n. */
static gunichar
char_before(const char *text, size_t i, size_t *n)
{
	for (*n = 2; *n <= 4 && *n <= i; (*n)++) {
		const char *p = text + i - *n;

		if ((unsigned char)*p >= 0xc0) {
			gunichar c = g_utf8_get_char_validated(p, (gssize)*n);

			return c < 0x110000 &&
				       (size_t)g_unichar_to_utf8(c, NULL) == *n
				   ? c
				   : 0;
		}
	}
	return 0;
}

static gunichar
char_at(const char *text, size_t length, size_t i, size_t *n)
{
	gunichar c = g_utf8_get_char_validated(text + i, (gssize)(length - i));

	if (c < 0x80 || c >= 0x110000)
		return 0;
	*n = (size_t)g_unichar_to_utf8(c, NULL);
	return c;
}

/* Letters of alphabetic scripts up to Cyrillic: they are part of an address,
 * while CJK prose has no spaces around one. */
static bool
is_alphabetic(gunichar c)
{
	return c >= 0x80 && c < 0x530 && g_unichar_isalpha(c);
}

/* Where the quoted local part before the @ at AT starts; AT when there is
 * none. "joe doe"@example.org, but not: "Joe <a@b> says "@x */
static size_t
quoted_start(const char *text, size_t at)
{
	size_t q = at - 1; /* the closing quote */

	while (q > 0 && at - q < 68) {
		q--;
		if (text[q] == '\n' || text[q] == '<' || text[q] == '>')
			return at;
		if (text[q] == '"' && (q == 0 || text[q - 1] != '\\'))
			break;
	}
	if (text[q] != '"' || at - q < 3)
		return at;
	if (q > 0 && text[q - 1] != '\0' &&
	    strchr(" \t<>:;,(\n", text[q - 1]) == NULL)
		return at;
	return q;
}

/* Steps from the @ at AT to the left. ANY: all characters above ASCII count,
 * as they also do in <> or when nothing else stands there; and the backslash,
 * which RFC 6533 escapes leave. */
static size_t
local_start(const char *text, size_t at, bool any)
{
	size_t i = at, j, n;

	if (i > 0 && text[i - 1] == '"')
		return quoted_start(text, at);
	while (i > 0) {
		if (is_atext((unsigned char)text[i - 1]) ||
		    (any && text[i - 1] == '\\'))
			i--;
		else if (is_alphabetic(char_before(text, i, &n)))
			i -= n;
		else
			break;
	}
	if (i == 0 || (unsigned char)text[i - 1] < 0x80)
		return i;
	for (j = i; j > 0 && ((unsigned char)text[j - 1] >= 0x80 ||
				 is_atext((unsigned char)text[j - 1]));)
		j--;
	if (any || (j > 0 && text[j - 1] == '<'))
		return j;
	if (i < at)
		return i;
	while (i > 0 && g_unichar_isalnum(char_before(text, i, &n)))
		i -= n;
	return i;
}

/* "[192.0.2.1]", "[IPv6:...]"; no further than any such literal. */
static size_t
literal_end(const char *text, size_t length, size_t at)
{
	size_t limit = MIN(length, at + 130);

	for (size_t i = at + 2; i < limit && g_ascii_isgraph(text[i]); i++) {
		if (text[i] == ']')
			return i > at + 2 ? i + 1 : at + 1;
	}
	return at + 1;
}

static size_t
domain_end(const char *text, size_t length, size_t at, bool any)
{
	size_t i = at + 1, n = 1;

	if (i < length && text[i] == '[')
		return literal_end(text, length, at);
	for (; i < length; i += n) {
		unsigned char c = (unsigned char)text[i];

		n = 1;
		if (c == '.' && text[i - 1] == '.')
			break;
		if (g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_')
			continue;
		if (c < 0x80 ||
		    (!any && !is_alphabetic(char_at(text, length, i, &n))))
			break;
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

	if (text[start] == '"')
		return start;
	for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (at - start > n &&
		    g_ascii_strncasecmp(text + start, prefixes[i], n) == 0)
			start += n;
	}
	if (at - start > 2 && text[start] == '/' && text[start + 1] == '/')
		start += 2;
	while (start < at && strchr("*'=.|`#{", text[start]) != NULL)
		start++;
	return start;
}

/* The @ at AT; ANY as in local_start. */
static bool
address_around(
    const char *text, size_t length, size_t at, bool any, struct span *span)
{
	size_t start = local_start(text, at, any);
	bool bracketed = start > 0 && text[start - 1] == '<';
	size_t end = domain_end(text, length, at, any || bracketed);

	if (start < at)
		start = skip_prefix(text, start, at);
	if (start >= at || end <= at + 1 || end - start > MAX_ADDRESS ||
	    text[at + 1] == '.' || text[at + 1] == '-')
		return false;
	if (memchr(text + at, '.', end - at) == NULL && text[at + 1] != '[' &&
	    !(bracketed && end < length && text[end] == '>'))
		return false;
	*span = (struct span){start, end};
	return true;
}

/* True when the address at SPAN is only the inside of a quoted local part:
 * "user@example.org"@relay.example.org */
static bool
is_quoted_local(const char *text, size_t length, const struct span *span)
{
	return span->start > 0 && text[span->start - 1] == '"' &&
	       span->end + 2 < length && text[span->end] == '"' &&
	       text[span->end + 1] == '@';
}

static bool
find(const char *text, size_t length, size_t from, bool any, struct span *span)
{
	while (from < length) {
		const char *at = memchr(text + from, '@', length - from);
		struct span outer;

		if (at == NULL)
			return false;
		from = (size_t)(at - text) + 1;
		if (!address_around(text, length, from - 1, any, span))
			continue;
		if (is_quoted_local(text, length, span) &&
		    address_around(text, length, span->end + 1, any, &outer))
			*span = outer;
		return true;
	}
	return false;
}

bool
address_next(const char *text, size_t length, size_t from, struct span *span)
{
	return find(text, length, from, false, span);
}

bool
address_is_valid(const char *string)
{
	struct span span;
	size_t length = string != NULL ? strlen(string) : 0;

	if (length == 0 || length > MAX_ADDRESS ||
	    !g_utf8_validate(string, (gssize)length, NULL))
		return false;
	for (const char *p = string; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c >= 0x80 && (g_unichar_isspace(c) || g_unichar_iscntrl(c)))
			return false;
	}
	return find(string, length, 0, true, &span) && span.start == 0 &&
	       span.end == length;
}

const char *
address_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : "";
}

static bool
is_plain(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s >= 0x80)
			return false;
	}
	return true;
}

char *
address_fold(const char *address)
{
	const char *at = strrchr(address, '@');
	char *local, *normal, *folded, *host, *key;

	if (is_plain(address) || !g_utf8_validate(address, -1, NULL))
		return g_ascii_strdown(address, -1);
	local = at != NULL ? g_strndup(address, (gsize)(at - address))
			   : g_strdup(address);
	normal = g_utf8_normalize(local, -1, G_NORMALIZE_NFC);
	folded = g_utf8_casefold(normal, -1);
	g_free(local);
	g_free(normal);
	if (at == NULL)
		return folded;
	host = g_hostname_to_ascii(at + 1);
	if (host == NULL)
		host = g_utf8_casefold(at + 1, -1);
	key = g_strconcat(folded, "@", host, NULL);
	g_free(host);
	g_free(folded);
	return key;
}

bool
address_equal(const char *a, const char *b)
{
	char *fa, *fb;
	bool equal;

	if (a == NULL || b == NULL)
		return false;
	if (g_ascii_strcasecmp(a, b) == 0)
		return true;
	if (is_plain(a) && is_plain(b))
		return false;
	fa = address_fold(a);
	fb = address_fold(b);
	equal = strcmp(fa, fb) == 0;
	g_free(fa);
	g_free(fb);
	return equal;
}
