/* wire.c: a report in flat, checked bytes. The strings of a struct are named
 * once, in a table that both directions walk. */
#include "worker/wire.h"

#include "worker/pack.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0x424E4331 /* "BNC1": another layout gets another number */
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const size_t report_strings[] = {
    offsetof(struct report, dialect),
    offsetof(struct report, reporting_mta),
    offsetof(struct report, envelope_id),
    offsetof(struct report, message_id),
    offsetof(struct report, list_id),
    offsetof(struct report, from),
    offsetof(struct report, subject),
    offsetof(struct report, envelope_recipient),
    offsetof(struct report, feedback_type),
    offsetof(struct report, user_agent),
    offsetof(struct report, source_ip),
};

static const size_t report_times[] = {
    offsetof(struct report, arrival_date),
    offsetof(struct report, date),
    offsetof(struct report, sent_date),
};

static const size_t recipient_strings[] = {
    offsetof(struct recipient, address),
    offsetof(struct recipient, original_recipient),
    offsetof(struct recipient, subscriber),
    offsetof(struct recipient, diagnostic),
    offsetof(struct recipient, remote_mta),
    offsetof(struct recipient, rule),
};

static const size_t recipient_times[] = {
    offsetof(struct recipient, last_attempt),
    offsetof(struct recipient, will_retry_until),
};

#if __SIZEOF_POINTER__ == 8
/* A field added to report.h must be added here, too. */
_Static_assert(sizeof(struct report) ==
		   8 * (COUNT(report_strings) + COUNT(report_times) + 4),
    "wire.c knows every field of struct report");
_Static_assert(sizeof(struct recipient) ==
		   8 * (COUNT(recipient_strings) + COUNT(recipient_times) + 4),
    "wire.c knows every field of struct recipient");
#endif

/* The field of STRUCTURE that is OFFSET bytes in. */
static void *
field(const void *structure, size_t offset)
{
	return (char *)structure + offset;
}

static void
pack_fields(struct pack *p, const void *structure, const size_t *strings,
    size_t n_strings, const size_t *times, size_t n_times)
{
	for (size_t i = 0; i < n_times; i++)
		pack_i64(p, *(int64_t *)field(structure, times[i]));
	for (size_t i = 0; i < n_strings; i++)
		pack_string(
		    p, *(char **)field(structure, strings[i]), WIRE_MAX_STRING);
}

static void
unpack_fields(struct unpack *u, void *structure, const size_t *strings,
    size_t n_strings, const size_t *times, size_t n_times)
{
	for (size_t i = 0; i < n_times; i++)
		*(int64_t *)field(structure, times[i]) = unpack_i64(u);
	for (size_t i = 0; i < n_strings; i++)
		*(char **)field(structure, strings[i]) =
		    unpack_string(u, WIRE_MAX_STRING);
}

static void
pack_recipient(struct pack *p, const struct recipient *r)
{
	pack_u32(p, r->action);
	pack_u32(p, r->status.class);
	pack_u32(p, r->status.subject);
	pack_u32(p, r->status.detail);
	pack_u32(p, (uint32_t)r->code);
	pack_u32(p, r->class);
	pack_u32(p, r->hard);
	pack_u32(p, r->basis);
	pack_fields(p, r, recipient_strings, COUNT(recipient_strings),
	    recipient_times, COUNT(recipient_times));
}

static void
unpack_recipient(struct unpack *u, struct recipient *r)
{
	r->action = unpack_below(u, ACTION_COUNT);
	r->status.class = (uint16_t)unpack_below(u, UINT16_MAX + 1);
	r->status.subject = (uint16_t)unpack_below(u, UINT16_MAX + 1);
	r->status.detail = (uint16_t)unpack_below(u, UINT16_MAX + 1);
	r->code = (int)unpack_below(u, 1000);
	r->class = unpack_below(u, CLASS_COUNT);
	r->hard = unpack_below(u, 2);
	r->basis = unpack_below(u, BASIS_COUNT);
	unpack_fields(u, r, recipient_strings, COUNT(recipient_strings),
	    recipient_times, COUNT(recipient_times));
}

uint8_t *
wire_encode(const struct report *report, size_t *length)
{
	struct pack p = {0};
	size_t counts;
	uint32_t n = 0;
	uint64_t dropped;

	pack_u32(&p, MAGIC);
	pack_u32(&p, report->kind);
	pack_fields(&p, report, report_strings, COUNT(report_strings),
	    report_times, COUNT(report_times));
	counts = p.length;
	pack_u32(&p, 0);
	pack_i64(&p, 0);
	while (n < report->n_recipients && n < WIRE_MAX_RECIPIENTS) {
		size_t before = p.length;

		pack_recipient(&p, &report->recipients[n]);
		if (p.length > WIRE_MAX) {
			p.length = before;
			break;
		}
		n++;
	}
	dropped = report->n_dropped + (report->n_recipients - n);
	memcpy(p.bytes + counts, &n, sizeof(n));
	memcpy(p.bytes + counts + sizeof(n), &dropped, sizeof(dropped));
	*length = p.length;
	return p.bytes;
}

struct report *
wire_decode(const void *bytes, size_t length)
{
	struct unpack u = {.at = bytes, .left = length};
	struct report *report;
	uint32_t n;
	int64_t dropped;

	if (length > WIRE_MAX || unpack_u32(&u) != MAGIC)
		return NULL;
	report = report_new();
	report->kind = unpack_below(&u, KIND_COUNT);
	unpack_fields(&u, report, report_strings, COUNT(report_strings),
	    report_times, COUNT(report_times));
	n = unpack_below(&u, WIRE_MAX_RECIPIENTS + 1);
	dropped = unpack_i64(&u);
	if (dropped < 0)
		u.bad = true;
	report->n_dropped = (size_t)dropped;
	for (uint32_t i = 0; i < n && !u.bad; i++)
		unpack_recipient(&u, report_add(report));
	if (unpack_done(&u))
		return report;
	report_free(report);
	return NULL;
}
