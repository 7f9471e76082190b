/* config.c: reads bounced.conf through one table of keys. */
#include "conf/config.h"
#include "conf/data.h"
#include "conf/sources.h"
#include "conf/value.h"
#include "util/suggest.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const done_words[] = {
    [DONE_MOVE] = "move",
    [DONE_DELETE] = "delete",
    NULL,
};
static const char *const log_words[] = {
    "error", "warning", "info", "debug", NULL};

#define AT(field) offsetof(struct config, field)
/* What the answer of a worker has room for. */
#define MOST_RECIPIENTS 100000

static const struct key keys[] = {
    {"bounced", "maildir", KEY_PATH, AT(maildir), 0, 0, NULL, NULL},
    {"bounced", "database", KEY_PATH, AT(database), 0, 0, DEFAULT_DATABASE,
	NULL},
    {"bounced", "done", KEY_INDEX, AT(done), 0, 0, "move", done_words},
    {"bounced", "rules_dir", KEY_PATH, AT(rules_dir), 0, 0, NULL, NULL},
    {"bounced", "workers", KEY_COUNT, AT(workers), 0, 64, "0", NULL},
    {"bounced", "rescan_seconds", KEY_COUNT, AT(rescan_seconds), 1, 86400, "60",
	NULL},
    {"bounced", "log_level", KEY_WORD, AT(log_level), 0, 0, "info", log_words},
    {"limits", "max_read", KEY_SIZE, AT(max_read), 4 * KIB, GIB, "1M", NULL},
    {"limits", "max_recipients", KEY_COUNT, AT(max_recipients), 1,
	MOST_RECIPIENTS, "1000", NULL},
    {"limits", "time_limit_ms", KEY_COUNT, AT(time_limit_ms), 100, 600000,
	"5000", NULL},
    /* The stack alone may take 64 MiB of it. */
    {"limits", "memory_limit", KEY_SIZE, AT(memory_limit), 128 * MIB, 64 * GIB,
	"512M", NULL},
    {"verp", "delimiters", KEY_MARKS, AT(verp_delimiters), 0, 0, NULL, NULL},
};
#define N_KEYS (sizeof(keys) / sizeof(*keys))

static const char *
config_name(const struct config *c)
{
	return c->file != NULL ? c->file : "built-in configuration";
}

_Static_assert(sizeof(enum done_action) == sizeof(int), "set as an int");

/* ---- the file ---- */

static const struct key *
find_key(const char *group, const char *name)
{
	for (size_t i = 0; i < N_KEYS; i++) {
		if (strcmp(keys[i].group, group) == 0 &&
		    strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

/* Offers the names of all groups (GROUP NULL), or of GROUP's keys. */
static char *
hint_for(const char *word, const char *group)
{
	struct suggestion s;

	suggest_start(&s, word);
	for (size_t i = 0; i < N_KEYS; i++) {
		if (group == NULL)
			suggest_offer(&s, keys[i].group);
		else if (strcmp(keys[i].group, group) == 0)
			suggest_offer(&s, keys[i].name);
	}
	return suggest_hint(&s);
}

/* A key that is known, but in another group, is told as such. */
static char *
unknown_key(const char *group, const char *name)
{
	char *hint, *error;

	for (size_t i = 0; i < N_KEYS; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return g_strdup_printf(
			    "no such key here: it belongs to [%s]",
			    keys[i].group);
	}
	hint = hint_for(name, group);
	error = g_strdup_printf("no such key%s", hint);
	g_free(hint);
	return error;
}

/* One line of the file; what is wrong with it, or NULL. */
static char *
read_key(struct config *c, GKeyFile *file, const char *group, const char *name)
{
	const struct key *key = find_key(group, name);
	GError *gerror = NULL;
	char *text, *error;

	if (key == NULL)
		return unknown_key(group, name);
	text = g_key_file_get_string(file, group, name, &gerror);
	if (gerror != NULL) {
		/* GLib says "Key file contains key ... which has a value that
		 * cannot be interpreted", and may give half of it. */
		g_error_free(gerror);
		g_free(text);
		return g_strdup("the value is not UTF-8, or has a backslash "
				"before a letter other than s n t r");
	}
	g_strstrip(text);
	if (text[0] == '\0')
		error = g_strdup("no value given: write one, or put a # in "
				 "front of the line");
	else
		error = value_set(key, c, text);
	g_free(text);
	return error;
}

static bool
read_group(struct config *c, GKeyFile *file, const char *group, char **error)
{
	char **names = g_key_file_get_keys(file, group, NULL, NULL);
	char *wrong = NULL;

	for (size_t i = 0; wrong == NULL && names[i] != NULL; i++) {
		/* GKeyFile keeps every line of a repeated key in this list,
		 * and the last value; which one was meant, nobody knows. */
		for (size_t j = 0; wrong == NULL && j < i; j++) {
			if (strcmp(names[i], names[j]) == 0)
				wrong = g_strdup("given more than once");
		}
		if (wrong == NULL)
			wrong = read_key(c, file, group, names[i]);
		if (wrong != NULL)
			*error = g_strdup_printf("%s: [%s] %s: %s",
			    config_name(c), group, names[i], wrong);
	}
	g_free(wrong);
	g_strfreev(names);
	return *error == NULL;
}

static bool
read_groups(struct config *c, GKeyFile *file, char **error)
{
	char **groups = g_key_file_get_groups(file, NULL);

	for (size_t i = 0; *error == NULL && groups[i] != NULL; i++) {
		bool known = false;

		for (size_t k = 0; k < N_KEYS; k++)
			known = known || strcmp(keys[k].group, groups[i]) == 0;
		if (known) {
			read_group(c, file, groups[i], error);
		} else {
			char *hint = hint_for(groups[i], NULL);

			*error = g_strdup_printf("%s: [%s]: no such group%s",
			    config_name(c), groups[i], hint);
			g_free(hint);
		}
	}
	g_strfreev(groups);
	return *error == NULL;
}

static bool
read_file(struct config *c, char **error)
{
	GKeyFile *file;
	GError *gerror = NULL;
	size_t length;
	char *text = source_read(c->file, &length, error);

	if (text == NULL)
		return false;
	file = g_key_file_new();
	if (length == 0 || g_key_file_load_from_data(
			       file, text, length, G_KEY_FILE_NONE, &gerror)) {
		read_groups(c, file, error);
	} else {
		*error = g_strdup_printf("%s: %s", c->file, gerror->message);
		g_error_free(gerror);
	}
	g_key_file_free(file);
	g_free(text);
	return *error == NULL;
}

/* ---- all of it ---- */

static bool
load_sources(struct config *c, char **error)
{
	char *wrong = NULL;

	c->rules = sources_load(
	    c->rules_dir, ".conf", shipped_rules(), &c->n_rules, &wrong);
	if (c->rules != NULL)
		c->codes = sources_load(c->rules_dir, ".codes", shipped_codes(),
		    &c->n_codes, &wrong);
	/* The shipped ones are tested where they are made, and compiling
	 * them costs more than all the rest of this file. */
	if (wrong == NULL && c->n_rules + c->n_codes > 2)
		classifier_free(config_classifier(c, &wrong));
	if (wrong == NULL)
		return true;
	*error = g_strdup_printf(
	    "%s: [bounced] rules_dir: %s", config_name(c), wrong);
	free(wrong);
	return false;
}

static void
set_defaults(struct config *c)
{
	for (size_t i = 0; i < N_KEYS; i++) {
		if (keys[i].fallback != NULL)
			g_free(value_set(&keys[i], c, keys[i].fallback));
	}
	if (g_file_test(DEFAULT_RULES_DIR, G_FILE_TEST_IS_DIR))
		c->rules_dir = g_strdup(DEFAULT_RULES_DIR);
}

struct config *
config_load(const char *file, char **error)
{
	struct config *c = g_new0(struct config, 1);

	*error = NULL;
	if (file == NULL && access(DEFAULT_CONFIG, F_OK) == 0)
		file = DEFAULT_CONFIG;
	c->file = g_strdup(file);
	set_defaults(c);
	if ((file == NULL || read_file(c, error)) && load_sources(c, error))
		return c;
	config_free(c);
	return NULL;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	sources_free(c->rules, c->n_rules);
	sources_free(c->codes, c->n_codes);
	for (size_t i = 0; i < N_KEYS; i++)
		value_clear(&keys[i], c);
	g_free(c->file);
	g_free(c);
}

struct classifier *
config_classifier(const struct config *c, char **error)
{
	return classifier_new(
	    c->rules, c->n_rules, c->codes, c->n_codes, error);
}
