/* verp.h: the subscriber's address inside the address that a bounce came
 * back to: VERP, SRS and BATV undone.
 */
#ifndef BOUNCED_PARSER_VERP_H
#define BOUNCED_PARSER_VERP_H

/* Delimiters between the bounce address and the encoded one when nothing is
 * configured. */
#define VERP_DELIMITERS "+-"

/* The address that ENVELOPE_RECIPIENT encodes, or NULL when it encodes none:
 *
 *   list-bounces+user=example.com@lists.example.org   (Mailman, Postfix)
 *   bounces+user+tag=example.com@...                  (phpList and others)
 *   list-return-42-user=example.com@...               (ezmlm, qmail)
 *   owner-list-user=example.com@...                   (Majordomo)
 *   sentto-1-2-3-user=example.com@...                 (Yahoo Groups)
 *   bounce+user==a==example.com==list@...             (Sympa)
 *   bounces+123456-1a2b-user=example.com@...          (SendGrid)
 *   bounce+1a2b3c.4d5e6f-user=example.com@...         (Mailgun)
 *
 * also wrapped in SRS and BATV (see verp_unwrap), in any order. A wrapping
 * alone gives NULL: a forwarder's return path is no subscriber. So do tokens
 * of services (Amazon, Google, CiviCRM, Discourse ...). DELIMITERS are tried
 * in order (NULL or "": VERP_DELIMITERS). With "-" what is encoded follows a
 * bounce word and numbers, else the last "-" counts unless it may be the
 * subscriber's own. g_free(). */
char *verp_decode(const char *envelope_recipient, const char *delimiters);

/* The address inside SRS and BATV wrappings, all of them undone; a copy of
 * ADDRESS when there is none. g_free().
 *
 *   prvs=0123abcdef=user@...      (draft-levine-smtp-batv)
 *   prvs=user=0123abcdef@...  prvs=user/0123abcdef@...  (older drafts)
 *   btv1==0123abcdef==user@...    (Barracuda)
 *   msprvs1=0123abcdef=user@...   (SparkPost)
 *   SRS0=HHH=TT=example.com=user@...   separators may be + and -
 *   SRS1=HHH=forwarder==HHH=TT=example.com=user@...
 */
char *verp_unwrap(const char *address);

#endif
