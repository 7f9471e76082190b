/* body.h: the human text of a bounce and the returned mail behind it. */
#ifndef BOUNCED_PARSER_BODY_H
#define BOUNCED_PARSER_BODY_H

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
 * fields with Received:, Return-Path: or Message-ID: among them. */
struct body body_split(const char *text, size_t length);

#endif
