/* mime.h: the MIME structure of a mail, flattened: what a reader of bounces
 * wants of it, in the order of the mail. The room where GMime lives.
 */
#ifndef BOUNCED_PARSER_MIME_H
#define BOUNCED_PARSER_MIME_H

#include "parser/fields.h"

/* Deeper nesting and further parts are not looked at. Bounces have a depth
 * of 3 to 5 and rarely 10 parts; GMime itself would go to 1,024. Mails inside
 * mails count on. */
#define MAX_MIME_DEPTH 24
#define MAX_MIME_PARTS 200
/* Bytes of one decoded text, or returned mail, that are read. */
#define MAX_PART_TEXT (256 * 1024)

struct mime;
struct mail;

enum part_role {
	PART_TEXT,        /* text of any subtype but the ones below */
	PART_HTML,        /* text/html, already made plain */
	PART_STATUS,      /* message/delivery-status (RFC 3464, RFC 6533), also
			   * when it was labelled application/octet-stream */
	PART_FEEDBACK,    /* message/feedback-report (RFC 5965) */
	PART_DISPOSITION, /* message/disposition-notification (RFC 8098) */
	PART_MAIL,        /* message/rfc822, message/global: see mail */
	PART_HEADERS,     /* text/rfc822-headers and kin: see mail */
	PART_OTHER,       /* anything else; has no text */
};

struct part {
	enum part_role role;
	char *type; /* "text/plain", lower case */
	char *text; /* UTF-8, LF, NUL-terminated; NULL: none */
	size_t length;
	struct mail *mail; /* PART_MAIL, PART_HEADERS */
};

struct mail {
	struct fields headers;
	char *type;        /* content type, lower case; "text/plain" if none */
	char *report_type; /* RFC 6522 parameter, lower case, or NULL */
	struct part *parts;
	size_t n_parts;
	/* private to mime.c */
	char *owned; /* the text, of a mail that was a part */
	const char *body;
	size_t body_length;
	int depth;
};

struct mime *mime_new(void);
void mime_free(struct mime *);

/* Reads a mail (see input.h for the form). Never NULL, and at least one part:
 * what GMime cannot read at all is one PART_TEXT; a multipart whose boundary
 * is missing or wrong is read by the one that stands there. mail_free(). TEXT
 * must outlive the mail. Stack and time are bounded whatever TEXT is. */
struct mail *mime_read(struct mime *, const char *text, size_t length);

/* Reads the parts of a PART_MAIL's mail, which mime_read leaves alone: a
 * returned mail is seldom worth it. */
void mail_expand(struct mail *);

void mail_free(struct mail *);

#endif
