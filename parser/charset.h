/* charset.h: bytes of any charset, labelled rightly or not, -> UTF-8. */
#ifndef BOUNCED_PARSER_CHARSET_H
#define BOUNCED_PARSER_CHARSET_H

#include <stddef.h>

/* BYTES as valid UTF-8 without NUL, new, NUL-terminated; its length goes to
 * *out_length when that is not NULL. CHARSET is the label (NULL: none).
 *
 * Labels lie, so the bytes speak first: what is valid UTF-8 is UTF-8; so is
 * what has no other label and a few bad bytes in good UTF-8, and what was cut
 * inside a last character. ISO-2022 is known by its escape sequences, UTF-16
 * by its byte order mark. Else the label, of which the superset that mail
 * really means is taken (RFC-named GB 2312 is GB 18030 in the field, ISO
 * 8859-1 is windows-1252), else windows-1252, or windows-1251 or KOI8-R where
 * whole words are above ASCII. A byte that does not convert
 * becomes U+FFFD, NUL a space; a byte order mark is dropped. */
char *charset_to_utf8(
    const char *bytes, size_t length, const char *charset, size_t *out_length);

/* The longest length up to MAX that cuts no character of TEXT (UTF-8, LENGTH
 * bytes) in two. */
size_t charset_cut(const char *text, size_t length, size_t max);

#endif
