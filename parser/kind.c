/* kind.c: reports, answering machines, and everything else. */
#include "parser/kind.h"

#include <string.h>

#include "parser/dialog.h"

bool
kind_is_mail_system(struct words *words, const char *from)
{
	char *copy = g_strdup(from);
	bool found;

	/* The name and the local part; a domain may have any name. */
	for (char *at = strchr(copy, '@'); at != NULL; at = strchr(at, '@'))
		memset(at, ' ', strcspn(at, "> \t\""));
	found = (words_in(words, copy, strlen(copy)) & WORDS_SYSTEM) != 0;
	g_free(copy);
	return found;
}

bool
kind_is_from_system(const struct letter *l)
{
	return l->from[0] == '\0' || strcmp(l->from, "<>") == 0 ||
	       (l->is_from & WORDS_SYSTEM) != 0;
}

/* Null or daemon's return path: RFC 5321 section 6.1. */
static bool
has_null_return_path(const struct letter *l)
{
	char *path = fields_value(&l->mail->headers, "Return-Path");
	bool is_null = path != NULL && (strncmp(path, "<>", 2) == 0 ||
					   kind_is_mail_system(l->words, path));

	g_free(path);
	return is_null;
}

bool
kind_is_sent_by_system(const struct letter *l)
{
	return kind_is_from_system(l) || has_null_return_path(l) ||
	       l->named->len > 0;
}

static bool
is_of_list(const struct letter *l)
{
	/* A list's own notices have List-Id alone, and so do reports that
	 * copy the fields of what they return. */
	return letter_header(l, "List-Post", "") ||
	       letter_header(l, "List-Unsubscribe", "") ||
	       (letter_header(l, "List-Id", "") &&
		   letter_header(l, "Precedence", "list"));
}

static bool
is_answer(const struct letter *l)
{
	static const char *const marks[] = {
	    "re:", "aw:", "antw:", "sv:", "odp:", "rv:", "回复", "答复"};

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (text_starts(l->subject, strlen(l->subject), marks[i]))
			return true;
	}
	return false;
}

/* Lines at the top of a report in which a reply is looked for. */
#define MAX_TOP 60

static bool
quotes_refusal(const struct letter *l)
{
	for (size_t i = 0; i < l->n_lines && i < MAX_TOP; i++) {
		if (dialog_code(&l->lines[i]) >= 400)
			return true;
	}
	return false;
}

int
kind_report_weight(const struct letter *l)
{
	bool system = kind_is_from_system(l),
	     null_path = has_null_return_path(l);
	int weight = 0;

	if (l->named->len > 0)
		weight += 3;
	if (system)
		weight += 2;
	if (null_path)
		weight += 1;
	/* A refusal needs no words that we know. */
	if (system && quotes_refusal(l))
		weight += 1;
	if (l->is_about & WORDS_SUBJECT)
		weight += 2;
	if (l->is_about & WORDS_FAILURE)
		weight += 1;
	if (l->says & WORDS_REPORT)
		weight += 2;
	if (g_strcmp0(l->mail->type, "multipart/report") == 0)
		weight += 1;
	if (l->forwarded_from != NULL &&
	    kind_is_mail_system(l->words, l->forwarded_from))
		weight += 3;
	/* A person's answer, or a thread on a list; systems answer, too. */
	if (!system && !null_path) {
		if (letter_header(l, "In-Reply-To", ""))
			weight -= 2;
		else if (is_answer(l) || is_of_list(l))
			weight -= 1;
	}
	return weight;
}

/* Letters of his own above a quoted report that make it a person's mail. */
#define OWN_WORDS 40

bool
kind_may_report(const struct letter *l)
{
	if (kind_is_sent_by_system(l))
		return true;
	if (is_of_list(l))
		return false;
	if (l->quoted || l->forwarded_from != NULL)
		return l->own_words <= OWN_WORDS &&
		       !letter_header(l, "In-Reply-To", "");
	return true;
}

bool
kind_is_challenge(const struct letter *l)
{
	return (l->says & WORDS_CHALLENGE) != 0;
}

static bool
has_answer_header(const struct letter *l)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
	    {"Auto-Submitted", "auto-replied"},
	    {"X-Autoreply", ""},
	    {"X-Autorespond", ""},
	    {"X-Autoresponder", ""},
	    {"X-Auto-Reply", ""},
	    {"X-Auto-Reply-From", ""},
	    {"X-Mail-Autoreply", ""},
	    {"X-Vacation", ""},
	    {"X-Out-Of-Office", ""},
	    {"X-RT-Loop-Prevention", ""},
	    {"Precedence", "auto_reply"},
	    {"Precedence", "auto-reply"},
	    {"X-POST-MessageClass", "autoresponder"},
	    {"Delivered-To", "autoresponder"},
	    {"X-Mailer", "vacation"},
	    {"X-Mailer", "autorespond"},
	    {"X-Mailer", "autoreply"},
	    {"X-Cron-Env", "vacation"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
		if (letter_header(l, headers[i].name, headers[i].value))
			return true;
	}
	return false;
}

bool
kind_is_auto_reply(const struct letter *l)
{
	if (has_answer_header(l) || (l->is_about & WORDS_ANSWER) ||
	    kind_is_challenge(l))
		return true;
	/* Old programs leave no mark but an answer that speaks of absence. */
	return (l->says & WORDS_ABSENCE) != 0 &&
	       (is_answer(l) || letter_header(l, "In-Reply-To", ""));
}

bool
kind_is_plain_answer(const struct letter *l)
{
	if (kind_is_from_system(l) || l->named->len > 0)
		return false;
	if ((l->is_about & WORDS_SUBJECT) && (l->says & WORDS_REPORT))
		return has_answer_header(l) && (l->is_about & WORDS_ANSWER);
	return kind_is_auto_reply(l);
}

enum action
kind_action(const struct letter *l)
{
	const char *subject = l->subject;
	bool late = text_find(subject, strlen(subject), "delay") != NULL ||
		    (l->is_about & WORDS_DELAYED) != 0;

	if (late || (l->says & WORDS_DELAYED)) {
		if (late || !(l->says & WORDS_FINAL) ||
		    letter_has(l, "warning message only"))
			return ACTION_DELAYED;
	} else if ((l->says & WORDS_DONE) && !(l->says & WORDS_FINAL)) {
		return ACTION_DELIVERED;
	}
	return ACTION_FAILED;
}
