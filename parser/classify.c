/* classify.c: weighs the evidence. What the phrases and codes mean is data
 * (conf/rules.conf, conf/codes.conf); here is only which of them goes first.
 */
#include "parser/classify.h"

#include "parser/codes.h"
#include "parser/fold.h"
#include "parser/match.h"
#include "parser/reply.h"
#include "parser/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct classifier {
	struct rules *rules;
	struct automaton *automaton;
	struct codes *codes;
};

struct matcher {
	const struct classifier *classifier;
	struct scan *scan;
	uint32_t *collected; /* for classify_matches */
};

#define NO_RULE UINT32_MAX

struct classifier *
classifier_new(const struct source *rules, size_t n_rules,
    const struct source *codes, size_t n_codes, char **error)
{
	struct classifier *c = g_new0(struct classifier, 1);
	bool ok = true;

	*error = NULL;
	c->rules = rules_new();
	c->codes = codes_new();
	for (size_t i = 0; ok && i < n_rules; i++)
		ok = rules_read(c->rules, &rules[i], error);
	for (size_t i = 0; ok && i < n_codes; i++)
		ok = codes_read(c->codes, &codes[i], error);
	if (!ok) {
		classifier_free(c);
		return NULL;
	}
	codes_finish(c->codes);
	c->automaton = automaton_new(c->rules->phrases);
	phrases_free(c->rules->phrases);
	c->rules->phrases = NULL;
	return c;
}

void
classifier_free(struct classifier *c)
{
	if (c == NULL)
		return;
	automaton_free(c->automaton);
	rules_free(c->rules);
	codes_free(c->codes);
	g_free(c);
}

struct matcher *
matcher_new(const struct classifier *c)
{
	struct matcher *m = g_new0(struct matcher, 1);

	m->classifier = c;
	m->scan = scan_new(c->automaton);
	return m;
}

void
matcher_free(struct matcher *m)
{
	if (m == NULL)
		return;
	scan_free(m->scan);
	g_free(m->collected);
	g_free(m);
}

/* What the evidence's texts say in codes. */
struct readings {
	struct reply replies[MAX_EVIDENCE_TEXTS];
	size_t n_texts;
	struct enhanced status; /* the best of all */
	struct enhanced said;   /* the best that a text gives itself */
	int code;
	struct known known;
};

/* The name in a Remote-MTA field: "dns; mx.example.org. (192.0.2.1)". */
static void
read_host(const char *s, struct known *k)
{
	const char *type = s + strspn(s, " \t");
	const char *semicolon = type + strcspn(type, "; \t(");

	if (*semicolon == ';')
		type = semicolon + 1;
	k->host = type + strspn(type, " \t");
	k->host_length = strcspn(k->host, " \t\r\n([;,");
	while (k->host_length > 0 && k->host[k->host_length - 1] == '.')
		k->host_length--;
}

/* "host mx.example.org[192.0.2.1] said: ...", as Postfix and Exim quote. */
static bool
find_host(const char *text, struct known *k)
{
	for (const char *p = text; (p = strstr(p, "host ")) != NULL; p += 5) {
		const char *name = p + 5, *end;

		if (p > text && fold_is_alnum(p[-1]))
			continue;
		end = name + strcspn(name, " \t\r\n[(");
		if (memchr(name, '.', (size_t)(end - name)) != NULL &&
		    end[strspn(end, " ")] == '[') {
			read_host(name, k);
			return true;
		}
	}
	return false;
}

static void
read_codes(const struct evidence *ev, struct readings *r)
{
	memset(r, 0, sizeof(*r));
	while (r->n_texts < MAX_EVIDENCE_TEXTS && ev->texts[r->n_texts] != NULL)
		r->n_texts++;
	for (size_t i = 0; i < r->n_texts; i++) {
		r->replies[i] = reply_read(ev->texts[i]);
		r->said = enhanced_better(r->said, r->replies[i].status);
		if (r->code == 0)
			r->code = r->replies[i].code;
	}
	if (r->code == 0)
		r->code = ev->code;
	/* the closest reply, quoted in full or not, then the Status field,
	 * then what else is around */
	for (size_t i = 0; i < r->n_texts; i++) {
		if (r->replies[i].code == r->replies[0].code)
			r->status =
			    enhanced_better(r->status, r->replies[i].status);
	}
	r->status = enhanced_better(r->status, ev->status);
	r->status = enhanced_better(r->status, r->said);
	if (ev->remote_mta != NULL)
		read_host(ev->remote_mta, &r->known);
	for (size_t i = 0; r->known.host == NULL && i < r->n_texts; i++)
		find_host(ev->texts[i], &r->known);
	r->known.codes[1] = ev->code;
	r->known.statuses[1] = ev->status;
	r->known.statuses[2] = r->status;
}

static const struct rule *
rule_at(const struct classifier *c, uint32_t i)
{
	return &g_array_index(c->rules->rows, struct rule, i);
}

/* Does a rule that was found in text I count there? */
static bool
rule_counts(const struct classifier *c, const struct rule *rule,
    const struct readings *r, size_t i)
{
	return (i == 0 || !rule->near) &&
	       rule_allows(c->rules, rule, &r->known);
}

/* The first rules, strong and weak, of text I; NO_RULE: none. */
struct best {
	uint32_t strong, weak;
};

static struct best
best_rules(const struct classifier *c, struct matcher *m,
    const struct evidence *ev, struct readings *r, size_t i)
{
	struct best best = {NO_RULE, NO_RULE};
	const uint32_t *ids;
	size_t n = scan_text(m->scan, ev->texts[i], &ids);

	r->known.codes[0] = r->replies[i].code;
	r->known.statuses[0] = r->replies[i].status;
	for (size_t j = 0; j < n; j++) {
		const struct rule *rule = rule_at(c, ids[j]);
		uint32_t *slot = rule->weak ? &best.weak : &best.strong;

		if (ids[j] < *slot && rule_counts(c, rule, r, i))
			*slot = ids[j];
	}
	return best;
}

static void
decide_by_rule(const struct classifier *c, uint32_t i, struct verdict *v)
{
	const struct rule *rule = rule_at(c, i);

	v->class = rule->class;
	v->basis = BASIS_TEXT;
	v->rule = c->rules->strings->str + rule->name;
}

/* False when INFO says nothing about a failure's cause. */
static bool
decide_by_code(
    const struct code_info *info, enum basis basis, struct verdict *v)
{
	if (info == NULL || info->class == CLASS_NONE ||
	    info->class == CLASS_UNKNOWN)
		return false;
	v->class = info->class;
	v->basis = basis;
	v->rule = info->rule;
	return true;
}

/* An enhanced code with a meaning of its own. A Status field beside a reply
 * without an enhanced code is the reporting MTA's guess from the reply
 * (sendmail makes 5.1.1 of every 550) and no better than that. */
static bool
decide_by_own_status(const struct classifier *c, const struct evidence *ev,
    const struct readings *r, struct verdict *v)
{
	struct enhanced e = r->said;
	const struct code_info *info;

	if (r->code == 0)
		e = enhanced_better(e, ev->status);
	info = codes_status(c->codes, e);
	return info != NULL && !info->weak &&
	       decide_by_code(info, BASIS_STATUS, v);
}

/* Words of a reply that no rule knows, above which it is taken for a sentence
 * that gives another cause than its code. */
#define PROSE_WORDS 4

/* Does TEXT say something behind its last "550"? Addresses, host names and
 * Postfix's "(in reply to RCPT TO command)" do not count. */
static bool
is_prose(const char *text, int code)
{
	char digits[12];
	size_t words = 0;

	snprintf(digits, sizeof(digits), "%d", code);
	for (const char *p; (p = strstr(text, digits)) != NULL;)
		text = p + strlen(digits);
	while (*text != '\0' && strncmp(text, "(in reply to ", 13) != 0) {
		size_t n = strcspn(text, " \t\r\n"), letters = 0;

		for (size_t i = 0; i < n; i++)
			letters += (text[i] & 0xc0) == 0xc0 ||
				   g_ascii_isalpha(text[i]);
		if (letters > 1 && memchr(text, '@', n) == NULL &&
		    (n < 3 || memchr(text + 1, '.', n - 2) == NULL))
			words += 1 + letters / 20; /* scripts without spaces */
		text += n;
		text += strspn(text, " \t\r\n");
	}
	return words > PROSE_WORDS;
}

/* A reply code alone kills nobody while there is text to read: what a rule
 * should have known is better left open than wrong. */
static bool
may_decide_by_reply(const struct classifier *c, const struct evidence *ev,
    const struct readings *r)
{
	const struct code_info *info = codes_reply(c->codes, r->code);

	return info == NULL || r->n_texts == 0 ||
	       class_info(info->class)->hardness != HARDNESS_HARD ||
	       !is_prose(ev->texts[0], r->code);
}

/* A reply, and a Status field (4.4.7) that adds only that the MTA gave up:
 * what the reply means is the more specific cause. */
static bool
only_gave_up(const struct classifier *c, const struct readings *r)
{
	const struct code_info *info = codes_status(c->codes, r->status);

	return r->code != 0 && r->said.class == 0 && info != NULL &&
	       info->class == CLASS_EXPIRED;
}

static void
decide(const struct classifier *c, struct matcher *m, const struct evidence *ev,
    struct readings *r, struct verdict *v)
{
	uint32_t weak = NO_RULE, aside = NO_RULE;

	for (size_t i = 0; i < r->n_texts; i++) {
		struct best best = best_rules(c, m, ev, r, i);
		/* Beside a reply, hints in the MTA's own words ("Service
		 * unavailable", "could not be delivered for 5 days") say what
		 * it made of that reply, not why it was given. */
		uint32_t *slot =
		    i > 0 && r->replies[0].code != 0 ? &aside : &weak;

		if (best.strong != NO_RULE) {
			decide_by_rule(c, best.strong, v);
			return;
		}
		if (*slot == NO_RULE)
			*slot = best.weak;
	}
	if (decide_by_own_status(c, ev, r, v))
		return;
	/* "420 no: retry timeout exceeded" (Exim): so is giving up. */
	if (weak != NO_RULE && r->code / 100 == 4 &&
	    rule_at(c, weak)->class == CLASS_EXPIRED) {
		aside = weak;
		weak = NO_RULE;
	}
	if (weak != NO_RULE) {
		decide_by_rule(c, weak, v);
		return;
	}
	if (!only_gave_up(c, r) &&
	    decide_by_code(codes_status(c->codes, r->status), BASIS_STATUS, v))
		return;
	if (may_decide_by_reply(c, ev, r) &&
	    decide_by_code(codes_reply(c->codes, r->code), BASIS_CODE, v))
		return;
	if (decide_by_code(codes_status(c->codes, r->status), BASIS_STATUS, v))
		return;
	if (aside != NO_RULE)
		decide_by_rule(c, aside, v);
}

struct verdict
classify(
    const struct classifier *c, struct matcher *m, const struct evidence *ev)
{
	struct verdict v = {.class = CLASS_UNKNOWN, .basis = BASIS_NONE};
	struct readings r;

	read_codes(ev, &r);
	v.status = r.status;
	v.code = r.code;
	if (ev->action > ACTION_DELAYED) {
		v.class = CLASS_NONE;
		return v;
	}
	decide(c, m, ev, &r, &v);
	v.hard = class_info(v.class)->hardness == HARDNESS_HARD &&
		 ev->action != ACTION_DELAYED && v.status.class != 4 &&
		 v.code / 100 != 4;
	return v;
}

static int
compare_ids(const void *a, const void *b)
{
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	return (i > j) - (i < j);
}

size_t
classify_matches(const struct classifier *c, struct matcher *m,
    const struct evidence *ev, const char **rules, size_t max)
{
	struct readings r;
	size_t n = 0, distinct = 0;

	if (m->collected == NULL)
		m->collected = g_new(uint32_t,
		    (size_t)c->rules->rows->len * MAX_EVIDENCE_TEXTS + 1);
	read_codes(ev, &r);
	for (size_t i = 0; i < r.n_texts; i++) {
		const uint32_t *ids;
		size_t found = scan_text(m->scan, ev->texts[i], &ids);

		r.known.codes[0] = r.replies[i].code;
		r.known.statuses[0] = r.replies[i].status;
		for (size_t j = 0; j < found; j++) {
			const struct rule *rule = rule_at(c, ids[j]);

			if (rule_counts(c, rule, &r, i))
				m->collected[n++] = ids[j];
		}
	}
	qsort(m->collected, n, sizeof(*m->collected), compare_ids);
	for (size_t i = 0; i < n; i++) {
		uint32_t id = m->collected[i];

		if (i > 0 && id == m->collected[i - 1])
			continue;
		if (distinct < max)
			rules[distinct] =
			    c->rules->strings->str + rule_at(c, id)->name;
		distinct++;
	}
	return distinct;
}

const struct code_info *
code_info_reply(const struct classifier *c, int code)
{
	return codes_reply(c->codes, code);
}

const struct code_info *
code_info_status(const struct classifier *c, struct enhanced e)
{
	return codes_status(c->codes, e);
}

size_t
code_count(const struct classifier *c)
{
	return codes_count(c->codes);
}

const struct code_info *
code_at(const struct classifier *c, size_t i)
{
	return codes_at(c->codes, i);
}
