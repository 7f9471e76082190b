/* sendmail.c: sendmail 8 without a status part, sendmail 5 and its children:
 *
 *    ----- The following addresses had permanent fatal errors -----
 * <user@example.org>
 *     (reason: 550 5.1.1 <user@example.org>... User unknown)
 *     (expanded from: <alias@example.net>)
 *
 *    ----- Transcript of session follows -----
 * ... while talking to mx.example.org.:
 * >>> RCPT To:<user@example.org>
 * <<< 550 5.1.1 <user@example.org>... User unknown
 * 550 5.1.1 <user@example.org>... User unknown
 *
 * Sendmail 5 has the transcript only. "<<<" is the remote side's word and
 * tells why; the line behind it is sendmail's own and tells whom.
 */
#include <string.h>

#include "parser/formats.h"
#include "parser/general.h"
#include "parser/kind.h"

enum section { BEFORE, ADDRESSES, TRANSCRIPT, REMARK };

#define MAX_REMARKED 20 /* recipients */

struct reading {
	const struct letter *letter;
	struct found_list *out;
	enum section section;
	enum action action;
	struct found *now; /* in ADDRESSES: whose lines follow */
	GString *remote;   /* "<<<" lines since the last command */
	char *host;        /* "while talking to HOST" */
	char *rcpt;        /* address of the last RCPT */
};

static bool
first_address(const struct line *l, struct span *s)
{
	return address_next(l->text, l->length, 0, s);
}

/* "----- The following addresses had transient non-fatal errors -----" */
static bool
read_heading(struct reading *r, const struct line *l)
{
	if (!text_starts(l->text, l->length, "-----"))
		return false;
	r->now = NULL;
	if (text_find(l->text, l->length, "transcript") != NULL) {
		r->section = TRANSCRIPT;
	} else if (text_find(l->text, l->length, "following address") != NULL ||
		   text_find(l->text, l->length, "following recipient") !=
		       NULL) {
		r->section = ADDRESSES;
		r->action = ACTION_FAILED;
		if (text_find(l->text, l->length, "non-fatal") != NULL)
			r->action = ACTION_DELAYED;
		else if (text_find(l->text, l->length, "delivery problem") !=
			 NULL)
			r->action = kind_action(r->letter);
		if (text_find(l->text, l->length, "successful") != NULL)
			r->action = ACTION_DELIVERED;
	} else {
		r->section = r->section == BEFORE ? BEFORE : REMARK;
	}
	return true;
}

static void
read_address_line(struct reading *r, const struct line *l)
{
	struct span s;
	const char *p = l->text;
	size_t n = l->length;
	char *address;

	if (n > 0 && *p == '(') {
		if (r->now == NULL)
			return;
		if (text_starts(p, n, "(reason: ")) {
			p += 9;
			n -= 9;
			if (n > 0 && p[n - 1] == ')')
				n--;
			found_text(&r->now->diagnostic, p, n);
		} else if (text_starts(p, n, "(expanded from:") &&
			   first_address(l, &s) && r->now->original == NULL) {
			r->now->original =
			    g_strndup(p + s.start, s.end - s.start);
		}
		return;
	}
	if (!first_address(l, &s) || s.start > 4)
		return;
	address = g_strndup(p + s.start, s.end - s.start);
	r->now = found_for(r->out, address);
	if (r->now != NULL)
		r->now->action = r->action;
	g_free(address);
}

static void
read_talking(struct reading *r, const struct line *l)
{
	const char *p = text_find(l->text, l->length, "talking to ");
	size_t n;

	p += strlen("talking to ");
	n = (size_t)(l->text + l->length - p);
	while (n > 0 && strchr(".: ", p[n - 1]) != NULL)
		n--;
	g_free(r->host);
	r->host = g_strndup(p, n);
	g_string_truncate(r->remote, 0);
}

static bool
is_reply_line(const struct line *l)
{
	return l->length > 3 && (l->text[0] == '4' || l->text[0] == '5') &&
	       g_ascii_isdigit(l->text[1]) && g_ascii_isdigit(l->text[2]) &&
	       (l->text[3] == ' ' || l->text[3] == '-');
}

/* "550 5.1.1 <u@d>... User unknown": sendmail's own line. */
static void
read_verdict(struct reading *r, const struct line *l)
{
	struct span s;
	char *address;
	struct found *f = NULL;
	/* "Deferred: ..." is sendmail's own, whatever was said before. */
	bool quotes = r->remote->len > 0 && is_reply_line(l);

	if (first_address(l, &s)) {
		address = g_strndup(l->text + s.start, s.end - s.start);
		for (size_t i = 0; i < r->out->count && f == NULL; i++) {
			if (address_equal(r->out->list[i].address, address) ||
			    address_equal(r->out->list[i].original, address))
				f = &r->out->list[i];
		}
		/* Only a transcript without a list names new ones here. */
		if (f == NULL && r->now == NULL &&
		    !letter_is_other(r->letter, address))
			f = found_for(r->out, address);
		g_free(address);
	} else if (r->out->count == 1) {
		f = &r->out->list[0];
	}
	if (f == NULL)
		return;
	if (f->action == ACTION_NONE && l->text[0] == '4')
		f->action = r->action;
	if (f->remote_mta == NULL && r->host != NULL && quotes)
		f->remote_mta = g_strdup(r->host);
	if (f->diagnostic == NULL && quotes)
		found_text(&f->diagnostic, r->remote->str, r->remote->len);
	/* What sendmail makes of a reply ("551 no" -> "550 5.1.1 User
	 * unknown") is not what the reply said. */
	if (f->diagnostic == NULL)
		found_text(&f->diagnostic, l->text, l->length);
	else if (!quotes)
		found_human(f, l->text, l->length);
}

/* "550 mx.example.org (smtp)... 550 Host unknown": sendmail 5 on a host; the
 * addresses behind it are that host's. */
static bool
is_about_host(const struct line *l)
{
	return is_reply_line(l) &&
	       text_find(l->text, l->length, " (smtp)... ") != NULL;
}

/* What an earlier host said does not concern the addresses of this one. */
static void
read_host_line(struct reading *r, const struct line *l)
{
	const char *p = l->text + 4;
	size_t n = (size_t)(text_find(p, l->length - 4, " (smtp)") - p);

	if (r->host != NULL && strlen(r->host) == n &&
	    g_ascii_strncasecmp(r->host, p, n) == 0)
		return;
	g_string_truncate(r->remote, 0);
	g_clear_pointer(&r->host, g_free);
}

static void
read_transcript_line(struct reading *r, const struct line *l)
{
	const char *p = l->text;
	size_t n = l->length;
	struct span s;

	if (text_find(p, n, "while talking to ") != NULL) {
		read_talking(r, l);
	} else if (text_starts(p, n, ">>>")) {
		g_string_truncate(r->remote, 0);
		if (text_find(p, n, "RCPT ") != NULL && first_address(l, &s)) {
			g_free(r->rcpt);
			r->rcpt = g_strndup(p + s.start, s.end - s.start);
		}
	} else if (text_starts(p, n, "<<<")) {
		p += 3;
		n -= 3;
		while (n > 0 && *p == ' ') {
			p++;
			n--;
		}
		/* "<<< 503 Need RCPT": what followed from the refusal */
		if (text_starts(p, n, "503"))
			return;
		if (r->remote->len > 0)
			g_string_append_c(r->remote, ' ');
		g_string_append_len(r->remote, p, (gssize)MIN(n, 500));
		if (r->rcpt != NULL && (*p == '5' || *p == '4') && n > 3) {
			struct found *f = found_for(r->out, r->rcpt);

			if (f != NULL && f->diagnostic == NULL)
				found_text(&f->diagnostic, p, n);
			if (f != NULL && f->remote_mta == NULL)
				f->remote_mta = g_strdup(r->host);
			g_clear_pointer(&r->rcpt, g_free);
		} else if (n > 0 && *p == '2') {
			g_string_truncate(r->remote, 0);
		}
	} else if (is_about_host(l)) {
		read_host_line(r, l);
	} else if (is_reply_line(l) || text_find(p, n, "... ") != NULL) {
		/* "u@d... Deferred: Connection timed out" has no code */
		read_verdict(r, l);
	}
}

/* "----- Non-delivered information -----" and other headings of children:
 * what stands below is for all. */
static void
read_remark(struct reading *r, const struct line *l)
{
	for (size_t i = 0; i < r->out->count && i < MAX_REMARKED; i++) {
		struct found *f = &r->out->list[i];

		found_text(f->diagnostic == NULL ? &f->diagnostic : &f->human,
		    l->text, l->length);
	}
}

/* Bare names of local users: "550 joe... User unknown". */
static void
read_local(struct reading *r)
{
	const char *domain = address_domain(r->letter->from_address);

	for (size_t i = 0; i < r->letter->n_lines && *domain != '\0'; i++) {
		const struct line *l = &r->letter->lines[i];
		const char *dots = text_find(l->text, l->length, "... ");
		const char *p = dots;
		struct found *f;
		char *address;

		if (!is_reply_line(l) || dots == NULL)
			continue;
		while (p > l->text + 4 && p[-1] != ' ')
			p--;
		if (*p == '<')
			p++;
		if (p >= dots || *p == '(' || *p == '"')
			continue;
		address = g_strdup_printf(
		    "%.*s@%s", (int)strcspn(p, ">. "), p, domain);
		if (address_is_valid(address)) {
			f = found_for(r->out, address);
			if (f != NULL)
				found_text(&f->diagnostic, l->text, l->length);
		}
		g_free(address);
	}
}

bool
sendmail_read(const struct letter *letter, struct found_list *out)
{
	struct reading r = {.letter = letter,
	    .out = out,
	    .action = ACTION_FAILED,
	    .remote = g_string_new(NULL)};

	for (size_t i = 0; i < letter->n_lines; i++) {
		const struct line *l = &letter->lines[i];

		if (read_heading(&r, l))
			continue;
		if (r.section == ADDRESSES)
			read_address_line(&r, l);
		else if (r.section == TRANSCRIPT)
			read_transcript_line(&r, l);
		else if (r.section == REMARK)
			read_remark(&r, l);
	}
	if (out->count == 0)
		read_local(&r);
	g_string_free(r.remote, TRUE);
	g_free(r.host);
	g_free(r.rcpt);
	return out->count > 0 || general_read(letter, out);
}
