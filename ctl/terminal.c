/* terminal.c: widths and colours. */
#include "ctl/terminal.h"
#include "util/text.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_WIDTH 80
#define MIN_WIDTH 40

static const char *const escapes[] = {
    [PAINT_NONE] = "",
    [PAINT_BOLD] = "\033[1m",
    [PAINT_DIM] = "\033[2m",
    [PAINT_RED] = "\033[31m",
    [PAINT_GREEN] = "\033[32m",
    [PAINT_YELLOW] = "\033[33m",
    [PAINT_BLUE] = "\033[34m",
    [PAINT_MAGENTA] = "\033[35m",
    [PAINT_CYAN] = "\033[36m",
};
_Static_assert(G_N_ELEMENTS(escapes) == PAINT_COUNT, "an escape each");

static bool
colour_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no == NULL || no[0] == '\0') && term != NULL &&
	       term[0] != '\0' && strcmp(term, "dumb") != 0;
}

struct terminal
terminal_of(FILE *file)
{
	struct terminal t = {.width = DEFAULT_WIDTH};
	struct winsize size;

	t.is_terminal = isatty(fileno(file)) == 1;
	if (!t.is_terminal)
		return t;
	if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		t.width = size.ws_col < MIN_WIDTH ? MIN_WIDTH : size.ws_col;
	t.colour = colour_wanted();
	return t;
}

const char *
terminal_on(const struct terminal *t, enum paint paint)
{
	return t->colour ? escapes[paint] : "";
}

const char *
terminal_off(const struct terminal *t)
{
	return t->colour ? "\033[0m" : "";
}

static int
columns_of(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

int
text_columns(const char *text)
{
	int columns = 0;

	for (; *text != '\0'; text = g_utf8_next_char(text))
		columns += columns_of(g_utf8_get_char(text));
	return columns;
}

size_t
text_fit(const char *text, int columns, int *used)
{
	const char *p = text;

	*used = 0;
	while (*p != '\0') {
		int c = columns_of(g_utf8_get_char(p));

		if (*used + c > columns)
			break;
		*used += c;
		p = g_utf8_next_char(p);
	}
	return (size_t)(p - text);
}

void
text_wrap(FILE *out, const char *text, int indent, int width)
{
	if (text[0] == '\0')
		return;
	fprintf(out, "%*s", indent, "");
	text_hang(out, text, indent, width);
}

void
text_hang(FILE *out, const char *text, int indent, int width)
{
	char *safe = text_printable(text);
	const char *p = safe;
	int margin = 0;

	while (*p == ' ')
		p++;
	do {
		int used;
		size_t n = text_fit(p, width - indent, &used), cut = n;

		if (p[n] != '\0' && p[n] != ' ') {
			while (cut > 0 && p[cut - 1] != ' ')
				cut--;
			if (cut == 0)
				cut = n;
		}
		while (cut > 0 && p[cut - 1] == ' ')
			cut--;
		fprintf(out, "%*s%.*s\n", margin, "", (int)cut, p);
		margin = indent;
		p += cut;
		while (*p == ' ')
			p++;
	} while (*p != '\0');
	free(safe);
}
