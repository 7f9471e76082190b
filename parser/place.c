/* place.c: label, reply, sentence, or nobody's business. */
#include "parser/place.h"

#include <string.h>

#include "parser/dialog.h"

/* Brackets, bullets, numbers and blanks in front of an address. */
static bool
is_decoration(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (g_ascii_isalpha(p[i]) || p[i] == '@' || p[i] == ':')
			return false;
		/* Bullets of every sort are fine, words of any script not. */
		if ((unsigned char)p[i] >= 0x80 &&
		    g_unichar_isalpha(
			g_utf8_get_char_validated(p + i, (gssize)(n - i))))
			return false;
	}
	return n < 12;
}

/* "SMTP:u@d", "[SMTP:u@d", "rfc822;u@d": the address with its type. */
static bool
is_type(const char *p, size_t n)
{
	static const char *const types[] = {
	    "smtp:", "rfc822:", "rfc822;", "internet:", "inet:", "imceasmtp-"};

	while (n > 0 && strchr("[<(\"' \t", *p) != NULL) {
		p++;
		n--;
	}
	while (n > 0 && strchr(" <\"'", p[n - 1]) != NULL)
		n--;
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (strlen(types[i]) == n && text_starts(p, n, types[i]))
			return true;
	}
	return false;
}

/* "Yvonne Y <", "\"Xaver X.\" <": words that begin with no small letter and
 * an opening bracket; not "Message <", which opens an id. */
static bool
is_display_name(const struct letter *l, const char *p, size_t n)
{
	bool starts = true;

	if (n < 3 || n > 80 || p[n - 1] != '<' || p[0] == '<' ||
	    memchr(p, ':', n) != NULL || text_starts(p, n, "message") ||
	    (words_in(l->words, p, n) & (WORDS_SENDER | WORDS_HELP)) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (starts && g_ascii_islower(p[i]))
			return false;
		starts = p[i] == ' ';
	}
	return true;
}

bool
place_ends_with_colon(const char *p, size_t n)
{
	while (n > 0 && strchr(" \t<\"'([*_", p[n - 1]) != NULL)
		n--;
	return n > 0 && (p[n - 1] == ':' || p[n - 1] == '=' ||
			    (n > 2 && memcmp(p + n - 3, "：", 3) == 0));
}

bool
place_is_list(const struct line *l, size_t from, size_t to)
{
	static const char *const words[] = {
	    "and", "or", "und", "et", "y", "e", "en", "i", "a", "и", "mailto:"};
	const char *p = l->text + from, *end = l->text + to;

	if (to - from > 40)
		return false;
	while (p < end) {
		size_t n = 0;

		if (strchr(" \t,;<>[]()\"'&/", *p) != NULL) {
			p++;
			continue;
		}
		while (p + n < end && strchr(" \t,;<>\"'", p[n]) == NULL)
			n++;
		for (size_t i = 0; i < G_N_ELEMENTS(words) && n > 0; i++) {
			if (strlen(words[i]) == n &&
			    g_ascii_strncasecmp(p, words[i], n) == 0) {
				p += n;
				n = 0;
			}
		}
		if (n > 0)
			return false;
	}
	return true;
}

/* ---- sentences ---- */

/* Farther from the address than this its sentence is not read. */
#define MAX_SENTENCE 300

/* A full stop, question or exclamation mark, or an empty line ends at P. */
static bool
ends_sentence(const char *p)
{
	if (*p == '\n')
		return p[1] == '\n';
	if (*p == '.' || *p == '!' || *p == '?')
		return p[1] == ' ' || p[1] == '\n' || p[1] == '\0';
	return strncmp(p, "。", 3) == 0 || strncmp(p, "！", 3) == 0;
}

static struct span
sentence_around(const struct letter *l, size_t start, size_t end)
{
	const char *human = l->human;
	size_t from = start, to = end;

	while (from > 0 && start - from < MAX_SENTENCE &&
	       !ends_sentence(human + from - 1))
		from--;
	while (human[to] != '\0' && to - end < MAX_SENTENCE &&
	       !ends_sentence(human + to))
		to++;
	return (struct span){from, to};
}

/* "from u@d", "von u@d": the word in front names a sender. */
static bool
is_from(const char *p, size_t n)
{
	static const char *const words[] = {"from", "by", "von", "vom", "de",
	    "da", "di", "van", "od", "от", "contact", "sender", "absender",
	    "postmaster", "kontakt", "message", "mail", "nachricht", "id",
	    "msgid", "message-id", "mail-id"};
	size_t end, start;

	while (n > 0 && strchr(" \t\n<\"'([", p[n - 1]) != NULL)
		n--;
	for (end = start = n;
	     start > 0 && strchr(" \t\n(<", p[start - 1]) == NULL;)
		start--;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strlen(words[i]) == end - start &&
		    g_ascii_strncasecmp(p + start, words[i], end - start) == 0)
			return true;
	}
	return false;
}

/* "mail" stands at most this far in front of "to". */
#define MAX_TOWARD 40

/* "your mail to u@d", "Nachricht an u@d": where it was to go. */
static bool
is_toward(const char *p, size_t n)
{
	static const char *const to[] = {"to", "an", "à", "a", "para", "naar",
	    "til", "till", "do", "per", "for", "user", "recipient"};
	static const char *const mail[] = {"mail", "message", "deliver", "send",
	    "sent", "nachricht", "zustell", "courri", "correo", "mensaje",
	    "mensag", "messaggio", "bericht", "wiadomo"};
	size_t end, start;
	bool toward = false;

	while (n > 0 && strchr(" \t\n<\"'([:", p[n - 1]) != NULL)
		n--;
	for (end = start = n;
	     start > 0 && strchr(" \t\n", p[start - 1]) == NULL;)
		start--;
	for (size_t i = 0; i < G_N_ELEMENTS(to) && !toward; i++)
		toward =
		    strlen(to[i]) == end - start &&
		    g_ascii_strncasecmp(p + start, to[i], end - start) == 0;
	if (start > MAX_TOWARD) {
		p += start - MAX_TOWARD;
		start = MAX_TOWARD;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(mail) && toward; i++) {
		if (text_find(p, start, mail[i]) != NULL)
			return true;
	}
	return false;
}

static bool
fails_near(const struct letter *l, size_t i)
{
	size_t from = i > 1 ? i - 2 : 0;

	for (size_t k = from; k <= i + 2 && k < l->n_lines; k++) {
		if (words_in(l->words, l->lines[k].text,
			MIN(l->lines[k].length, 2 * MAX_SENTENCE)) &
		    WORDS_FAILURE)
			return true;
	}
	return false;
}

static enum place
place_in_sentence(const struct letter *l, size_t i, struct span s)
{
	size_t at = (size_t)(l->lines[i].text - l->human);
	struct span all = sentence_around(l, at + s.start, at + s.end);
	const char *p = l->human + all.start;
	size_t before = at + s.start - all.start;

	if (is_from(p, before) || (words_in(l->words, p, before) & WORDS_HELP))
		return NOTHING;
	if (words_in(l->words, p, all.end - all.start) & WORDS_FAILURE)
		return is_toward(p, before) ? TOWARD : MENTION;
	return fails_near(l, i) ? NEAR : LOOSE;
}

/* True when line I goes on with a sentence of the line above: the address at
 * its start is there by chance. */
static bool
is_wrapped(const struct letter *l, size_t i, struct span s)
{
	const struct line *line = &l->lines[i], *above;
	const char *rest = line->text + s.end;
	size_t n = line->length - s.end;

	if (i == 0 || l->lines[i - 1].length < 30)
		return false;
	above = &l->lines[i - 1];
	if (strchr(":.;!?>)-=*", above->text[above->length - 1]) != NULL ||
	    above->indent != line->indent)
		return false;
	if (place_in_sentence(l, i, s) == NOTHING)
		return true;
	while (n > 0 && strchr("> \"'", *rest) != NULL) {
		rest++;
		n--;
	}
	return n > 1 && (g_ascii_islower(*rest) || strchr(",.", *rest) != NULL);
}

/* ---- the whole ---- */

bool
place_is_status_field(const struct line *l)
{
	static const char *const names[] = {
	    "final-recipient:", "original-recipient:", "action:",
	    "reporting-mta:", "received-from-mta:", "remote-mta:",
	    "arrival-date:", "last-attempt-date:", "x-actual-recipient:"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (text_starts(l->text, l->length, names[i]))
			return true;
	}
	/* Others have words behind it. */
	return text_starts(l->text, l->length, "status:") && l->length < 16;
}

static enum place
place_of_label(const struct letter *l, const char *p, size_t n)
{
	size_t from = n > 120 ? n - 120 : 0;
	unsigned says;

	/* Behind the last sentence or field of a long line. */
	for (size_t i = from; i + 1 < n; i++) {
		if (p[i] == '.' && p[i + 1] == ' ')
			from = i + 2;
	}
	says = words_in(l->words, p + from, n - from);
	if (text_starts(p, n, "to:") || text_starts(p, n, "cc:") ||
	    text_starts(p, n, "an:"))
		return SUMMARY;
	if (says & (WORDS_SENDER | WORDS_HELP))
		return NOTHING;
	return says & (WORDS_LABEL | WORDS_FAILURE) ? LABEL : LOOSE;
}

static bool
is_origin(const struct letter *l, const char *p, size_t n)
{
	size_t from = n > 60 ? n - 60 : 0;

	return (words_in(l->words, p + from, n - from) & WORDS_ORIGIN) != 0;
}

/* More of a line in front of an address is not read. */
#define MAX_PREFIX 200

enum place
place_of(const struct letter *l, size_t i, struct span s)
{
	const struct line *line = &l->lines[i];
	size_t n = MIN(s.start, MAX_PREFIX);
	const char *p = line->text + s.start - n;
	int code;

	/* "/var/mail/u@d", "|prog u@d": where an alias led, no address. */
	if (place_is_status_field(line) || line->text[s.start] == '/' ||
	    line->text[s.start] == '|')
		return NOTHING;
	if (is_origin(l, p, n))
		return ORIGIN;
	if (text_find(p, n, "rcpt to") != NULL)
		return dialog_refusal(l, i) < l->n_lines ? DIALOG
		       : dialog_is_accepted(l, i)        ? NOTHING
							 : SUMMARY;
	if (text_find(p, n, "mail from") != NULL)
		return NOTHING;
	code = dialog_code(line);
	if (code != 0 && n > 2)
		return code >= 400 ? REPLY : NOTHING;
	if (is_decoration(p, n) || is_type(p, n) || is_display_name(l, p, n))
		return is_wrapped(l, i, s) ? place_in_sentence(l, i, s) : HEAD;
	if (place_ends_with_colon(p, n))
		return place_of_label(l, p, n);
	return place_in_sentence(l, i, s);
}
