/* report_text.c: the text form of a report. */
#include "ctl/report_text.h"
#include "util/text.h"
#include "util/when.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_INDENT 2
#define TEXT_INDENT 6

static const enum paint kind_paints[KIND_COUNT] = {
    [KIND_OTHER] = PAINT_DIM,
    [KIND_BOUNCE] = PAINT_RED,
    [KIND_DELAY] = PAINT_YELLOW,
    [KIND_SUCCESS] = PAINT_GREEN,
    [KIND_AUTO_REPLY] = PAINT_CYAN,
    [KIND_FEEDBACK] = PAINT_MAGENTA,
};

void
print_painted(
    FILE *out, const struct terminal *t, enum paint paint, const char *text)
{
	char *safe = text_printable(text);

	fprintf(out, "%s%s%s", terminal_on(t, paint), safe,
	    paint == PAINT_NONE ? "" : terminal_off(t));
	free(safe);
}

static bool
is_given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* "  list         announce.example.org" when there is something to say. */
static void
print_field(
    FILE *out, const struct terminal *t, const char *label, const char *text)
{
	if (!is_given(text))
		return;
	fprintf(out, "%*s%s%-13s%s", LABEL_INDENT, "",
	    terminal_on(t, PAINT_DIM), label, terminal_off(t));
	print_painted(out, t, PAINT_NONE, text);
	putc('\n', out);
}

static void
print_time(FILE *out, const struct terminal *t, const char *label, int64_t when)
{
	char text[WHEN_MAX];

	print_field(out, t, label, when_format(when, text));
}

void
outcome_print(FILE *out, const struct terminal *t, const struct outcome *o)
{
	const char *comma = "";

	if (is_given(o->action)) {
		print_painted(out, t, PAINT_NONE, o->action);
		comma = ", ";
	}
	if (is_given(o->class)) {
		fputs(comma, out);
		print_painted(
		    out, t, o->hard ? PAINT_RED : PAINT_YELLOW, o->class);
		comma = ", ";
	}
	if (o->hard) {
		fputs(comma, out);
		print_painted(out, t, PAINT_RED, "hard");
	}
}

/* Also says who else the mail was for, where that is another address. */
static void
print_other_address(FILE *out, const struct terminal *t, const char *label,
    const char *address, const struct recipient *r)
{
	if (!is_given(address) ||
	    (r->address != NULL && strcasecmp(address, r->address) == 0))
		return;
	fprintf(out, "%*s%s%s%s ", TEXT_INDENT, "", terminal_on(t, PAINT_DIM),
	    label, terminal_off(t));
	print_painted(out, t, PAINT_NONE, address);
	putc('\n', out);
}

/* "550 5.1.1, told by mx.example.com, decided by text (rules.conf:12)" */
static void
print_evidence(FILE *out, const struct terminal *t, const struct recipient *r)
{
	char status[ENHANCED_MAX];
	const char *comma = "";

	if (r->class == CLASS_NONE && r->code == 0 && r->status.class == 0)
		return;
	fprintf(out, "%*s%s", TEXT_INDENT, "", terminal_on(t, PAINT_DIM));
	if (r->code != 0 || r->status.class != 0) {
		if (r->code != 0)
			fprintf(out, "%d", r->code);
		fprintf(out, "%s%s", r->code && r->status.class ? " " : "",
		    enhanced_format(r->status, status));
		comma = ", ";
	}
	if (is_given(r->remote_mta)) {
		fprintf(out, "%sfrom ", comma);
		print_painted(out, t, PAINT_DIM, r->remote_mta);
		fputs(terminal_on(t, PAINT_DIM), out);
		comma = ", ";
	}
	if (is_given(r->rule)) {
		fprintf(out, "%sby ", comma);
		print_painted(out, t, PAINT_DIM, r->rule);
	} else if (r->class != CLASS_NONE) {
		fprintf(out, "%sby %s", comma,
		    r->basis == BASIS_NONE ? "nothing: no rule or code"
					   : basis_name(r->basis));
	}
	fprintf(out, "%s\n", terminal_off(t));
}

static void
print_recipient(FILE *out, const struct terminal *t, const struct recipient *r)
{
	struct outcome o = {
	    action_name(r->action), class_name(r->class), r->hard};

	fprintf(out, "%*s", LABEL_INDENT + 2, "");
	print_painted(
	    out, t, PAINT_BOLD, is_given(r->address) ? r->address : "?");
	fputs("  ", out);
	outcome_print(out, t, &o);
	putc('\n', out);
	print_other_address(out, t, "asked for as", r->original_recipient, r);
	print_other_address(out, t, "subscribed as", r->subscriber, r);
	if (is_given(r->diagnostic))
		text_wrap(out, r->diagnostic, TEXT_INDENT, t->width);
	print_evidence(out, t, r);
}

void
report_print(FILE *out, const struct terminal *t, const char *file,
    const struct report *r)
{
	print_painted(out, t, PAINT_BOLD, file);
	fputs(": ", out);
	print_painted(out, t, kind_paints[r->kind], kind_name(r->kind));
	if (is_given(r->dialect)) {
		fputs(" (", out);
		print_painted(out, t, PAINT_NONE, r->dialect);
		putc(')', out);
	}
	putc('\n', out);
	print_field(out, t, "reported by", r->reporting_mta);
	print_time(out, t, "on", r->date);
	print_field(out, t, "to", r->envelope_recipient);
	print_field(out, t, "list", r->list_id);
	print_field(out, t, "mail from", r->from);
	print_field(out, t, "subject", r->subject);
	print_field(out, t, "message-id", r->message_id);
	print_field(out, t, "feedback", r->feedback_type);
	print_field(out, t, "source ip", r->source_ip);
	for (size_t i = 0; i < r->n_recipients; i++)
		print_recipient(out, t, &r->recipients[i]);
	if (r->n_dropped > 0)
		fprintf(out, "    and %zu more recipients above the limit\n",
		    r->n_dropped);
}
