/* found.h: recipients as a reader of one format found them, before they are
 * judged.
 */
#ifndef BOUNCED_PARSER_FOUND_H
#define BOUNCED_PARSER_FOUND_H

#include <glib.h>

#include "parser/report.h"

/* More recipients of one mail are counted, not kept. */
#define MAX_FOUND 5000

/* Bytes of a diagnostic or human text that are kept for judging: more than a
 * report shows, because the words that tell may come late. */
#define MAX_FOUND_TEXT 8000

struct found {
	char *address;
	char *original;
	enum action action;
	struct enhanced status; /* the Status: field only */
	int code;               /* a reply known apart from the texts */
	GString *diagnostic;    /* what the remote side or the MTA said */
	GString *human;         /* the human text near the address */
	char *remote_mta;
	int64_t last_attempt;
	int64_t retry_until;
};

/* A copy of the struct takes its place: clear one of them only. */
struct found_list {
	struct found *list;
	size_t count;
	size_t dropped;    /* above MAX_FOUND */
	bool guessed;      /* from sentences or less, by general_read */
	GHashTable *index; /* found_find's: address -> number */
	size_t n_indexed;
};

/* Appends an empty one; good until the next call. NULL above the limit. */
struct found *found_add(struct found_list *);

/* The first one with this address (see address_equal), or NULL. Addresses
 * that were changed after a search are found under the old one until
 * found_forget. */
struct found *found_find(struct found_list *, const char *address);
void found_forget(struct found_list *);

/* The one with this address (see address_equal), or a new one with a copy
 * of it; NULL above the limit. */
struct found *found_for(struct found_list *, const char *address);

/* Adds TEXT (UTF-8, LENGTH bytes; white space at both ends off) to *STRING,
 * after a space when there is something already; what goes beyond
 * MAX_FOUND_TEXT is left out. */
void found_text(GString **string, const char *text, size_t length);

/* Adds TEXT to the human text as a piece of its own: no phrase runs from one
 * piece into the next ("422 no" and "mx.example.org said" is no "no mx"). */
void found_human(struct found *, const char *text, size_t length);

void found_list_clear(struct found_list *);

#endif
