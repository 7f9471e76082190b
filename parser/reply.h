/* reply.h: reads SMTP replies (RFC 5321 section 4.2) and enhanced status
 * codes (RFC 3463, RFC 2034) out of free text, as MTAs quote them.
 */
#ifndef BOUNCED_PARSER_REPLY_H
#define BOUNCED_PARSER_REPLY_H

#include "parser/report.h"

struct reply {
	int code; /* 0: none found */
	struct enhanced status;
};

/* Finds the reply that TEXT (UTF-8, may be NULL) quotes: "smtp; 550-5.1.1
 * <u@d>... User unknown", "host mx[1.2.3.4] said: 550 5.1.1 ...", "(#5.1.1)",
 * "SMTP error from remote mail server after RCPT TO:<u@d>: 550 ...". Numbers
 * that are no replies (IP addresses, ports, sizes, dates, queue ids, "550"
 * inside a word) are not taken. Of several, the last reply of the chain that
 * says why. */
struct reply reply_read(const char *text);

/* Reads "5.1.1", "5.1.1 (bad mailbox)", "#5.1.1", " 5.7.1 " as in a Status:
 * field. False when there is no enhanced code at the start. */
bool enhanced_parse(const char *text, struct enhanced *);

/* The more specific one of two: x.0.0 loses to everything, x.y.0 to x.y.z;
 * on a draw A stays. A missing one loses. */
struct enhanced enhanced_better(struct enhanced a, struct enhanced b);

#endif
