/* rows.h: rows of the database printed as table, CSV or JSON lines. */
#ifndef BOUNCED_CTL_ROWS_H
#define BOUNCED_CTL_ROWS_H

#include "ctl/ctl.h"

enum row_format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON };

/* For OPTION_WORD, in the order of enum row_format. "text" and "plain" are
 * the same form, named as each command promises. */
extern const char *const row_formats[];   /* text, csv, json */
extern const char *const plain_formats[]; /* plain, csv, json */

/* Prints N cells as one CSV record; NULL is an empty one. */
void csv_print(FILE *, const char *const *cells, size_t n);

/* Prints every bounce that FILTER lets through; the exit status. *n counts
 * them. */
int rows_print(struct ctl *, struct store *, const struct bounce_filter *,
    enum row_format, uint64_t *n);

#endif
