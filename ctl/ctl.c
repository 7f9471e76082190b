/* ctl.c: from the command line to the command. */
#include "ctl/ctl.h"
#include "ctl/command.h"
#include "util/text.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

__attribute__((format(printf, 2, 0))) static void
warn_about(const struct ctl *ctl, const char *fmt, va_list args)
{
	char *text = g_strdup_vprintf(fmt, args);
	char *safe = text_printable(text);

	fflush(stdout); /* in the order in which things happened */
	fprintf(stderr, "bouncectl: %s%s%s\n",
	    ctl->command != NULL ? ctl->command : "",
	    ctl->command != NULL ? ": " : "", safe);
	free(safe);
	g_free(text);
}

void
ctl_warn(const struct ctl *ctl, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	warn_about(ctl, fmt, args);
	va_end(args);
}

int
ctl_usage(const struct ctl *ctl, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	warn_about(ctl, fmt, args);
	va_end(args);
	fprintf(stderr, "Try 'bouncectl %s%s--help'.\n",
	    ctl->command != NULL ? ctl->command : "",
	    ctl->command != NULL ? " " : "");
	return EX_USAGE;
}

const struct config *
ctl_config(struct ctl *ctl)
{
	char *error;

	if (ctl->config == NULL) {
		ctl->config = config_load(ctl->config_file, &error);
		if (ctl->config == NULL) {
			ctl_warn(ctl, "%s", error);
			free(error);
		}
	}
	return ctl->config;
}

int
ctl_exit_status(enum store_result result)
{
	switch (result) {
	case STORE_OK:
		return EX_OK;
	case STORE_BUSY:
	case STORE_LOCKED:
	case STORE_MOVED:
		return EX_TEMPFAIL;
	case STORE_FULL:
		return EX_IOERR;
	case STORE_CORRUPT:
	case STORE_NEWER:
	case STORE_OLDER:
	case STORE_FOREIGN:
		return EX_DATAERR;
	case STORE_DENIED:
		return EX_NOPERM;
	case STORE_ABSENT:
		return EX_NOINPUT;
	case STORE_ERROR:
		break;
	}
	return EX_SOFTWARE;
}

struct store *
ctl_store(struct ctl *ctl, enum store_mode mode, int *status)
{
	const char *path = ctl->database;
	enum store_result result;
	struct store *store;
	char *error = NULL;

	if (path == NULL) {
		if (ctl_config(ctl) == NULL) {
			*status = EX_CONFIG;
			return NULL;
		}
		path = ctl->config->database;
	}
	result = store_open(path, mode, &store, &error);
	if (result == STORE_OK)
		return store;
	*status = ctl_exit_status(result);
	ctl_warn(ctl, "%s", error);
	free(error);
	return NULL;
}

int
ctl_store_failed(
    const struct ctl *ctl, const struct store *store, enum store_result result)
{
	ctl_warn(ctl, "%s", store_error(store));
	return ctl_exit_status(result);
}

bool
ctl_can_print(void)
{
	return !ferror(stdout);
}

int
ctl_close_output(const struct ctl *ctl, int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE && errno != 0)
		ctl_warn(ctl, "cannot write to standard output: %s",
		    g_strerror(errno));
	return status != EX_OK ? status : EX_IOERR;
}

static int
print_version(void)
{
	printf("bouncectl %s\n", BOUNCED_VERSION);
	return EX_OK;
}

static int
count_arguments(char **arguments)
{
	int n = 0;

	while (arguments[n] != NULL)
		n++;
	return n;
}

static int
run_command(
    struct ctl *ctl, const struct command *command, int argc, char **argv)
{
	_Alignas(max_align_t) char options[OPTIONS_SIZE] = {0};
	struct option_set sets[] = {
	    {command->options, options},
	    {global_options, ctl},
	};
	int first, n, status;
	char *error;

	ctl->command = command->name;
	switch (cli_read(sets, 2, argc, argv, false, &first, &error)) {
	case CLI_HELP:
		help_command(stdout, command);
		return EX_OK;
	case CLI_BAD:
		status = ctl_usage(ctl, "%s", error);
		g_free(error);
		return status;
	case CLI_READ:
		break;
	}
	if (ctl->version)
		return print_version();
	n = count_arguments(argv + first);
	if (n < command->min_arguments)
		return ctl_usage(ctl, "%s is missing",
		    n == 0 ? command->arguments : "an argument");
	if (command->max_arguments >= 0 && n > command->max_arguments)
		return ctl_usage(ctl, "'%s' is one argument too many",
		    argv[first + command->max_arguments]);
	return command->run(ctl, options, argv + first);
}

/* "bouncectl help [COMMAND]", as people try it. */
static int
run_help(const struct ctl *ctl, const char *name)
{
	const struct command *command;
	char *hint;
	int status;

	if (name == NULL) {
		help_all(stdout);
		return EX_OK;
	}
	command = command_find(name);
	if (command != NULL) {
		help_command(stdout, command);
		return EX_OK;
	}
	hint = command_hint(name);
	status = ctl_usage(ctl, "no such command: '%s'%s", name, hint);
	g_free(hint);
	return status;
}

static int
run(struct ctl *ctl, int argc, char **argv)
{
	struct option_set set = {global_options, ctl};
	const struct command *command;
	char *error;
	int first, status;

	switch (cli_read(&set, 1, argc, argv, true, &first, &error)) {
	case CLI_HELP:
		help_all(stdout);
		return EX_OK;
	case CLI_BAD:
		status = ctl_usage(ctl, "%s", error);
		g_free(error);
		return status;
	case CLI_READ:
		break;
	}
	if (ctl->version)
		return print_version();
	if (first >= argc) {
		help_all(stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[first], "help") == 0)
		return run_help(ctl, argv[first + 1]);
	command = command_find(argv[first]);
	if (command == NULL)
		return run_help(ctl, argv[first]);
	return run_command(ctl, command, argc - first, argv + first);
}

int
ctl_main(int argc, char **argv)
{
	struct ctl ctl = {.out = terminal_of(stdout)};
	int status = run(&ctl, argc, argv);

	status = ctl_close_output(&ctl, status);
	config_free(ctl.config);
	return status;
}
