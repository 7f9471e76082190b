/* text.h: hostile text made harmless, for each place where it is shown. */
#ifndef BOUNCED_UTIL_TEXT_H
#define BOUNCED_UTIL_TEXT_H

#include <stddef.h>

/* Terminal and log: valid UTF-8 in which C0, DEL, C1, bidi overrides, line
 * and paragraph separators and other invisible controls are replaced by
 * U+FFFD (tab and newline by a space). A new string; free(). */
char *text_printable(const char *bytes);

/* A CSV cell (RFC 4180), quoted when needed; a cell that begins with = + - @
 * tab or CR gets a ' in front, so that no spreadsheet runs it. free(). */
char *text_csv(const char *bytes);

/* HTML text or attribute value: & < > " ' escaped, controls as above. */
char *text_html(const char *bytes);

#endif
