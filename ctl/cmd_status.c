/* cmd_status.c: bouncectl status: the database in a few numbers. */
#include "ctl/command.h"
#include "ctl/json.h"
#include "util/text.h"
#include "util/when.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

struct options {
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

static void
set_number(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

static void
print_json(const char *database, const struct store_summary *s)
{
	json_t *o = json_object();

	json_set_text(o, "database", database);
	set_number(o, "version", (uint64_t)s->version);
	set_number(o, "bytes", s->bytes);
	set_number(o, "mails", s->mails);
	set_number(o, "recipients", s->bounces);
	set_number(o, "failed", s->failed);
	set_number(o, "dead", s->dead);
	json_set_time(o, "first_at", s->first_at);
	json_set_time(o, "last_at", s->last_at);
	json_line(stdout, o);
}

static void
print_text(const char *database, const struct store_summary *s)
{
	char first[WHEN_MAX], last[WHEN_MAX];
	char *size = g_format_size(s->bytes), *name = text_printable(database);

	printf("database         %s\n", name);
	printf("size             %s, version %d\n", size, s->version);
	printf("mails            %" PRIu64 "\n", s->mails);
	printf("recipients       %" PRIu64 "\n", s->bounces);
	printf("  failed         %" PRIu64 "\n", s->failed);
	printf("dead addresses   %" PRIu64 "\n", s->dead);
	if (s->first_at != 0)
		printf("from             %s\nto               %s\n",
		    when_format(s->first_at, first),
		    when_format(s->last_at, last));
	g_free(size);
	free(name);
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	const struct options *o = fields;
	struct store_summary summary;
	enum store_result result;
	const char *name;
	int status;
	struct store *store = ctl_store(ctl, STORE_READ, &status);

	(void)arguments;
	if (store == NULL)
		return status;
	name = ctl->database != NULL ? ctl->database : ctl->config->database;
	result = store_summary(store, &summary);
	if (result != STORE_OK)
		status = ctl_store_failed(ctl, store, result);
	else if (o->json)
		print_json(name, &summary);
	else
		print_text(name, &summary);
	store_close(store);
	return result == STORE_OK ? EX_OK : status;
}

static const struct option_row rows[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"as one JSON object", NULL},
    {0},
};

const struct command cmd_status = {
    .name = "status",
    .summary = "the database in a few numbers",
    .arguments = "",
    .about = "Shows how much is recorded, of which time, and how much room "
	     "it takes.",
    .options = rows,
    .run = run,
};
