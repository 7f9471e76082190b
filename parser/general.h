/* general.h: finds recipients and what is said of them in any human text
 * that reports a failure: the reader behind most free-text formats, and the
 * last one for formats that nobody taught us.
 */
#ifndef BOUNCED_PARSER_GENERAL_H
#define BOUNCED_PARSER_GENERAL_H

#include "parser/letter.h"

/* Adds the recipients that the letter's text reports on: addresses that open
 * a line or follow a label ("Recipient:"), else those in an SMTP dialog or
 * reply, else those in a sentence with a word of failure, else what is left;
 * each with the text that belongs to it. Named ones (X-Failed-Recipients) are
 * taken as they are and get their text. True when there is at least one. */
bool general_read(const struct letter *, struct found_list *);

#endif
