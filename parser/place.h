/* place.h: the part that an address plays in the line where it stands.
 */
#ifndef BOUNCED_PARSER_PLACE_H
#define BOUNCED_PARSER_PLACE_H

#include "parser/letter.h"

/* Stronger ones first. */
enum place {
	HEAD,    /* opens the line: "<u@d>:", "  u@d", "* Jo <u@d> on ..." */
	LABEL,   /* "Recipient: u@d", "Unknown user: u@d" */
	TOWARD,  /* "error delivering your mail to u@d" */
	DIALOG,  /* "RCPT TO:<u@d>" that was refused */
	REPLY,   /* "550 <u@d>... User unknown" */
	MENTION, /* in a sentence that speaks of failure */
	NEAR,    /* with words of failure in the lines around */
	SUMMARY, /* "To: u@d" */
	LOOSE,   /* anywhere */
	ORIGIN,  /* "(expanded from: <u@d>)" */
	NOTHING  /* a sender, somebody to ask, a link */
};

/* The part of the address at SPAN of line I. */
enum place place_of(const struct letter *, size_t i, struct span);

/* True when between FROM and TO of the line there is only what stands between
 * the addresses of a list. */
bool place_is_list(const struct line *, size_t from, size_t to);

/* A field of a status part that a gateway left in the text ("Action: failed").
 * dsn.h reads those; here they are no words. */
bool place_is_status_field(const struct line *);

/* A colon of any script ends the text, but for opening brackets. */
bool place_ends_with_colon(const char *text, size_t length);

#endif
