/* formats.h: the table of free-text formats. A new one is one row in
 * formats.c and, if the general reader does not do, one file in formats/.
 */
#ifndef BOUNCED_PARSER_FORMATS_H
#define BOUNCED_PARSER_FORMATS_H

#include "parser/letter.h"

/* Reads recipients; true when it found one. Formats without a reader of
 * their own use the general one. */
typedef bool format_decode(const struct letter *, struct found_list *);

#define FORMAT_PHRASES 3

/* A format is recognised when every clue that its row names is there. */
struct format {
	const char *name;
	const char *from;           /* in From: */
	const char *subject;        /* in Subject: */
	const char *header, *value; /* a field that contains VALUE */
	/* each in the human text, as words.c writes phrases */
	const char *phrase[FORMAT_PHRASES];
	format_decode *decode; /* NULL: general_read */
	bool sure;      /* nobody quotes such a thing: believe it as it is */
	enum kind kind; /* when the actions do not tell: feedback */
};

/* The first row that fits, or NULL. */
const struct format *format_find(const struct letter *);

/* Rows by number, NULL behind the last. */
const struct format *format_at(size_t i);

/* How many rows there are. */
size_t format_count(void);

format_decode sendmail_read;      /* formats/sendmail.c */
format_decode notification_read;  /* formats/notification.c */
format_decode postfix_smtpd_read; /* formats/postfix_smtpd.c */

#endif
