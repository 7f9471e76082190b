/* table.h: rows of text in columns that fit the terminal. */
#ifndef BOUNCED_CTL_TABLE_H
#define BOUNCED_CTL_TABLE_H

#include "ctl/terminal.h"

struct table;

struct column {
	const char *title;
	/* The width below which it is never cut; 0: never cut at all. */
	int min;
	bool right; /* numbers */
	/* Gives room first, and is left out, the last first, when it does
	 * not suffice. */
	bool spare;
};

#define MAX_COLUMNS 8

/* Prints to FILE as wide as TERMINAL. COLUMNS (at most MAX_COLUMNS) is not
 * copied. The widths are those of the first few hundred rows, so that tables
 * of any length can be printed as they come. */
struct table *table_new(
    FILE *, const struct terminal *, const struct column *columns, size_t n);

/* Adds a row of as many CELLS as there are columns; they may be hostile and
 * are made printable here. NULL cells are empty. PAINTS: a colour for each,
 * or NULL. */
void table_row(
    struct table *, const char *const *cells, const enum paint *paints);

/* Prints what is left and frees the table. */
void table_finish(struct table *);

/* Widths of N columns so that they and GAP between them fit into WIDTH:
 * NATURAL is what each would like. Returns how many columns are left. For
 * tests. */
size_t table_fit(const struct column *, size_t n, const int *natural, int width,
    int gap, int *widths);

#endif
