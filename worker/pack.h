/* pack.h: numbers, strings and blobs to bytes and back, every length checked.
 *
 * The flat encoding under wire.h and setup.h: native byte order, no padding,
 * a string is a 32-bit length and its bytes. Both ends are one program, but
 * the reader trusts nothing.
 */
#ifndef BOUNCED_WORKER_PACK_H
#define BOUNCED_WORKER_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Start with {0}; BYTES is the caller's to free(). */
struct pack {
	uint8_t *bytes;
	size_t length;
	size_t room;
};

void pack_u32(struct pack *, uint32_t);
void pack_i64(struct pack *, int64_t);
void pack_raw(struct pack *, const void *bytes, size_t length);

/* TEXT may be NULL, which is kept apart from "". What is above MAX bytes is
 * cut off before the character that would cross it. */
void pack_string(struct pack *, const char *text, size_t max);

/* Reads LEFT bytes from AT on. The first thing that does not fit sets BAD;
 * from then on everything reads as 0 or NULL, so that it is enough to look at
 * BAD once at the end. */
struct unpack {
	const uint8_t *at;
	size_t left;
	bool bad;
};

uint32_t unpack_u32(struct unpack *);
/* BAD when the number is not below LIMIT. */
uint32_t unpack_below(struct unpack *, uint32_t limit);
int64_t unpack_i64(struct unpack *);

/* A new string, or NULL if NULL was packed. BAD when it is longer than MAX,
 * is no UTF-8 or holds a NUL. */
char *unpack_string(struct unpack *, size_t max);

/* LENGTH bytes in place, NULL when there are not so many. */
const uint8_t *unpack_raw(struct unpack *, size_t length);

/* True when all went well and nothing is left over. */
bool unpack_done(const struct unpack *);

#endif
