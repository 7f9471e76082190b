/* report_text.h: what a mail reported, for people. */
#ifndef BOUNCED_CTL_REPORT_TEXT_H
#define BOUNCED_CTL_REPORT_TEXT_H

#include "ctl/terminal.h"
#include "parser/report.h"

#include <stdio.h>

/* The block that `scan` prints for one mail. FILE and everything in REPORT
 * may be hostile. */
void report_print(
    FILE *, const struct terminal *, const char *file, const struct report *);

/* "failed, user-unknown, hard", in colours. */
struct outcome {
	const char *action, *class;
	bool hard;
};
void outcome_print(FILE *, const struct terminal *, const struct outcome *);

/* TEXT made harmless, painted. NULL is "". */
void print_painted(
    FILE *, const struct terminal *, enum paint, const char *text);

#endif
