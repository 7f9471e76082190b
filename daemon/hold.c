/* hold.c: names with a time before which they are left alone. */
#include "daemon/hold.h"

#include <glib.h>

struct hold {
	GHashTable *names; /* of struct pause */
	unsigned pass;
	int64_t next; /* no pause ends before; looked up every turn */
};

struct pause {
	int64_t until, length; /* ms */
	unsigned pass;         /* the last one that met the name */
};

struct hold *
hold_new(void)
{
	struct hold *h = g_new0(struct hold, 1);

	h->next = INT64_MAX;
	h->names =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return h;
}

void
hold_free(struct hold *h)
{
	if (h == NULL)
		return;
	g_hash_table_destroy(h->names);
	g_free(h);
}

bool
hold_put(struct hold *h, const char *name, int64_t now, int64_t first_ms)
{
	struct pause *p = g_hash_table_lookup(h->names, name);
	bool first = p == NULL;

	if (first) {
		/* Above the limit it is not remembered: it is tried at every
		 * pass, and told every time. */
		if (g_hash_table_size(h->names) >= HOLD_MAX)
			return true;
		p = g_new0(struct pause, 1);
		p->length = first_ms;
		g_hash_table_insert(h->names, g_strdup(name), p);
	} else {
		p->length = MIN(p->length * 2, HOLD_LONGEST_MS);
	}
	p->until = now + p->length;
	p->pass = h->pass;
	h->next = MIN(h->next, p->until);
	return first;
}

bool
hold_has(struct hold *h, const char *name, int64_t now)
{
	struct pause *p = g_hash_table_lookup(h->names, name);

	if (p == NULL)
		return false;
	p->pass = h->pass;
	return now < p->until;
}

void
hold_release(struct hold *h, const char *name)
{
	g_hash_table_remove(h->names, name);
}

void
hold_begin_pass(struct hold *h)
{
	h->pass++;
}

void
hold_end_pass(struct hold *h)
{
	GHashTableIter i;
	struct pause *p;

	h->next = INT64_MAX;
	g_hash_table_iter_init(&i, h->names);
	while (g_hash_table_iter_next(&i, NULL, (gpointer *)&p)) {
		if (p->pass != h->pass)
			g_hash_table_iter_remove(&i);
		else
			h->next = MIN(h->next, p->until);
	}
}

size_t
hold_count(const struct hold *h)
{
	return g_hash_table_size(h->names);
}

int64_t
hold_next(const struct hold *h)
{
	return h->next;
}
