/* address.h: mail addresses in fields and in free text. */
#ifndef BOUNCED_PARSER_ADDRESS_H
#define BOUNCED_PARSER_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* RFC 5321 section 4.5.3.1: 64 + 1 + 255; field software goes beyond, and
 * VERP of VERP too. Longer ones are taken for no address. */
#define MAX_ADDRESS 512

/* A place in a text. */
struct span {
	size_t start, end; /* end is behind the last byte */
};

/* Finds the first address at or after FROM: "user@host.tld", in <> also
 * without a dot, with a quoted local part or with non-ASCII letters (RFC
 * 6531). The span has the address alone, without <>, quotes around it and the
 * full stop of a sentence. TEXT is UTF-8; CJK letters count only in <> or as
 * a whole local part, since such prose has no spaces. Linear over all calls
 * that go through a text. */
bool address_next(const char *text, size_t length, size_t from, struct span *);

/* The address in a field value: "rfc822; <u@d> (comment)", "u@d", "RFC822;
 * u@d", "utf-8; \x{..}" (all three encodings of RFC 6533), "Name <u@d>",
 * source routes "<@relay:u@d>", X.400 "/DDA:SMTP=u(a)d/", xtext with "+40".
 * Of a list the first. Without "@" the bare name is given back ("local;
 * joe"), cleaned. NULL when nothing is left. g_free(). */
char *address_clean(const char *value);

/* VALUE with the +HH of xtext (RFC 3461 section 4) decoded, as the ORCPT
 * parameter has it. g_free(). */
char *address_decode_xtext(const char *value);

/* True when STRING as a whole has the form local@domain with a plausible
 * domain. NULL has not. */
bool address_is_valid(const char *string);

/* The domain of ADDRESS ("" without one); points into it. */
const char *address_domain(const char *address);

/* The same mailbox: case does not count, nor whether the domain is written in
 * U-labels or A-labels (RFC 5890). NULL equals nothing. */
bool address_equal(const char *a, const char *b);

/* The form in which equal addresses are equal strings. g_free(). */
char *address_fold(const char *address);

#endif
