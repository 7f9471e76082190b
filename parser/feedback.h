/* feedback.h: complaints and abuse reports: ARF (RFC 5965), failure reports
 * of DMARC (RFC 6591), Microsoft's JMRP, opt-out reports.
 */
#ifndef BOUNCED_PARSER_FEEDBACK_H
#define BOUNCED_PARSER_FEEDBACK_H

#include "parser/found.h"
#include "parser/mime.h"
#include "parser/report.h"

/* True when MAIL is one. */
bool feedback_is(const struct mail *);

/* Fills the feedback fields of REPORT and adds who complained, as far as
 * told: Original-Rcpt-To, Removal-Recipient, X-HmXmrOriginalRecipient,
 * X-Apparently-To or the returned mail's To. */
void feedback_read(const struct mail *, struct report *, struct found_list *);

#endif
