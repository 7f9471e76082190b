/* row.c: one row of `bounce`. */
#include "store/batch.h"

#include <string.h>

#include "store/key.h"

/* A report's Date further off than this from its delivery is not believed. */
#define DATE_MAX_AGE (60 * DAY)
#define DATE_MAX_AHEAD (1 * DAY)

/* 1970-01-02 (day 0 of the counters is their sum) to 9999-12-31. */
#define TIME_MIN DAY
#define TIME_MAX 253402300799

int64_t
row_time(int64_t reported, int64_t received, int64_t now)
{
	int64_t at = received > 0 ? received : now;

	at = CLAMP(at, TIME_MIN, TIME_MAX);
	if (reported >= TIME_MIN && reported <= TIME_MAX &&
	    reported <= at + DATE_MAX_AHEAD && reported >= at - DATE_MAX_AGE)
		return reported;
	return at;
}

static const char *
given(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

/* The key of TEXT, or of OTHER copied when it is the same text: mostly all
 * addresses of a recipient are one. */
static char *
key_of(const char *text, const char *other, const char *other_key)
{
	char *key;

	if (text == NULL)
		return NULL;
	if (other != NULL && strcmp(text, other) == 0)
		return g_strdup(other_key);
	key = store_address_key(text);
	if (*key != '\0')
		return key;
	g_free(key);
	return NULL;
}

static void
init_addresses(struct row *row, const struct recipient *r)
{
	const char *original = given(r->original_recipient);
	const char *subscriber = given(r->subscriber);

	row->address = given(r->address);
	if (row->address == NULL)
		row->address = original != NULL ? original : subscriber;
	row->known = subscriber != NULL ? subscriber : original;
	if (row->known == NULL)
		row->known = row->address;
	row->address_key = key_of(row->address, NULL, NULL);
	row->known_key = key_of(row->known, row->address, row->address_key);
	row->original_key = key_of(original, row->known, row->known_key);
	if (row->address_key != NULL)
		row->domain = key_domain(row->address_key);
}

void
row_init(struct row *row, const struct report *report,
    const struct recipient *r, int64_t received, int64_t now)
{
	*row = (struct row){.report = report, .recipient = r};
	row->at = row_time(report->date, received, now);
	row->failed = report->kind == KIND_BOUNCE && r->action == ACTION_FAILED;
	row->delayed =
	    (report->kind == KIND_BOUNCE || report->kind == KIND_DELAY) &&
	    r->action == ACTION_DELAYED;
	row->succeeded =
	    report->kind != KIND_AUTO_REPLY && report->kind != KIND_FEEDBACK &&
	    (r->action == ACTION_DELIVERED || r->action == ACTION_RELAYED);
	row->hard = row->failed && r->hard;
	row->temporary = r->status.class == 4 || r->code / 100 == 4;
	init_addresses(row, r);
	if ((row->failed || row->delayed) && class_blames_sender(r->class)) {
		if (given(r->remote_mta) != NULL)
			row->remote_domain = key_organisation(r->remote_mta);
		if (row->remote_domain == NULL)
			row->remote_domain = g_strdup(row->domain);
	}
}

void
row_clear(struct row *row)
{
	g_free(row->address_key);
	g_free(row->known_key);
	g_free(row->original_key);
	g_free(row->remote_domain);
}

/* KEY unless one of the others finds the row as well. */
static const char *
unless(const char *key, const char *other, const char *third)
{
	if (key == NULL || g_strcmp0(key, other) == 0 ||
	    g_strcmp0(key, third) == 0)
		return NULL;
	return key;
}

static void
bind_addresses(struct query *q, const struct row *row)
{
	const struct recipient *r = row->recipient;
	bool plain = row->address_key == NULL ||
		     key_is_ascii_case(row->address, row->address_key);

	query_text(q, row->address);
	query_text(q, row->domain);
	query_text(q, r->original_recipient);
	query_text(q, r->subscriber);
	query_text(q, plain ? NULL : row->address_key);
	query_text(q, unless(row->known_key, row->address_key, NULL));
	query_text(
	    q, unless(row->original_key, row->address_key, row->known_key));
}

static void
bind_cause(struct query *q, const struct row *row, char status[], char code[])
{
	const struct recipient *r = row->recipient;

	query_text(q, kind_name(row->report->kind));
	query_text(q, action_name(r->action));
	query_text(q, class_name(r->class));
	query_int(q, row->hard);
	query_text(q, status);
	query_text(q, code);
	query_text(q, basis_name(r->basis));
	query_text(q, r->rule);
	query_text(q, r->diagnostic);
	query_text(q, r->remote_mta);
	query_text(q, row->remote_domain);
}

static void
bind_report(struct query *q, const struct row *row)
{
	const struct report *m = row->report;
	const struct recipient *r = row->recipient;

	query_text(q, m->reporting_mta);
	query_text(q, m->dialect);
	query_text(q, m->list_id);
	query_text(q, m->message_id);
	query_text(q, m->from);
	query_text(q, m->subject);
	query_time(q, m->sent_date);
	query_text(q, m->envelope_recipient);
	query_text(q, row->file);
	query_text(q, m->envelope_id);
	query_time(q, m->arrival_date);
	query_time(q, r->last_attempt);
	query_time(q, r->will_retry_until);
	query_time(q, m->date);
	query_text(q, m->feedback_type);
	query_text(q, m->user_agent);
	query_text(q, m->source_ip);
}

void
row_insert(struct batch *b, const struct row *row)
{
	struct query q = query_new(b->store, ST_BOUNCE_ADD);
	char status[ENHANCED_MAX], code[12] = "";

	enhanced_format(row->recipient->status, status);
	if (row->recipient->code > 0)
		g_snprintf(code, sizeof(code), "%d", row->recipient->code);
	query_int(&q, row->mail);
	query_int(&q, row->number);
	query_int(&q, row->at);
	bind_addresses(&q, row);
	bind_cause(&q, row, status, code);
	bind_report(&q, row);
	query_run(&q);
}
