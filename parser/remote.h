/* remote.h: the remote host that a diagnostic quotes. */
#ifndef BOUNCED_PARSER_REMOTE_H
#define BOUNCED_PARSER_REMOTE_H

/* The host in "host mx.example.org[192.0.2.1] said: 550 ...", "while talking
 * to mx.example.org.:", "mx.example.org does not like recipient.", "Generating
 * server: ..."; NULL when TEXT (may be NULL) names none. g_free(). */
char *remote_host(const char *text);

#endif
