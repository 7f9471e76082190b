/* commands.c: the table of commands, and the help made from it. */
#include "ctl/command.h"
#include "util/suggest.h"

#include <glib.h>
#include <string.h>

static const struct command *const commands[] = {
    &cmd_scan,
    &cmd_explain,
    &cmd_import,
    &cmd_list,
    &cmd_show,
    &cmd_dead,
    &cmd_report,
    &cmd_codes,
    &cmd_classes,
    &cmd_status,
    NULL,
};

const struct option_row global_options[] = {
    {"config", 'c', OPTION_STRING, offsetof(struct ctl, config_file), "FILE",
	"configuration, default " DEFAULT_CONFIG, NULL},
    {"database", 0, OPTION_STRING, offsetof(struct ctl, database), "FILE",
	"database, default as configured", NULL},
    {"version", 'V', OPTION_FLAG, offsetof(struct ctl, version), NULL,
	"print the version", NULL},
    {0},
};

const struct command *const *
command_table(void)
{
	return commands;
}

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

char *
command_hint(const char *name)
{
	struct suggestion s;

	suggest_start(&s, name);
	for (size_t i = 0; commands[i] != NULL; i++)
		suggest_offer(&s, commands[i]->name);
	return suggest_hint(&s);
}

static void
print_globals(FILE *out)
{
	fputs("\nEverywhere:\n", out);
	cli_print(out, global_options);
	fprintf(out, "  -h, %-18sthis help\n", "--help");
}

void
help_all(FILE *out)
{
	fputs("usage: bouncectl [-c FILE] [--database FILE] COMMAND ...\n"
	      "\n"
	      "Looks at bounce mails and at what bounced recorded of them.\n"
	      "\n"
	      "Commands (each has --help):\n",
	    out);
	for (size_t i = 0; commands[i] != NULL; i++)
		fprintf(out, "  %-22s%s\n", commands[i]->name,
		    commands[i]->summary);
	print_globals(out);
	fputs("\nMore in bouncectl(1).\n", out);
}

void
help_command(FILE *out, const struct command *c)
{
	bool options = c->options[0].name != NULL;

	fprintf(out, "usage: bouncectl %s%s%s%s\n\n%s\n", c->name,
	    options ? " [OPTION...]" : "", c->arguments[0] ? " " : "",
	    c->arguments, c->about);
	if (options) {
		fputs("\nOptions:\n", out);
		cli_print(out, c->options);
	}
	print_globals(out);
}
