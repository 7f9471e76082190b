/* pack.c: flat encoding with checked lengths. */
#include "worker/pack.h"

#include <glib.h>
#include <string.h>

#define NO_STRING UINT32_MAX

void
pack_raw(struct pack *p, const void *bytes, size_t length)
{
	if (length > p->room - p->length) {
		p->room = (p->room + length) * 2;
		p->bytes = g_realloc(p->bytes, p->room);
	}
	if (length > 0)
		memcpy(p->bytes + p->length, bytes, length);
	p->length += length;
}

void
pack_u32(struct pack *p, uint32_t value)
{
	pack_raw(p, &value, sizeof(value));
}

void
pack_i64(struct pack *p, int64_t value)
{
	pack_raw(p, &value, sizeof(value));
}

void
pack_string(struct pack *p, const char *text, size_t max)
{
	size_t length;

	if (text == NULL) {
		pack_u32(p, NO_STRING);
		return;
	}
	length = strlen(text);
	if (length > max) {
		length = max;
		while (length > 0 && ((uint8_t)text[length] & 0xC0) == 0x80)
			length--;
	}
	pack_u32(p, (uint32_t)length);
	pack_raw(p, text, length);
}

const uint8_t *
unpack_raw(struct unpack *u, size_t length)
{
	const uint8_t *at = u->at;

	if (u->bad || length > u->left) {
		u->bad = true;
		return NULL;
	}
	u->at += length;
	u->left -= length;
	return at;
}

uint32_t
unpack_u32(struct unpack *u)
{
	uint32_t value = 0;
	const uint8_t *at = unpack_raw(u, sizeof(value));

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return value;
}

uint32_t
unpack_below(struct unpack *u, uint32_t limit)
{
	uint32_t value = unpack_u32(u);

	if (value < limit)
		return value;
	u->bad = true;
	return 0;
}

int64_t
unpack_i64(struct unpack *u)
{
	int64_t value = 0;
	const uint8_t *at = unpack_raw(u, sizeof(value));

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return value;
}

char *
unpack_string(struct unpack *u, size_t max)
{
	uint32_t length = unpack_u32(u);
	const uint8_t *at;

	if (u->bad || length == NO_STRING)
		return NULL;
	if (length > max) {
		u->bad = true;
		return NULL;
	}
	at = unpack_raw(u, length);
	/* With a length given, a NUL counts as invalid. */
	if (at == NULL || !g_utf8_validate((const char *)at, length, NULL)) {
		u->bad = true;
		return NULL;
	}
	return g_strndup((const char *)at, length);
}

bool
unpack_done(const struct unpack *u)
{
	return !u->bad && u->left == 0;
}
