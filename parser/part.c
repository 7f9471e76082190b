/* part.c: one part: its type, its text, or the mail in it. */
#include "parser/part.h"

#include <string.h>

#include "parser/charset.h"
#include "parser/html.h"
#include "parser/input.h"
#include "parser/source.h"

char *
part_type(GMimeContentType *t)
{
	const char *media = t ? g_mime_content_type_get_media_type(t) : NULL;
	const char *sub = t ? g_mime_content_type_get_media_subtype(t) : NULL;
	char *joined, *lower;

	if (media == NULL || sub == NULL)
		return g_strdup("text/plain");
	joined = g_strconcat(media, "/", sub, NULL);
	lower = g_ascii_strdown(joined, -1);
	g_free(joined);
	source_restore_type(lower);
	return lower;
}

/* The Content-Type that counts: software that adds a second one leaves the
 * multipart's own, without which there is no structure. */
struct content
content_read(const struct fields *headers)
{
	struct content c = {.field = fields_find(headers, "Content-Type", 0)};
	const struct field *f;
	char *value, *encoding;

	for (size_t i = 0;
	     (f = fields_find(headers, "Content-Type", i)) != NULL && i < 10;
	     i++) {
		if (f->value_length > 10 &&
		    g_ascii_strncasecmp(f->value, "multipart/", 10) == 0) {
			c.field = f;
			break;
		}
	}
	value = field_value(c.field);
	if (value != NULL && strchr(value, '/') != NULL &&
	    strlen(value) < MAX_FIELD_LENGTH / 8)
		c.type = g_mime_content_type_parse(NULL, value);
	g_free(value);
	encoding = fields_value(headers, "Content-Transfer-Encoding");
	switch (g_mime_content_encoding_from_string(encoding ? encoding : "")) {
	case GMIME_CONTENT_ENCODING_BASE64:
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
	case GMIME_CONTENT_ENCODING_UUENCODE:
		c.encoded = true;
		break;
	default:
		break;
	}
	g_free(encoding);
	return c;
}

void
content_clear(struct content *c)
{
	if (c->type != NULL)
		g_object_unref(c->type);
}

const char *
content_parameter(const struct content *c, const char *name)
{
	return c->type != NULL
		   ? g_mime_content_type_get_parameter(c->type, name)
		   : NULL;
}

struct mail *
mail_read_header(const char *text, size_t length, int depth)
{
	struct mail *m = g_new0(struct mail, 1);
	size_t used = fields_read_mail(&m->headers, text, length);
	struct content c = content_read(&m->headers);
	const char *report = content_parameter(&c, "report-type");

	m->body = text + used;
	m->body_length = length - used;
	m->depth = depth;
	m->type = part_type(c.type);
	if (report != NULL)
		m->report_type = g_ascii_strdown(report, -1);
	content_clear(&c);
	return m;
}

/* A mail that was a part; takes BYTES, whose line ends are the sender's. */
static struct mail *
mail_of_bytes(GByteArray *bytes, int depth)
{
	size_t length = bytes->len;
	char *data = (char *)g_byte_array_free(bytes, FALSE);
	struct input in;
	struct mail *m;

	input_open(&in, data, length);
	m = mail_read_header(in.text, in.length, depth);
	if (in.owned != NULL) {
		g_free(data);
		data = in.owned;
	}
	m->owned = data;
	return m;
}

enum part_role
part_role(const char *type)
{
	static const struct {
		const char *type;
		enum part_role role;
	} roles[] = {
	    {"message/delivery-status", PART_STATUS},
	    {"message/global-delivery-status", PART_STATUS},
	    {"message/xdelivery-status", PART_STATUS},
	    {"message/feedback-report", PART_FEEDBACK},
	    {"message/disposition-notification", PART_DISPOSITION},
	    {"message/global-disposition-notification", PART_DISPOSITION},
	    {"message/rfc822", PART_MAIL},
	    {"message/rfc2822", PART_MAIL},
	    {"message/global", PART_MAIL},
	    {"message/news", PART_MAIL},
	    {"message/partial", PART_MAIL},
	    {"text/rfc822-headers", PART_HEADERS},
	    {"text/rfc822-header", PART_HEADERS},
	    {"text/rfc822", PART_HEADERS},
	    {"message/rfc822-headers", PART_HEADERS},
	    {"message/global-headers", PART_HEADERS},
	    {"text/html", PART_HTML},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (strcmp(type, roles[i].type) == 0)
			return roles[i].role;
	}
	return g_str_has_prefix(type, "text/") ? PART_TEXT : PART_OTHER;
}

/* Gateways that do not know message/delivery-status call it a file. */
static bool
is_status(const char *data, size_t n)
{
	struct field f;
	size_t blank = 0;

	while (blank < n && strchr(" \t\r\n", data[blank]) != NULL)
		blank++;
	if (field_read(&f, data + blank, n - blank) == 0)
		return false;
	return (f.name_length == 13 &&
		   g_ascii_strncasecmp(f.name, "Reporting-MTA", 13) == 0) ||
	       (f.name_length == 15 &&
		   g_ascii_strncasecmp(f.name, "Final-Recipient", 15) == 0);
}

void
part_set_text(struct part *p, const char *bytes, size_t n, const char *charset)
{
	char *nl;

	p->text =
	    charset_to_utf8(bytes, MIN(n, MAX_PART_TEXT), charset, &p->length);
	/* A decoded base64 body brings its own CRLFs. */
	if (strchr(p->text, '\r') != NULL) {
		char *o = p->text;

		for (nl = p->text; *nl != '\0'; nl++) {
			if (nl[0] == '\r' && nl[1] == '\n')
				continue;
			*o++ = *nl == '\r' ? '\n' : *nl;
		}
		*o = '\0';
		p->length = (size_t)(o - p->text);
	}
	if (p->role == PART_HTML) {
		char *plain = html_to_text(p->text, p->length);

		g_free(p->text);
		p->text = plain;
		p->length = strlen(plain);
	}
}

void
part_fill(struct part *p, GByteArray *bytes, const char *charset, int depth)
{
	const char *data = bytes->data != NULL ? (char *)bytes->data : "";

	if (p->role == PART_OTHER && is_status(data, bytes->len))
		p->role = PART_STATUS;
	if (p->role == PART_MAIL || p->role == PART_HEADERS) {
		p->mail = mail_of_bytes(bytes, depth + 1);
		return;
	}
	if (p->role != PART_OTHER)
		part_set_text(p, data, bytes->len, charset);
	g_byte_array_unref(bytes);
}

void
mail_free(struct mail *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n_parts; i++) {
		g_free(m->parts[i].type);
		g_free(m->parts[i].text);
		mail_free(m->parts[i].mail);
	}
	g_free(m->parts);
	fields_free(&m->headers);
	g_free(m->type);
	g_free(m->report_type);
	g_free(m->owned);
	g_free(m);
}
