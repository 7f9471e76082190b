/* charset.h: bytes of any charset, labelled rightly or not, -> UTF-8. */
#ifndef BOUNCED_PARSER_CHARSET_H
#define BOUNCED_PARSER_CHARSET_H

#include <stddef.h>

/* BYTES as valid UTF-8 without NUL, new, NUL-terminated; its length goes to
 * *out_length when that is not NULL. CHARSET is the label (NULL: none). What
 * is valid UTF-8 with multi-byte characters is taken as UTF-8 whatever its
 * label says; ESC sequences mean ISO-2022; what cannot be converted byte by
 * byte becomes U+FFFD. */
char *charset_to_utf8(
    const char *bytes, size_t length, const char *charset, size_t *out_length);

#endif
