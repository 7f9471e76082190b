/* cmd_show.c: bouncectl show: the history of one address. */
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/report_text.h"
#include "ctl/rows.h"
#include "util/when.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

struct options {
	int64_t since, until;
	int format;
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

struct history {
	const struct terminal *terminal;
	uint64_t n, hard;
};

#define TEXT_INDENT 4

static void
print_labelled(const struct terminal *t, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	printf("%*s%s%s%s ", TEXT_INDENT, "", terminal_on(t, PAINT_DIM), label,
	    terminal_off(t));
	print_painted(stdout, t, PAINT_NONE, text);
	putchar('\n');
}

static bool
print_event(const struct bounce_row *b, void *context)
{
	struct history *h = context;
	const struct terminal *t = h->terminal;
	struct outcome o = {b->action, b->class, b->hard};
	char at[WHEN_MAX];

	h->n++;
	h->hard += b->hard;
	printf("%s%s%s  ", terminal_on(t, PAINT_BOLD), when_format(b->at, at),
	    terminal_off(t));
	outcome_print(stdout, t, &o);
	if (b->code[0] != '\0' || b->status[0] != '\0') {
		fputs("  ", stdout);
		print_painted(stdout, t, PAINT_NONE, b->code);
		fputs(b->code[0] && b->status[0] ? " " : "", stdout);
		print_painted(stdout, t, PAINT_NONE, b->status);
	}
	putchar('\n');
	if (b->diagnostic[0] != '\0')
		text_wrap(stdout, b->diagnostic, TEXT_INDENT, t->width);
	print_labelled(t, "from", b->remote_mta);
	print_labelled(t, "list", b->list_id);
	print_labelled(t, "message-id", b->message_id);
	if (b->original_recipient[0] != '\0' &&
	    strcasecmp(b->original_recipient, b->address) != 0)
		print_labelled(t, "asked for as", b->original_recipient);
	if (b->subscriber[0] != '\0' &&
	    strcasecmp(b->subscriber, b->address) != 0)
		print_labelled(t, "subscribed as", b->subscriber);
	print_labelled(t, "file", b->file);
	return ctl_can_print();
}

static int
print_history(struct ctl *ctl, struct store *store,
    const struct bounce_filter *filter, uint64_t *n)
{
	struct history h = {.terminal = &ctl->out};
	enum store_result result =
	    store_bounces(store, filter, print_event, &h);

	*n = h.n;
	if (result != STORE_OK)
		return ctl_store_failed(ctl, store, result);
	if (h.n > 0)
		printf("%" PRIu64 " in all, %" PRIu64 " of them hard\n", h.n,
		    h.hard);
	return EX_OK;
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	const struct options *o = fields;
	struct bounce_filter filter = {
	    .address = arguments[0], .since = o->since, .until = o->until};
	enum row_format format =
	    o->json ? FORMAT_JSON : (enum row_format)o->format;
	uint64_t n = 0;
	int status;
	struct store *store;

	if (strchr(arguments[0], '@') == NULL)
		return ctl_usage(ctl,
		    "'%s' is no address; 'bouncectl list --domain' lists "
		    "domains",
		    arguments[0]);
	store = ctl_store(ctl, STORE_READ, &status);
	if (store == NULL)
		return status;
	if (format == FORMAT_TEXT)
		status = print_history(ctl, store, &filter, &n);
	else
		status = rows_print(ctl, store, &filter, format, &n);
	if (status == EX_OK && n == 0)
		ctl_warn(ctl, "nothing recorded about %s", arguments[0]);
	store_close(store);
	return status;
}

static const struct option_row rows[] = {
    {"since", 0, OPTION_WHEN, offsetof(struct options, since), "WHEN",
	"from then on: yesterday, monday, 7d, 2026-11-01", NULL},
    {"until", 0, OPTION_WHEN, offsetof(struct options, until), "WHEN",
	"before then", NULL},
    {"format", 0, OPTION_WORD, offsetof(struct options, format), "FORMAT",
	"text, csv or json (one object per line)", row_formats},
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"the same as --format json", NULL},
    {0},
};

const struct command cmd_show = {
    .name = "show",
    .summary = "the history of one address",
    .arguments = "ADDRESS",
    .about = "Shows all that was recorded about ADDRESS, the oldest first.",
    .min_arguments = 1,
    .max_arguments = 1,
    .options = rows,
    .run = run,
};
