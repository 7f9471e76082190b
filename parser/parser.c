/* parser.c: the bytes of a mail -> report. Decides which reader speaks,
 * joins what they found, has each recipient judged, and writes the report.
 */
#include "parser/parser.h"

#include <glib.h>
#include <string.h>

#include "parser/address.h"
#include "parser/charset.h"
#include "parser/dsn.h"
#include "parser/feedback.h"
#include "parser/formats.h"
#include "parser/general.h"
#include "parser/input.h"
#include "parser/kind.h"
#include "parser/letter.h"
#include "parser/mime.h"
#include "parser/remote.h"
#include "parser/reply.h"
#include "parser/verp.h"

/* Reports inside reports are followed this far. */
#define MAX_REPORT_DEPTH 4

/* kind_report_weight() from which on a text is believed. */
#define ENOUGH 3
/* The same when nothing shows that a program wrote it. */
#define MUCH 4
/* And this much in words that we do not know, too. */
#define CERTAIN 7

struct parser {
	const struct classifier *classifier;
	struct matcher *matcher;
	struct mime *mime;
	struct words *words;
	char *verp_delimiters;
	size_t max_recipients;
};

/* What one mail gave, before it is judged. */
struct outcome {
	enum kind kind;
	const char *dialect;
	struct dsn dsn; /* dsn.found is the list, whatever the format */
};

struct parser *
parser_new(const struct classifier *classifier, const struct parser_options *o)
{
	struct parser *p = g_new0(struct parser, 1);

	p->classifier = classifier;
	p->matcher = matcher_new(classifier);
	p->mime = mime_new();
	p->words = words_new();
	p->verp_delimiters = g_strdup(o != NULL ? o->verp_delimiters : NULL);
	p->max_recipients = o != NULL && o->max_recipients > 0
				? o->max_recipients
				: MAX_RECIPIENTS;
	return p;
}

void
parser_free(struct parser *p)
{
	if (p == NULL)
		return;
	matcher_free(p->matcher);
	mime_free(p->mime);
	words_free(p->words);
	g_free(p->verp_delimiters);
	g_free(p);
}

/* ---- the returned mail ---- */

static void
set_once(char **field, char *value)
{
	if (*field != NULL || value == NULL || *value == '\0') {
		g_free(value);
		return;
	}
	value[charset_cut(value, strlen(value), MAX_FIELD_KEPT)] = '\0';
	*field = value;
}

/* Without <> and spaces around; NULL stays. */
static char *
bare_id(char *value)
{
	char *start, *end, *id;

	if (value == NULL)
		return NULL;
	start = strchr(value, '<');
	end = start != NULL ? strchr(start, '>') : NULL;
	id = end != NULL ? g_strndup(start + 1, (gsize)(end - start - 1))
			 : g_strdup(value);
	g_free(value);
	return g_strstrip(id);
}

static char *
bare_address(char *value)
{
	char *address = address_clean(value);

	g_free(value);
	return address;
}

static void
read_returned(struct report *r, const struct fields *f)
{
	char *date;

	if (f == NULL)
		return;
	set_once(&r->message_id, bare_id(fields_value(f, "Message-ID")));
	set_once(&r->list_id, bare_id(fields_text(f, "List-Id")));
	set_once(&r->from, bare_address(fields_text(f, "From")));
	set_once(&r->subject, fields_text(f, "Subject"));
	date = fields_value(f, "Date");
	if (r->sent_date == 0)
		r->sent_date = dsn_date(date);
	g_free(date);
}

/* ---- recipients without a domain ---- */

/* The recipient of the returned mail when it names exactly one. */
static char *
returned_to(const struct fields *returned)
{
	static const char *const names[] = {
	    "To", "X-Original-To", "Delivered-To"};
	char *found = NULL;

	for (size_t i = 0;
	     returned != NULL && i < G_N_ELEMENTS(names) && found == NULL;
	     i++) {
		char *value = fields_text(returned, names[i]);
		struct span s, second;

		if (value != NULL &&
		    address_next(value, strlen(value), 0, &s) &&
		    !address_next(value, strlen(value), s.end, &second))
			found = g_strndup(value + s.start, s.end - s.start);
		g_free(value);
	}
	return found;
}

/* "local; joe" -> joe@domain, when something tells the domain. */
static void
complete_address(struct found *f, const struct letter *l, const struct dsn *dsn,
    const struct found_list *text)
{
	char *to, *full = NULL;
	size_t n;

	if (f->address != NULL && strchr(f->address, '@') != NULL)
		return;
	n = f->address != NULL ? strlen(f->address) : 0;
	to = returned_to(l->returned);
	if (f->original != NULL && address_is_valid(f->original))
		full = g_strdup(f->original);
	else if (text->count == 1)
		full = g_strdup(text->list[0].address);
	else if (to != NULL &&
		 (n == 0 || (g_ascii_strncasecmp(to, f->address, n) == 0 &&
				to[n] == '@')))
		full = g_strdup(to);
	else if (n > 0 && dsn->reporting_mta != NULL &&
		 strchr(dsn->reporting_mta, '.') != NULL)
		full = g_strconcat(f->address, "@", dsn->reporting_mta, NULL);
	if (full != NULL && address_is_valid(full)) {
		g_free(f->address);
		f->address = g_steal_pointer(&full);
	}
	g_free(full);
	g_free(to);
}

/* ---- delivery-status ---- */

static struct found *
same_recipient(struct found_list *text, const struct found *f)
{
	struct found *t = found_find(text, f->address);

	return t != NULL ? t : found_find(text, f->original);
}

/* The human text beside the fields: what stands near the address, or all of
 * it when there is one recipient only. */
static void
add_human_text(struct found *f, struct found_list *text, const struct letter *l,
    bool alone)
{
	const struct found *t = same_recipient(text, f);

	if (t != NULL && t->diagnostic != NULL) {
		if (f->diagnostic == NULL)
			found_text(&f->diagnostic, t->diagnostic->str,
			    t->diagnostic->len);
		else
			found_human(
			    f, t->diagnostic->str, t->diagnostic->len);
		if (t->human != NULL)
			found_human(f, t->human->str, t->human->len);
		if (f->original == NULL && t->original != NULL)
			f->original = g_strdup(t->original);
	} else if (alone) {
		found_human(f, l->human, strlen(l->human));
	}
}

/* Drops entries without any address and joins doubled ones. */
static void
tidy(struct found_list *list)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct found *f = &list->list[i], spare;
		char *key;

		if (f->address == NULL || *f->address == '\0')
			continue;
		key = g_ascii_strdown(f->address, -1);
		g_ptr_array_add(keys, key);
		if (!g_hash_table_add(seen, key))
			continue;
		if (i != kept) {
			spare = list->list[kept];
			list->list[kept] = *f;
			*f = spare;
		}
		kept++;
	}
	for (size_t i = kept; i < list->count; i++) {
		struct found_list one = {
		    .list = g_memdup2(&list->list[i], sizeof(struct found)),
		    .count = 1};

		found_list_clear(&one);
	}
	list->count = kept;
	found_forget(list);
	g_hash_table_destroy(seen);
	g_ptr_array_free(keys, TRUE);
}

static void
read_status_parts(
    const struct mail *mail, const struct letter *l, struct outcome *o)
{
	for (size_t i = 0; i < mail->n_parts; i++) {
		const struct part *p = &mail->parts[i];

		if (p->role == PART_STATUS && p->text != NULL)
			dsn_read(&o->dsn, p->text, p->length);
	}
	if (o->dsn.found.count == 0)
		(void)dsn_read_quoted(&o->dsn, l->human, strlen(l->human));
}

static enum action
action_of(const struct found *f, const struct letter *l)
{
	if (f->action != ACTION_NONE)
		return f->action;
	if (f->status.class == 2)
		return ACTION_DELIVERED;
	if (f->status.class == 5)
		return ACTION_FAILED;
	return kind_action(l);
}

static enum kind
kind_of_actions(const struct found_list *list)
{
	enum kind kind = KIND_SUCCESS;

	for (size_t i = 0; i < list->count; i++) {
		if (list->list[i].action == ACTION_FAILED)
			return KIND_BOUNCE;
		if (list->list[i].action == ACTION_DELAYED)
			kind = KIND_DELAY;
	}
	return kind;
}

/* The human text beside the status part, by the reader of its format. */
static void
read_words(const struct letter *l, struct found_list *text)
{
	const struct format *format = format_find(l);

	if (format == NULL || format->decode == NULL || format->sure ||
	    !format->decode(l, text))
		(void)general_read(l, text);
}

static bool
read_dsn(const struct mail *mail, const struct letter *l, struct outcome *o)
{
	struct found_list text = {0};

	read_status_parts(mail, l, o);
	if (o->dsn.found.count == 0)
		return false;
	read_words(l, &text);
	for (size_t i = 0; i < o->dsn.found.count; i++) {
		struct found *f = &o->dsn.found.list[i];

		complete_address(f, l, &o->dsn, &text);
		add_human_text(f, &text, l, o->dsn.found.count == 1);
		f->action = action_of(f, l);
	}
	found_list_clear(&text);
	tidy(&o->dsn.found);
	o->dialect = "rfc3464";
	o->kind = kind_of_actions(&o->dsn.found);
	return o->dsn.found.count > 0;
}

/* ---- free text ---- */

/* Texts and replies that show that something did fail: a mail that merely
 * looks like a report has none near its addresses. */
static bool
is_shown_to_fail(struct parser *p, const struct found *f)
{
	struct evidence e = {.action = ACTION_FAILED};
	struct verdict v;
	size_t n = 0;

	if (f->diagnostic != NULL)
		e.texts[n++] = f->diagnostic->str;
	if (f->human != NULL)
		e.texts[n++] = f->human->str;
	v = classify(p->classifier, p->matcher, &e);
	return v.basis != BASIS_NONE ||
	       (f->human != NULL &&
		   (words_in(p->words, f->human->str, f->human->len) &
		       WORDS_FAILURE) != 0);
}

/* "<u@d>: delivery via mx.example.org: 250 2.1.5 Ok" */
static bool
is_shown_to_succeed(struct parser *p, const struct found *f)
{
	const GString *s = f->diagnostic;

	return s != NULL && f->code == 0 &&
	       (strstr(s->str, ": 250 ") != NULL ||
		   g_str_has_prefix(s->str, "250 ")) &&
	       (words_in(p->words, s->str, s->len) & WORDS_FAILURE) == 0;
}

/* The last resort: a known report that names nobody. Its envelope (VERP) or
 * the returned mail does. */
static void
fall_back(struct parser *p, const struct letter *l, struct outcome *o)
{
	static const char *const names[] = {
	    "X-Original-To", "Delivered-To", "Envelope-To", "To"};
	char *address = NULL;
	struct found *f;

	for (size_t i = 0; i < G_N_ELEMENTS(names) && address == NULL; i++) {
		char *value = fields_value(&l->mail->headers, names[i]);
		char *to = address_clean(value);

		address = verp_decode(to, p->verp_delimiters);
		g_free(to);
		g_free(value);
	}
	if (address == NULL)
		address = returned_to(l->returned);
	if (address == NULL)
		return;
	f = found_for(&o->dsn.found, address);
	if (f != NULL)
		found_human(f, l->human, strlen(l->human));
	g_free(address);
}

static bool
read_text(struct parser *p, const struct letter *l, struct outcome *o)
{
	const struct format *format = format_find(l);
	bool sure = format != NULL && format->sure;
	int weight = kind_report_weight(l) + (format == NULL ? 0
						 : sure      ? ENOUGH
							     : 2);
	struct found_list *list = &o->dsn.found;
	enum action action;

	if (weight < ENOUGH || (!sure && !kind_may_report(l)))
		return false;
	if (format == NULL || format->decode == NULL ||
	    !format->decode(l, list))
		(void)general_read(l, list);
	/* A mention alone is not enough: somebody must say that it failed. */
	if (list->guessed && !sure &&
	    (weight <= (kind_is_sent_by_system(l) ? ENOUGH : MUCH) ||
		!(l->says & WORDS_FAILURE)))
		return false;
	if (list->count == 0 && weight > ENOUGH)
		fall_back(p, l, o);
	if (list->count == 0 ||
	    (l->named->len == 0 && !sure && weight < CERTAIN &&
		list->list[0].action == ACTION_NONE &&
		!is_shown_to_fail(p, &list->list[0])))
		return false;
	action = kind_action(l);
	for (size_t i = 0; i < list->count; i++) {
		struct found *f = &list->list[i];

		if (f->action == ACTION_NONE)
			f->action = is_shown_to_succeed(p, f) ? ACTION_DELIVERED
							      : action;
		if (f->diagnostic == NULL && f->human != NULL)
			found_text(
			    &f->diagnostic, f->human->str, f->human->len);
	}
	tidy(list);
	o->dialect = format != NULL ? format->name : "text";
	o->kind = format != NULL && format->kind != KIND_OTHER
		      ? format->kind
		      : kind_of_actions(list);
	return list->count > 0;
}

/* ---- MDN ---- */

/* RFC 8098: a receipt is an answer of a program. Dovecot and Sieve reject
 * mail by one, though, with the disposition "deleted" and a text. */
static bool
read_disposition(
    const struct mail *mail, const struct letter *l, struct outcome *o)
{
	const struct part *p = NULL;
	bool rejected;

	for (size_t i = 0; i < mail->n_parts && p == NULL; i++) {
		if (mail->parts[i].role == PART_DISPOSITION)
			p = &mail->parts[i];
	}
	if (p == NULL || p->text == NULL)
		return false;
	rejected =
	    text_find(p->text, p->length, "deleted") != NULL &&
	    text_find(p->text, p->length, "automatic-action") != NULL &&
	    (letter_has(l, "automatically rejected") ||
		letter_has(l, "was rejected") || letter_has(l, "refused"));
	dsn_read(&o->dsn, p->text, p->length);
	for (size_t i = 0; i < o->dsn.found.count; i++) {
		struct found *f = &o->dsn.found.list[i];

		f->action = rejected ? ACTION_FAILED : ACTION_DELIVERED;
		if (rejected)
			found_text(&f->diagnostic, l->human, strlen(l->human));
	}
	tidy(&o->dsn.found);
	o->dialect = "rfc8098";
	o->kind =
	    rejected && o->dsn.found.count > 0 ? KIND_BOUNCE : KIND_AUTO_REPLY;
	return true;
}

/* ---- which reader speaks ---- */

static void read_mail(struct parser *, struct mail *, struct report *,
    struct outcome *, int depth);

/* A mail inside another that may be a report itself. In a report stands what
 * was returned: a report only when a mail system wrote it. */
static bool
may_be_report(struct parser *p, const struct mail *m, bool in_report)
{
	char *from, *subject, *path;
	bool maybe;

	if (g_strcmp0(m->report_type, "delivery-status") == 0)
		return true;
	from = fields_text(&m->headers, "From");
	subject = fields_text(&m->headers, "Subject");
	path = fields_value(&m->headers, "Return-Path");
	maybe = from != NULL && kind_is_mail_system(p->words, from);
	if (!in_report)
		maybe = maybe || from == NULL ||
			(path != NULL && strncmp(path, "<>", 2) == 0) ||
			(subject != NULL &&
			    (words_in(p->words, subject, strlen(subject)) &
				WORDS_SUBJECT) != 0);
	g_free(from);
	g_free(subject);
	g_free(path);
	return maybe;
}

/* True when the mail INNER, from inside another, is a report; it is *O then.
 */
static bool
read_one_inner(struct parser *p, struct mail *inner, bool in_report,
    struct report *r, struct outcome *o, int depth)
{
	struct outcome deeper = {0};

	if (depth >= MAX_REPORT_DEPTH || !may_be_report(p, inner, in_report))
		return false;
	mail_expand(inner);
	read_mail(p, inner, r, &deeper, depth + 1);
	if ((deeper.kind == KIND_BOUNCE || deeper.kind == KIND_DELAY) &&
	    deeper.dsn.found.count > 0) {
		dsn_clear(&o->dsn);
		*o = deeper;
		return true;
	}
	dsn_clear(&deeper.dsn);
	return false;
}

static bool
has_status(const struct mail *mail)
{
	for (size_t i = 0; i < mail->n_parts; i++) {
		if (mail->parts[i].role == PART_STATUS)
			return true;
	}
	return false;
}

/* The innermost report speaks: a list manager's re-sent bounce, a double
 * bounce. True when one inside took over. */
static bool
read_inner(struct parser *p, const struct mail *mail, struct report *r,
    struct outcome *o, int depth)
{
	bool in_report = g_strcmp0(mail->report_type, "delivery-status") == 0 ||
			 has_status(mail);

	for (size_t i = 0; i < mail->n_parts; i++) {
		struct mail *inner = mail->parts[i].mail;

		if (mail->parts[i].role == PART_MAIL && inner != NULL &&
		    read_one_inner(p, inner, in_report, r, o, depth))
			return true;
	}
	return false;
}

/* The same for a returned mail that stands in the text: qmail's double
 * bounce. */
static bool
read_inner_text(struct parser *p, const struct letter *l, struct report *r,
    struct outcome *o, int depth)
{
	struct mail *inner;
	bool taken;

	if (l->returned_copy == NULL || kind_report_weight(l) < ENOUGH ||
	    !kind_may_report(l))
		return false;
	inner = mime_read(p->mime, l->returned_copy, strlen(l->returned_copy));
	taken = read_one_inner(p, inner, true, r, o, depth);
	mail_free(inner);
	return taken;
}

/* A report that names no recipient is still one, when its form says so. */
static bool
is_empty_report(const struct mail *mail, const struct letter *l)
{
	return mail->report_type != NULL &&
	       strcmp(mail->report_type, "delivery-status") == 0 &&
	       kind_report_weight(l) >= ENOUGH;
}

static void
read_mail(struct parser *p, struct mail *mail, struct report *r,
    struct outcome *o, int depth)
{
	struct letter l;

	if (feedback_is(mail)) {
		feedback_read(mail, r, &o->dsn.found);
		o->kind = KIND_FEEDBACK;
		o->dialect = "rfc5965";
		letter_open(&l, p->words, mail);
		read_returned(r, l.returned);
		letter_close(&l);
		return;
	}
	if (read_inner(p, mail, r, o, depth))
		return;
	letter_open(&l, p->words, mail);
	if (read_inner_text(p, &l, r, o, depth)) {
		letter_close(&l);
		return;
	}
	if (read_dsn(mail, &l, o)) {
		if (o->kind != KIND_SUCCESS && kind_is_challenge(&l))
			o->kind = KIND_AUTO_REPLY;
	} else if (read_disposition(mail, &l, o)) {
		/* done */
	} else if (!kind_is_plain_answer(&l) && read_text(p, &l, o)) {
		if (kind_is_challenge(&l))
			o->kind = KIND_AUTO_REPLY;
	} else {
		dsn_clear(&o->dsn);
		o->dialect = NULL;
		if (kind_is_auto_reply(&l))
			o->kind = KIND_AUTO_REPLY;
		else
			o->kind = is_empty_report(mail, &l) ? KIND_BOUNCE
							    : KIND_OTHER;
	}
	if (o->kind != KIND_OTHER)
		read_returned(r, l.returned);
	letter_close(&l);
}

/* ---- the envelope ---- */

static void
read_envelope(struct parser *p, const struct mail *mail, struct report *r)
{
	static const char *const names[] = {"Delivered-To", "X-Original-To",
	    "Envelope-To", "X-Envelope-To", "To"};
	char *first = NULL, *date;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const struct field *f;

		for (size_t k = 0; k < 4 && (f = fields_find(&mail->headers,
						 names[i], k)) != NULL;
		     k++) {
			char *value = field_text(f);
			char *address = address_clean(value);
			char *user = verp_decode(address, p->verp_delimiters);

			/* An address that encodes a subscriber is the one
			 * that the bounce was sent to; what delivery made
			 * of it later is not. */
			if (user != NULL && r->envelope_recipient == NULL)
				r->envelope_recipient = g_strdup(address);
			if (first == NULL && address != NULL &&
			    strchr(address, '@') != NULL)
				first = g_strdup(address);
			g_free(user);
			g_free(address);
			g_free(value);
		}
	}
	set_once(&r->envelope_recipient, first);
	date = fields_value(&mail->headers, "Date");
	r->date = dsn_date(date);
	g_free(date);
}

/* ---- judging ---- */

static char *
string_of(const GString *s)
{
	char *valid, *end;

	if (s == NULL || s->len == 0)
		return NULL;
	valid = g_utf8_make_valid(s->str, (gssize)MIN(s->len, MAX_DIAGNOSTIC));
	/* Unfolded: one line. */
	for (end = valid; *end != '\0'; end++) {
		if (*end == '\n' || *end == '\r' || *end == '\t')
			*end = ' ';
	}
	return valid;
}

static void
judge(struct parser *p, struct recipient *r, const struct found *f)
{
	struct evidence e = {.status = f->status,
	    .code = f->code,
	    .action = f->action,
	    .remote_mta = r->remote_mta};
	struct verdict v;
	size_t n = 0;

	if (f->diagnostic != NULL)
		e.texts[n++] = f->diagnostic->str;
	if (f->human != NULL)
		e.texts[n++] = f->human->str;
	v = classify(p->classifier, p->matcher, &e);
	r->status = v.status;
	r->code = v.code;
	if (f->action != ACTION_FAILED && f->action != ACTION_DELAYED)
		return;
	r->class = v.class;
	r->basis = v.basis;
	r->rule = g_strdup(v.rule);
	r->hard = recipient_is_hard(r);
}

static void
add_recipient(struct parser *p, struct report *report, struct found *f,
    const char *subscriber)
{
	struct recipient *r = report_add(report);

	r->address = g_steal_pointer(&f->address);
	if (!address_equal(f->original, r->address))
		r->original_recipient = g_steal_pointer(&f->original);
	r->subscriber = g_strdup(subscriber);
	r->action = f->action;
	r->last_attempt = f->last_attempt;
	r->will_retry_until = f->retry_until;
	r->diagnostic = string_of(f->diagnostic);
	r->remote_mta = g_steal_pointer(&f->remote_mta);
	if (r->remote_mta == NULL)
		r->remote_mta = remote_host(r->diagnostic);
	judge(p, r, f);
}

static char *
subscriber_of(struct parser *p, const struct report *r, const struct outcome *o)
{
	char *user = verp_decode(r->envelope_recipient, p->verp_delimiters);

	return user != NULL ? user
			    : verp_decode(o->dsn.sender, p->verp_delimiters);
}

static void
write_report(struct parser *p, struct report *r, struct outcome *o)
{
	char *subscriber = subscriber_of(p, r, o);
	struct found_list *list = &o->dsn.found;

	r->kind = o->kind;
	r->dialect = g_strdup(o->dialect);
	r->reporting_mta = g_steal_pointer(&o->dsn.reporting_mta);
	r->envelope_id = g_steal_pointer(&o->dsn.envelope_id);
	r->arrival_date = o->dsn.arrival_date;
	r->n_dropped = list->dropped;
	for (size_t i = 0; i < list->count; i++) {
		if (r->n_recipients >= p->max_recipients) {
			r->n_dropped += list->count - i;
			break;
		}
		add_recipient(p, r, &list->list[i], subscriber);
	}
	g_free(subscriber);
}

struct report *
parser_read(struct parser *p, const void *bytes, size_t length)
{
	struct report *r = report_new();
	struct outcome o = {0};
	struct input in;
	struct mail *mail;

	input_open(&in, bytes, length);
	mail = mime_read(p->mime, in.text, in.length);
	read_envelope(p, mail, r);
	read_mail(p, mail, r, &o, 0);
	write_report(p, r, &o);
	dsn_clear(&o.dsn);
	mail_free(mail);
	input_close(&in);
	return r;
}
