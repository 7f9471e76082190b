/* kind.h: what sort of mail it is, told from header and words.
 */
#ifndef BOUNCED_PARSER_KIND_H
#define BOUNCED_PARSER_KIND_H

#include "parser/letter.h"

/* How sure header and subject make it that this mail is a delivery report in
 * free text: 0 nothing speaks for it, 3 and more is enough to believe the
 * text. */
int kind_report_weight(const struct letter *);

/* Vacation, challenge-response, ticket receipt and other answers of programs
 * (RFC 3834): by Auto-Submitted and kin, subject, or words of a challenge. */
bool kind_is_auto_reply(const struct letter *);

/* A challenge ("click to have your mail delivered"), which may come dressed
 * as a delivery report. */
bool kind_is_challenge(const struct letter *);

/* What the text says happened when no field says so. */
enum action kind_action(const struct letter *);

/* True when ADDRESS or display name is that of a mail system. */
bool kind_is_mail_system(const char *from);

#endif
