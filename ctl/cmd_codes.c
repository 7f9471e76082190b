/* cmd_codes.c: bouncectl codes: the table of reply and status codes. */
#include "ctl/command.h"
#include "ctl/json.h"

#include <stdlib.h>
#include <sysexits.h>

struct options {
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

#define MEANING_COLUMN 32

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

/* No table: a meaning that is cut helps nobody. */
static void
print_text(const struct ctl *ctl, const struct code_info *info)
{
	printf("%s%-9s%s%-*s", terminal_on(&ctl->out, PAINT_BOLD), info->key,
	    terminal_off(&ctl->out), MEANING_COLUMN - 9,
	    info->class == CLASS_NONE ? "-" : class_name(info->class));
	text_hang(stdout, info->meaning, MEANING_COLUMN, ctl->out.width);
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
	for (size_t i = 0; i < code_count(classifier); i++) {
		if (o->json)
			print_json(code_at(classifier, i));
		else
			print_text(ctl, code_at(classifier, i));
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
