/* guess.h: the charset of 8-bit text that has no label, or a wrong one.
 */
#ifndef BOUNCED_PARSER_GUESS_H
#define BOUNCED_PARSER_GUESS_H

#include <stddef.h>

/* A name for iconv, for BYTES that are no UTF-8 and have bytes above ASCII:
 * a charset of East Asia, Cyrillic, else windows-1252. Judged by the first
 * few kilobytes. */
const char *charset_guess(const char *bytes, size_t length);

#endif
