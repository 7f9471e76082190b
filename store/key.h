/* key.h: which address a row is about, and its domains. Strings that are
 * given back are new (g_free) unless said otherwise. */
#ifndef BOUNCED_STORE_KEY_H
#define BOUNCED_STORE_KEY_H

#include <stdbool.h>

/* The part behind the last @ of KEY; NULL: there is none. Points into KEY. */
const char *key_domain(const char *key);

/* True when SQLite's NOCASE finds GIVEN by KEY. */
bool key_is_ascii_case(const char *given, const char *key);

/* The domain of the organisation that runs HOST: "mx1.mail.example.co.uk" ->
 * "example.co.uk", by a rule of thumb (no list of public suffixes). NULL
 * when HOST is no name with a dot: an IP address, "localhost", rubbish. */
char *key_organisation(const char *host);

#endif
