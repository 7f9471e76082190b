/* cli.c: reads command lines through tables. */
#include "ctl/cli.h"
#include "ctl/terminal.h"
#include "parser/report.h"
#include "util/suggest.h"
#include "util/when.h"

#include <errno.h>
#include <getopt.h>
#include <glib.h>
#include <string.h>
#include <time.h>

/* What getopt_long is given, and what its answers mean. */
struct getopt_table {
	struct option options[MAX_OPTIONS + 2];
	char letters[2 * MAX_OPTIONS + 4];
	const struct option_row *rows[MAX_OPTIONS];
	void *fields[MAX_OPTIONS];
	int n;
};

/* Values that getopt_long returns: the row's number above all letters. */
#define ROW_BASE 256

static void
add_row(struct getopt_table *t, const struct option_row *row, void *fields)
{
	bool flag = row->type == OPTION_FLAG;

	g_assert(t->n < MAX_OPTIONS);
	t->options[t->n] = (struct option){row->name,
	    flag ? no_argument : required_argument, NULL, ROW_BASE + t->n};
	t->rows[t->n] = row;
	t->fields[t->n] = fields;
	if (row->letter != 0) {
		size_t end = strlen(t->letters);

		t->letters[end] = row->letter;
		if (!flag)
			t->letters[end + 1] = ':';
	}
	t->n++;
}

/* Colon: a missing argument is told from an unknown option. */
static void
build_table(struct getopt_table *t, const struct option_set *sets,
    size_t n_sets, bool stop)
{
	memset(t, 0, sizeof(*t));
	strcpy(t->letters, stop ? "+:h" : ":h");
	for (size_t i = 0; i < n_sets; i++) {
		for (const struct option_row *row = sets[i].rows;
		     row->name != NULL; row++)
			add_row(t, row, sets[i].fields);
	}
	t->options[t->n] = (struct option){"help", no_argument, NULL, 'h'};
}

/* The row that getopt_long's answer C stands for, or -1. */
static int
row_of(const struct getopt_table *t, int c)
{
	if (c >= ROW_BASE)
		return c - ROW_BASE;
	for (int i = 0; i < t->n; i++) {
		if (t->rows[i]->letter == c)
			return i;
	}
	return -1;
}

static char *
unknown_option(const struct getopt_table *t, const char *given)
{
	struct suggestion s;
	char *word, *error;

	if (!g_str_has_prefix(given, "--"))
		return g_strdup_printf("unknown option '-%c'", optopt);
	word = g_strndup(given + 2, strcspn(given + 2, "="));
	suggest_start(&s, word);
	suggest_offer(&s, "help");
	for (int i = 0; i < t->n; i++)
		suggest_offer(&s, t->rows[i]->name);
	if (s.best != NULL)
		error = g_strdup_printf(
		    "unknown option '--%s' (did you mean '--%s'?)", word,
		    s.best);
	else
		error = g_strdup_printf("unknown option '--%s'", word);
	g_free(word);
	return error;
}

/* '?' and ':' of getopt_long in words. */
static char *
getopt_error(const struct getopt_table *t, int c, const char *given)
{
	int row = row_of(t, optopt);

	if (c == ':' && row >= 0)
		return g_strdup_printf("option '--%s' needs %s behind it",
		    t->rows[row]->name, t->rows[row]->argument);
	if (optopt >= ROW_BASE)
		return g_strdup_printf(
		    "option '--%s' takes no value", t->rows[row]->name);
	if (optopt == 'h')
		return g_strdup("option '--help' takes no value");
	return unknown_option(t, given);
}

static char *
set_class(const char **field, const char *text)
{
	enum bounce_class class;
	struct suggestion s;
	char *hint, *error;

	if (text[0] != '\0' && class_from_name(text, &class)) {
		*field = text;
		return NULL;
	}
	suggest_start(&s, text);
	for (int i = CLASS_NONE + 1; i < CLASS_COUNT; i++)
		suggest_offer(&s, class_name((enum bounce_class)i));
	hint = suggest_hint(&s);
	error = g_strdup_printf(
	    "'%s' is no class%s; 'bouncectl classes' lists them", text, hint);
	g_free(hint);
	return error;
}

static char *
set_word(int *field, const char *const *words, const char *text)
{
	char *all, *error;

	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*field = i;
			return NULL;
		}
	}
	all = g_strjoinv(", ", (char **)words);
	error = g_strdup_printf("'%s' is none of these: %s", text, all);
	g_free(all);
	return error;
}

/* Puts TEXT into the field of ROW; what is wrong with it, or NULL. */
static char *
set_field(const struct option_row *row, void *field, const char *text)
{
	guint64 count;

	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return NULL;
	case OPTION_STRING:
		*(const char **)field = text;
		return NULL;
	case OPTION_COUNT:
		if (!g_ascii_string_to_unsigned(
			text, 10, 1, G_MAXINT32, &count, NULL))
			return g_strdup_printf(
			    "'%s' is not a whole number of 1 or more", text);
		*(uint64_t *)field = count;
		return NULL;
	case OPTION_WHEN:
		if (!when_parse(text, (int64_t)time(NULL), field))
			return g_strdup_printf(
			    "'%s' is no date; write %s", text, WHEN_EXAMPLES);
		return NULL;
	case OPTION_CLASS:
		return set_class(field, text);
	case OPTION_WORD:
		return set_word(field, row->words, text);
	}
	return NULL;
}

static char *
take_option(const struct getopt_table *t, int index)
{
	const struct option_row *row = t->rows[index];
	char *wrong, *error;

	wrong = set_field(row, (char *)t->fields[index] + row->offset, optarg);
	if (wrong == NULL)
		return NULL;
	error = g_strdup_printf("--%s: %s", row->name, wrong);
	g_free(wrong);
	return error;
}

enum cli_result
cli_read(const struct option_set *sets, size_t n_sets, int argc, char **argv,
    bool stop, int *first, char **error)
{
	struct getopt_table table;
	int c;

	build_table(&table, sets, n_sets, stop);
	*error = NULL;
	opterr = 0;
	optind = 0; /* GNU: forget the last run, and its permutation */
	while (*error == NULL) {
		int at = optind > 0 ? optind : 1;

		c = getopt_long(argc, argv, table.letters, table.options, NULL);
		if (c == -1)
			break;
		if (c == '?' || c == ':')
			/* The option that was read last is the one before
			 * optind; inside a cluster of letters optopt tells. */
			*error = getopt_error(&table, c,
			    argv[optind - 1] != NULL ? argv[optind - 1]
						     : argv[at]);
		else if (c == 'h')
			return CLI_HELP;
		else
			*error = take_option(&table, row_of(&table, c));
	}
	*first = optind;
	return *error == NULL ? CLI_READ : CLI_BAD;
}

/* Columns of an option's name in the help. */
#define HELP_INDENT 24
#define HELP_WIDTH 80

void
cli_print(FILE *out, const struct option_row *rows)
{
	for (const struct option_row *row = rows; row->name != NULL; row++) {
		char letter[] = "    ";
		char *name;

		if (row->letter != 0) {
			letter[0] = '-';
			letter[1] = row->letter;
			letter[2] = ',';
		}
		name = g_strconcat("  ", letter, "--", row->name,
		    row->argument != NULL ? " " : "", row->argument, NULL);
		if (strlen(name) + 1 >= HELP_INDENT)
			fprintf(out, "%s\n%*s", name, HELP_INDENT, "");
		else
			fprintf(out, "%-*s", HELP_INDENT, name);
		text_hang(out, row->help, HELP_INDENT, HELP_WIDTH);
		g_free(name);
	}
}
