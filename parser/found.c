/* found.c: a growing list of recipients. */
#include "parser/found.h"

#include <string.h>

#include "parser/address.h"
#include "parser/charset.h"

/* Shorter lists are searched one by one. */
#define SMALL 16

static struct found *
append(struct found_list *l)
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
found_add(struct found_list *l)
{
	l->added++;
	return append(l);
}

static struct found *
search(struct found_list *l, const char *address)
{
	for (size_t i = 0; i < l->count; i++) {
		if (address_equal(l->list[i].address, address))
			return &l->list[i];
	}
	return NULL;
}

static void
remember(struct found_list *l, size_t i)
{
	char *key = address_fold(l->list[i].address);

	g_hash_table_insert(l->index, key, GSIZE_TO_POINTER(i + 1));
}

/* Thousands of addresses, each compared with each, would take seconds. What
 * the index knows is checked, since owners of the list may change it. */
static struct found *
look_up(struct found_list *l, const char *address)
{
	char *key;
	size_t place;

	if (l->count < SMALL)
		return search(l, address);
	if (l->index == NULL) {
		l->index = g_hash_table_new_full(
		    g_str_hash, g_str_equal, g_free, NULL);
		for (size_t i = 0; i < l->count; i++) {
			if (l->list[i].address != NULL)
				remember(l, i);
		}
	}
	key = address_fold(address);
	place = GPOINTER_TO_SIZE(g_hash_table_lookup(l->index, key));
	g_free(key);
	if (place == 0)
		return l->added > 0 ? search(l, address) : NULL;
	if (place <= l->count &&
	    address_equal(l->list[place - 1].address, address))
		return &l->list[place - 1];
	return search(l, address);
}

struct found *
found_for(struct found_list *l, const char *address)
{
	struct found *f = look_up(l, address);

	if (f != NULL)
		return f;
	f = append(l);
	if (f == NULL)
		return NULL;
	f->address = g_strdup(address);
	if (l->index != NULL)
		remember(l, l->count - 1);
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
	g_free(l->list);
	if (l->index != NULL)
		g_hash_table_destroy(l->index);
	*l = (struct found_list){0};
}
