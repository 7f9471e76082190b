/* rows.c: rows of the view `bounces`. */
#include "ctl/rows.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "util/text.h"
#include "util/when.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

const char *const row_formats[] = {"text", "csv", "json", NULL};
const char *const plain_formats[] = {"plain", "csv", "json", NULL};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct column columns[] = {
    {.title = "at"},
    {.title = "address", .min = 24},
    {.title = "class", .min = 14},
    {.title = "status", .spare = true},
    {.title = "diagnostic", .min = 16, .spare = true},
};

static const char *const csv_header[] = {"at", "address", "domain",
    "original_recipient", "subscriber", "kind", "action", "class", "hard",
    "status", "code", "basis", "rule", "diagnostic", "remote_mta",
    "reporting_mta", "dialect", "list_id", "message_id", "envelope_recipient",
    "file"};

struct printer {
	enum row_format format;
	struct table *table;
	uint64_t n;
};

void
csv_print(FILE *out, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *cell = text_csv(cells[i] != NULL ? cells[i] : "");

		fprintf(out, "%s%s", i > 0 ? "," : "", cell);
		free(cell);
	}
	putc('\n', out);
}

static void
print_csv(const struct bounce_row *b)
{
	char at[WHEN_MAX];
	const char *cells[] = {when_iso(b->at, at), b->address, b->domain,
	    b->original_recipient, b->subscriber, b->kind, b->action, b->class,
	    b->hard ? "1" : "0", b->status, b->code, b->basis, b->rule,
	    b->diagnostic, b->remote_mta, b->reporting_mta, b->dialect,
	    b->list_id, b->message_id, b->envelope_recipient, b->file};

	_Static_assert(COUNT(cells) == COUNT(csv_header), "a name each");
	csv_print(stdout, cells, COUNT(cells));
}

/* "user-unknown", and what is no failure by its action: "delayed:
 * greylisted", "delivered". */
static char *
outcome_text(const struct bounce_row *b)
{
	bool failed = strcmp(b->action, "failed") == 0;

	if (failed && b->class[0] != '\0')
		return g_strdup(b->class);
	if (b->action[0] == '\0')
		return g_strdup(b->class[0] != '\0' ? b->class : b->kind);
	return g_strconcat(
	    b->action, b->class[0] != '\0' ? ": " : "", b->class, NULL);
}

static void
print_cells(struct table *table, const struct bounce_row *b)
{
	char at[WHEN_MAX];
	char *outcome = outcome_text(b);
	const char *cells[] = {when_format(b->at, at), b->address, outcome,
	    b->status[0] != '\0' ? b->status : b->code, b->diagnostic};
	const enum paint paints[] = {PAINT_DIM, PAINT_NONE,
	    b->hard ? PAINT_RED : PAINT_NONE, PAINT_NONE, PAINT_DIM};

	table_row(table, cells, paints);
	g_free(outcome);
}

static bool
print_row(const struct bounce_row *b, void *context)
{
	struct printer *p = context;

	p->n++;
	switch (p->format) {
	case FORMAT_CSV:
		print_csv(b);
		break;
	case FORMAT_JSON:
		json_line(stdout, json_bounce(b));
		break;
	case FORMAT_TEXT:
		print_cells(p->table, b);
		break;
	}
	return ctl_can_print();
}

int
rows_print(struct ctl *ctl, struct store *store,
    const struct bounce_filter *filter, enum row_format format, uint64_t *n)
{
	struct printer p = {.format = format};
	enum store_result result;

	if (format == FORMAT_CSV)
		csv_print(stdout, csv_header, COUNT(csv_header));
	if (format == FORMAT_TEXT)
		p.table = table_new(stdout, &ctl->out, columns, COUNT(columns));
	result = store_bounces(store, filter, print_row, &p);
	if (p.table != NULL)
		table_finish(p.table);
	*n = p.n;
	if (result != STORE_OK)
		return ctl_store_failed(ctl, store, result);
	return EX_OK;
}
