/* cmd_codes.c: bouncectl codes: the table of reply and status codes. */
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/table.h"

#include <stdlib.h>
#include <sysexits.h>

struct options {
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

static const struct column columns[] = {
    {"code", 0, false},
    {"class", 0, false},
    {"meaning", 20, false},
};

static void
print_json(const struct code_info *info)
{
	json_t *o = json_object();

	json_set_text(o, "code", info->key);
	json_set_text(o, "class", class_name(info->class));
	json_set_text(o, "meaning", info->meaning);
	json_set_text(o, "advice", info->advice);
	json_set_text(o, "rule", info->rule);
	json_line(stdout, o);
}

static void
print_all(struct ctl *ctl, const struct classifier *classifier)
{
	struct table *t = table_new(
	    stdout, &ctl->out, columns, sizeof(columns) / sizeof(*columns));

	for (size_t i = 0; i < code_count(classifier); i++) {
		const struct code_info *info = code_at(classifier, i);
		const char *cells[] = {info->key,
		    info->class == CLASS_NONE ? "-" : class_name(info->class),
		    info->meaning};

		table_row(t, cells, NULL);
	}
	table_finish(t);
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	const struct options *o = fields;
	const struct config *config = ctl_config(ctl);
	struct classifier *classifier;
	char *error;

	(void)arguments;
	if (config == NULL)
		return EX_CONFIG;
	classifier = config_classifier(config, &error);
	if (classifier == NULL) {
		ctl_warn(ctl, "%s", error);
		free(error);
		return EX_CONFIG;
	}
	if (o->json) {
		for (size_t i = 0; i < code_count(classifier); i++)
			print_json(code_at(classifier, i));
	} else {
		print_all(ctl, classifier);
	}
	classifier_free(classifier);
	return EX_OK;
}

static const struct option_row rows[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"one JSON object per line and code", NULL},
    {0},
};

const struct command cmd_codes = {
    .name = "codes",
    .summary = "the reply and status codes, and the class of each",
    .arguments = "",
    .about =
	"Lists the codes that are known, with the class that a failure gets\n"
	"when nothing but this code is told. 'bouncectl explain CODE' says\n"
	"more about one.",
    .options = rows,
    .run = run,
};
