/* body.c: where the report ends and the returned mail begins. */
#include "parser/body.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "parser/fields.h"

/* What software writes above the returned mail, without the dashes around
 * it. WHOLE: the line has nothing else. */
static const struct {
	const char *phrase;
	bool whole;
} markers[] = {
    {"below this line is a copy of the message", false},
    {"below this line is the original bounce", false},
    {"below this line is a copy of", false},
    {"enclosed is a copy of the message", false},
    {"this is a copy of the message", false},
    {"this is a copy of your message", false},
    {"this is a copy of the headers", false},
    {"below is a copy of the original message", false},
    {"here is a copy of the first part of the message", false},
    {"a copy of the original message", false},
    {"copy of the original message", false},
    {"attachment is a copy of the message", false},
    {"the header of the original message", false},
    {"the headers of the original message", false},
    {"header of the original message", false},
    {"headers of the original message", false},
    {"message header follows", false},
    {"message headers follow", false},
    {"original message header", false},
    {"original message follows", false},
    {"original mail as follows", false},
    {"original mail follows", false},
    {"original mail header", false},
    {"unsent message follows", false},
    {"unsent message below", false},
    {"undelivered message follows", false},
    {"undelivered message", true},
    {"undelivered mail", true},
    {"returned message follows", false},
    {"returned mail follows", false},
    {"start of returned message", false},
    {"start of returned mail", false},
    {"returned mail", true},
    {"returned message", true},
    {"returned content", true},
    {"rejected message", true},
    {"bounced e-mail", true},
    {"bounced message", true},
    {"bounced mail", true},
    {"original message", true},
    {"original mail", true},
    {"original headers", true},
    {"message headers", true},
    {"message header", true},
    {"mail headers", true},
    {"begin message", true},
    {"start of message", true},
    {"message follows", true},
    {"text of your message follows", false},
    {"text of the original message", false},
    {"message contents follow", false},
    {"contents of your message", false},
    {"your message follows", true},
    {"your original message", true},
    {"your message reads (in part)", false},
    {"the first 50 lines of", false},
    {"included is a copy of the message header", false},
    {"the original message is included", false},
    {"message from the sender", true},
    {"mensaje original", false},
    {"mensagem original", false},
    {"message original", true},
    {"message d'origine", true},
    {"en-tetes du message", false},
    {"messaggio originale", true},
    {"ursprüngliche nachricht", true},
    {"urspruengliche nachricht", true},
    {"originalnachricht", true},
    {"header der originalnachricht", false},
    {"kopfzeilen der originalnachricht", false},
    {"original-nachricht", true},
    {"es folgt eine kopie der nachricht", false},
    {"oorspronkelijk bericht", true},
    {"oryginalna wiadomość", true},
    {"исходное сообщение", true},
};

static bool
is_decoration(char c)
{
	return c != '\0' && strchr("-=*#_:.<>|+~ \t", c) != NULL;
}

static bool
is_marker(const char *line, size_t length)
{
	char *lower;
	bool found = false;

	while (length > 0 && is_decoration(*line)) {
		line++;
		length--;
	}
	while (length > 0 && is_decoration(line[length - 1]))
		length--;
	if (length < 10 || length > 120)
		return false;
	lower = g_utf8_strdown(line, (gssize)length);
	for (size_t i = 0; i < G_N_ELEMENTS(markers) && !found; i++) {
		size_t n = strlen(markers[i].phrase);

		found = strncmp(lower, markers[i].phrase, n) == 0 &&
			(!markers[i].whole || lower[n] == '\0');
	}
	g_free(lower);
	return found;
}

/* Fields that no human text has at the start of lines, and others that a
 * summary ("To:", "Subject:", "Date:") may have. */
static int
weight_of(const char *name, size_t n)
{
	static const struct {
		const char *name;
		int weight;
	} known[] = {
	    {"Received", 3},
	    {"Return-Path", 3},
	    {"Message-ID", 3},
	    {"MIME-Version", 3},
	    {"DKIM-Signature", 3},
	    {"DomainKey-Signature", 3},
	    {"Content-Type", 2},
	    {"Content-Transfer-Encoding", 2},
	    {"Delivered-To", 2},
	    {"X-Original-To", 2},
	    {"X-Mailer", 2},
	    {"List-Id", 2},
	    {"List-Unsubscribe", 2},
	    {"Errors-To", 2},
	    {"In-Reply-To", 2},
	    {"References", 2},
	    {"User-Agent", 2},
	    {"From", 1},
	    {"To", 1},
	    {"Subject", 1},
	    {"Date", 1},
	    {"Cc", 1},
	    {"Sender", 1},
	    {"Reply-To", 1},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		if (strlen(known[i].name) == n &&
		    g_ascii_strncasecmp(name, known[i].name, n) == 0)
			return known[i].weight;
	}
	return n > 2 && (name[0] == 'X' || name[0] == 'x') && name[1] == '-'
		   ? 2
		   : 0;
}

static const char *
line_end(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol != NULL ? eol : end;
}

/* True when header fields start at P: two or more in a row that weigh
 * enough, all with the indentation of the first. */
static bool
header_run_at(const char *p, const char *end)
{
	size_t indent = 0, name_length;
	int weight = 0, heaviest = 0, count = 0;

	while (p + indent < end && (p[indent] == ' ' || p[indent] == '\t'))
		indent++;
	for (int i = 0; i < 40 && p < end; i++) {
		const char *eol = line_end(p, end);
		size_t n = (size_t)(eol - p), w = 0;

		while (w < n && (p[w] == ' ' || p[w] == '\t'))
			w++;
		if (w == n)
			break;
		if (w == indent && field_name_at(p + w, n - w, &name_length)) {
			int one = weight_of(p + w, name_length);

			if (one == 0 && count == 0)
				return false;
			weight += one;
			heaviest = MAX(heaviest, one);
			count++;
		} else if (w <= indent && !(count == 0 && n > w + 5 &&
					      memcmp(p + w, "From ", 5) == 0)) {
			break;
		}
		p = eol < end ? eol + 1 : end;
	}
	/* From, To, Subject and Date alone may be a summary. */
	return count >= 2 && weight >= 4 && heaviest >= 2;
}

struct body
body_split(const char *text, size_t length)
{
	const char *p = text, *end = text + length;
	bool words = false; /* anything but blank lines so far? */

	for (int i = 0; i < MAX_LINES && p < end; i++) {
		const char *eol = line_end(p, end);
		size_t n = (size_t)(eol - p), name_length, w = 0;

		while (w < n && (p[w] == ' ' || p[w] == '\t'))
			w++;
		if (words && is_marker(p, n)) {
			size_t next = (size_t)(eol - text);

			return (struct body){(size_t)(p - text),
			    next < length ? next + 1 : length};
		}
		if (words &&
		    (field_name_at(p + w, n - w, &name_length) ||
			strncmp(p + w, "From ", 5) == 0) &&
		    header_run_at(p, end))
			return (struct body){
			    (size_t)(p - text), (size_t)(p - text)};
		words = words || w < n;
		p = eol < end ? eol + 1 : end;
	}
	return (struct body){length, length};
}
