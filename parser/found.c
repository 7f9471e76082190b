/* found.c: a growing list of recipients. */
#include "parser/found.h"

#include <string.h>

#include "parser/address.h"
#include "parser/parser.h"

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
found_for(struct found_list *l, const char *address)
{
	struct found *f;

	for (size_t i = 0; i < l->count; i++) {
		if (address_equal(l->list[i].address, address))
			return &l->list[i];
	}
	f = found_add(l);
	if (f != NULL)
		f->address = g_strdup(address);
	return f;
}

void
found_text(GString **string, const char *text, size_t length)
{
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
	else if ((*string)->len > 0)
		g_string_append_c(*string, ' ');
	if ((*string)->len < MAX_DIAGNOSTIC)
		g_string_append_len(*string, text, (gssize)length);
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
	*l = (struct found_list){0};
}
