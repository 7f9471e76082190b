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
 * told: Original-Rcpt-To, Removal-Recipient, then the VERP sender in
 * Original-Mail-From, then the one address in X-HmXmrOriginalRecipient,
 * X-Apparently-To or To of the returned mail, then its Return-Path. Redacted
 * ones only when there is nothing else. */
void feedback_read(const struct mail *, struct report *, struct found_list *);

#endif
