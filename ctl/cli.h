/* cli.h: command lines through tables, getopt_long underneath. */
#ifndef BOUNCED_CTL_CLI_H
#define BOUNCED_CTL_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_type {
	OPTION_FLAG,   /* bool: set to true */
	OPTION_STRING, /* const char *: the argument */
	OPTION_COUNT,  /* uint64_t: a whole number of 1 or more */
	OPTION_WHEN,   /* int64_t: a date, see util/when.h */
	OPTION_CLASS,  /* const char *: a class of CLASSES.md */
	OPTION_WORD,   /* int: the index in words */
};

/* A row ends with name NULL. */
struct option_row {
	const char *name; /* "json" */
	char letter;      /* 'j' or 0 */
	enum option_type type;
	size_t offset;        /* of the field in the command's struct */
	const char *argument; /* "N"; NULL for flags */
	const char *help;
	const char *const *words; /* NULL-terminated */
};

/* A table and the struct that its offsets are in. */
struct option_set {
	const struct option_row *rows;
	void *fields;
};

#define MAX_OPTIONS 32

enum cli_result { CLI_READ, CLI_HELP, CLI_BAD };

/* Reads the options of ARGV (argv[0] is not looked at) into the structs of
 * SETS; *first is the index of the first argument that is none, with all
 * others behind it. STOP: options end at the first argument, as before a
 * command. CLI_BAD: *error says what is wrong; free() it. --help gives
 * CLI_HELP. */
enum cli_result cli_read(const struct option_set *sets, size_t n_sets, int argc,
    char **argv, bool stop, int *first, char **error);

/* One line or more for each row: "  -j, --jobs N   processes ...". */
void cli_print(FILE *, const struct option_row *rows);

#endif
