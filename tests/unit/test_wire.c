/* A report survives the way through bytes; bytes that are no report do not
 * become one. */
#include "worker/wire.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

static struct report *
full_report(void)
{
	struct report *r = report_new();
	struct recipient *p;

	r->kind = KIND_BOUNCE;
	r->dialect = g_strdup("rfc3464");
	r->reporting_mta = g_strdup("mx.example.org");
	r->arrival_date = 1700000000;
	r->date = -1;
	r->envelope_id = g_strdup("");
	r->message_id = g_strdup("1@example.org");
	r->list_id = g_strdup("announce.example.org");
	r->from = g_strdup("a@example.org");
	r->subject = g_strdup("Gr\xC3\xBC\xC3\x9F"
			      "e \x01");
	r->sent_date = INT64_MAX;
	r->envelope_recipient = g_strdup("list-bounces@example.org");
	r->feedback_type = g_strdup("abuse");
	r->source_ip = g_strdup("192.0.2.1");
	r->n_dropped = 7;
	p = report_add(r);
	p->address = g_strdup("user@example.net");
	p->original_recipient = g_strdup("alias@example.net");
	p->subscriber = g_strdup("sub@example.net");
	p->action = ACTION_FAILED;
	p->status = (struct enhanced){5, 7, 26};
	p->code = 550;
	p->diagnostic = g_strdup("smtp; 550 5.7.26 no");
	p->remote_mta = g_strdup("mx.example.net");
	p->last_attempt = 5;
	p->will_retry_until = 6;
	p->class = CLASS_AUTHENTICATION_FAILED;
	p->hard = true;
	p->basis = BASIS_TEXT;
	p->rule = g_strdup("rules.conf:1");
	p = report_add(r);
	p->address = g_strdup("second@example.net");
	return r;
}

#define SAME(field) ck_assert_pstr_eq(a->field, b->field)

static void
same_recipient(const struct recipient *a, const struct recipient *b)
{
	SAME(address);
	SAME(original_recipient);
	SAME(subscriber);
	SAME(diagnostic);
	SAME(remote_mta);
	SAME(rule);
	ck_assert_int_eq(a->action, b->action);
	ck_assert_int_eq(a->status.class, b->status.class);
	ck_assert_int_eq(a->status.subject, b->status.subject);
	ck_assert_int_eq(a->status.detail, b->status.detail);
	ck_assert_int_eq(a->code, b->code);
	ck_assert_int_eq(a->class, b->class);
	ck_assert_int_eq(a->hard, b->hard);
	ck_assert_int_eq(a->basis, b->basis);
	ck_assert_int_eq(a->last_attempt, b->last_attempt);
	ck_assert_int_eq(a->will_retry_until, b->will_retry_until);
}

static void
same_report(const struct report *a, const struct report *b)
{
	ck_assert_int_eq(a->kind, b->kind);
	SAME(dialect);
	SAME(reporting_mta);
	SAME(envelope_id);
	SAME(message_id);
	SAME(list_id);
	SAME(from);
	SAME(subject);
	SAME(envelope_recipient);
	SAME(feedback_type);
	SAME(user_agent);
	SAME(source_ip);
	ck_assert_int_eq(a->arrival_date, b->arrival_date);
	ck_assert_int_eq(a->date, b->date);
	ck_assert_int_eq(a->sent_date, b->sent_date);
	ck_assert_uint_eq(a->n_dropped, b->n_dropped);
	ck_assert_uint_eq(a->n_recipients, b->n_recipients);
	for (size_t i = 0; i < a->n_recipients; i++)
		same_recipient(&a->recipients[i], &b->recipients[i]);
}

START_TEST(a_report_comes_out_as_it_went_in)
{
	struct report *in = full_report(), *out;
	size_t length;
	uint8_t *bytes = wire_encode(in, &length);

	out = wire_decode(bytes, length);
	ck_assert_ptr_nonnull(out);
	same_report(in, out);
	report_free(out);
	report_free(in);
	free(bytes);
}
END_TEST

START_TEST(an_empty_report_comes_out_empty)
{
	struct report *in = report_new(), *out;
	size_t length;
	uint8_t *bytes = wire_encode(in, &length);

	out = wire_decode(bytes, length);
	ck_assert_ptr_nonnull(out);
	same_report(in, out);
	report_free(out);
	report_free(in);
	free(bytes);
}
END_TEST

START_TEST(no_shorter_and_no_longer_bytes_are_a_report)
{
	struct report *in = full_report();
	size_t length;
	uint8_t *bytes = wire_encode(in, &length);

	for (size_t n = 0; n < length; n++) {
		/* exactly N bytes, so that a sanitizer sees one too many */
		uint8_t *cut = g_memdup2(bytes, n);

		ck_assert_ptr_null(wire_decode(cut, n));
		g_free(cut);
	}
	bytes = g_realloc(bytes, length + 1);
	bytes[length] = 0;
	ck_assert_ptr_null(wire_decode(bytes, length + 1));
	report_free(in);
	free(bytes);
}
END_TEST

static bool
is_sound(const char *s)
{
	return s == NULL || g_utf8_validate(s, -1, NULL);
}

/* Whatever a taken-over worker sends, what comes out obeys report.h. */
START_TEST(every_changed_byte_gives_a_sound_report_or_none)
{
	static const uint8_t values[] = {0, 1, 0x7F, 0x80, 0xFF};
	struct report *in = full_report();
	size_t length, refused = 0;
	uint8_t *bytes = wire_encode(in, &length);

	for (size_t i = 0; i < length * G_N_ELEMENTS(values); i++) {
		size_t at = i / G_N_ELEMENTS(values);
		uint8_t saved = bytes[at];
		struct report *out;

		bytes[at] = values[i % G_N_ELEMENTS(values)];
		out = wire_decode(bytes, length);
		bytes[at] = saved;
		if (out == NULL) {
			refused++;
			continue;
		}
		ck_assert(is_sound(out->subject) && is_sound(out->dialect));
		for (size_t n = 0; n < out->n_recipients; n++) {
			const struct recipient *r = &out->recipients[n];

			ck_assert(is_sound(r->address));
			ck_assert(is_sound(r->diagnostic));
			ck_assert_int_lt(r->class, CLASS_COUNT);
			ck_assert_int_lt(r->action, ACTION_COUNT);
			ck_assert_int_lt(r->basis, BASIS_COUNT);
			ck_assert(r->code >= 0 && r->code < 1000);
		}
		report_free(out);
	}
	ck_assert_uint_gt(refused, length);
	report_free(in);
	free(bytes);
}
END_TEST

START_TEST(long_strings_are_cut_between_characters)
{
	struct report *in = report_new(), *out;
	size_t length;
	uint8_t *bytes;
	GString *s = g_string_new("x");

	while (s->len < WIRE_MAX_STRING + 100)
		g_string_append(s, "\xE2\x82\xAC");
	in->subject = g_string_free(s, FALSE);
	bytes = wire_encode(in, &length);
	out = wire_decode(bytes, length);
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_le(strlen(out->subject), WIRE_MAX_STRING);
	ck_assert_uint_gt(strlen(out->subject), WIRE_MAX_STRING - 4);
	report_free(out);
	report_free(in);
	free(bytes);
}
END_TEST

START_TEST(recipients_above_the_bounds_are_counted)
{
	struct report *in = report_new(), *out;
	size_t length;
	uint8_t *bytes;

	for (int i = 0; i < 400; i++)
		report_add(in)->diagnostic = g_strnfill(60000, 'x');
	bytes = wire_encode(in, &length);
	ck_assert_uint_le(length, WIRE_MAX);
	out = wire_decode(bytes, length);
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_gt(out->n_recipients, 200);
	ck_assert_uint_lt(out->n_recipients, 400);
	ck_assert_uint_eq(out->n_recipients + out->n_dropped, 400);
	report_free(out);
	free(bytes);
	for (size_t i = 0; i < 400; i++)
		recipient_clear(&in->recipients[i]);
	while (in->n_recipients <= WIRE_MAX_RECIPIENTS)
		report_add(in);
	bytes = wire_encode(in, &length);
	out = wire_decode(bytes, length);
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(out->n_recipients, WIRE_MAX_RECIPIENTS);
	ck_assert_uint_eq(out->n_dropped, 1);
	report_free(out);
	report_free(in);
	free(bytes);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("wire");
	TCase *t = tcase_create("wire");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_report_comes_out_as_it_went_in);
	tcase_add_test(t, an_empty_report_comes_out_empty);
	tcase_add_test(t, no_shorter_and_no_longer_bytes_are_a_report);
	tcase_add_test(t, every_changed_byte_gives_a_sound_report_or_none);
	tcase_add_test(t, long_strings_are_cut_between_characters);
	tcase_add_test(t, recipients_above_the_bounds_are_counted);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
