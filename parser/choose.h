/* choose.h: which of the marked addresses are the recipients. Private to the
 * general reader.
 */
#ifndef BOUNCED_PARSER_CHOOSE_H
#define BOUNCED_PARSER_CHOOSE_H

#include "parser/marks.h"

/* Adds recipients to OUT: those that a header field names, else those with
 * the strongest parts; out->guessed tells that they were only mentioned.
 * True when there is one. */
bool choose_recipients(const struct marks *, struct found_list *out);

#endif
