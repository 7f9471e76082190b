/* feedback.c: who complains about what. */
#include "parser/feedback.h"

#include <string.h>

#include "parser/address.h"
#include "parser/fields.h"

static const struct mail *
returned_of(const struct mail *mail)
{
	for (size_t i = 0; i < mail->n_parts; i++) {
		if (mail->parts[i].mail != NULL)
			return mail->parts[i].mail;
	}
	return NULL;
}

static const struct part *
part_of(const struct mail *mail, enum part_role role)
{
	for (size_t i = 0; i < mail->n_parts; i++) {
		if (mail->parts[i].role == role)
			return &mail->parts[i];
	}
	return NULL;
}

bool
feedback_is(const struct mail *mail)
{
	const struct mail *returned = returned_of(mail);

	if (part_of(mail, PART_FEEDBACK) != NULL ||
	    (mail->report_type != NULL &&
		strcmp(mail->report_type, "feedback-report") == 0))
		return true;
	/* Microsoft's junk mail reports have no report of their own. */
	return returned != NULL && (fields_find(&returned->headers,
					"X-HmXmrOriginalRecipient", 0) ||
				       fields_find(&returned->headers,
					   "X-HMXMRORIGINALRECIPIENT", 0));
}

static void
add_addresses(
    const struct fields *fields, const char *name, struct found_list *out)
{
	const struct field *f;

	for (size_t i = 0; (f = fields_find(fields, name, i)) != NULL; i++) {
		char *value = field_text(f);
		size_t length = strlen(value);
		struct span s = {0, 0};

		while (address_next(value, length, s.end, &s)) {
			char *a = g_strndup(value + s.start, s.end - s.start);

			(void)found_for(out, a);
			g_free(a);
		}
		g_free(value);
	}
}

void
feedback_read(
    const struct mail *mail, struct report *report, struct found_list *out)
{
	static const char *const told[] = {
	    "Original-Rcpt-To", "Removal-Recipient", "X-Original-Rcpt-To"};
	static const char *const guessed[] = {"X-HmXmrOriginalRecipient",
	    "X-Apparently-To", "X-Original-To", "Delivered-To", "To"};
	const struct part *part = part_of(mail, PART_FEEDBACK);
	const struct mail *returned = returned_of(mail);

	if (part != NULL && part->text != NULL) {
		const char *text = part->text + strspn(part->text, "\n");
		struct fields f;

		fields_read(&f, text, strlen(text));
		report->feedback_type = fields_value(&f, "Feedback-Type");
		report->user_agent = fields_value(&f, "User-Agent");
		report->source_ip = fields_value(&f, "Source-IP");
		for (size_t i = 0; i < G_N_ELEMENTS(told); i++)
			add_addresses(&f, told[i], out);
		fields_free(&f);
	}
	for (size_t i = 0;
	     returned != NULL && out->count == 0 && i < G_N_ELEMENTS(guessed);
	     i++)
		add_addresses(&returned->headers, guessed[i], out);
	for (size_t i = 0; i < out->count; i++)
		out->list[i].action = ACTION_DELIVERED;
}
