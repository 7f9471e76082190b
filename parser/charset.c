/* charset.c: conversion that always answers. */
#include "parser/charset.h"

#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "parser/guess.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define BOM "\xef\xbb\xbf"

/* What a label means in practice, in names that iconv knows. */
struct alias {
	const char *label;
	const char *charset; /* NULL: says nothing */
	bool dense;          /* short texts in it can look like UTF-8 */
};

static const struct alias aliases[] = {
    {"us-ascii", NULL, false},
    {"ascii", NULL, false},
    {"ansi_x3.4-1968", NULL, false},
    {"ansi_x3.110-1983", NULL, false},
    {"unknown-8bit", NULL, false},
    {"unknown", NULL, false},
    {"x-unknown", NULL, false},
    {"default", NULL, false},
    {"7bit", NULL, false},
    {"8bit", NULL, false},
    {"utf-8", NULL, false},
    {"utf8", NULL, false},
    {"iso-8859-1", "windows-1252", false},
    {"iso8859-1", "windows-1252", false},
    {"iso_8859-1", "windows-1252", false},
    {"latin1", "windows-1252", false},
    {"x-windows-1252", "windows-1252", false},
    {"iso-8859-8-i", "iso-8859-8", false},
    {"iso-8859-9", "windows-1254", false},
    {"win-1251", "windows-1251", false},
    {"x-cp1251", "windows-1251", false},
    {"tis-620", "windows-874", false},
    {"unicode-1-1-utf-7", "utf-7", false},
    {"gb2312", "gb18030", true},
    {"gb_2312-80", "gb18030", true},
    {"euc-cn", "gb18030", true},
    {"gbk", "gb18030", true},
    {"x-gbk", "gb18030", true},
    {"cp936", "gb18030", true},
    {"gb18030", "gb18030", true},
    {"big5", "big5-hkscs", true},
    {"big-5", "big5-hkscs", true},
    {"x-big5", "big5-hkscs", true},
    {"big5-hkscs", "big5-hkscs", true},
    {"euc-kr", "uhc", true},
    {"ks_c_5601-1987", "uhc", true},
    {"ks_c_5601", "uhc", true},
    {"windows-949", "uhc", true},
    {"euc-jp", "euc-jp", true},
    {"x-euc-jp", "euc-jp", true},
    {"euc-tw", "euc-tw", true},
    {"shift_jis", "windows-31j", true},
    {"shift-jis", "windows-31j", true},
    {"sjis", "windows-31j", true},
    {"x-sjis", "windows-31j", true},
    {"ms_kanji", "windows-31j", true},
    {"windows-31j", "windows-31j", true},
};

/* Below this many bytes above ASCII a dense label beats "is valid UTF-8". */
#define FEW 6

/* Only letters, digits and what names of charsets have: iconv takes a "/" for
 * an option or a path. */
static bool
is_name(const char *label)
{
	size_t n = strspn(label, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789-_.:+()");

	return n > 0 && n <= 40 && label[n] == '\0';
}

/* The label's meaning; {0} when it says nothing. */
static struct alias
look_up(const char *label)
{
	if (label == NULL || !is_name(label))
		return (struct alias){0};
	for (size_t i = 0; i < G_N_ELEMENTS(aliases); i++) {
		if (g_ascii_strcasecmp(aliases[i].label, label) == 0)
			return aliases[i];
	}
	return (struct alias){.label = label, .charset = label};
}

static bool
has_prefix(const char *s, const char *prefix)
{
	return s != NULL && g_ascii_strncasecmp(s, prefix, strlen(prefix)) == 0;
}

/* What one look at the bytes tells. */
struct look {
	size_t high; /* bytes above ASCII */
	bool nul;
	const char *iso2022; /* an escape sequence says so: which */
};

/* "ESC $ ) C" and kin (RFC 1468, 1557, 1922). Colours of a terminal are
 * escape sequences too, but others. */
static const char *
escape_at(const char *p, size_t left)
{
	if (left >= 4 && p[1] == '$' && p[2] == ')')
		return p[3] == 'C' ? "iso-2022-kr" : "iso-2022-cn";
	if (left >= 3 && p[1] == '$' && strchr("@B(A", p[2]) != NULL)
		return "iso-2022-jp";
	if (left >= 3 && p[1] == '(' && (p[2] == 'J' || p[2] == 'I'))
		return "iso-2022-jp";
	return NULL;
}

static struct look
look_at(const char *p, size_t n)
{
	struct look look = {0};

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= 0x80)
			look.high++;
		else if (c == '\0')
			look.nul = true;
		else if (c == 0x1b && look.iso2022 == NULL)
			look.iso2022 = escape_at(p + i, n - i);
	}
	return look;
}

/* Good characters above ASCII and bad bytes of what may be UTF-8. A last
 * character that was cut off is not bad. */
static void
count_utf8(const char *p, size_t n, size_t *good, size_t *bad)
{
	const char *end = p + n;

	*good = *bad = 0;
	while (p < end) {
		gunichar c = (unsigned char)*p;

		if (c < 0x80) {
			p++;
			continue;
		}
		c = g_utf8_get_char_validated(p, end - p);
		if (c < 0x110000) {
			p = g_utf8_next_char(p);
			(*good)++;
		} else if (c == (gunichar)-2 && *good > 0) {
			return; /* incomplete, behind whole ones */
		} else {
			p++;
			(*bad)++;
		}
	}
}

static bool
is_utf8(
    const char *p, size_t n, const struct look *look, bool labelled, bool dense)
{
	size_t good, bad;

	if (dense && look->high < FEW)
		return false;
	count_utf8(p, n, &good, &bad);
	return bad == 0 || (!labelled && good >= bad);
}

/* Bytes of the smallest piece of text in CHARSET. */
static size_t
unit_of(const char *charset)
{
	if (has_prefix(charset, "utf-32") || has_prefix(charset, "ucs-4"))
		return 4;
	return has_prefix(charset, "utf-16") || has_prefix(charset, "ucs-2") ||
		       has_prefix(charset, "unicode")
		   ? 2
		   : 1;
}

/* Converts with CD, one U+FFFD for each piece of UNIT bytes that it refuses. */
static GString *
convert(iconv_t cd, size_t unit, const char *in, size_t n)
{
	GString *out = g_string_sized_new(n * 2 + 16);
	char buf[4096];
	char *src = (char *)in;
	bool flushed = false;

	while (!flushed) {
		char *dst = buf;
		size_t room = sizeof(buf), r;

		/* Decoders may hold a base letter back: ask for it. */
		flushed = n == 0;
		r = n > 0 ? iconv(cd, &src, &n, &dst, &room)
			  : iconv(cd, NULL, NULL, &dst, &room);
		g_string_append_len(out, buf, dst - buf);
		if (r != (size_t)-1 || errno == E2BIG || n == 0)
			continue;
		/* EILSEQ, or EINVAL at the end of what was cut off */
		g_string_append(out, REPLACEMENT);
		src += MIN(unit, n);
		n -= MIN(unit, n);
	}
	return out;
}

/* A string from UTF-8 that may have faults, NUL or a byte order mark. */
static char *
finish(const char *bytes, size_t length, size_t *out_length)
{
	char *s;

	if (length >= 3 && memcmp(bytes, BOM, 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	if (memchr(bytes, '\0', length) == NULL) {
		s = g_utf8_make_valid(bytes, (gssize)length);
	} else {
		char *copy = g_memdup2(bytes, length);

		for (size_t i = 0; i < length; i++) {
			if (copy[i] == '\0')
				copy[i] = ' ';
		}
		s = g_utf8_make_valid(copy, (gssize)length);
		g_free(copy);
	}
	*out_length = strlen(s);
	return s;
}

/* The charset to convert from; NULL: it is UTF-8. */
static const char *
choose(const char *p, size_t n, const char *label)
{
	struct look look = look_at(p, n);
	struct alias alias = look_up(label);
	bool wide = unit_of(alias.charset) > 1;

	if (n >= 2 && look.nul &&
	    (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
		return wide ? alias.charset : "utf-16";
	/* A wide label over plain ASCII or UTF-8 is a lie. */
	if (wide && (look.nul || !g_utf8_validate(p, (gssize)n, NULL)))
		return alias.charset;
	if (look.high == 0) {
		if (has_prefix(alias.charset, "utf-7"))
			return alias.charset;
		if (look.iso2022 != NULL)
			return has_prefix(alias.charset, "iso-2022")
				   ? alias.charset
				   : look.iso2022;
		return NULL;
	}
	/* Nor has UTF-7 any byte above ASCII. */
	if (has_prefix(alias.charset, "utf-7"))
		alias.charset = NULL;
	if (is_utf8(p, n, &look, alias.charset != NULL, alias.dense))
		return NULL;
	if (alias.charset == NULL)
		return look.iso2022 != NULL ? look.iso2022
					    : charset_guess(p, n);
	return alias.charset;
}

char *
charset_to_utf8(
    const char *bytes, size_t length, const char *charset, size_t *out_length)
{
	size_t unused;
	const char *from = choose(bytes, length, charset);
	iconv_t cd = (iconv_t)-1;
	GString *converted;
	char *out;

	if (out_length == NULL)
		out_length = &unused;
	if (from != NULL) {
		cd = iconv_open("UTF-8", from);
		if (cd == (iconv_t)-1) {
			from = charset_guess(bytes, length);
			cd = iconv_open("UTF-8", from);
		}
	}
	if (cd == (iconv_t)-1)
		return finish(bytes, length, out_length);
	converted = convert(cd, unit_of(from), bytes, length);
	(void)iconv_close(cd);
	out = finish(converted->str, converted->len, out_length);
	g_string_free(converted, TRUE);
	return out;
}

size_t
charset_cut(const char *text, size_t length, size_t max)
{
	size_t n = MIN(length, max);

	if (n == length)
		return n;
	/* Back over continuation bytes, three at most in valid text. */
	for (int i = 0;
	     i < 3 && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; i++)
		n--;
	return n;
}
