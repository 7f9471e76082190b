/* command.h: the commands of bouncectl, one row of a table each. */
#ifndef BOUNCED_CTL_COMMAND_H
#define BOUNCED_CTL_COMMAND_H

#include "ctl/cli.h"
#include "ctl/ctl.h"

/* Every struct of options fits in here. */
#define OPTIONS_SIZE 128

struct command {
	const char *name;
	const char *summary;   /* one line, for the list of commands */
	const char *arguments; /* "[FILE... | -]", as in the usage line */
	const char *about;     /* paragraphs for --help */
	int min_arguments, max_arguments; /* -1: any number */
	const struct option_row *options;
	/* OPTIONS: zeroed, then filled by the rows; ARGUMENTS is
	 * NULL-terminated. Returns the exit status. */
	int (*run)(struct ctl *, const void *options, char **arguments);
};

extern const struct command cmd_scan, cmd_explain, cmd_import, cmd_list,
    cmd_show, cmd_dead, cmd_report, cmd_codes, cmd_classes, cmd_status;

/* Options that every command takes. */
extern const struct option_row global_options[];

/* In the order of the help; NULL-terminated. */
const struct command *const *command_table(void);

/* NULL: no such command. */
const struct command *command_find(const char *name);

/* A new string: " (did you mean 'scan'?)" or "". */
char *command_hint(const char *name);

/* bouncectl --help, and bouncectl COMMAND --help. */
void help_all(FILE *);
void help_command(FILE *, const struct command *);

#endif
