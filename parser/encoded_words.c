/* encoded_words.c: "=?utf-8?Q?caf=C3=A9?=" -> "café" */
#include "parser/encoded_words.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "parser/charset.h"

#define MAX_CHARSET 40

struct word {
	const char *charset; /* without the language */
	size_t charset_length;
	char encoding; /* 'b' or 'q' */
	const char *text;
	size_t length;
	const char *next; /* behind the "?=" */
};

/* Bytes of words that stand side by side in one charset: a character may
 * begin in one and end in the next. */
struct joined {
	GString *out;
	GString *bytes;
	char charset[MAX_CHARSET + 1];
};

static bool
word_at(const char *p, struct word *w)
{
	const char *q = p + 2, *end;

	w->charset = q;
	while (g_ascii_isgraph(*q) && *q != '?' && q - p < MAX_CHARSET + 20)
		q++;
	w->charset_length = (size_t)(q - w->charset);
	end = memchr(w->charset, '*', w->charset_length);
	if (end != NULL)
		w->charset_length = (size_t)(end - w->charset);
	if (*q != '?' || w->charset_length == 0 ||
	    w->charset_length > MAX_CHARSET)
		return false;
	w->encoding = (char)g_ascii_tolower(q[1]);
	if ((w->encoding != 'b' && w->encoding != 'q') || q[2] != '?')
		return false;
	w->text = q + 3;
	end = strstr(w->text, "?=");
	if (end == NULL)
		return false;
	w->length = (size_t)(end - w->text);
	w->next = end + 2;
	return true;
}

static void
append_q(GString *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '=' && i + 2 < n && g_ascii_isxdigit(p[i + 1]) &&
		    g_ascii_isxdigit(p[i + 2])) {
			g_string_append_c(
			    out, (char)(g_ascii_xdigit_value(p[i + 1]) * 16 +
					g_ascii_xdigit_value(p[i + 2])));
			i += 2;
		} else {
			g_string_append_c(out, p[i] == '_' ? ' ' : p[i]);
		}
	}
}

static void
append_b(GString *out, const char *p, size_t n)
{
	guchar *bytes = g_malloc(n / 4 * 3 + 6);
	gint state = 0;
	guint save = 0;
	gsize got = g_base64_decode_step(p, n, bytes, &state, &save);

	g_string_append_len(out, (char *)bytes, (gssize)got);
	g_free(bytes);
}

static void
flush(struct joined *j)
{
	size_t n;
	char *text;

	if (j->bytes->len == 0)
		return;
	text = charset_to_utf8(j->bytes->str, j->bytes->len, j->charset, &n);
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			text[i] = ' ';
	}
	g_string_append_len(j->out, text, (gssize)n);
	g_free(text);
	g_string_truncate(j->bytes, 0);
}

static void
add_word(struct joined *j, const struct word *w)
{
	if (strlen(j->charset) != w->charset_length ||
	    g_ascii_strncasecmp(j->charset, w->charset, w->charset_length) !=
		0) {
		flush(j);
		memcpy(j->charset, w->charset, w->charset_length);
		j->charset[w->charset_length] = '\0';
	}
	if (w->encoding == 'q')
		append_q(j->bytes, w->text, w->length);
	else
		append_b(j->bytes, w->text, w->length);
}

char *
encoded_words_decode(const char *value)
{
	struct joined j = {g_string_new(NULL), g_string_new(NULL), ""};
	/* Looked for once: without it there is no word from there on. */
	const char *p = value, *last = g_strrstr(value, "?=");

	while (*p != '\0') {
		const char *start = p;
		struct word w;

		/* White space between encoded words is not text. */
		if (j.bytes->len > 0)
			p += strspn(p, " \t");
		if (p[0] == '=' && p[1] == '?' && last != NULL && p < last &&
		    word_at(p, &w)) {
			add_word(&j, &w);
			p = w.next;
			continue;
		}
		flush(&j);
		g_string_append_len(j.out, start, p - start);
		if (*p != '\0')
			g_string_append_c(j.out, *p++);
	}
	flush(&j);
	g_string_free(j.bytes, TRUE);
	return g_string_free(j.out, FALSE);
}
