/* cmd_dead.c: bouncectl dead: addresses to be taken off the lists. */
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/rows.h"
#include "util/text.h"
#include "util/when.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

struct options {
	const char *list;
	int format;
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

static void
print_json(const struct dead_row *d)
{
	json_t *o = json_object();

	json_set_text(o, "address", d->address);
	json_set_text(o, "list_id", d->list_id);
	json_set_text(o, "class", d->class);
	json_object_set_new(o, "bounces", json_integer((json_int_t)d->bounces));
	json_object_set_new(o, "days", json_integer((json_int_t)d->days));
	json_set_time(o, "first_at", d->first_at);
	json_set_time(o, "last_at", d->last_at);
	json_line(stdout, o);
}

static void
print_csv(const struct dead_row *d)
{
	char bounces[24], days[24], first[WHEN_MAX], last[WHEN_MAX];
	const char *cells[] = {d->address, d->list_id, d->class, bounces, days,
	    when_iso(d->first_at, first), when_iso(d->last_at, last)};

	snprintf(bounces, sizeof(bounces), "%" PRIu64, d->bounces);
	snprintf(days, sizeof(days), "%" PRIu64, d->days);
	csv_print(stdout, cells, sizeof(cells) / sizeof(*cells));
}

struct printer {
	enum row_format format;
	GHashTable *seen; /* addresses printed already; NULL: each comes once */
};

/* One address a line and nothing else, for xargs and mailing list managers;
 * an address with a control character in it is not theirs and comes out
 * with U+FFFD, which matches no subscriber. */
static void
print_plain(const struct printer *p, const struct dead_row *d)
{
	char *address;

	/* It has a row for each list that it failed on. */
	if (p->seen != NULL && !g_hash_table_add(p->seen, g_strdup(d->address)))
		return;
	address = text_printable(d->address);
	puts(address);
	free(address);
}

static bool
print_dead(const struct dead_row *d, void *context)
{
	const struct printer *p = context;

	switch (p->format) {
	case FORMAT_TEXT:
		print_plain(p, d);
		break;
	case FORMAT_CSV:
		print_csv(d);
		break;
	case FORMAT_JSON:
		print_json(d);
		break;
	}
	return ctl_can_print();
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	static const char *const header[] = {"address", "list_id", "class",
	    "bounces", "days", "first_at", "last_at"};
	const struct options *o = fields;
	struct printer p = {
	    .format = o->json ? FORMAT_JSON : (enum row_format)o->format};
	enum store_result result;
	int status;
	struct store *store = ctl_store(ctl, STORE_READ, &status);

	(void)arguments;
	if (store == NULL)
		return status;
	if (p.format == FORMAT_CSV)
		csv_print(stdout, header, sizeof(header) / sizeof(*header));
	if (p.format == FORMAT_TEXT && o->list == NULL)
		p.seen = g_hash_table_new_full(
		    g_str_hash, g_str_equal, g_free, NULL);
	result = store_dead(store, o->list, print_dead, &p);
	g_clear_pointer(&p.seen, g_hash_table_unref);
	status =
	    result == STORE_OK ? EX_OK : ctl_store_failed(ctl, store, result);
	store_close(store);
	return status;
}

static const struct option_row rows[] = {
    {"list", 0, OPTION_STRING, offsetof(struct options, list), "ID",
	"only of the list with this List-Id", NULL},
    {"format", 0, OPTION_WORD, offsetof(struct options, format), "FORMAT",
	"plain (one address per line), csv or json", plain_formats},
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"the same as --format json", NULL},
    {0},
};

const struct command cmd_dead = {
    .name = "dead",
    .summary = "addresses that are dead, one per line",
    .arguments = "",
    .about =
	"Prints the addresses that the policy calls dead now: those to be\n"
	"taken off the lists. Nothing but addresses, one per line, for other\n"
	"programs to read.",
    .options = rows,
    .run = run,
};
