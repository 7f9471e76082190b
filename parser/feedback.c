/* feedback.c: who complains about what. */
#include "parser/feedback.h"

#include <string.h>

#include "parser/address.h"
#include "parser/charset.h"
#include "parser/fields.h"
#include "parser/verp.h"

/* Bytes of Feedback-Type, User-Agent and Source-IP that are kept. */
#define MAX_VALUE 200

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

/* The fields of RFC 5965 in the text, where a gateway left them: from the line
 * that starts with Feedback-Type; NULL: none. */
static const char *
fields_in_text(const struct mail *mail)
{
	const struct part *part = part_of(mail, PART_TEXT);
	const char *p = part != NULL ? part->text : NULL;

	for (; p != NULL && *p != '\0'; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (g_ascii_strncasecmp(p, "Feedback-Type:", 14) == 0)
			return strstr(p, "\nVersion:") != NULL &&
				       strstr(p, "\nUser-Agent:") != NULL
				   ? p
				   : NULL;
	}
	return NULL;
}

/* Reports of other forms than RFC 5965: X-ARF, and AOL's before it. */
static bool
is_named_complaint(const struct mail *mail)
{
	char *from = fields_value(&mail->headers, "From");
	bool scomp = from != NULL && strstr(from, "scomp@aol.") != NULL;

	g_free(from);
	return scomp || fields_find(&mail->headers, "X-ARF", 0) != NULL ||
	       fields_find(&mail->headers, "X-XARF", 0) != NULL;
}

bool
feedback_is(const struct mail *mail)
{
	const struct mail *returned = returned_of(mail);

	if (part_of(mail, PART_FEEDBACK) != NULL ||
	    g_strcmp0(mail->report_type, "feedback-report") == 0 ||
	    is_named_complaint(mail) || fields_in_text(mail) != NULL)
		return true;
	/* Microsoft's junk mail reports have no report of their own. */
	return returned != NULL && fields_find(&returned->headers,
				       "X-HmXmrOriginalRecipient", 0) != NULL;
}

/* Providers hide who complained: "redacted@", "redacted-1f2e@", "xxxx@". */
static bool
is_redacted(const char *address)
{
	return g_ascii_strncasecmp(address, "redacted", 8) == 0 ||
	       g_ascii_strncasecmp(address, "[redacted", 9) == 0 ||
	       address[strspn(address, "xX*")] == '@';
}

/* Adds the addresses of field F that are, or are not, REDACTED; true when
 * there were some. */
static bool
add_addresses(const struct field *f, bool redacted, struct found_list *out)
{
	char *value = field_text(f);
	size_t length = strlen(value);
	struct span s = {0, 0};
	bool any = false;

	while (address_next(value, length, s.end, &s)) {
		char *a = g_strndup(value + s.start, s.end - s.start);

		if (is_redacted(a) == redacted) {
			(void)found_for(out, a);
			any = true;
		}
		g_free(a);
	}
	g_free(value);
	return any;
}

static void
add_told(const struct fields *f, bool redacted, struct found_list *out)
{
	static const char *const names[] = {
	    "Original-Rcpt-To", "Removal-Recipient", "X-Original-Rcpt-To"};
	const struct field *field;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		for (size_t k = 0;
		     (field = fields_find(f, names[i], k)) != NULL; k++)
			(void)add_addresses(field, redacted, out);
	}
}

/* A copy of the returned mail names who got it; of several names in one field
 * nobody knows which. */
static void
guess_addresses(const struct fields *headers, struct found_list *out)
{
	static const char *const names[] = {"X-HmXmrOriginalRecipient",
	    "X-Apparently-To", "X-Original-To", "Delivered-To", "To"};

	for (size_t i = 0; out->count == 0 && i < G_N_ELEMENTS(names); i++) {
		const struct field *f = fields_find(headers, names[i], 0);

		if (f != NULL && add_addresses(f, false, out) && out->count > 1)
			found_list_clear(out);
	}
}

/* Where all else is redacted, VERP still tells. */
static void
decode_sender(
    const struct fields *fields, const char *name, struct found_list *out)
{
	char *value = out->count == 0 ? fields_value(fields, name) : NULL;
	char *sender = address_clean(value);
	char *user = verp_decode(sender, NULL);

	if (user != NULL && !is_redacted(user))
		(void)found_for(out, user);
	g_free(user);
	g_free(sender);
	g_free(value);
}

/* Sets *FIELD once: of reports inside reports the outer one speaks. */
static void
take(char **field, const struct fields *fields, const char *name)
{
	char *value = fields_value(fields, name);

	if (value == NULL || *field != NULL) {
		g_free(value);
		return;
	}
	g_strstrip(value);
	value[charset_cut(value, strlen(value), MAX_VALUE)] = '\0';
	if (*value != '\0')
		*field = value;
	else
		g_free(value);
}

static void
read_part(const struct fields *f, struct report *report)
{
	take(&report->feedback_type, f, "Feedback-Type");
	if (report->feedback_type != NULL) {
		for (char *p = report->feedback_type; *p != '\0'; p++)
			*p = g_ascii_tolower(*p);
	}
	take(&report->user_agent, f, "User-Agent");
	take(&report->source_ip, f, "Source-IP");
	/* "192.0.2.1 (comment)" */
	if (report->source_ip != NULL)
		report->source_ip[strcspn(report->source_ip, " (;")] = '\0';
}

void
feedback_read(
    const struct mail *mail, struct report *report, struct found_list *out)
{
	const struct part *part = part_of(mail, PART_FEEDBACK);
	const struct mail *returned = returned_of(mail);
	const char *text = part != NULL && part->text != NULL
			       ? part->text + strspn(part->text, " \t\n")
			       : fields_in_text(mail);
	struct fields f = {0};

	if (text != NULL) {
		fields_read(&f, text, strlen(text));
		read_part(&f, report);
		add_told(&f, false, out);
		decode_sender(&f, "Original-Mail-From", out);
	}
	if (returned != NULL) {
		guess_addresses(&returned->headers, out);
		decode_sender(&returned->headers, "Return-Path", out);
	}
	/* Better than nobody: the domain is right. */
	if (out->count == 0)
		add_told(&f, true, out);
	fields_free(&f);
	for (size_t i = 0; i < out->count; i++)
		out->list[i].action = ACTION_DELIVERED;
}
