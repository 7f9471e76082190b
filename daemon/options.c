/* options.c: a table of options, for reading them and for --help. */
#include "daemon/options.h"

#include "conf/config.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

struct option_row {
	char letter; /* '\0': none */
	const char *name;
	const char *value; /* what it is called in --help; NULL: a flag */
	size_t offset;     /* of the bool or string in struct options */
	const char *meaning;
};

static const struct option_row rows[] = {
    {'c', "config", "FILE", offsetof(struct options, config),
	"read the configuration in FILE"},
    {'\0', "maildir", "DIR", offsetof(struct options, maildir),
	"watch the Maildir DIR, whatever the configuration says"},
    {'\0', "database", "FILE", offsetof(struct options, database),
	"record in FILE, whatever the configuration says"},
    {'\0', "once", NULL, offsetof(struct options, once),
	"settle the mail that is there, and exit"},
    {'\0', "check-config", NULL, offsetof(struct options, check_config),
	"check configuration and rules, and exit"},
    {'\0', "version", NULL, offsetof(struct options, version),
	"print the version, and exit"},
    {'h', "help", NULL, offsetof(struct options, help), "print this, and exit"},
};

/* The row that ARGUMENT ("-c", "--once", "--maildir=x") names, and where its
 * value begins if it stands in the same argument. */
static const struct option_row *
find(const char *argument, const char **value)
{
	*value = NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct option_row *r = &rows[i];
		size_t n = strlen(r->name);

		if (r->letter != '\0' && argument[0] == '-' &&
		    argument[1] == r->letter) {
			if (argument[2] != '\0')
				*value = argument + 2;
			return r;
		}
		if (g_str_has_prefix(argument, "--") &&
		    strncmp(argument + 2, r->name, n) == 0 &&
		    (argument[2 + n] == '\0' || argument[2 + n] == '=')) {
			if (argument[2 + n] == '=')
				*value = argument + 3 + n;
			return r;
		}
	}
	return NULL;
}

/* Reads the option at ARGV[*i]; moves *I to the last argument it used. */
static bool
read_option(struct options *o, int argc, char **argv, int *i, char **error)
{
	const char *value;
	const struct option_row *r = find(argv[*i], &value);
	void *field;

	if (r == NULL) {
		*error = g_strdup_printf("unknown option %s", argv[*i]);
		return false;
	}
	field = (char *)o + r->offset;
	if (r->value == NULL) {
		if (value != NULL)
			*error =
			    g_strdup_printf("--%s takes no value", r->name);
		*(bool *)field = true;
		return value == NULL;
	}
	if (value == NULL && *i + 1 < argc)
		value = argv[++*i];
	if (value == NULL || *value == '\0') {
		*error = g_strdup_printf(
		    "--%s needs a value: %s", r->name, r->value);
		return false;
	}
	*(const char **)field = value;
	return true;
}

bool
options_read(struct options *o, int argc, char **argv, char **error)
{
	*o = (struct options){0};
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			*error =
			    g_strdup_printf("unexpected argument %s", argv[i]);
			return false;
		}
		if (!read_option(o, argc, argv, &i, error))
			return false;
	}
	return true;
}

char *
options_help(void)
{
	GString *s = g_string_new(
	    "usage: bounced [option ...]\n\n"
	    "Watches a Maildir for bounce mails and records what happened to "
	    "each recipient,\nand why, in an SQLite database. Stays in the "
	    "foreground; logs to standard error.\n\n");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct option_row *r = &rows[i];
		char letter[] = "-?, ", *left;

		if (r->letter != '\0')
			letter[1] = r->letter;
		else
			memcpy(letter, "    ", sizeof(letter));
		left = g_strconcat(letter, "--", r->name,
		    r->value == NULL ? NULL : " ", r->value, NULL);
		g_string_append_printf(s, "  %-22s  %s\n", left, r->meaning);
		g_free(left);
	}
	g_string_append(s,
	    "\nWithout -c, " DEFAULT_CONFIG
	    " is read if it is there.\nSignals: TERM and INT finish the mail "
	    "at hand and stop, HUP "
	    "reads the\nconfiguration again, USR1 logs a line of figures.\n");
	return g_string_free(s, FALSE);
}
