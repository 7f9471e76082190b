/* fold.h: text as rules see it.
 *
 * What two people mean by the same words is often not the same bytes: case,
 * accents left out, typographic quotes, a reply broken over several lines.
 * Phrases and texts are folded alike before they are compared.
 */
#ifndef BOUNCED_PARSER_FOLD_H
#define BOUNCED_PARSER_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/* Folds TEXT (UTF-8; invalid bytes are dropped) into OUT of SIZE bytes, NUL
 * included, and returns the length; what does not fit is cut off.
 *
 * Letters become lower case and Latin ones lose their accents, full-width
 * forms become ASCII, runs of white space one space, typographic quotes and
 * dashes plain ones; invisible characters go. Articles and forms of "to be"
 * and "to have" go as well ("a mailbox has been closed" and "the mailbox is
 * closed" are both "mailbox closed"). A mail address, also one in <>, becomes
 * a lone "@": what somebody is called says nothing about why his mail came
 * back.
 * The codes that an MTA repeats on every line of a multi-line reply
 * (RFC 5321 section 4.2.1: "550-5.1.1 no such 550 5.1.1 user") go, so that
 * phrases reach over lines; so does the name in "host mx.example.org[...]
 * said:". */
size_t fold_text(const char *text, char *out, size_t size);

/* ASCII only, whatever the locale. */
static inline bool
fold_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
fold_is_alnum(char c)
{
	return fold_is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* Space and every control character. */
static inline bool
fold_is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

#endif
