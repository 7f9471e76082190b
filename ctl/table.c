/* table.c: rows of text in columns. */
#include "ctl/table.h"
#include "util/text.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2
/* Rows that are looked at before the widths are fixed. */
#define SAMPLE 300

struct row {
	char *cells[MAX_COLUMNS];
	enum paint paints[MAX_COLUMNS];
};

struct table {
	FILE *out;
	struct terminal terminal;
	const struct column *columns;
	size_t n, shown;
	int natural[MAX_COLUMNS], widths[MAX_COLUMNS];
	bool fixed;
	GPtrArray *rows; /* until the widths are fixed */
};

static void
row_free(void *data)
{
	struct row *row = data;

	for (size_t i = 0; i < MAX_COLUMNS; i++)
		free(row->cells[i]);
	g_free(row);
}

struct table *
table_new(FILE *out, const struct terminal *terminal,
    const struct column *columns, size_t n)
{
	struct table *t = g_new0(struct table, 1);

	g_assert(n <= MAX_COLUMNS);
	t->out = out;
	t->terminal = *terminal;
	t->columns = columns;
	t->n = n;
	t->rows = g_ptr_array_new_with_free_func(row_free);
	for (size_t i = 0; i < n; i++)
		t->natural[i] = text_columns(columns[i].title);
	return t;
}

/* The widest column that can still give, among those that are SPARE or not;
 * N: none. */
static size_t
widest_of(const struct column *columns, size_t n, const int *widths, bool spare)
{
	size_t widest = n;

	for (size_t i = 0; i < n; i++) {
		if (columns[i].spare == spare && columns[i].min > 0 &&
		    widths[i] > columns[i].min &&
		    (widest == n || widths[i] >= widths[widest]))
			widest = i;
	}
	return widest;
}

size_t
table_fit(const struct column *columns, size_t n, const int *natural, int width,
    int gap, int *widths)
{
	int total = gap * ((int)n - 1);

	for (size_t i = 0; i < n; i++) {
		widths[i] = natural[i];
		total += natural[i];
	}
	while (total > width) {
		size_t widest = widest_of(columns, n, widths, true);

		if (widest == n)
			widest = widest_of(columns, n, widths, false);
		if (widest < n) {
			widths[widest]--;
			total--;
		} else if (n > 1 && columns[n - 1].spare) {
			return table_fit(
			    columns, n - 1, natural, width, gap, widths);
		} else {
			break;
		}
	}
	return n;
}

static void
print_cell(const struct table *t, size_t i, const char *text, enum paint paint,
    bool last)
{
	int used, room = t->widths[i];
	size_t length = text_fit(text, room, &used);
	const char *more = "";

	if (text[length] != '\0') {
		length = text_fit(text, room - 1, &used);
		more = "…";
		used++;
	}
	if (t->columns[i].right)
		fprintf(t->out, "%*s", room - used, "");
	fprintf(t->out, "%s%.*s%s%s", terminal_on(&t->terminal, paint),
	    (int)length, text, more,
	    paint == PAINT_NONE ? "" : terminal_off(&t->terminal));
	if (!t->columns[i].right && !last)
		fprintf(t->out, "%*s", room - used, "");
	fprintf(t->out, "%*s", last ? 0 : GAP, "");
}

/* Behind the last cell that is not empty nothing is printed. */
static void
print_row(const struct table *t, const struct row *row)
{
	size_t last = t->shown - 1;

	while (last > 0 && row->cells[last][0] == '\0')
		last--;
	for (size_t i = 0; i <= last; i++)
		print_cell(t, i, row->cells[i], row->paints[i], i == last);
	putc('\n', t->out);
}

static void
print_titles(const struct table *t)
{
	struct row row = {0};

	for (size_t i = 0; i < t->n; i++) {
		row.cells[i] = (char *)t->columns[i].title;
		row.paints[i] = PAINT_BOLD;
	}
	print_row(t, &row);
}

static void
fix_widths(struct table *t)
{
	t->shown = table_fit(
	    t->columns, t->n, t->natural, t->terminal.width, GAP, t->widths);
	t->fixed = true;
	print_titles(t);
	for (guint i = 0; i < t->rows->len; i++)
		print_row(t, t->rows->pdata[i]);
	g_ptr_array_set_size(t->rows, 0);
}

void
table_row(struct table *t, const char *const *cells, const enum paint *paints)
{
	struct row *row = g_new0(struct row, 1);

	for (size_t i = 0; i < t->n; i++) {
		int columns;

		row->cells[i] = text_printable(cells[i] ? cells[i] : "");
		row->paints[i] = paints != NULL ? paints[i] : PAINT_NONE;
		columns = text_columns(row->cells[i]);
		if (!t->fixed && columns > t->natural[i])
			t->natural[i] = columns;
	}
	if (t->fixed) {
		print_row(t, row);
		row_free(row);
		return;
	}
	g_ptr_array_add(t->rows, row);
	if (t->rows->len >= SAMPLE)
		fix_widths(t);
}

void
table_finish(struct table *t)
{
	if (!t->fixed && t->rows->len > 0)
		fix_widths(t);
	g_ptr_array_free(t->rows, TRUE);
	g_free(t);
}
