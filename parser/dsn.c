/* dsn.c: groups of fields -> recipients. */
#include "parser/dsn.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parser/address.h"
#include "parser/fields.h"
#include "parser/reply.h"

enum action
dsn_action(const char *value)
{
	static const struct {
		const char *prefix;
		enum action action;
	} words[] = {
	    {"fail", ACTION_FAILED},
	    {"error", ACTION_FAILED},
	    {"undeliver", ACTION_FAILED},
	    {"bounce", ACTION_FAILED},
	    {"reject", ACTION_FAILED},
	    {"permanent", ACTION_FAILED},
	    {"delay", ACTION_DELAYED},
	    {"defer", ACTION_DELAYED},
	    {"warn", ACTION_DELAYED},
	    {"deliver", ACTION_DELIVERED},
	    {"relay", ACTION_RELAYED},
	    {"expand", ACTION_EXPANDED},
	};

	while (*value != '\0' && !g_ascii_isalpha(*value))
		value++;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strncasecmp(
			value, words[i].prefix, strlen(words[i].prefix)) == 0)
			return words[i].action;
	}
	return ACTION_NONE;
}

int64_t
dsn_date(const char *value)
{
	GDateTime *date;
	gint64 t;

	if (value == NULL)
		return 0;
	date = g_mime_utils_header_decode_date(value);
	if (date == NULL)
		return 0;
	t = g_date_time_to_unix(date);
	g_date_time_unref(date);
	return t > 0 ? t : 0;
}

/* Behind "dns;" and "smtp;": one word and a semicolon. */
static const char *
skip_type(const char *value)
{
	const char *p = value;

	while (g_ascii_isalnum(*p) || *p == '-' || *p == '_')
		p++;
	if (p == value)
		return value;
	while (*p == ' ')
		p++;
	if (*p != ';')
		return value;
	for (p++; *p == ' ';)
		p++;
	return p;
}

/* "dns; mx.example.org (192.0.2.1)" -> "mx.example.org" */
static char *
mta_name(const char *value)
{
	const char *p = skip_type(value);
	size_t n = strcspn(p, " \t(");

	return n > 0 ? g_strndup(p, MIN(n, 255)) : NULL;
}

/* The state while groups go by. */
struct reading {
	struct dsn *dsn;
	struct found *now; /* the recipient that fields belong to */
	unsigned seen;     /* fields that NOW has had, by row of the table */
	bool actual;       /* its address comes from X-Actual-Recipient */
};

static void
next_recipient(struct reading *r)
{
	r->now = found_add(&r->dsn->found);
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

static void
take_original(struct reading *r, const char *value)
{
	char *a = address_clean(value);

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
	if (r->now->status.class == 0)
		(void)enhanced_parse(value, &r->now->status);
}

static void
take_diagnostic(struct reading *r, const char *value)
{
	value = skip_type(value);
	found_text(&r->now->diagnostic, value, strlen(value));
}

static void
take_remote(struct reading *r, const char *value)
{
	if (r->now->remote_mta == NULL)
		r->now->remote_mta = mta_name(value);
}

static void
take_last_attempt(struct reading *r, const char *value)
{
	r->now->last_attempt = dsn_date(value);
}

static void
take_retry(struct reading *r, const char *value)
{
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
		r->dsn->reporting_mta = mta_name(value);
}

static void
take_envelope_id(struct reading *r, const char *value)
{
	if (r->dsn->envelope_id == NULL)
		r->dsn->envelope_id = g_strdup(value);
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

/* Fields by name. PER says whether one belongs to the message, opens a
 * recipient, or belongs to the one that is open. */
static const struct row {
	const char *name;
	enum { MESSAGE, OPENS, RECIPIENT } per;
	void (*take)(struct reading *, const char *value);
} rows[] = {
    {"Final-Recipient", OPENS, take_final},
    {"Original-Recipient", OPENS, take_original},
    {"X-Actual-Recipient", OPENS, take_actual},
    {"Action", RECIPIENT, take_action},
    {"Status", RECIPIENT, take_status},
    {"Diagnostic-Code", RECIPIENT, take_diagnostic},
    {"Remote-MTA", RECIPIENT, take_remote},
    {"Last-Attempt-Date", RECIPIENT, take_last_attempt},
    {"Will-Retry-Until", RECIPIENT, take_retry},
    {"X-Supplementary-Info", RECIPIENT, take_supplement},
    {"X-SPF-Result", RECIPIENT, take_supplement},
    {"X-PowerMTA-BounceCategory", RECIPIENT, take_supplement},
    {"X-Display-Name", RECIPIENT, NULL},
    {"Reporting-MTA", MESSAGE, take_reporting},
    {"X-Reporting-MTA", MESSAGE, take_reporting},
    {"Original-Envelope-Id", MESSAGE, take_envelope_id},
    {"Arrival-Date", MESSAGE, take_arrival},
    {"X-Postfix-Sender", MESSAGE, take_sender},
};
_Static_assert(sizeof(rows) / sizeof(*rows) <= 32, "a bit each in seen");

static void
take_field(struct reading *r, const struct field *f)
{
	char *value;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strlen(rows[i].name) == f->name_length &&
		    g_ascii_strncasecmp(
			rows[i].name, f->name, f->name_length) == 0)
			break;
	}
	if (i == G_N_ELEMENTS(rows) || rows[i].take == NULL)
		return;
	/* A second Final-Recipient opens the next recipient even where the
	 * blank line is missing. */
	if (rows[i].per == OPENS &&
	    (r->now == NULL || (r->seen & (1u << i)) != 0))
		next_recipient(r);
	if (rows[i].per != MESSAGE && r->now == NULL)
		return;
	r->seen |= 1u << i;
	value = field_value(f);
	rows[i].take(r, value);
	g_free(value);
}

static bool
opens_recipient(const struct fields *group)
{
	return fields_find(group, "Final-Recipient", 0) != NULL ||
	       fields_find(group, "Original-Recipient", 0) != NULL;
}

void
dsn_read(struct dsn *dsn, const char *text, size_t length)
{
	struct reading r = {.dsn = dsn};

	while (length > 0) {
		struct fields group;
		size_t used = fields_read(&group, text, length);

		/* A group without a recipient goes on with the last one:
		 * some software puts blank lines between the fields. */
		if (opens_recipient(&group))
			r.now = NULL;
		for (size_t i = 0; i < group.count; i++)
			take_field(&r, &group.list[i]);
		fields_free(&group);
		if (used == 0) {
			const char *nl = memchr(text, '\n', length);

			used = nl != NULL ? (size_t)(nl - text) + 1 : length;
		}
		text += used;
		length -= used;
	}
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

bool
dsn_read_quoted(struct dsn *dsn, const char *text, size_t length)
{
	size_t before = dsn->found.count;
	char *plain;

	if (g_strstr_len(text, (gssize)length, "-Recipient:") == NULL &&
	    g_strstr_len(text, (gssize)length, "-recipient:") == NULL)
		return false;
	plain = unquote(text, length);
	dsn_read(dsn, plain, strlen(plain));
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
