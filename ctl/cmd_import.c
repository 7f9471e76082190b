/* cmd_import.c: bouncectl import: old mails into the database. */
#include "ctl/command.h"
#include "ctl/importer.h"
#include "ctl/progress.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

struct options {
	bool quiet;
	uint64_t jobs;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

/* One of them, and any other number. */
static const char *const kind_labels[KIND_COUNT][2] = {
    [KIND_OTHER] = {"other mail", "other mails"},
    [KIND_BOUNCE] = {"bounce", "bounces"},
    [KIND_DELAY] = {"delay", "delays"},
    [KIND_SUCCESS] = {"success", "successes"},
    [KIND_AUTO_REPLY] = {"auto-reply", "auto-replies"},
    [KIND_FEEDBACK] = {"complaint", "complaints"},
};

static void
append_count(GString *s, uint64_t n, const char *label)
{
	char *number;

	if (n == 0)
		return;
	number = number_text(n);
	g_string_append_printf(
	    s, "%s%s %s", s->len > 0 ? ", " : "", number, label);
	g_free(number);
}

/* "12 mails: 10 new, 2 already known; the new ones: 8 bounces, 2 delays" */
static void
print_summary(const struct import_counts *c)
{
	char *mails = number_text(c->mails);
	GString *line = g_string_new(NULL), *kinds = g_string_new(NULL);
	static const enum kind order[] = {KIND_BOUNCE, KIND_DELAY, KIND_SUCCESS,
	    KIND_AUTO_REPLY, KIND_FEEDBACK, KIND_OTHER};

	append_count(line, c->recorded, "new");
	append_count(line, c->known, "already known");
	append_count(line, c->missed, "failed");
	append_count(line, c->skipped, "skipped");
	for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
		append_count(kinds, c->kinds[order[i]],
		    kind_labels[order[i]][c->kinds[order[i]] != 1]);
	append_count(kinds, c->unreadable, "unreadable");
	printf("%s mail%s%s%s\n", mails, c->mails == 1 ? "" : "s",
	    line->len > 0 ? ": " : "", line->str);
	if (kinds->len > 0)
		printf("new: %s\n", kinds->str);
	g_string_free(line, TRUE);
	g_string_free(kinds, TRUE);
	g_free(mails);
}

/* The reference tables need the classifier, which nothing else here does. */
static int
sync_reference(struct ctl *ctl, struct store *store)
{
	enum store_result result;
	char *error;
	struct classifier *classifier = config_classifier(ctl->config, &error);

	if (classifier == NULL) {
		ctl_warn(ctl, "%s", error);
		free(error);
		return EX_CONFIG;
	}
	result = store_sync_reference(store, classifier);
	classifier_free(classifier);
	return result == STORE_OK ? EX_OK
				  : ctl_store_failed(ctl, store, result);
}

/* Dies of the signal, as a shell that runs us in a loop must see. */
static void
end_by(const struct ctl *ctl, int number, const struct import_counts *c)
{
	char *mails = number_text(c->mails);

	ctl_warn(ctl,
	    "interrupted after %s mails; run it again to go on from there",
	    mails);
	g_free(mails);
	fflush(NULL);
	signal(number, SIG_DFL);
	raise(number);
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	const struct options *o = fields;
	struct import_result result = {0};
	struct store *store;
	int status;

	if (ctl_config(ctl) == NULL)
		return EX_CONFIG;
	for (char **path = arguments; *path != NULL; path++) {
		if (access(*path, F_OK) < 0) {
			ctl_warn(ctl, "%s: %s", *path, g_strerror(errno));
			return EX_NOINPUT;
		}
	}
	store = ctl_store(ctl, STORE_WRITE, &status);
	if (store == NULL)
		return status;
	status = sync_reference(ctl, store);
	if (status == EX_OK) {
		import_run(ctl, store, arguments, (unsigned)o->jobs, o->quiet,
		    &result);
		status = result.exit_status;
	}
	store_close(store);
	if (!o->quiet || status != EX_OK)
		print_summary(&result.counts);
	if (result.signal != 0)
		end_by(ctl, result.signal, &result.counts);
	return status;
}

static const struct option_row rows[] = {
    {"jobs", 'j', OPTION_COUNT, offsetof(struct options, jobs), "N",
	"processes that read, default one per CPU", NULL},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct options, quiet), NULL,
	"no progress, and no summary when all went well", NULL},
    {0},
};

const struct command cmd_import = {
    .name = "import",
    .summary = "record mails of a Maildir, mbox, directory or file",
    .arguments = "PATH...",
    .about =
	"Records every mail below each PATH: a Maildir with its subfolders,\n"
	"an mbox, a directory of those or of single mails, a file. The source\n"
	"is never changed. A mail that is recorded already is not recorded\n"
	"again: after an interruption the same command goes on where it was.\n"
	"\n"
	"The daemon must not run meanwhile: there is one writer.",
    .min_arguments = 1,
    .max_arguments = -1,
    .options = rows,
    .run = run,
};
