/* text.h: hostile text made harmless, for each place where it is shown. */
#ifndef BOUNCED_UTIL_TEXT_H
#define BOUNCED_UTIL_TEXT_H

/* All three take any bytes up to a NUL (NULL counts as "") and return a new
 * string of valid UTF-8; free(). Never fail. Bytes that are no UTF-8 become
 * U+FFFD one by one, so nothing disappears. */

/* Terminal and log: C0, DEL, C1, bidi overrides, line and paragraph
 * separators and other invisible controls (Unicode categories Cc, Cf, Zl, Zp)
 * are replaced by U+FFFD, tab and newline by a space. */
char *text_printable(const char *bytes);

/* A CSV cell (RFC 4180), quoted when needed, controls as above; a cell that
 * begins with = + - @ (their full-width forms too), tab or CR, behind spaces
 * or not, gets a ' in front, so that no spreadsheet runs it. */
char *text_csv(const char *bytes);

/* HTML text or attribute value: & < > " ' escaped, controls as above. */
char *text_html(const char *bytes);

#endif
