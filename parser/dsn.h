/* dsn.h: message/delivery-status and its UTF-8 twin (RFC 3464, RFC 6533),
 * read as tolerantly as the field demands.
 */
#ifndef BOUNCED_PARSER_DSN_H
#define BOUNCED_PARSER_DSN_H

#include "parser/found.h"

struct dsn {
	char *reporting_mta; /* without its type */
	char *envelope_id;
	int64_t arrival_date;
	char *sender; /* X-Postfix-Sender and kin */
	struct found_list found;
};

/* Reads the decoded content of a status part (LF line ends). Fields may come
 * without blank lines between recipients, with blank lines inside one, in
 * any case and order, folded, wrapped without white space, with comments;
 * recipients may lack their type. A recipient may come out without an address
 * when its group has an Action and no recipient field. Adds to what *DSN has
 * already: a report may have several such parts. */
void dsn_read(struct dsn *, const char *text, size_t length);

/* The same from the human text, where some gateways leave the fields, quoted
 * with "> " or indented. True when a recipient was found. */
bool dsn_read_quoted(struct dsn *, const char *text, size_t length);

void dsn_clear(struct dsn *);

/* "Failed (permanent)", "error", "delayed" ... as RFC 3464 means them;
 * ACTION_NONE for what is none of it. */
enum action dsn_action(const char *value);

/* Behind the type of a value: "smtp; 550 ..." -> "550 ...", "dns;" alike. */
const char *dsn_skip_type(const char *value);

/* The host in "dns; mx.example.org. (192.0.2.1)"; NULL: none. g_free(). */
char *dsn_mta(const char *value);

/* Seconds since 1970 of an RFC 5322 date; 0 when it is none, or before. */
int64_t dsn_date(const char *value);

#endif
