/* json.c: JSON lines by jansson. */
#include "ctl/json.h"
#include "util/when.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

json_t *
json_text(const char *text)
{
	json_t *value;
	char *valid;

	if (text == NULL)
		text = "";
	value = json_string(text);
	if (value != NULL)
		return value;
	valid = g_utf8_make_valid(text, -1);
	value = json_string(valid);
	g_free(valid);
	return value;
}

void
json_set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_text(text));
}

void
json_set_code(json_t *object, const char *key, int code)
{
	char text[16] = "";

	if (code != 0)
		g_snprintf(text, sizeof(text), "%d", code);
	json_set_text(object, key, text);
}

void
json_set_status(json_t *object, const char *key, struct enhanced status)
{
	char text[ENHANCED_MAX];

	json_set_text(object, key, enhanced_format(status, text));
}

void
json_set_time(json_t *object, const char *key, int64_t when)
{
	char text[WHEN_MAX];

	json_set_text(object, key, when_iso(when, text));
}

/* Letters that a terminal would obey, or that turn or hide text. jansson
 * escapes only what JSON demands: the controls below U+0020. */
static bool
is_dangerous(gunichar c)
{
	return (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0x061c || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

/* One fputs for what can stay as it is, which is nearly always all. */
static void
print_safe(FILE *out, const char *text)
{
	const char *start = text;

	for (const char *p = text; *p != '\0';) {
		gunichar c;

		if ((unsigned char)*p < 0x7f) {
			p++;
			continue;
		}
		c = g_utf8_get_char(p);
		if (is_dangerous(c)) {
			fwrite(start, 1, (size_t)(p - start), out);
			fprintf(out, "\\u%04x", c);
			start = g_utf8_next_char(p);
		}
		p = g_utf8_next_char(p);
	}
	fputs(start, out);
}

void
json_line(FILE *out, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	json_decref(value);
	if (text == NULL)
		g_error("out of memory");
	print_safe(out, text);
	putc('\n', out);
	free(text);
}

static json_t *
json_recipient(const struct recipient *r)
{
	json_t *o = json_object();

	json_set_text(o, "address", r->address);
	json_set_text(o, "original_recipient", r->original_recipient);
	json_set_text(o, "subscriber", r->subscriber);
	json_set_text(o, "action", action_name(r->action));
	json_set_status(o, "status", r->status);
	json_set_code(o, "code", r->code);
	json_set_text(o, "class", class_name(r->class));
	json_object_set_new(o, "hard", json_boolean(r->hard));
	json_set_text(o, "basis", basis_name(r->basis));
	json_set_text(o, "rule", r->rule);
	json_set_text(o, "diagnostic", r->diagnostic);
	json_set_text(o, "remote_mta", r->remote_mta);
	return o;
}

json_t *
json_report(const char *file, const struct report *report)
{
	json_t *o = json_object(), *recipients = json_array();

	json_set_text(o, "file", file);
	json_set_text(o, "kind", kind_name(report->kind));
	json_set_text(o, "dialect", report->dialect);
	json_set_text(o, "reporting_mta", report->reporting_mta);
	json_set_text(o, "message_id", report->message_id);
	json_set_text(o, "list_id", report->list_id);
	json_set_text(o, "envelope_recipient", report->envelope_recipient);
	for (size_t i = 0; i < report->n_recipients; i++)
		json_array_append_new(
		    recipients, json_recipient(&report->recipients[i]));
	json_object_set_new(o, "recipients", recipients);
	return o;
}

json_t *
json_bounce(const struct bounce_row *b)
{
	json_t *o = json_object();

	json_set_time(o, "at", b->at);
	json_set_text(o, "address", b->address);
	json_set_text(o, "domain", b->domain);
	json_set_text(o, "original_recipient", b->original_recipient);
	json_set_text(o, "subscriber", b->subscriber);
	json_set_text(o, "kind", b->kind);
	json_set_text(o, "action", b->action);
	json_set_text(o, "class", b->class);
	json_object_set_new(o, "hard", json_boolean(b->hard));
	json_set_text(o, "status", b->status);
	json_set_text(o, "code", b->code);
	json_set_text(o, "basis", b->basis);
	json_set_text(o, "rule", b->rule);
	json_set_text(o, "diagnostic", b->diagnostic);
	json_set_text(o, "remote_mta", b->remote_mta);
	json_set_text(o, "reporting_mta", b->reporting_mta);
	json_set_text(o, "dialect", b->dialect);
	json_set_text(o, "list_id", b->list_id);
	json_set_text(o, "message_id", b->message_id);
	json_set_text(o, "envelope_recipient", b->envelope_recipient);
	json_set_text(o, "file", b->file);
	return o;
}
