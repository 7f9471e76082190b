/* mime.c: GMime's tree -> a flat list of parts.
 *
 * Every getter of GMime can give NULL. Never call
 * g_mime_multipart_get_boundary or g_mime_content_type_encode: 3.2.13 can
 * loop in them for ever.
 */
#include "parser/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parser/charset.h"
#include "parser/html.h"

struct mime {
	GMimeParser *parser;
	GMimeParserOptions *options;
};

struct walk {
	GArray *parts;
	int depth;
};

static void walk_object(struct walk *, GMimeObject *, int depth);

struct mime *
mime_new(void)
{
	struct mime *m = g_new0(struct mime, 1);

	g_mime_init();
	m->options = g_mime_parser_options_new();
	g_mime_parser_options_set_allow_addresses_without_domain(
	    m->options, TRUE);
	m->parser = g_mime_parser_new();
	return m;
}

void
mime_free(struct mime *m)
{
	if (m == NULL)
		return;
	g_object_unref(m->parser);
	g_mime_parser_options_free(m->options);
	g_free(m);
}

/* "text/plain", lower case. */
static char *
type_of(GMimeObject *o)
{
	GMimeContentType *t = g_mime_object_get_content_type(o);
	const char *media = t ? g_mime_content_type_get_media_type(t) : NULL;
	const char *sub = t ? g_mime_content_type_get_media_subtype(t) : NULL;
	char *joined, *lower;

	if (media == NULL || sub == NULL)
		return g_strdup("text/plain");
	joined = g_strconcat(media, "/", sub, NULL);
	lower = g_ascii_strdown(joined, -1);
	g_free(joined);
	return lower;
}

/* The transfer-decoded bytes of PART, at most MAX_PART_TEXT. */
static GByteArray *
content_of(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *mem;
	GByteArray *bytes;

	if (content == NULL)
		return g_byte_array_new();
	mem = g_mime_stream_mem_new();
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(mem), FALSE);
	(void)g_mime_data_wrapper_write_to_stream(content, mem);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
	g_object_unref(mem);
	if (bytes->len > MAX_PART_TEXT)
		g_byte_array_set_size(bytes, MAX_PART_TEXT);
	return bytes;
}

static struct part *
add_part(struct walk *w, enum part_role role, char *type)
{
	struct part p = {.role = role, .type = type};

	g_array_append_val(w->parts, p);
	return &g_array_index(w->parts, struct part, w->parts->len - 1);
}

static void
set_text(struct part *p, const char *bytes, size_t n, const char *charset)
{
	char *nl;

	p->text = charset_to_utf8(bytes, n, charset, &p->length);
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

/* A mail that has nothing but a header block. */
static struct mail *
mail_of_headers(const char *bytes, size_t n)
{
	struct mail *m = g_new0(struct mail, 1);

	m->header_text = charset_to_utf8(bytes, n, NULL, &n);
	fields_read(&m->headers, m->header_text, n);
	return m;
}

/* The header fields of a GMime message, as text that fields.h can read. */
static void
take_headers(struct mail *m, GMimeObject *o)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(o);
	GString *text = g_string_new(NULL);
	int n = list != NULL ? g_mime_header_list_get_count(list) : 0;

	for (int i = 0; i < MIN(n, MAX_FIELDS); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		const char *name = g_mime_header_get_name(h);
		const char *raw = g_mime_header_get_raw_value(h);

		if (name == NULL || raw == NULL)
			continue;
		g_string_append_printf(
		    text, "%s:%.*s", name, MAX_FIELD_LENGTH, raw);
		if (text->str[text->len - 1] != '\n')
			g_string_append_c(text, '\n');
	}
	m->header_text = g_string_free(text, FALSE);
	fields_read(&m->headers, m->header_text, strlen(m->header_text));
}

static void
set_type(struct mail *m, GMimeObject *o)
{
	const char *report;

	m->type = type_of(o);
	report = g_mime_object_get_content_type_parameter(o, "report-type");
	if (report != NULL)
		m->report_type = g_ascii_strdown(report, -1);
}

static struct mail *
mail_of_message(GMimeMessage *message, int depth)
{
	struct mail *m = g_new0(struct mail, 1);
	GMimeObject *body = g_mime_message_get_mime_part(message);

	take_headers(m, GMIME_OBJECT(message));
	if (body != NULL)
		set_type(m, body);
	else
		m->type = g_strdup("text/plain");
	m->message = g_object_ref(message);
	m->depth = depth;
	return m;
}

/* A message/rfc822 whose transfer encoding hides it from GMime's parser. */
static struct mail *
mail_of_encoded(GByteArray *bytes, int depth)
{
	GMimeStream *mem = g_mime_stream_mem_new_with_buffer(
	    (const char *)bytes->data, bytes->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(mem);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	struct mail *m;

	if (message != NULL) {
		m = mail_of_message(message, depth);
		g_object_unref(message);
	} else {
		m = mail_of_headers((const char *)bytes->data, bytes->len);
	}
	g_object_unref(parser);
	g_object_unref(mem);
	return m;
}

static enum part_role
role_of(const char *type)
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
	    {"message/global", PART_MAIL},
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

static void
walk_leaf(struct walk *w, GMimePart *leaf, int depth)
{
	char *type = type_of(GMIME_OBJECT(leaf));
	struct part *p = add_part(w, role_of(type), type);
	GByteArray *bytes;
	const char *data;

	if (p->role == PART_OTHER)
		return;
	bytes = content_of(leaf);
	data = bytes->data != NULL ? (const char *)bytes->data : "";
	if (p->role == PART_MAIL)
		p->mail = mail_of_encoded(bytes, depth);
	else if (p->role == PART_HEADERS)
		p->mail = mail_of_headers(data, bytes->len);
	else
		set_text(p, data, bytes->len,
		    g_mime_object_get_content_type_parameter(
			GMIME_OBJECT(leaf), "charset"));
	g_byte_array_unref(bytes);
}

static void
walk_multipart(struct walk *w, GMimeMultipart *multipart, int depth)
{
	int n = g_mime_multipart_get_count(multipart);

	/* A missing or wrong boundary leaves everything in the prologue; so
	 * do gateways that put the report's text there. */
	const char *prologue = g_mime_multipart_get_prologue(multipart);

	if (n == 0 && prologue != NULL) {
		struct part *p = add_part(w, PART_TEXT, g_strdup("text/plain"));

		set_text(
		    p, prologue, MIN(strlen(prologue), MAX_PART_TEXT), NULL);
	}
	for (int i = 0; i < n; i++)
		walk_object(
		    w, g_mime_multipart_get_part(multipart, i), depth + 1);
}

static void
walk_object(struct walk *w, GMimeObject *o, int depth)
{
	if (o == NULL || depth > MAX_MIME_DEPTH ||
	    w->parts->len >= MAX_MIME_PARTS)
		return;
	if (GMIME_IS_MULTIPART(o)) {
		walk_multipart(w, GMIME_MULTIPART(o), depth);
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		GMimeMessage *message =
		    g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
		struct part *p = add_part(w, PART_MAIL, type_of(o));

		p->mail = message != NULL ? mail_of_message(message, depth + 1)
					  : mail_of_headers("", 0);
	} else if (GMIME_IS_MESSAGE(o)) {
		walk_object(w, g_mime_message_get_mime_part(GMIME_MESSAGE(o)),
		    depth + 1);
	} else if (GMIME_IS_PART(o)) {
		walk_leaf(w, GMIME_PART(o), depth);
	}
}

static void
take_parts(struct mail *m, GMimeObject *body, int depth)
{
	struct walk w = {
	    .parts = g_array_new(FALSE, FALSE, sizeof(struct part))};

	walk_object(&w, body, depth);
	m->n_parts = w.parts->len;
	m->parts = (struct part *)(void *)g_array_free(w.parts, FALSE);
}

/* What GMime cannot read is one text. */
static void
take_everything(struct mail *m, const char *text, size_t length)
{
	struct walk w = {
	    .parts = g_array_new(FALSE, FALSE, sizeof(struct part))};
	struct part *p = add_part(&w, PART_TEXT, g_strdup("text/plain"));

	set_text(p, text, MIN(length, MAX_PART_TEXT), NULL);
	m->n_parts = 1;
	m->parts = (struct part *)(void *)g_array_free(w.parts, FALSE);
	if (m->type == NULL)
		m->type = g_strdup("text/plain");
}

struct mail *
mime_read(struct mime *mime, const char *text, size_t length)
{
	struct mail *m = g_new0(struct mail, 1);
	GMimeStream *stream;
	GMimeMessage *message;
	GMimeObject *body = NULL;
	size_t used = fields_read(&m->headers, text, length);

	stream = g_mime_stream_mem_new_with_buffer(text, length);
	g_mime_parser_init_with_stream(mime->parser, stream);
	message = g_mime_parser_construct_message(mime->parser, mime->options);
	if (message != NULL)
		body = g_mime_message_get_mime_part(message);
	if (body != NULL) {
		set_type(m, body);
		take_parts(m, body, 0);
	}
	if (m->n_parts == 0)
		take_everything(m, text + used, length - used);
	if (message != NULL)
		g_object_unref(message);
	g_object_unref(stream);
	return m;
}

void
mail_expand(struct mail *m)
{
	GMimeMessage *message = m->message;

	if (message == NULL)
		return;
	m->message = NULL;
	take_parts(m, g_mime_message_get_mime_part(message), m->depth);
	g_object_unref(message);
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
	g_free(m->header_text);
	g_free(m->type);
	g_free(m->report_type);
	if (m->message != NULL)
		g_object_unref(m->message);
	g_free(m);
}
