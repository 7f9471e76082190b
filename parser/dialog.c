/* dialog.c: who said what in a transcript. */
#include "parser/dialog.h"

#include <string.h>

/* Behind a time stamp or "[12] ": at most one. */
static const char *
skip_stamp(const char *p, const char *end)
{
	const char *q = p;
	int digits = 0;

	while (q < end && q - p < 40 &&
	       (g_ascii_isalnum(*q) || strchr("-:., []/", *q) != NULL)) {
		digits += g_ascii_isdigit(*q);
		q++;
	}
	/* What follows must be an arrow: "Tue 2015-04-14 10:20:31: <-- 550" */
	return digits >= 4 && q + 1 < end &&
		       ((*q == '<' && (q[1] == '-' || q[1] == '<')) ||
			   (*q == '>' && q > p && q[-1] == '-'))
		   ? q
		   : p;
}

/* Behind arrows and words for "the server answered". */
static const char *
skip_speaker(const char *p, const char *end)
{
	static const char *const speakers[] = {"out:", "srv:", "s:", "r:",
	    "server:", "received", "response:", "reply:", "smtp;",
	    "error:", "reason:", "remote host said:", "remote server replied:",
	    "server replied:", "smtp error:"};
	size_t n;

	for (int i = 0; i < 4; i++) {
		while (p < end && strchr("<>|-: \t*[('\"=", *p) != NULL)
			p++;
		for (size_t k = 0; k < G_N_ELEMENTS(speakers); k++) {
			n = strlen(speakers[k]);
			if (text_starts(p, (size_t)(end - p), speakers[k]) &&
			    (speakers[k][n - 1] == ':' ||
				speakers[k][n - 1] == ';' ||
				(p + n < end && p[n] == ' '))) {
				p += n;
				break;
			}
		}
	}
	return p;
}

static int
code_at(const char *p, const char *end)
{
	size_t n;

	p = skip_speaker(skip_stamp(p, end), end);
	/* "[192.0.2.5], 550 ..." */
	if (p < end && g_ascii_isdigit(*p) &&
	    (n = strspn(p, "0123456789.")) > 6 && p + n < end && p[n] == ']')
		p = skip_speaker(p + n + strspn(p + n, "], :"), end);
	n = (size_t)(end - p);
	if (n < 3 || !g_ascii_isdigit(p[0]) || !g_ascii_isdigit(p[1]) ||
	    !g_ascii_isdigit(p[2]) || p[0] < '2' || p[0] > '5' || p[1] > '5' ||
	    (n > 3 && (g_ascii_isalnum(p[3]) || p[3] == '.' || p[3] == '/')))
		return 0;
	return (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

/* Farther than this from the start of a line no label ends. */
#define MAX_LABEL 60

int
dialog_code(const struct line *l)
{
	const char *p = l->text, *end = l->text + l->length;
	int code = code_at(p, end);

	/* "Reason: 550 ...", in any language; not "host:587". */
	for (; code == 0 && p + 4 < end && p - l->text < MAX_LABEL; p++) {
		if (*p == ':' && p[1] == ' ')
			code = code_at(p + 1, end);
		else if (strncmp(p, "：", 3) == 0)
			code = code_at(p + 3, end);
		else
			continue;
		return code >= 400 ? code : 0;
	}
	return code;
}

#define MAX_DIALOG 60

size_t
dialog_refusal(const struct letter *l, size_t i)
{
	bool accepted = false, others = false;

	for (size_t k = i + 1; k < l->n_lines && k < i + MAX_DIALOG; k++) {
		const struct line *line = &l->lines[k];
		int code = dialog_code(line);

		if (code >= 400 && !others)
			return k;
		accepted = accepted || code != 0;
		if (code != 0)
			others = false;
		else if (text_find(line->text, line->length, "rcpt to"))
			others = true; /* the next answer is another's */
		if (text_find(line->text, line->length, "mail from") ||
		    (others && !accepted))
			break;
	}
	/* Some tell the answer first and the command behind it. */
	for (size_t k = i; !accepted && k > 0 && k + 4 > i; k--) {
		if (dialog_code(&l->lines[k - 1]) >= 400)
			return k - 1;
	}
	return l->n_lines;
}

bool
dialog_is_accepted(const struct letter *l, size_t i)
{
	for (size_t k = i + 1; k < l->n_lines && k < i + 4; k++) {
		int code = dialog_code(&l->lines[k]);

		if (code != 0)
			return code < 400;
	}
	return false;
}
