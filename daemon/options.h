/* options.h: the command line of bounced. */
#ifndef BOUNCED_DAEMON_OPTIONS_H
#define BOUNCED_DAEMON_OPTIONS_H

#include <stdbool.h>

struct options {
	const char *config;   /* NULL: the default */
	const char *maildir;  /* NULL: as configured */
	const char *database; /* NULL: as configured */
	bool once, check_config, version, help;
};

/* Reads ARGV, whose strings are kept. False when it is no good: *error is a
 * sentence; free() it. */
bool options_read(struct options *, int argc, char **argv, char **error);

/* The text of --help. A new string; free(). */
char *options_help(void);

#endif
