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
 *   list-return-42-user=example.com@...               (ezmlm)
 *   prvs=0123abcdef=...@...  btv1==...==...@...       (BATV)
 *   SRS0=HHH=TT=example.com=user@..., SRS1=HHH=fwd==HHH=TT=domain=user@...
 *
 * An SRS or BATV wrapping alone gives the wrapped address only if that in
 * turn is VERP: a forwarder's return path is no subscriber. DELIMITERS are
 * tried in order (NULL: VERP_DELIMITERS). g_free(). */
char *verp_decode(const char *envelope_recipient, const char *delimiters);

/* The address inside SRS and BATV wrappings, all of them undone; a copy of
 * ADDRESS when there is none. g_free(). */
char *verp_unwrap(const char *address);

#endif
