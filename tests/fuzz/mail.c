#include "tests/fuzz/mail.h"

#include "conf/data.h"

#define MAX_TEXT (1024 * 1024)

struct parser *
mail_parser(void)
{
	struct source rules = shipped_rules(), codes = shipped_codes();
	char *error = NULL;
	struct classifier *c = classifier_new(&rules, 1, &codes, 1, &error);

	PROMISE(c != NULL);
	return parser_new(c, NULL);
}

static void
check_recipient(const struct recipient *r)
{
	PROMISE(r->address != NULL && *r->address != '\0');
	promise_string(r->address, MAX_TEXT);
	promise_string(r->original_recipient, MAX_TEXT);
	promise_string(r->subscriber, MAX_TEXT);
	promise_string(r->diagnostic, 3 * MAX_DIAGNOSTIC);
	promise_string(r->remote_mta, 1000);
	promise_string(r->rule, 1000);
	PROMISE(r->action < ACTION_COUNT);
	PROMISE(r->class < CLASS_COUNT);
	PROMISE(r->basis < BASIS_COUNT);
	PROMISE(r->hard == (r->class != CLASS_NONE && recipient_is_hard(r)));
	PROMISE(r->code == 0 || (r->code >= 100 && r->code <= 599));
	PROMISE(r->last_attempt >= 0 && r->will_retry_until >= 0);
}

static void
check_report(const struct report *r)
{
	PROMISE(r->kind < KIND_COUNT);
	PROMISE(r->n_recipients <= MAX_RECIPIENTS);
	promise_string(r->dialect, 100);
	promise_string(r->reporting_mta, MAX_TEXT);
	promise_string(r->envelope_id, MAX_TEXT);
	promise_string(r->message_id, MAX_TEXT);
	promise_string(r->list_id, MAX_TEXT);
	promise_string(r->from, MAX_TEXT);
	promise_string(r->subject, MAX_TEXT);
	promise_string(r->envelope_recipient, MAX_TEXT);
	promise_string(r->feedback_type, MAX_TEXT);
	promise_string(r->user_agent, MAX_TEXT);
	promise_string(r->source_ip, MAX_TEXT);
	for (size_t i = 0; i < r->n_recipients; i++)
		check_recipient(&r->recipients[i]);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The same mail gives the same answer. */
static void
check_same(const struct report *a, const struct report *b)
{
	PROMISE(a->kind == b->kind);
	PROMISE(same(a->dialect, b->dialect));
	PROMISE(a->n_recipients == b->n_recipients);
	for (size_t i = 0; i < a->n_recipients; i++) {
		const struct recipient *x = &a->recipients[i];
		const struct recipient *y = &b->recipients[i];

		PROMISE(same(x->address, y->address));
		PROMISE(same(x->diagnostic, y->diagnostic));
		PROMISE(same(x->rule, y->rule));
		PROMISE(x->class == y->class && x->action == y->action);
	}
}

void
mail_check(struct parser *p, const char *text, size_t length)
{
	struct report *first = parser_read(p, text, length);
	struct report *again = parser_read(p, text, length);
	uint8_t a[DIGEST_SIZE], b[DIGEST_SIZE];

	check_report(first);
	check_same(first, again);
	report_free(first);
	report_free(again);
	parser_digest(text, length, length, a);
	parser_digest(text, length, length, b);
	PROMISE(memcmp(a, b, sizeof(a)) == 0);
}
