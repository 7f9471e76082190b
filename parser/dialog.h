/* dialog.h: lines of SMTP dialogs as reports quote them, in many notations.
 */
#ifndef BOUNCED_PARSER_DIALOG_H
#define BOUNCED_PARSER_DIALOG_H

#include "parser/letter.h"

/* "<<< 550 ...", "Out: 550 ...", " 550-...", "Tue 10:20:31: <-- 550 ...",
 * "Reason: 550 ...": the reply code that opens the line, or 0. */
int dialog_code(const struct line *);

/* The line that refuses the recipient of the RCPT in line I: the answer to
 * it, or, where that was 2yz, to the DATA that follows; n_lines when there is
 * none. */
size_t dialog_refusal(const struct letter *, size_t i);

/* True when the RCPT in line I was answered well. One that nobody answered
 * may be the one that failed. */
bool dialog_is_accepted(const struct letter *, size_t i);

#endif
