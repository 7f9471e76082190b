/* cmd_list.c: bouncectl list: the recorded bounces. */
#include "ctl/command.h"
#include "ctl/rows.h"

#include <sysexits.h>
#include <unistd.h>

struct options {
	const char *class, *domain, *list;
	int64_t since, until;
	uint64_t limit;
	int format;
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	const struct options *o = fields;
	struct bounce_filter filter = {
	    .class = o->class,
	    .domain = o->domain,
	    .list_id = o->list,
	    .since = o->since,
	    .until = o->until,
	    .limit = o->limit,
	    .newest_first = true,
	};
	uint64_t n;
	int status;
	struct store *store = ctl_store(ctl, STORE_READ, &status);

	(void)arguments;
	if (store == NULL)
		return status;
	status = rows_print(ctl, store, &filter,
	    o->json ? FORMAT_JSON : (enum row_format)o->format, &n);
	if (status == EX_OK && n == 0)
		ctl_warn(ctl, "nothing recorded that fits");
	store_close(store);
	return status;
}

static const struct option_row rows[] = {
    {"class", 0, OPTION_CLASS, offsetof(struct options, class), "CLASS",
	"only this class", NULL},
    {"domain", 0, OPTION_STRING, offsetof(struct options, domain), "DOMAIN",
	"only addresses of this domain", NULL},
    {"list", 0, OPTION_STRING, offsetof(struct options, list), "ID",
	"only mails of the list with this List-Id", NULL},
    {"since", 0, OPTION_WHEN, offsetof(struct options, since), "WHEN",
	"from then on: yesterday, monday, 7d, 2026-11-01", NULL},
    {"until", 0, OPTION_WHEN, offsetof(struct options, until), "WHEN",
	"before then", NULL},
    {"limit", 'n', OPTION_COUNT, offsetof(struct options, limit), "N",
	"the newest N only", NULL},
    {"format", 0, OPTION_WORD, offsetof(struct options, format), "FORMAT",
	"text, csv or json (one object per line)", row_formats},
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"the same as --format json", NULL},
    {0},
};

const struct command cmd_list = {
    .name = "list",
    .summary = "list recorded bounces",
    .arguments = "",
    .about = "Lists what was recorded, one line per recipient, the newest "
	     "first.",
    .options = rows,
    .run = run,
};
