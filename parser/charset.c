/* charset.c: conversion that always answers. */
#include "parser/charset.h"

#include <gmime/gmime.h>
#include <stdbool.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

static bool
is_ascii(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)p[i] >= 0x80 || p[i] == 0x1b)
			return false;
	}
	return true;
}

/* Converts with CD, one U+FFFD for each byte that it refuses. */
static char *
convert(iconv_t cd, const char *in, size_t n, size_t *out_length)
{
	GString *out = g_string_sized_new(n * 2 + 16);
	char buf[4096];
	char *src = (char *)in;

	while (n > 0) {
		char *dst = buf;
		size_t room = sizeof(buf), r;

		r = iconv(cd, &src, &n, &dst, &room);
		g_string_append_len(out, buf, dst - buf);
		if (r != (size_t)-1 || errno == E2BIG)
			continue;
		/* EILSEQ, or EINVAL at the end of what was cut off */
		g_string_append(out, REPLACEMENT);
		src++;
		n--;
	}
	*out_length = out->len;
	return g_string_free(out, FALSE);
}

/* Valid UTF-8 without NUL from what should be UTF-8 already. */
static char *
make_valid(const char *bytes, size_t length, size_t *out_length)
{
	char *s = g_utf8_make_valid(bytes, (gssize)length);

	*out_length = strlen(s);
	return s;
}

/* Charset to try when the label is missing, unknown or plainly wrong. */
static const char *
guess(const char *bytes, size_t length)
{
	const char *esc = memchr(bytes, 0x1b, length);

	if (esc != NULL && (size_t)(esc - bytes) + 2 < length) {
		if (esc[1] == '$' && esc[2] == ')' &&
		    (size_t)(esc - bytes) + 3 < length)
			return esc[3] == 'C' ? "iso-2022-kr" : "iso-2022-cn";
		if (esc[1] == '$' || esc[1] == '(')
			return "iso-2022-jp";
	}
	return "windows-1252";
}

static bool
says_nothing(const char *charset)
{
	static const char *const empty[] = {"us-ascii", "ascii", "unknown-8bit",
	    "unknown", "x-unknown", "8bit", "7bit", "ansi_x3.110-1983", "utf-8",
	    "utf8", NULL};

	for (size_t i = 0; empty[i] != NULL; i++) {
		if (g_ascii_strcasecmp(charset, empty[i]) == 0)
			return true;
	}
	return false;
}

char *
charset_to_utf8(
    const char *bytes, size_t length, const char *charset, size_t *out_length)
{
	size_t unused;
	iconv_t cd;
	char *out;

	if (out_length == NULL)
		out_length = &unused;
	if (is_ascii(bytes, length)) {
		*out_length = length;
		return g_strndup(bytes, length);
	}
	if (memchr(bytes, 0x1b, length) == NULL &&
	    g_utf8_validate(bytes, (gssize)length, NULL))
		return make_valid(bytes, length, out_length);
	if (charset == NULL || says_nothing(charset))
		charset = guess(bytes, length);
	cd = g_mime_iconv_open("UTF-8", charset);
	if (cd == (iconv_t)-1)
		cd = g_mime_iconv_open("UTF-8", guess(bytes, length));
	if (cd == (iconv_t)-1)
		return make_valid(bytes, length, out_length);
	out = convert(cd, bytes, length, out_length);
	g_mime_iconv_close(cd);
	/* iconv passes NUL on: hide nothing behind it. */
	for (size_t i = 0; i < *out_length; i++) {
		if (out[i] == '\0')
			out[i] = ' ';
	}
	return out;
}
