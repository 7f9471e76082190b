/* dsn.c: groups of fields -> recipients. */
#include "parser/dsn.h"

#include <glib.h>
#include <string.h>

#include "parser/address.h"
#include "parser/charset.h"
#include "parser/fields.h"
#include "parser/reply.h"

/* Bytes of an envelope id that are kept (RFC 3461 section 4.4: 100). */
#define MAX_ENVELOPE_ID 200

/* The state while groups go by. */
struct reading {
	struct dsn *dsn;
	struct found *now; /* the recipient that fields belong to */
	uint32_t seen;     /* fields that NOW has had: bits of enum field */
	bool actual;       /* its address comes from X-Actual-Recipient */
	bool full;         /* no room for NOW */
	bool diagnostic;   /* the last field was a Diagnostic-Code */
	bool part;         /* of a status part, not out of human text */
};

static void
next_recipient(struct reading *r)
{
	r->now = found_add(&r->dsn->found);
	r->full = r->now == NULL;
	r->seen = 0;
	r->actual = false;
}

static void
take_final(struct reading *r, const char *value)
{
	if (r->now->address == NULL)
		r->now->address = address_clean(value);
	else if (r->actual && r->now->original == NULL)
		r->now->original = address_clean(value);
}

/* X-Actual-Recipient (sendmail): where an alias really led; the final
 * recipient is then what was asked for. */
static void
take_actual(struct reading *r, const char *value)
{
	char *a = address_clean(value);

	if (a == NULL || !address_is_valid(a)) {
		g_free(a);
		return;
	}
	if (r->now->original == NULL)
		r->now->original = r->now->address;
	else
		g_free(r->now->address);
	r->now->address = a;
	r->actual = true;
}

/* The ORCPT parameter is xtext (RFC 3461 section 4), and some MTAs copy it as
 * it came: there a + and a = of the address are always +2B and +3D. */
static void
take_original(struct reading *r, const char *value)
{
	bool xtext =
	    strstr(value, "+2B") != NULL || strstr(value, "+3D") != NULL;
	char *decoded = xtext ? address_decode_xtext(value) : g_strdup(value);
	char *a = address_clean(decoded);

	g_free(decoded);
	if (a != NULL && r->now->original == NULL && address_is_valid(a))
		r->now->original = a;
	else
		g_free(a);
}

static void
take_action(struct reading *r, const char *value)
{
	if (r->now->action == ACTION_NONE)
		r->now->action = dsn_action(value);
}

static void
take_status(struct reading *r, const char *value)
{
	struct reply reply;

	if (r->now->status.class != 0 || enhanced_parse(value, &r->now->status))
		return;
	/* "Status: 550 5.1.1 user unknown", "Status: 550" */
	reply = reply_read(value);
	r->now->status = reply.status;
	if (r->now->code == 0)
		r->now->code = reply.code;
}

static void
take_diagnostic(struct reading *r, const char *value)
{
	value = dsn_skip_type(value);
	found_text(&r->now->diagnostic, value, strlen(value));
}

static void
take_remote(struct reading *r, const char *value)
{
	if (r->now->remote_mta == NULL)
		r->now->remote_mta = dsn_mta(value);
}

static void
take_last_attempt(struct reading *r, const char *value)
{
	if (r->now->last_attempt == 0)
		r->now->last_attempt = dsn_date(value);
}

static void
take_retry(struct reading *r, const char *value)
{
	if (r->now->retry_until == 0)
		r->now->retry_until = dsn_date(value);
}

static void
take_supplement(struct reading *r, const char *value)
{
	found_text(&r->now->human, value, strlen(value));
}

static void
take_reporting(struct reading *r, const char *value)
{
	if (r->dsn->reporting_mta == NULL)
		r->dsn->reporting_mta = dsn_mta(value);
}

static void
take_envelope_id(struct reading *r, const char *value)
{
	if (r->dsn->envelope_id == NULL && *value != '\0')
		r->dsn->envelope_id = g_strndup(
		    value, charset_cut(value, strlen(value), MAX_ENVELOPE_ID));
}

static void
take_arrival(struct reading *r, const char *value)
{
	if (r->dsn->arrival_date == 0)
		r->dsn->arrival_date = dsn_date(value);
}

static void
take_sender(struct reading *r, const char *value)
{
	if (r->dsn->sender == NULL)
		r->dsn->sender = address_clean(value);
}

enum field_id {
	FINAL_RECIPIENT,
	ORIGINAL_RECIPIENT,
	ACTUAL_RECIPIENT,
	ACTION,
	STATUS,
	DIAGNOSTIC_CODE,
	REMOTE_MTA,
	LAST_ATTEMPT,
	RETRY_UNTIL,
	SUPPLEMENTARY_INFO,
	SPF_RESULT,
	BOUNCE_CATEGORY,
	REPORTING_MTA,
	X_REPORTING_MTA,
	ENVELOPE_ID,
	ARRIVAL_DATE,
	POSTFIX_SENDER,
	FIELD_COUNT
};

#define BIT(id) (UINT32_C(1) << (id))
#define RECIPIENTS                                                             \
	(BIT(FINAL_RECIPIENT) | BIT(ORIGINAL_RECIPIENT) | BIT(ACTUAL_RECIPIENT))

/* Fields by name: each belongs to a recipient, or from REPORTING_MTA on to the
 * message. */
static const struct {
	const char *name;
	void (*take)(struct reading *, const char *value);
} rows[] = {
    [FINAL_RECIPIENT] = {"Final-Recipient", take_final},
    [ORIGINAL_RECIPIENT] = {"Original-Recipient", take_original},
    [ACTUAL_RECIPIENT] = {"X-Actual-Recipient", take_actual},
    [ACTION] = {"Action", take_action},
    [STATUS] = {"Status", take_status},
    [DIAGNOSTIC_CODE] = {"Diagnostic-Code", take_diagnostic},
    [REMOTE_MTA] = {"Remote-MTA", take_remote},
    [LAST_ATTEMPT] = {"Last-Attempt-Date", take_last_attempt},
    [RETRY_UNTIL] = {"Will-Retry-Until", take_retry},
    [SUPPLEMENTARY_INFO] = {"X-Supplementary-Info", take_supplement},
    [SPF_RESULT] = {"X-SPF-Result", take_supplement},
    [BOUNCE_CATEGORY] = {"X-PowerMTA-BounceCategory", take_supplement},
    [REPORTING_MTA] = {"Reporting-MTA", take_reporting},
    [X_REPORTING_MTA] = {"X-Reporting-MTA", take_reporting},
    [ENVELOPE_ID] = {"Original-Envelope-Id", take_envelope_id},
    [ARRIVAL_DATE] = {"Arrival-Date", take_arrival},
    [POSTFIX_SENDER] = {"X-Postfix-Sender", take_sender},
};
_Static_assert(sizeof(rows) / sizeof(*rows) == FIELD_COUNT, "a row each");
_Static_assert(FIELD_COUNT <= 32, "a bit each in seen");

static enum field_id
identify(const struct field *f)
{
	unsigned i;

	for (i = 0; i < FIELD_COUNT; i++) {
		if (strlen(rows[i].name) == f->name_length &&
		    g_ascii_strncasecmp(
			rows[i].name, f->name, f->name_length) == 0)
			break;
	}
	return i;
}

static void
take_field(struct reading *r, const struct field *f)
{
	enum field_id id = identify(f);
	uint32_t bit;
	char *value;

	if (id == FIELD_COUNT)
		return;
	bit = BIT(id);
	if (id < REPORTING_MTA) {
		/* A second Final-Recipient opens the next recipient even
		 * where the blank line is missing. */
		if ((bit & RECIPIENTS) != 0 &&
		    ((r->now == NULL && !r->full) ||
			((r->seen & bit) != 0 && id != ACTUAL_RECIPIENT)))
			next_recipient(r);
		r->seen |= bit;
		if (r->now == NULL)
			return;
	}
	value = field_value(f);
	rows[id].take(r, value);
	g_free(value);
	r->diagnostic = id == DIAGNOSTIC_CODE;
}

/* The fields from here to the next empty line, as bits. */
static uint32_t
group_fields(const char *text, size_t length)
{
	uint32_t bits = 0;
	struct field f;
	size_t n;

	for (; (n = field_read(&f, text, length)) > 0; text += n, length -= n) {
		enum field_id id = identify(&f);

		bits |= id < FIELD_COUNT ? BIT(id) : 0;
	}
	return bits;
}

/* Some software puts empty lines between the fields of one recipient: a group
 * goes on with the last one when it names none, or when all that it has was
 * missing there. */
static void
begin_group(struct reading *r, const char *text, size_t length)
{
	uint32_t bits = group_fields(text, length);
	uint32_t telling = RECIPIENTS | BIT(ACTION) | BIT(STATUS);
	uint32_t opening = r->part ? RECIPIENTS | BIT(ACTION) : RECIPIENTS;
	bool open = r->now != NULL || r->full;

	if (open ? (bits & RECIPIENTS) != 0 && (bits & r->seen & telling) != 0
		 : (bits & opening) != 0)
		next_recipient(r);
}

/* The length of the line at TEXT with its newline; *empty when it is. */
static size_t
line_length(const char *text, size_t length, bool *empty)
{
	const char *nl = memchr(text, '\n', length);
	size_t n = nl != NULL ? (size_t)(nl - text) + 1 : length, blank = 0;

	while (blank < n && strchr(" \t\n", text[blank]) != NULL)
		blank++;
	*empty = blank == n;
	return n;
}

/* "https://..." is no field but the rest of a diagnostic. */
static bool
is_link(const struct field *f)
{
	return f->value_length > 1 &&
	       f->value == f->name + f->name_length + 1 &&
	       memcmp(f->value, "//", 2) == 0;
}

static void
take_rest(struct reading *r, const char *line, size_t n)
{
	char *utf8 = charset_to_utf8(line, n, NULL, &n);

	found_text(&r->now->diagnostic, utf8, n);
	g_free(utf8);
}

/* In a status part a line that is no field belongs to the Diagnostic-Code
 * before it, which some MTAs wrap without white space. */
static void
read_groups(struct reading *r, const char *text, size_t length)
{
	bool fresh = true;

	while (length > 0) {
		struct field f;
		bool empty = false;
		size_t n = field_read(&f, text, length);

		if (n > 0 && !(r->diagnostic && is_link(&f))) {
			if (fresh)
				begin_group(r, text, length);
			fresh = false;
			r->diagnostic = false;
			take_field(r, &f);
		} else {
			n = line_length(text, length, &empty);
			fresh = fresh || empty;
			r->diagnostic = r->diagnostic && !empty && r->part;
			if (r->diagnostic && r->now != NULL)
				take_rest(r, text, n);
		}
		text += n;
		length -= n;
	}
}

void
dsn_read(struct dsn *dsn, const char *text, size_t length)
{
	struct reading r = {.dsn = dsn, .part = true};

	read_groups(&r, text, length);
}

/* Copies TEXT without "> " and "| " quotes and spaces in front; a folded
 * continuation keeps one space. */
static char *
unquote(const char *text, size_t length)
{
	GString *out = g_string_sized_new(length + 1);
	const char *p = text, *end = text + length;

	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		const char *stop = eol != NULL ? eol : end, *q = p;
		size_t name;

		while (q < stop && strchr(">| \t", *q) != NULL)
			q++;
		if (q > p && q < stop &&
		    !field_name_at(q, (size_t)(stop - q), &name))
			g_string_append_c(out, ' ');
		g_string_append_len(out, q, stop - q);
		g_string_append_c(out, '\n');
		p = eol != NULL ? eol + 1 : end;
	}
	return g_string_free(out, FALSE);
}

static bool
has_recipient_field(const char *text, size_t length)
{
	static const char word[] = "-recipient";
	const char *p = text, *end = text + length;

	while ((p = memchr(p, '-', (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) > strlen(word) &&
		    g_ascii_strncasecmp(p, word, strlen(word)) == 0)
			return true;
		p++;
	}
	return false;
}

bool
dsn_read_quoted(struct dsn *dsn, const char *text, size_t length)
{
	struct reading r = {.dsn = dsn};
	size_t before = dsn->found.count;
	char *plain;

	if (!has_recipient_field(text, length))
		return false;
	plain = unquote(text, length);
	read_groups(&r, plain, strlen(plain));
	g_free(plain);
	return dsn->found.count > before;
}

void
dsn_clear(struct dsn *dsn)
{
	g_free(dsn->reporting_mta);
	g_free(dsn->envelope_id);
	g_free(dsn->sender);
	found_list_clear(&dsn->found);
	*dsn = (struct dsn){0};
}
