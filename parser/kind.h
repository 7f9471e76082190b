/* kind.h: what sort of mail it is, told from header and words.
 */
#ifndef BOUNCED_PARSER_KIND_H
#define BOUNCED_PARSER_KIND_H

#include "parser/letter.h"

/* How sure header, subject and text make it that this mail is a delivery
 * report in free text: 0 nothing speaks for it, 3 and more is enough to
 * believe the text. */
int kind_report_weight(const struct letter *);

/* False for what a person wrote, who may well quote or discuss a report:
 * nothing shows that a program sent it, or his own words stand above it. */
bool kind_may_report(const struct letter *);

/* Vacation, challenge-response, ticket receipt and other answers of programs
 * (RFC 3834): by Auto-Submitted and kin, subject, or words of a challenge. */
bool kind_is_auto_reply(const struct letter *);

/* The same, but surer when the mail has the looks of a report, too: a ticket
 * may be about a bounce, and a notice of moderation may bounce. */
bool kind_is_plain_answer(const struct letter *);

/* A challenge ("click to have your mail delivered"), which may come dressed
 * as a delivery report. */
bool kind_is_challenge(const struct letter *);

/* What the text says happened when no field says so. */
enum action kind_action(const struct letter *);

/* True when a mail system, or nobody, wrote it: by From. */
bool kind_is_from_system(const struct letter *);

/* The same, or the envelope or X-Failed-Recipients says so. */
bool kind_is_sent_by_system(const struct letter *);

/* True when From: (name and address) is that of a mail system. */
bool kind_is_mail_system(struct words *, const char *from);

#endif
