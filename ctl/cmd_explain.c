/* cmd_explain.c: bouncectl explain: what a code or a reply means, its class,
 * and what decided that. */
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/report_text.h"
#include "parser/reply.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct options {
	bool json;
	const char *host;
};
_Static_assert(sizeof(struct options) <= OPTIONS_SIZE, "room");

/* Rules shown beside the one that decided. */
#define MAX_OTHERS 20
/* A line of standard input that is longer is cut: replies are short. */
#define MAX_LINE 65536

struct explainer {
	struct ctl *ctl;
	const struct options *options;
	struct classifier *classifier;
	struct matcher *matcher;
	bool printed; /* blank lines stand between answers */
};

/* What was asked, and the answer. */
struct answer {
	const char *text;
	struct evidence evidence;
	struct verdict verdict;
	const struct code_info *code; /* the row that speaks for it, or NULL */
	const char *meaning, *advice;
	const char *others[MAX_OTHERS];
	size_t n_others;
};

/* "550": nothing but a reply code. */
static bool
is_reply_code(const char *text, int *code)
{
	if (strlen(text) != 3 || strspn(text, "0123456789") != 3)
		return false;
	*code = atoi(text);
	return true;
}

/* "5.1.1" or "x.1.1": nothing but an enhanced code; x is taken for 5. */
static bool
is_status(const char *text, struct enhanced *status)
{
	char *own;
	bool good;

	if (text[0] == '\0' || text[strspn(text, "0123456789.xX")] != '\0')
		return false;
	own = g_strdup(text);
	if (own[0] == 'x' || own[0] == 'X')
		own[0] = '5';
	good = enhanced_parse(own, status);
	g_free(own);
	return good;
}

/* The row of the code table to tell the meaning by: for a bare code its own,
 * else that of the code which decided. */
static const struct code_info *
code_row(const struct classifier *classifier, const struct answer *a)
{
	if (a->evidence.texts[0] == NULL)
		return a->evidence.code != 0
			   ? code_info_reply(classifier, a->evidence.code)
			   : code_info_status(classifier, a->evidence.status);
	if (a->verdict.basis == BASIS_STATUS)
		return code_info_status(classifier, a->verdict.status);
	if (a->verdict.basis == BASIS_CODE)
		return code_info_reply(classifier, a->verdict.code);
	return NULL;
}

static void
find_others(struct explainer *e, struct answer *a)
{
	const char *rules[MAX_OTHERS + 1];
	size_t n = classify_matches(
	    e->classifier, e->matcher, &a->evidence, rules, MAX_OTHERS + 1);

	if (n > MAX_OTHERS + 1)
		n = MAX_OTHERS + 1;
	for (size_t i = 0; i < n && a->n_others < MAX_OTHERS; i++) {
		if (a->verdict.rule == NULL ||
		    strcmp(rules[i], a->verdict.rule) != 0)
			a->others[a->n_others++] = rules[i];
	}
}

static void
explain(struct explainer *e, const char *text, struct answer *a)
{
	*a = (struct answer){.text = text,
	    .evidence = {
		.action = ACTION_FAILED, .remote_mta = e->options->host}};

	if (!is_reply_code(text, &a->evidence.code) &&
	    !is_status(text, &a->evidence.status))
		a->evidence.texts[0] = text;
	a->verdict = classify(e->classifier, e->matcher, &a->evidence);
	a->code = code_row(e->classifier, a);
	if (a->code == NULL && a->evidence.texts[0] == NULL) {
		a->meaning = "no such code is known";
		a->advice = class_info(a->verdict.class)->advice;
	} else if (a->code != NULL) {
		a->meaning = a->code->meaning;
		a->advice = a->code->advice;
		if (a->evidence.texts[0] == NULL)
			a->verdict.class = a->code->class;
		if (a->verdict.class == CLASS_NONE)
			a->verdict.hard = false;
	} else {
		const struct class_info *info = class_info(a->verdict.class);

		a->meaning = info->meaning;
		a->advice = info->advice;
	}
	find_others(e, a);
}

static void
print_json(const struct answer *a)
{
	json_t *o = json_object();

	json_set_text(o, "text", a->text);
	json_set_code(o, "code", a->verdict.code);
	json_set_status(o, "status", a->verdict.status);
	json_set_text(o, "class", class_name(a->verdict.class));
	json_object_set_new(o, "hard", json_boolean(a->verdict.hard));
	json_set_text(o, "basis", basis_name(a->verdict.basis));
	json_set_text(o, "rule", a->verdict.rule);
	json_set_text(o, "meaning", a->meaning);
	json_set_text(o, "advice", a->advice);
	json_line(stdout, o);
}

/* "  decided by   rules.conf:12 (text)"; long texts go on below. */
static void
print_label(const struct terminal *t, const char *label)
{
	printf(
	    "  %s%-13s%s", terminal_on(t, PAINT_DIM), label, terminal_off(t));
}

#define LABEL_WIDTH 15

static void
print_paragraph(const struct terminal *t, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	print_label(t, label);
	text_hang(stdout, text, LABEL_WIDTH, t->width);
}

static void
print_codes(const struct terminal *t, const struct verdict *v)
{
	char status[ENHANCED_MAX];

	if (v->code == 0 && v->status.class == 0)
		return;
	print_label(t, "code");
	if (v->code != 0)
		printf("%d%s", v->code, v->status.class != 0 ? " " : "");
	printf("%s\n", enhanced_format(v->status, status));
}

static void
print_decided(const struct terminal *t, const struct verdict *v)
{
	print_label(t, "decided by");
	if (v->rule != NULL) {
		print_painted(stdout, t, PAINT_NONE, v->rule);
		printf(" (%s)\n", basis_name(v->basis));
	} else {
		printf("%s\n", v->basis == BASIS_NONE
				   ? "nothing: no rule or code says why"
				   : basis_name(v->basis));
	}
}

static void
print_text(struct explainer *e, const struct answer *a)
{
	const struct terminal *t = &e->ctl->out;
	struct outcome o = {
	    NULL, class_name(a->verdict.class), a->verdict.hard};

	if (e->printed)
		putchar('\n');
	e->printed = true;
	print_painted(stdout, t, PAINT_BOLD, a->text);
	putchar('\n');
	print_label(t, "class");
	if (a->verdict.class == CLASS_NONE)
		printf("none: information, no failure\n");
	else {
		outcome_print(stdout, t, &o);
		if (!a->verdict.hard)
			fputs(", not hard", stdout);
		putchar('\n');
	}
	print_codes(t, &a->verdict);
	print_paragraph(t, "meaning", a->meaning);
	print_paragraph(t, "what to do", a->advice);
	print_decided(t, &a->verdict);
	for (size_t i = 0; i < a->n_others; i++) {
		print_label(t, i == 0 ? "also matches" : "");
		print_painted(stdout, t, PAINT_NONE, a->others[i]);
		putchar('\n');
	}
}

static void
answer_text(struct explainer *e, const char *text)
{
	struct answer answer;

	explain(e, text, &answer);
	if (e->options->json)
		print_json(&answer);
	else
		print_text(e, &answer);
}

/* The classifier reads UTF-8 without surrounding space; input may be
 * anything. */
static void
answer_bytes(struct explainer *e, const char *bytes)
{
	char *text = g_utf8_make_valid(bytes, -1);

	answer_text(e, g_strstrip(text));
	g_free(text);
}

/* Every line gets its answer, also an empty one with --json: line N of the
 * output belongs to line N of the input. */
static int
answer_lines(struct explainer *e)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int status = EX_OK;

	while (
	    ctl_can_print() && (length = getline(&line, &room, stdin)) >= 0) {
		if (length > MAX_LINE)
			line[MAX_LINE] = '\0';
		g_strchomp(line);
		if (line[0] != '\0' || e->options->json)
			answer_bytes(e, line);
	}
	if (ferror(stdin)) {
		ctl_warn(e->ctl, "standard input: %s", g_strerror(errno));
		status = EX_IOERR;
	}
	free(line);
	return status;
}

static int
run(struct ctl *ctl, const void *fields, char **arguments)
{
	const struct config *config = ctl_config(ctl);
	struct explainer e = {.ctl = ctl, .options = fields};
	char *error, *text;
	int status = EX_OK;

	if (config == NULL)
		return EX_CONFIG;
	e.classifier = config_classifier(config, &error);
	if (e.classifier == NULL) {
		ctl_warn(ctl, "%s", error);
		free(error);
		return EX_CONFIG;
	}
	e.matcher = matcher_new(e.classifier);
	/* "explain 550 5.1.1 user unknown" without quotes is one text. */
	text = g_strstrip(g_strjoinv(" ", arguments));
	if (text[0] == '\0')
		status = ctl_usage(ctl, "nothing to explain");
	else if (strcmp(text, "-") == 0)
		status = answer_lines(&e);
	else
		answer_bytes(&e, text);
	g_free(text);
	matcher_free(e.matcher);
	classifier_free(e.classifier);
	return status;
}

static const struct option_row rows[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct options, json), NULL,
	"one JSON object per line of input", NULL},
    {"host", 0, OPTION_STRING, offsetof(struct options, host), "NAME",
	"the remote host that said it", NULL},
    {0},
};

const struct command cmd_explain = {
    .name = "explain",
    .summary = "what a code or an SMTP reply means, and what to do",
    .arguments = "CODE | TEXT | -",
    .about =
	"Explains a reply code (550), an enhanced status code (5.1.1) or the\n"
	"text of a reply: its class, which rule or code decided that, which\n"
	"other rules match, and what to do. With - each line of standard\n"
	"input is a text. The same words mean different things at different\n"
	"providers: --host tells who said them.",
    .min_arguments = 1,
    .max_arguments = -1,
    .options = rows,
    .run = run,
};
