/* Structure-aware: the bytes are choices of a grammar of mails in mails,
 * multiparts, encodings, and address groups in headers, which random bytes
 * would never spell.
 */
#include "parser/mime.h"
#include "tests/fuzz/mail.h"

#define MAX_OUT (8 * 1024)

struct gen {
	const uint8_t *p, *end;
	GString *out;
};

static void entity(struct gen *, int depth);

static struct parser *parser;
static struct mime *mime;

static unsigned
choose(struct gen *g, unsigned n)
{
	return g->p < g->end ? *g->p++ % n : 0;
}

static const char *
pick(struct gen *g, const char *const words[], unsigned n)
{
	return words[choose(g, n)];
}

#define PICK(g, words) pick(g, words, G_N_ELEMENTS(words))

/* Some of the input as it is. */
static void
raw(struct gen *g, unsigned max)
{
	size_t n = choose(g, max);

	n = MIN(n, (size_t)(g->end - g->p));
	g_string_append_len(g->out, (const char *)g->p, (gssize)n);
	g->p += n;
}

static void
newline(struct gen *g)
{
	static const char *const ends[] = {
	    "\n", "\n", "\n", "\r\n", "\r\r\n", "\r", "\n ", "\n\t", ""};

	g_string_append(g->out, PICK(g, ends));
}

static void
addresses(struct gen *g)
{
	static const char *const names[] = {
	    "To: ", "From: ", "Cc : ", "REPLY-TO:", "Sender: ", "Bcc:"};
	static const char *const pieces[] = {"a:", "g:a@b.example,", ";", "(",
	    ")", "\"", "\\", "<", ">", "@", ",", " ", "\n ", "a@b.example",
	    "=?utf-8?q?=C3=A4?=", "[", "\xc3\xa4"};
	unsigned n = 1 + choose(g, 32);

	g_string_append(g->out, PICK(g, names));
	while (n-- > 0 && g->out->len < MAX_OUT) {
		const char *piece = PICK(g, pieces);

		for (unsigned k = 1u << choose(g, 9); k > 0; k--)
			g_string_append(g->out, piece);
	}
	newline(g);
}

static void
fields(struct gen *g)
{
	static const char *const lines[] = {"Subject: failure notice",
	    "From: MAILER-DAEMON@example.org",
	    "X-Failed-Recipients: u@a.example",
	    "To: b+user=example.com@example.org", "MIME-Version: 1.0",
	    "Received: by a.example", "junk without a colon",
	    "Auto-Submitted: "
	    "auto-replied",
	    "Date: Tue, 1 Jul 2025 10:00:00 +0000", "Message-ID: <a@b>",
	    "From x Tue Jul  1", ">From x", "X-Nul: "};
	unsigned n = choose(g, 5);

	while (n-- > 0) {
		if (choose(g, 4) == 0)
			addresses(g);
		g_string_append(g->out, PICK(g, lines));
		newline(g);
	}
	raw(g, 24);
}

static void
encoding(struct gen *g)
{
	static const char *const names[] = {
	    "base64", "quoted-printable", "x-uuencode", "8bit", "BASE64 ", "x"};

	if (choose(g, 3) == 0)
		g_string_append_printf(
		    g->out, "Content-Transfer-Encoding: %s\n", PICK(g, names));
}

static void
status_fields(struct gen *g)
{
	static const char *const lines[] = {"Reporting-MTA: dns; a.example\n",
	    "Final-Recipient: rfc822; u@a.example\n", "Action: failed\n",
	    "Original-Recipient: rfc822;o@a.example\n", "Status: 5.1.1\n", "\n",
	    "Diagnostic-Code: smtp; 550 5.1.1 no such user\n", " folded\n",
	    "X-Actual-Recipient: rfc822; x@a.example\n", "prose\n", "> "};
	unsigned n = choose(g, 16);

	while (n-- > 0)
		g_string_append(g->out, PICK(g, lines));
}

static void
leaf(struct gen *g)
{
	static const char *const types[] = {"text/plain", "text/html",
	    "message/delivery-status", "message/feedback-report",
	    "message/disposition-notification", "text/rfc822-headers",
	    "message/global-headers", "message/global-delivery-status",
	    "application/octet-stream", "image/png",
	    "text/plain; charset=utf-16", "text/plain; charset=\"iso-2022-jp\"",
	    "foo", "/", ""};

	g_string_append_printf(g->out, "Content-Type: %s\n", PICK(g, types));
	encoding(g);
	g_string_append_c(g->out, '\n');
	status_fields(g);
	raw(g, 200);
}

static void
inner_mail(struct gen *g, int depth)
{
	static const char *const types[] = {"message/rfc822", "message/global",
	    "MESSAGE/RFC822", "(;)message(x)/ rfc822", "message/\n rfc822",
	    "message/news", "message/partial; id=1", "message/rfc2822"};

	g_string_append_printf(g->out, "Content-Type: %s\n", PICK(g, types));
	encoding(g);
	g_string_append_c(g->out, '\n');
	entity(g, depth + 1);
}

static void
multipart(struct gen *g, int depth)
{
	static const char *const types[] = {"mixed",
	    "report; report-type=delivery-status",
	    "report; report-type=feedback-report", "digest", "alternative",
	    "(;)digest", "signed", "encrypted"};
	/* Nested ones may have the same, a prefix of it, or none. */
	static const char *const boundaries[] = {
	    "A", "B", "AA", "A ", "A--", ""};
	const char *boundary = PICK(g, boundaries);
	unsigned n = choose(g, 6);

	g_string_append_printf(
	    g->out, "Content-Type: multipart/%s", PICK(g, types));
	if (choose(g, 8) != 0)
		g_string_append_printf(g->out, "; boundary=\"%s\"", boundary);
	g_string_append(g->out, "\n\n");
	if (choose(g, 4) == 0)
		raw(g, 40);
	while (n-- > 0 && g->out->len < MAX_OUT) {
		g_string_append_printf(g->out, "\n--%s\n", boundary);
		entity(g, depth + 1);
	}
	if (choose(g, 3) != 0)
		g_string_append_printf(g->out, "\n--%s--\n", boundary);
}

static void
entity(struct gen *g, int depth)
{
	fields(g);
	if (depth > 60 || g->out->len > MAX_OUT || g->p >= g->end) {
		g_string_append(g->out, "\n");
		return;
	}
	switch (choose(g, 4)) {
	case 0:
		leaf(g);
		break;
	case 1:
		inner_mail(g, depth);
		break;
	case 2:
		multipart(g, depth);
		break;
	default:
		g_string_append_c(g->out, '\n');
		raw(g, 255);
	}
}

static void
check_parts(struct mail *m, int depth)
{
	PROMISE(m->type != NULL);
	PROMISE(m->n_parts <= MAX_MIME_PARTS);
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct part *p = &m->parts[i];

		PROMISE(p->type != NULL);
		promise_string(p->text, 8 * MAX_PART_TEXT);
		PROMISE(p->text == NULL || strlen(p->text) == p->length);
		PROMISE((p->mail != NULL) ==
			(p->role == PART_MAIL || p->role == PART_HEADERS));
		if (p->mail != NULL && depth < 2 * MAX_MIME_DEPTH) {
			mail_expand(p->mail);
			check_parts(p->mail, depth + 1);
		}
	}
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	complaints_are_fatal();
	parser = mail_parser();
	mime = mime_new();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gen g = {data, data + size, g_string_new(NULL)};
	size_t length;
	char *text;
	struct mail *m;

	entity(&g, 0);
	length = g.out->len;
	/* Of exactly its size, without the NUL. */
	text = malloc(length > 0 ? length : 1);
	memcpy(text, g.out->str, length);
	g_string_free(g.out, TRUE);
	if (getenv("FUZZ_SHOW") != NULL)
		fwrite(text, 1, length, stderr);
	m = mime_read(mime, text, length);
	PROMISE(m->n_parts > 0);
	check_parts(m, 0);
	mail_free(m);
	mail_check(parser, text, length);
	free(text);
	return 0;
}
