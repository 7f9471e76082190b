/* setup.h: what a worker must know before it is confined.
 *
 * Options, rules and codes travel in a sealed memfd, so that a worker opens
 * no file of ours. The parent wrote it and nobody can change it; it is still
 * read with the checked reader.
 */
#ifndef BOUNCED_WORKER_SETUP_H
#define BOUNCED_WORKER_SETUP_H

#include "parser/parser.h"

#include <sys/types.h>

struct setup {
	size_t max_read;
	size_t memory_limit;
	unsigned in_flight;
	pid_t parent; /* a worker with another parent is an orphan */
	bool unconfined;
	struct parser_options parser;
	const struct source *rules, *codes;
	size_t n_rules, n_codes;
};

/* A sealed memfd (close-on-exec) that holds SETUP; -1 and errno. */
int setup_write(const struct setup *);

/* Reads what FD holds into a new struct; NULL when it is no setup of this
 * program. */
struct setup *setup_read(int fd);
void setup_free(struct setup *);

#endif
