/* notification.c: bounce notifications of Amazon SES, which its message
 * service delivers by mail: a JSON object, or one wrapped as a string in
 * another ("Message"), with folded lines and a footer behind it.
 */
#include <jansson.h>
#include <string.h>

#include "parser/formats.h"
#include "parser/reply.h"

static const char *
string_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

static void
read_recipient(
    const json_t *bounce, const json_t *recipient, struct found_list *out)
{
	const char *address = string_of(recipient, "emailAddress");
	const char *diagnostic = string_of(recipient, "diagnosticCode");
	const char *type = string_of(bounce, "bounceSubType");
	char *clean = address_clean(address);
	struct found *f = clean != NULL ? found_for(out, clean) : NULL;

	g_free(clean);
	if (f == NULL)
		return;
	/* Every notification of a bounce is final; "Transient" tells the
	 * cause only. */
	f->action = ACTION_FAILED;
	(void)enhanced_parse(string_of(recipient, "status"), &f->status);
	if (strncmp(diagnostic, "smtp;", 5) == 0)
		diagnostic += 5;
	found_text(&f->diagnostic, diagnostic, strlen(diagnostic));
	found_text(&f->human, type, strlen(type));
}

/* "delivery": {"recipients": [...]}, "complaint": {"complainedRecipients":
 * [{"emailAddress": ...}]}. */
static void
read_delivered(const json_t *list, struct found_list *out)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		const char *text = json_is_string(one)
				       ? json_string_value(one)
				       : string_of(one, "emailAddress");
		char *clean = address_clean(text);
		struct found *f = clean != NULL ? found_for(out, clean) : NULL;

		if (f != NULL)
			f->action = ACTION_DELIVERED;
		g_free(clean);
	}
}

static void
read_object(const json_t *object, struct found_list *out)
{
	const json_t *bounce = json_object_get(object, "bounce");
	const json_t *list = json_object_get(bounce, "bouncedRecipients");

	for (size_t i = 0; i < json_array_size(list); i++)
		read_recipient(bounce, json_array_get(list, i), out);
	read_delivered(
	    json_object_get(json_object_get(object, "delivery"), "recipients"),
	    out);
	read_delivered(json_object_get(json_object_get(object, "complaint"),
			   "complainedRecipients"),
	    out);
}

bool
notification_read(const struct letter *l, struct found_list *out)
{
	const char *start = strchr(l->human, '{');
	GString *flat;
	json_t *object, *inner;
	const char *wrapped;

	if (start == NULL)
		return false;
	/* Mail folds long lines inside strings; JSON knows no raw newline. */
	flat = g_string_new(NULL);
	for (const char *p = start; *p != '\0'; p++) {
		if (p[0] == '\n' && p[1] == ' ')
			p++;
		else if (*p != '\n')
			g_string_append_c(flat, *p);
	}
	object = json_loads(flat->str, JSON_DISABLE_EOF_CHECK, NULL);
	read_object(object, out);
	wrapped = json_string_value(json_object_get(object, "Message"));
	inner = wrapped != NULL
		    ? json_loads(wrapped, JSON_DISABLE_EOF_CHECK, NULL)
		    : NULL;
	read_object(inner, out);
	json_decref(inner);
	json_decref(object);
	g_string_free(flat, TRUE);
	return out->count > 0;
}
