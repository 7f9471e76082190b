/* progress.h: a line that tells how far a long command is, on a terminal
 * only. */
#ifndef BOUNCED_CTL_PROGRESS_H
#define BOUNCED_CTL_PROGRESS_H

#include "ctl/terminal.h"

#include <stdint.h>

struct progress {
	struct terminal terminal;
	int64_t started, drawn; /* microseconds */
	uint64_t total;         /* units; 0: unknown */
	bool on;
};

/* To standard error. */
void progress_start(struct progress *, uint64_t total);

/* Draws at most ten times a second. DONE is in units, MAILS what is counted.
 */
void progress_update(struct progress *, uint64_t done, uint64_t mails);

/* Takes the line away, so that other output can be printed. */
void progress_clear(struct progress *);

/* The line for COLUMNS of width after SECONDS: "[=====>    ]  52%  12,345
 * mails  2,310/s  0:42 left". A new string; free(). */
char *progress_line(
    int columns, uint64_t done, uint64_t total, uint64_t mails, double seconds);

/* "12,345". A new string; free(). */
char *number_text(uint64_t);

#endif
