/* cmd_report.c: bouncectl report: a period in numbers. */
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/rows.h"
#include "ctl/table.h"
#include "util/text.h"
#include "util/when.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

struct options {
	int64_t since, until;
	uint64_t top;
	int format;
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

#define DEFAULT_PERIOD "7d"
#define DEFAULT_TOP 10

struct entry {
	char *name, *detail;
	uint64_t bounces, hard, delayed;
};

/* One table of the report. */
struct section {
	enum tally tally;
	bool is_top;       /* only the largest ones */
	const char *title; /* text */
	const char *key;   /* JSON array and CSV section */
	const char *name;  /* what a row is about: column and JSON key */
	const char *detail;
};

static const struct section sections[] = {
    {TALLY_CLASS, false, "Why", "classes", "class", NULL},
    {TALLY_DAY, false, "When", "days", "day", NULL},
    {TALLY_DOMAIN, true, "Where", "domains", "domain", NULL},
    {TALLY_LIST, true, "Which list", "lists", "list_id", NULL},
    {TALLY_SENDER, true, "Who refuses us", "sender_problems", "remote_domain",
	"class"},
};
#define N_SECTIONS G_N_ELEMENTS(sections)

struct report_data {
	int64_t since, until; /* until 0: now */
	GPtrArray *entries[N_SECTIONS];
	uint64_t bounces, hard, delayed;
};

static void
entry_free(void *data)
{
	struct entry *e = data;

	g_free(e->name);
	g_free(e->detail);
	g_free(e);
}

static bool
keep_entry(const struct tally_row *row, void *context)
{
	struct entry *e = g_new(struct entry, 1);

	*e = (struct entry){g_strdup(row->name), g_strdup(row->detail),
	    row->bounces, row->hard, row->delayed};
	g_ptr_array_add(context, e);
	return true;
}

static enum store_result
load(struct store *store, const struct options *o, struct report_data *data)
{
	enum store_result result = STORE_OK;

	for (size_t i = 0; i < N_SECTIONS; i++)
		data->entries[i] = g_ptr_array_new_with_free_func(entry_free);
	for (size_t i = 0; i < N_SECTIONS && result == STORE_OK; i++)
		result = store_tally(store, sections[i].tally, data->since,
		    data->until, sections[i].is_top ? o->top : 0, keep_entry,
		    data->entries[i]);
	/* Every failure has one class, so these are all. */
	for (guint i = 0; i < data->entries[0]->len; i++) {
		const struct entry *e = data->entries[0]->pdata[i];

		data->bounces += e->bounces;
		data->hard += e->hard;
		data->delayed += e->delayed;
	}
	return result;
}

static void
report_data_free(struct report_data *data)
{
	for (size_t i = 0; i < N_SECTIONS; i++)
		g_ptr_array_free(data->entries[i], TRUE);
}

/* ---- JSON ---- */

static void
set_number(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

static json_t *
json_section(const struct section *s, const GPtrArray *entries)
{
	json_t *array = json_array();

	for (guint i = 0; i < entries->len; i++) {
		const struct entry *e = entries->pdata[i];
		json_t *o = json_object();

		json_set_text(o, s->name, e->name);
		if (s->detail != NULL)
			json_set_text(o, s->detail, e->detail);
		set_number(o, "bounces", e->bounces);
		set_number(o, "hard", e->hard);
		set_number(o, "delayed", e->delayed);
		json_array_append_new(array, o);
	}
	return array;
}

static void
print_json(const struct report_data *data)
{
	json_t *o = json_object();

	json_set_time(o, "since", data->since);
	json_set_time(o, "until", data->until);
	set_number(o, "bounces", data->bounces);
	set_number(o, "hard", data->hard);
	set_number(o, "delayed", data->delayed);
	for (size_t i = 0; i < N_SECTIONS; i++)
		json_object_set_new(o, sections[i].key,
		    json_section(&sections[i], data->entries[i]));
	json_line(stdout, o);
}

/* ---- CSV ---- */

static void
print_csv(const struct report_data *data)
{
	static const char *const header[] = {
	    "section", "name", "detail", "bounces", "hard", "delayed"};

	csv_print(stdout, header, G_N_ELEMENTS(header));
	for (size_t i = 0; i < N_SECTIONS; i++) {
		for (guint j = 0; j < data->entries[i]->len; j++) {
			const struct entry *e = data->entries[i]->pdata[j];
			char bounces[24], hard[24];
			const char *cells[] = {
			    sections[i].key, e->name, e->detail, bounces, hard};

			snprintf(
			    bounces, sizeof(bounces), "%" PRIu64, e->bounces);
			snprintf(hard, sizeof(hard), "%" PRIu64, e->hard);
			csv_print(stdout, cells, G_N_ELEMENTS(cells));
		}
	}
}

/* ---- text ---- */

#define BAR_WIDTH 20
/* Digits of a number and its NUL. */
#define COUNT_MAX 24

static uint64_t
largest(const GPtrArray *entries)
{
	uint64_t max = 1;

	for (guint i = 0; i < entries->len; i++) {
		const struct entry *e = entries->pdata[i];

		max = e->bounces > max ? e->bounces : max;
	}
	return max;
}

/* "-" for none: what is there catches the eye. */
static const char *
count_text(uint64_t n, char buf[static COUNT_MAX])
{
	if (n == 0)
		strcpy(buf, "-");
	else
		snprintf(buf, COUNT_MAX, "%" PRIu64, n);
	return buf;
}

static void
add_row(struct table *t, const struct section *s, const struct entry *e,
    uint64_t max)
{
	char bounces[COUNT_MAX], hard[COUNT_MAX], delayed[COUNT_MAX];
	char bar[BAR_WIDTH + 1] = "";
	char *name = e->detail[0] != '\0' && s->detail != NULL
			 ? g_strdup_printf("%s: %s", e->name, e->detail)
			 : g_strdup(e->name[0] != '\0' ? e->name : "(none)");
	const char *cells[] = {name, count_text(e->bounces, bounces),
	    count_text(e->hard, hard), count_text(e->delayed, delayed), bar};
	const enum paint paints[] = {
	    PAINT_NONE, PAINT_NONE, PAINT_RED, PAINT_YELLOW, PAINT_BLUE};
	uint64_t length = (e->bounces * BAR_WIDTH + max - 1) / max;

	memset(bar, '#', length < BAR_WIDTH ? length : BAR_WIDTH);
	table_row(t, cells, paints);
	g_free(name);
}

static void
print_section(
    const struct ctl *ctl, const struct section *s, const GPtrArray *entries)
{
	const struct column columns[] = {
	    {.title = s->title, .min = 20},
	    {.title = "bounces", .right = true},
	    {.title = "hard", .right = true},
	    {.title = "delayed", .right = true},
	    {.title = "", .spare = true},
	};
	struct table *t;

	if (entries->len == 0)
		return;
	putchar('\n');
	t = table_new(stdout, &ctl->out, columns, G_N_ELEMENTS(columns));
	for (guint i = 0; i < entries->len; i++)
		add_row(t, s, entries->pdata[i], largest(entries));
	table_finish(t);
}

static void
print_text(const struct ctl *ctl, const struct report_data *data)
{
	char since[WHEN_MAX], until[WHEN_MAX];

	printf("%sBounces from %s to %s%s\n",
	    terminal_on(&ctl->out, PAINT_BOLD), when_format(data->since, since),
	    data->until != 0 ? when_format(data->until, until) : "now",
	    terminal_off(&ctl->out));
	printf("%" PRIu64 " failed, %" PRIu64 " of them hard; %" PRIu64
	       " delayed\n",
	    data->bounces, data->hard, data->delayed);
	for (size_t i = 0; i < N_SECTIONS; i++)
		print_section(ctl, &sections[i], data->entries[i]);
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	struct options o = *(const struct options *)fields;
	struct report_data data = {.since = o.since, .until = o.until};
	enum store_result result;
	int status;
	struct store *store;

	(void)arguments;
	if (data.since == 0)
		when_parse(DEFAULT_PERIOD, (int64_t)time(NULL), &data.since);
	if (data.until != 0 && data.until <= data.since)
		return ctl_usage(ctl, "--until is not after --since");
	if (o.top == 0)
		o.top = DEFAULT_TOP;
	store = ctl_store(ctl, STORE_READ, &status);
	if (store == NULL)
		return status;
	result = load(store, &o, &data);
	if (result != STORE_OK)
		status = ctl_store_failed(ctl, store, result);
	else if (o.json || o.format == FORMAT_JSON)
		print_json(&data);
	else if (o.format == FORMAT_CSV)
		print_csv(&data);
	else
		print_text(ctl, &data);
	report_data_free(&data);
	store_close(store);
	return result == STORE_OK ? EX_OK : status;
}

static const struct option_row rows[] = {
    {"since", 0, OPTION_WHEN, offsetof(struct options, since), "WHEN",
	"from then on; default 7d", NULL},
    {"until", 0, OPTION_WHEN, offsetof(struct options, until), "WHEN",
	"before then; default now", NULL},
    {"top", 0, OPTION_COUNT, offsetof(struct options, top), "N",
	"domains, lists and hosts shown; default 10", NULL},
    {"format", 0, OPTION_WORD, offsetof(struct options, format), "FORMAT",
	"text, csv or json (one object)", row_formats},
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"the same as --format json", NULL},
    {0},
};

const struct command cmd_report = {
    .name = "report",
    .summary = "a period in numbers: why, when, where, who refuses us",
    .arguments = "",
    .about =
	"Counts the bounces of a period by class, day, domain and list, and\n"
	"tells who refuses our mail for reasons of ours: block lists, rates,\n"
	"authentication.",
    .options = rows,
    .run = run,
};
