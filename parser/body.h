/* body.h: the human text of a bounce and the returned mail behind it. */
#ifndef BOUNCED_PARSER_BODY_H
#define BOUNCED_PARSER_BODY_H

#include "parser/words.h"

#include <stdbool.h>
#include <stddef.h>

/* Lines of a text that are looked at. */
#define MAX_LINES 3000

struct body {
	size_t human;    /* bytes of the text before the returned mail */
	size_t returned; /* where the returned mail starts; the text's length
			    when there is none */
};

/* Finds where a returned mail begins in TEXT: behind a line that says so
 * ("--- Below this line is a copy of the message.") or at a run of header
 * fields with Received:, Return-Path: or Message-ID: among them. A summary of
 * such fields with the report behind it ("This report relates to a message
 * you sent with the following header fields:") is passed over. */
struct body body_split(struct words *, const char *text, size_t length);

/* True when TEXT, of a part of its own, begins with the header of a mail. */
bool body_is_mail(const char *text, size_t length);

/* The same, with fields that mail gets on its way (Received, Return-Path). */
bool body_is_transported(const char *text, size_t length);

#endif
