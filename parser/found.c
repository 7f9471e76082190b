/* found.c: a growing list of recipients. */
#include "parser/found.h"

#include <string.h>

#include "parser/address.h"
#include "parser/charset.h"

struct found *
found_add(struct found_list *l)
{
	if (l->count >= MAX_FOUND) {
		l->dropped++;
		return NULL;
	}
	/* Room is doubled at powers of two; no field for it. */
	if ((l->count & (l->count + 1)) == 0)
		l->list = g_renew(struct found, l->list, 2 * (l->count + 1));
	memset(&l->list[l->count], 0, sizeof(*l->list));
	return &l->list[l->count++];
}

struct found *
found_find(struct found_list *l, const char *address)
{
	gpointer number;
	char *key;

	if (address == NULL || l->count == 0)
		return NULL;
	if (l->index == NULL)
		l->index = g_hash_table_new_full(
		    g_str_hash, g_str_equal, g_free, NULL);
	for (; l->n_indexed < l->count; l->n_indexed++) {
		const char *a = l->list[l->n_indexed].address;

		if (a == NULL)
			continue;
		key = address_fold(a);
		if (g_hash_table_contains(l->index, key))
			g_free(key);
		else
			g_hash_table_insert(
			    l->index, key, GSIZE_TO_POINTER(l->n_indexed));
	}
	key = address_fold(address);
	if (!g_hash_table_lookup_extended(l->index, key, NULL, &number))
		number = GSIZE_TO_POINTER(l->count);
	g_free(key);
	return GPOINTER_TO_SIZE(number) < l->count
		   ? &l->list[GPOINTER_TO_SIZE(number)]
		   : NULL;
}

void
found_forget(struct found_list *l)
{
	g_clear_pointer(&l->index, g_hash_table_destroy);
	l->n_indexed = 0;
}

struct found *
found_for(struct found_list *l, const char *address)
{
	struct found *f = found_find(l, address);

	if (f != NULL)
		return f;
	f = found_add(l);
	if (f != NULL)
		f->address = g_strdup(address);
	return f;
}

void
found_text(GString **string, const char *text, size_t length)
{
	size_t room;

	while (length > 0 && g_ascii_isspace(*text)) {
		text++;
		length--;
	}
	while (length > 0 && g_ascii_isspace(text[length - 1]))
		length--;
	if (length == 0)
		return;
	if (*string == NULL)
		*string = g_string_new(NULL);
	if ((*string)->len + 1 >= MAX_FOUND_TEXT)
		return;
	if ((*string)->len > 0)
		g_string_append_c(*string, ' ');
	room = MAX_FOUND_TEXT - (*string)->len;
	g_string_append_len(
	    *string, text, (gssize)charset_cut(text, length, room));
}

void
found_human(struct found *f, const char *text, size_t length)
{
	if (f->human != NULL && f->human->len > 0)
		found_text(&f->human, "|", 1);
	found_text(&f->human, text, length);
}

void
found_list_clear(struct found_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		struct found *f = &l->list[i];

		g_free(f->address);
		g_free(f->original);
		g_free(f->remote_mta);
		if (f->diagnostic != NULL)
			g_string_free(f->diagnostic, TRUE);
		if (f->human != NULL)
			g_string_free(f->human, TRUE);
	}
	found_forget(l);
	g_free(l->list);
	*l = (struct found_list){0};
}
