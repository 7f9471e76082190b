/* cmd_scan.c: bouncectl scan: what mails report, recording nothing. */
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/mailfile.h"
#include "ctl/reading.h"
#include "ctl/report_text.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct options {
	bool json;
	uint64_t jobs;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

/* Answers that may wait for an earlier one: memory stays bounded however
 * many files are given and however slow one of them is. */
#define WINDOW 1024

enum slot_state { SLOT_FREE, SLOT_READING, SLOT_DONE };

/* One file, from opening to printing. */
struct slot {
	enum slot_state state;
	const char *name;
	struct report *report; /* NULL: said why not */
	const char *failure;   /* words of our own or of strerror */
	char *words;           /* failure, where it is allocated */
	int exit_status;       /* of failure */
	enum mail_look look;
};

struct scan {
	struct ctl *ctl;
	const struct options *options;
	size_t max_read;
	struct pool *pool;
	char **files;
	size_t n, next, printed; /* files given, opened, done with */
	size_t shown;            /* blocks of text */
	struct slot slots[WINDOW];
	int status;
};

static struct slot *
slot_of(struct scan *s, size_t i)
{
	return &s->slots[i % WINDOW];
}

static void
take_result(struct job_result *result, void *context)
{
	struct slot *slot = result->data;

	(void)context;
	slot->state = SLOT_DONE;
	slot->report = result->report;
	if (result->report == NULL) {
		slot->words = g_strdup_printf(
		    "cannot be read (%s)", job_failure_name(result->failure));
		slot->failure = slot->words;
		slot->exit_status = EX_DATAERR;
	}
}

static void
open_next(struct scan *s)
{
	struct slot *slot = slot_of(s, s->next);
	const char *name = s->files[s->next++];
	bool is_stdin = strcmp(name, "-") == 0;
	int fd;

	*slot = (struct slot){.name = name};
	fd = is_stdin ? mailfile_stdin(s->max_read, &slot->failure)
		      : mailfile_open(name, s->max_read, &slot->failure);
	if (fd < 0) {
		slot->state = SLOT_DONE;
		slot->exit_status = EX_NOINPUT;
		return;
	}
	slot->look = mailfile_look(fd);
	slot->state = SLOT_READING;
	pool_submit(s->pool, fd, slot);
}

/* The first failure is the one that the exit status tells. */
static void
fail(struct scan *s, const char *name, int status, const char *why)
{
	ctl_warn(s->ctl, "%s: %s", name, why);
	if (s->status == EX_OK)
		s->status = status;
}

static void
print_slot(struct scan *s, struct slot *slot)
{
	if (slot->report == NULL) {
		fail(s, slot->name, slot->exit_status, slot->failure);
		g_free(slot->words);
		slot->words = NULL;
		return;
	}
	if (s->options->json)
		json_line(stdout, json_report(slot->name, slot->report));
	else
		report_print(stdout, &s->ctl->out, slot->name, slot->report);
	/* It got its answer; but who runs this on a picture wants to know. */
	if (slot->report->kind == KIND_OTHER && slot->look != LOOKS_LIKE_MAIL)
		fail(s, slot->name, EX_DATAERR,
		    slot->look == LOOKS_EMPTY ? "is empty"
					      : "is not a mail: no header");
	report_free(slot->report);
	slot->report = NULL;
}

static void
print_ready(struct scan *s)
{
	while (s->printed < s->next &&
	       slot_of(s, s->printed)->state == SLOT_DONE) {
		print_slot(s, slot_of(s, s->printed));
		slot_of(s, s->printed)->state = SLOT_FREE;
		s->printed++;
	}
}

static void
scan_all(struct scan *s)
{
	while (s->printed < s->n && ctl_can_print()) {
		while (s->next < s->n && s->next - s->printed < WINDOW &&
		       pool_has_room(s->pool))
			open_next(s);
		if (pool_pending(s->pool) > 0)
			reading_wait(s->pool);
		print_ready(s);
	}
	for (size_t i = s->printed; i < s->next; i++) {
		report_free(slot_of(s, i)->report);
		g_free(slot_of(s, i)->words);
	}
}

/* One worker for one mail: starting more takes longer than reading it. */
static unsigned
count_workers(const struct scan *s)
{
	uint64_t workers = s->options->jobs;

	if (workers == 0)
		workers = g_get_num_processors();
	if (workers > s->n)
		workers = s->n;
	return (unsigned)workers;
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	static char *const only_stdin[] = {(char *)"-", NULL};
	const struct config *config = ctl_config(ctl);
	struct scan *s;
	int status;

	if (config == NULL)
		return EX_CONFIG;
	if (arguments[0] == NULL && isatty(STDIN_FILENO))
		return ctl_usage(ctl, "no file given");
	s = g_new0(struct scan, 1);
	s->ctl = ctl;
	s->options = fields;
	s->max_read = (size_t)config->max_read;
	s->files = arguments[0] ? arguments : (char **)only_stdin;
	s->n = g_strv_length(s->files);
	s->pool =
	    reading_start(config, count_workers(s), false, take_result, s);
	if (s->pool == NULL) {
		ctl_warn(ctl, "cannot start a worker process: %s",
		    g_strerror(errno));
		g_free(s);
		return EX_OSERR;
	}
	scan_all(s);
	pool_free(s->pool);
	status = s->status;
	g_free(s);
	return status;
}

static const struct option_row rows[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"one JSON object per line and mail", NULL},
    {"jobs", 'j', OPTION_COUNT, offsetof(struct options, jobs), "N",
	"processes that read, default one per CPU", NULL},
    {0},
};

const struct command cmd_scan = {
    .name = "scan",
    .summary = "show what mails report, and record nothing",
    .arguments = "[FILE... | -]",
    .about =
	"Reads each FILE as one mail, or one mail from standard input, and\n"
	"shows what it is and what it says about which recipient. The answers\n"
	"come in the order of the files. A file that cannot be read is named\n"
	"on standard error, and the exit status tells; the others go on.",
    .max_arguments = -1,
    .options = rows,
    .run = run,
};
