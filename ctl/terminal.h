/* terminal.h: where output goes: how wide it is, and whether it has colours.
 */
#ifndef BOUNCED_CTL_TERMINAL_H
#define BOUNCED_CTL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct terminal {
	int width; /* columns; 80 when it is no terminal */
	bool is_terminal;
	bool colour;
};

enum paint {
	PAINT_NONE,
	PAINT_BOLD,
	PAINT_DIM,
	PAINT_RED,
	PAINT_GREEN,
	PAINT_YELLOW,
	PAINT_BLUE,
	PAINT_MAGENTA,
	PAINT_CYAN,
	PAINT_COUNT
};

/* Colour only on a terminal, and never when NO_COLOR is set to anything or
 * TERM is "dumb" or missing. */
struct terminal terminal_of(FILE *);

/* The escape sequence for PAINT, and the one that ends it; "" without
 * colour. */
const char *terminal_on(const struct terminal *, enum paint);
const char *terminal_off(const struct terminal *);

/* Columns that the UTF-8 TEXT takes: wide letters two, combining ones none. */
int text_columns(const char *text);

/* Bytes at the start of TEXT that fit into COLUMNS; *used is what they take. */
size_t text_fit(const char *text, int columns, int *used);

/* Prints TEXT, which may be hostile, as a paragraph of at most WIDTH columns
 * with INDENT spaces in front of each line; broken at spaces, and inside a
 * word only when it is longer than a line. */
void text_wrap(FILE *, const char *text, int indent, int width);

/* The same where the first line has its INDENT columns printed already. */
void text_hang(FILE *, const char *text, int indent, int width);

#endif
