/* mime.c: a mail -> a flat list of parts.
 *
 * Every getter of GMime can give NULL. Never call
 * g_mime_multipart_get_boundary or g_mime_content_type_encode: 3.2.13 can
 * loop in them for ever.
 */
#include "parser/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parser/part.h"
#include "parser/source.h"

/* A part without a type is looked into up to this many bytes. */
#define MAX_UNTYPED (64 * 1024)
/* Multiparts in one mail whose boundary is guessed. */
#define MAX_GUESSES 3
/* Longest boundary that is guessed; RFC 2046 section 5.1.1 has 70. */
#define MAX_BOUNDARY 200

struct mime {
	GMimeParser *parser;
};

struct walk {
	GMimeParser *parser;
	GArray *parts;
	int guesses;
};

static void walk_object(struct walk *, GMimeObject *, bool digest, int depth);

struct mime *
mime_new(void)
{
	struct mime *m = g_new0(struct mime, 1);

	g_mime_init();
	m->parser = g_mime_parser_new();
	return m;
}

void
mime_free(struct mime *m)
{
	if (m == NULL)
		return;
	g_object_unref(m->parser);
	g_free(m);
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

static bool
may_be_status(const char *type, GMimePart *leaf)
{
	GMimeDataWrapper *content = g_mime_part_get_content(leaf);
	GMimeStream *stream =
	    content ? g_mime_data_wrapper_get_stream(content) : NULL;

	return strcmp(type, "application/octet-stream") == 0 &&
	       stream != NULL && g_mime_stream_length(stream) <= MAX_UNTYPED;
}

static void
walk_leaf(struct walk *w, GMimePart *leaf, bool digest, int depth)
{
	GMimeObject *o = GMIME_OBJECT(leaf);
	bool typed = g_mime_object_get_header(o, "Content-Type") != NULL;
	char *type = digest && !typed
			 ? g_strdup("message/rfc822")
			 : part_type(g_mime_object_get_content_type(o));
	struct part *p = add_part(w, part_role(type), type);

	if (p->role != PART_OTHER || may_be_status(type, leaf))
		part_fill(p, content_of(leaf),
		    g_mime_object_get_content_type_parameter(o, "charset"),
		    depth);
}

/* A line "--boundary" with a Content-* field behind it. */
static const char *
guess_boundary(const char *text, size_t length, size_t *n)
{
	const char *p = text, *end = text + length;

	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t room = eol != NULL ? (size_t)(end - eol) - 1 : 0;

		if (room < 8)
			break;
		*n = (size_t)(eol - p);
		while (*n > 0 && g_ascii_isspace(p[*n - 1]))
			--*n;
		if (*n > 2 && *n <= MAX_BOUNDARY && p[0] == '-' &&
		    p[1] == '-' && memchr(p, '"', *n) == NULL &&
		    memchr(p, '\\', *n) == NULL &&
		    g_ascii_strncasecmp(eol + 1, "content-", 8) == 0) {
			*n -= 2;
			return p + 2;
		}
		p = eol + 1;
	}
	return NULL;
}

/* NULL when GMime can make nothing of it. Takes BYTES. */
static GMimeObject *
parse(GMimeParser *parser, GByteArray *bytes)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	GMimeObject *o;

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), TRUE);
	g_mime_parser_init_with_stream(parser, stream);
	o = g_mime_parser_construct_part(parser, NULL);
	g_object_unref(stream);
	return o;
}

/* A missing or wrong boundary leaves the whole body in the prologue. */
static void
walk_prologue(struct walk *w, const char *text, int depth)
{
	size_t length = strlen(text), n;
	const char *boundary = w->guesses++ < MAX_GUESSES
				   ? guess_boundary(text, length, &n)
				   : NULL;
	guint before = w->parts->len;
	struct part *p;

	if (boundary != NULL) {
		GMimeObject *o =
		    parse(w->parser, source_of_body(boundary, n, text, length));

		walk_object(w, o, false, depth + 1);
		if (o != NULL)
			g_object_unref(o);
		if (w->parts->len > before)
			return;
	}
	p = add_part(w, PART_TEXT, g_strdup("text/plain"));
	part_set_text(p, text, length, NULL);
}

static void
walk_multipart(struct walk *w, GMimeMultipart *multipart, int depth)
{
	int n = g_mime_multipart_get_count(multipart);
	const char *prologue = g_mime_multipart_get_prologue(multipart);
	char *type =
	    part_type(g_mime_object_get_content_type(GMIME_OBJECT(multipart)));
	bool digest = strcmp(type, "multipart/digest") == 0;

	g_free(type);
	if (n == 0 && prologue != NULL)
		walk_prologue(w, prologue, depth);
	for (int i = 0; i < n && w->parts->len < MAX_MIME_PARTS; i++)
		walk_object(w, g_mime_multipart_get_part(multipart, i), digest,
		    depth + 1);
}

static void
walk_object(struct walk *w, GMimeObject *o, bool digest, int depth)
{
	if (o == NULL || depth > MAX_MIME_DEPTH ||
	    w->parts->len >= MAX_MIME_PARTS)
		return;
	if (GMIME_IS_MULTIPART(o))
		walk_multipart(w, GMIME_MULTIPART(o), depth);
	else if (GMIME_IS_PART(o))
		walk_leaf(w, GMIME_PART(o), digest, depth);
}

/* A body that is one part and not encoded needs no parser. */
static void
take_body(struct walk *w, const struct mail *m, const struct content *c)
{
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_append(bytes, (const guint8 *)m->body,
	    (guint)MIN(m->body_length, MAX_PART_TEXT));
	part_fill(add_part(w, part_role(m->type), g_strdup(m->type)), bytes,
	    content_parameter(c, "charset"), m->depth);
}

static void
read_parts(GMimeParser *parser, struct mail *m)
{
	struct walk w = {.parser = parser,
	    .parts = g_array_new(FALSE, FALSE, sizeof(struct part))};
	struct content c = content_read(&m->headers);

	if (!c.encoded && !g_str_has_prefix(m->type, "multipart/")) {
		take_body(&w, m, &c);
	} else {
		GMimeObject *o = parse(parser,
		    source_new(&m->headers, c.field, m->body, m->body_length));

		walk_object(&w, o, false, m->depth);
		if (o != NULL)
			g_object_unref(o);
	}
	/* What GMime cannot read is one text. */
	if (w.parts->len == 0)
		part_set_text(add_part(&w, PART_TEXT, g_strdup("text/plain")),
		    m->body, m->body_length, NULL);
	content_clear(&c);
	m->n_parts = w.parts->len;
	m->parts = (struct part *)(void *)g_array_free(w.parts, FALSE);
}

struct mail *
mime_read(struct mime *mime, const char *text, size_t length)
{
	struct mail *m = mail_read_header(text, length, 0);

	read_parts(mime->parser, m);
	return m;
}

void
mail_expand(struct mail *m)
{
	GMimeParser *parser;

	if (m->n_parts > 0 || m->depth > MAX_MIME_DEPTH)
		return;
	parser = g_mime_parser_new();
	read_parts(parser, m);
	g_object_unref(parser);
}
