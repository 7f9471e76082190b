/* cmd_classes.c: bouncectl classes: the words for causes. */
#include "ctl/command.h"
#include "ctl/json.h"

#include <sysexits.h>

struct options {
	bool json;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

static const char *const hardness_names[] = {
    [HARDNESS_NONE] = "no",
    [HARDNESS_COUNTS] = "counts",
    [HARDNESS_HARD] = "yes",
};

static const enum paint hardness_paints[] = {
    [HARDNESS_NONE] = PAINT_NONE,
    [HARDNESS_COUNTS] = PAINT_YELLOW,
    [HARDNESS_HARD] = PAINT_RED,
};

static void
print_json(const struct class_info *info)
{
	json_t *o = json_object();

	json_set_text(o, "class", info->name);
	json_object_set_new(
	    o, "hard", json_boolean(info->hardness == HARDNESS_HARD));
	json_object_set_new(
	    o, "counts", json_boolean(info->hardness != HARDNESS_NONE));
	json_set_text(o, "meaning", info->meaning);
	json_set_text(o, "advice", info->advice);
	json_line(stdout, o);
}

/* No table: meaning and advice are sentences, and cut ones help nobody. */
static void
print_text(const struct ctl *ctl, const struct class_info *info)
{
	printf("%s%s%s", terminal_on(&ctl->out, PAINT_BOLD), info->name,
	    terminal_off(&ctl->out));
	printf("%*shard: %s%s%s\n", 24 - text_columns(info->name), "",
	    terminal_on(&ctl->out, hardness_paints[info->hardness]),
	    hardness_names[info->hardness], terminal_off(&ctl->out));
	text_wrap(stdout, info->meaning, 4, ctl->out.width);
	text_wrap(stdout, info->advice, 4, ctl->out.width);
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	const struct options *o = fields;

	(void)arguments;
	for (int i = CLASS_NONE + 1; i < CLASS_COUNT; i++) {
		const struct class_info *info =
		    class_info((enum bounce_class)i);

		if (o->json)
			print_json(info);
		else
			print_text(ctl, info);
	}
	return EX_OK;
}

static const struct option_row rows[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"one JSON object per line and class", NULL},
    {0},
};

const struct command cmd_classes = {
    .name = "classes",
    .summary = "the classes of failures, and what each means",
    .arguments = "",
    .about =
	"Lists the classes: why a delivery failed. \"hard\" says that the\n"
	"address itself is dead; \"counts\" that it is not, but is given up\n"
	"when this goes on.",
    .options = rows,
    .run = run,
};
