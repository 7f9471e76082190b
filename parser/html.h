/* html.h: the words of an HTML text, in lines. */
#ifndef BOUNCED_PARSER_HTML_H
#define BOUNCED_PARSER_HTML_H

#include <stddef.h>

/* Plain text of HTML (UTF-8): tags are taken out, block elements, <br> and
 * table rows end a line, <style>, <script> and comments vanish, character
 * references are decoded; an "<addr@example.org>" that nobody escaped stays.
 * Not a sanitizer: the result is text and to be escaped like any other. One
 * pass, no recursion. NUL-terminated; g_free(). */
char *html_to_text(const char *html, size_t length);

#endif
