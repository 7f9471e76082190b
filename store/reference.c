/* reference.c: the words and numbers in the database: tables class, code,
 * policy and threshold. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "store/internal.h"

/* Whose matter a failure is, the column "who acts" of the classes' table. */
static const char *const causes[] = {
    [CLASS_NONE] = "",
    [CLASS_USER_UNKNOWN] = "recipient",
    [CLASS_USER_MOVED] = "recipient",
    [CLASS_DOMAIN_UNKNOWN] = "recipient",
    [CLASS_BAD_ADDRESS] = "recipient",
    [CLASS_MAILBOX_DISABLED] = "recipient",
    [CLASS_SUPPRESSED] = "recipient",
    [CLASS_QUOTA_EXCEEDED] = "recipient",
    [CLASS_SYSTEM_FULL] = "receiver",
    [CLASS_SYSTEM_ERROR] = "receiver",
    [CLASS_UNREACHABLE] = "network",
    [CLASS_MAIL_LOOP] = "receiver",
    [CLASS_EXPIRED] = "network",
    [CLASS_GREYLISTED] = "receiver",
    [CLASS_RATE_LIMITED] = "sender",
    [CLASS_BLACKLISTED] = "sender",
    [CLASS_RELAY_DENIED] = "sender",
    [CLASS_LOGIN_REQUIRED] = "sender",
    [CLASS_TLS_FAILED] = "sender",
    [CLASS_AUTHENTICATION_FAILED] = "sender",
    [CLASS_SENDER_REJECTED] = "sender",
    [CLASS_CLIENT_REJECTED] = "sender",
    [CLASS_SPAM] = "content",
    [CLASS_VIRUS] = "content",
    [CLASS_MESSAGE_TOO_LARGE] = "content",
    [CLASS_CONTENT_REJECTED] = "content",
    [CLASS_POLICY] = "receiver",
    [CLASS_PROTOCOL_ERROR] = "sender",
    [CLASS_UNKNOWN] = "unknown",
};
_Static_assert(G_N_ELEMENTS(causes) == CLASS_COUNT, "one for each class");

bool
class_blames_sender(enum bounce_class c)
{
	return c < CLASS_COUNT && strcmp(causes[c], "sender") == 0;
}

static const char *
hardness_name(enum hardness h)
{
	switch (h) {
	case HARDNESS_HARD:
		return "hard";
	case HARDNESS_COUNTS:
		return "counts";
	case HARDNESS_NONE:
		break;
	}
	return "none";
}

void
reference_classes(struct store *s)
{
	struct policy p = policy_default();

	for (unsigned c = CLASS_NONE + 1; c < CLASS_COUNT; c++) {
		const struct class_info *info = class_info(c);
		struct query q = query_new(s, ST_CLASS_PUT);

		query_text(&q, info->name);
		query_text(&q, hardness_name(info->hardness));
		query_text(&q, causes[c]);
		query_text(&q, info->meaning);
		query_text(&q, info->advice);
		query_run(&q);
		q = query_new(s, ST_POLICY_PUT);
		query_text(&q, info->name);
		query_real(&q, p.weight[c]);
		query_real(&q, p.temporary[c]);
		query_run(&q);
	}
}

static void
load_thresholds(struct store *s)
{
	struct policy *p = &s->policy;
	const struct {
		const char *name;
		int64_t *number;
		double *real;
	} fields[] = {
	    {"score", NULL, &p->score},
	    {"days", &p->days, NULL},
	    {"window", &p->window, NULL},
	    {"stale", &p->stale, NULL},
	    {"storm_addresses", &p->storm_addresses, NULL},
	    {"storm_factor", NULL, &p->storm_factor},
	    {"storm_memory", &p->storm_memory, NULL},
	    {"storm_days", &p->storm_days, NULL},
	};
	struct query q = query_new(s, ST_THRESHOLD_ALL);

	while (query_row(&q)) {
		const char *name = column_text(&q, 0);

		for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
			if (strcmp(fields[i].name, name) != 0)
				continue;
			if (fields[i].number != NULL)
				*fields[i].number = column_int(&q, 1);
			else
				*fields[i].real = column_real(&q, 1);
		}
	}
	query_end(&q);
}

void
policy_load(struct store *s)
{
	struct query q;
	enum bounce_class c;

	s->policy = policy_default();
	load_thresholds(s);
	q = query_new(s, ST_POLICY_ALL);
	while (query_row(&q)) {
		if (!class_from_name(column_text(&q, 0), &c))
			continue;
		s->policy.weight[c] = column_real(&q, 1);
		s->policy.temporary[c] = column_real(&q, 2);
	}
	query_end(&q);
}

/* Writes one row unless its key is in SEEN already: of two rows for a key
 * the first holds, as in the classifier. */
static void
put_code(struct store *s, GHashTable *seen, const char *key,
    const struct code_info *info)
{
	struct query q;

	if (!g_hash_table_add(seen, g_strdup(key)))
		return;
	q = query_new(s, ST_CODE_PUT);
	query_text(&q, key);
	query_text(&q, class_name(info->class));
	query_text(&q, info->meaning);
	query_text(&q, info->advice);
	query_text(&q, info->rule);
	query_run(&q);
}

/* "x.1.1" as 2.1.1, 4.1.1 and 5.1.1, for joining with bounces.status; where
 * the table has a row of its own for one of them, the classifier gives it. */
static void
put_code_family(struct store *s, const struct classifier *c, GHashTable *seen,
    const char *key)
{
	static const uint16_t classes[] = {2, 4, 5};
	unsigned subject, detail;
	char full[ENHANCED_MAX];

	if (sscanf(key, "x.%u.%u", &subject, &detail) != 2)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
		struct enhanced e = {
		    classes[i], (uint16_t)subject, (uint16_t)detail};
		const struct code_info *info = code_info_status(c, e);

		if (info != NULL)
			put_code(s, seen, enhanced_format(e, full), info);
	}
}

/* Removes the rows that the code table in use does not have. */
static void
remove_codes_but(struct store *s, GHashTable *seen)
{
	GPtrArray *gone = g_ptr_array_new_with_free_func(g_free);
	struct query q = query_new(s, ST_CODE_ALL);

	while (query_row(&q)) {
		if (!g_hash_table_contains(seen, column_text(&q, 0)))
			g_ptr_array_add(gone, g_strdup(column_text(&q, 0)));
	}
	query_end(&q);
	for (guint i = 0; i < gone->len; i++) {
		q = query_new(s, ST_CODE_REMOVE);
		query_text(&q, g_ptr_array_index(gone, i));
		query_run(&q);
	}
	g_ptr_array_free(gone, TRUE);
}

enum store_result
store_sync_reference(struct store *s, const struct classifier *c)
{
	GHashTable *seen =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	size_t n = code_count(c);

	store_begin(s);
	transaction_begin(s);
	reference_classes(s);
	for (size_t i = 0; i < n; i++) {
		const struct code_info *info = code_at(c, i);

		if (info->key[0] == 'x')
			put_code_family(s, c, seen, info->key);
		else
			put_code(s, seen, info->key, info);
	}
	remove_codes_but(s, seen);
	g_hash_table_destroy(seen);
	return transaction_end(s);
}
