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
    {"begin forwarded message", true},
    {"forwarded message", true},
    {"begin message", true},
    {"start of message", true},
    {"message follows", true},
    {"text of your message follows", false},
    {"text of the original message", false},
    {"message contents follow", false},
    {"contents of your message", false},
    {"contents of your mail", false},
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
	return c != '\0' && strchr("-=*#_:.<>|+~[]/ \t", c) != NULL;
}

/* How many letters of a rule ("-----", "=====") stand at the start, or, with
 * BACK, at the end. */
static size_t
rule_length(const char *line, size_t length, bool back)
{
	size_t n = 0;

	while (n < length &&
	       strchr("-=*_#~", back ? line[length - 1 - n] : line[n]) != NULL)
		n++;
	return n;
}

/* Behind a rule: a word for mail with one that says that it is the returned
 * one, and none that says that it is the report. */
static bool
names_returned_mail(const char *lower)
{
	static const char *const mail[] = {"message", "mail", "nachricht",
	    "mensaje", "mensagem", "messaggio", "bericht", "wiadomo", "zpráv",
	    "сообщени", "письм", "ileti", "メッセージ", "メール", "邮件",
	    "郵件", "메시지", "메일", "header", "content"};
	static const char *const returned[] = {"original", "origine",
	    "returned", "unsent", "copy", "rejected", "follow", "header",
	    "kopie", "copie", "copia", "cópia", "kopia", "ursprüngl",
	    "oorspronk", "oryginal", "treść", "původní", "исходн", "копия",
	    "özgün", "orijinal", "元の", "原文", "原始", "原邮", "원본",
	    "bounced", "undelivered", "zurückgesand"};
	static const char *const report[] = {"log", "transcript", "failed",
	    "address", "recipient", "reason", "report", "error", "session",
	    "failure", "diagnos", "problem", "server message", "status"};
	bool is_mail = false, is_returned = false;

	for (size_t i = 0; i < G_N_ELEMENTS(report); i++) {
		if (strstr(lower, report[i]) != NULL)
			return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(mail) && !is_mail; i++)
		is_mail = strstr(lower, mail[i]) != NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(returned) && !is_returned; i++)
		is_returned = strstr(lower, returned[i]) != NULL;
	return is_mail && is_returned;
}

static bool
is_marker(const char *line, size_t length)
{
	char *lower;
	bool found = false, ruled;

	while (length > 0 && g_ascii_isspace(*line)) {
		line++;
		length--;
	}
	ruled = rule_length(line, length, false) >= 2 ||
		rule_length(line, length, true) >= 3;
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
	if (!found && ruled)
		found = names_returned_mail(lower);
	g_free(lower);
	return found;
}

/* Only a mail on its way has these. */
#define HEAVY 4

/* Fields that no human text has at the start of lines, and others that a
 * summary ("To:", "Subject:", "Date:") may have. */
static int
weight_of(const char *name, size_t n)
{
	static const struct {
		const char *name;
		int weight;
	} known[] = {
	    {"Received", HEAVY},
	    {"Return-Path", HEAVY},
	    {"Message-ID", 3},
	    {"MIME-Version", HEAVY},
	    {"DKIM-Signature", HEAVY},
	    {"DomainKey-Signature", HEAVY},
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

/* A run of header fields. */
struct run {
	bool is_header; /* two or more that weigh enough */
	bool is_heavy;  /* with fields that only a transported mail has */
	size_t indent;
	int count, weight;
	const char *end;
};

/* The run that starts at P: fields with the indentation of the first, and
 * their continuation lines. From, To, Subject and Date alone may be a
 * summary. */
static struct run
run_at(const char *p, const char *end)
{
	struct run r = {.end = p};
	size_t name_length;
	int heaviest = 0;

	while (
	    p + r.indent < end && (p[r.indent] == ' ' || p[r.indent] == '\t'))
		r.indent++;
	for (int i = 0; i < 40 && p < end; i++) {
		const char *eol = line_end(p, end);
		size_t n = (size_t)(eol - p), w = 0;

		while (w < n && (p[w] == ' ' || p[w] == '\t'))
			w++;
		if (w == n)
			break;
		if (w == r.indent &&
		    field_name_at(p + w, n - w, &name_length)) {
			int one = weight_of(p + w, name_length);

			if (one == 0 && r.count == 0)
				break;
			r.weight += one;
			heaviest = MAX(heaviest, one);
			r.is_heavy = r.is_heavy || one == HEAVY;
			r.count++;
		} else if (w <= r.indent &&
			   !(r.count == 0 && n > w + 5 &&
			       memcmp(p + w, "From ", 5) == 0)) {
			break;
		}
		p = eol < end ? eol + 1 : end;
		r.end = p;
	}
	r.is_header = r.count >= 2 && r.weight >= 4 && heaviest >= 2;
	return r;
}

/* What stands behind a summary: "could not be delivered to ...". */
#define MAX_SUMMARY_LOOK 700

static bool
is_summary(struct words *words, const struct run *r, const char *end)
{
	const char *start = r->end;

	if (r->is_heavy)
		return false;
	return (words_in(words, start,
		    MIN((size_t)(end - start), MAX_SUMMARY_LOOK)) &
		   WORDS_REPORT) != 0;
}

struct body
body_split(struct words *words, const char *text, size_t length)
{
	const char *p = text, *end = text + length;
	bool any = false; /* anything but blank lines so far? */

	for (int i = 0; i < MAX_LINES && p < end; i++) {
		const char *eol = line_end(p, end), *next;
		size_t n = (size_t)(eol - p), name_length, w = 0;
		struct run run;

		next = eol < end ? eol + 1 : end;
		while (w < n && (p[w] == ' ' || p[w] == '\t'))
			w++;
		if (any && is_marker(p, n))
			return (struct body){
			    (size_t)(p - text), (size_t)(next - text)};
		if (any && (field_name_at(p + w, n - w, &name_length) ||
			       strncmp(p + w, "From ", 5) == 0)) {
			run = run_at(p, end);
			if (run.is_header && !is_summary(words, &run, end))
				return (struct body){
				    (size_t)(p - text), (size_t)(p - text)};
			if (run.is_header)
				next = run.end;
		}
		any = any || w < n;
		p = next;
	}
	return (struct body){length, length};
}

bool
body_is_mail(const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end && g_ascii_isspace(*text))
		text++;
	/* From, To and Subject do here: nothing else begins so. */
	return text < end && run_at(text, end).weight >= 3;
}

bool
body_is_transported(const char *text, size_t length)
{
	return length > 0 && run_at(text, text + length).is_heavy;
}
