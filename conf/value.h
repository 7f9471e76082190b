/* value.h: the types of keys in a configuration, and values read by them. */
#ifndef BOUNCED_CONF_VALUE_H
#define BOUNCED_CONF_VALUE_H

#include <stddef.h>
#include <stdint.h>

enum key_type {
	KEY_PATH,  /* absolute; char * */
	KEY_MARKS, /* ASCII punctuation, no @; char * */
	KEY_WORD,  /* one of words; char * */
	KEY_INDEX, /* one of words; its number, an enum */
	KEY_COUNT, /* a whole number; int */
	KEY_SIZE,  /* bytes with K, M, G; int64_t */
};

struct key {
	const char *group, *name;
	enum key_type type;
	size_t offset;
	int64_t min, max;
	const char *fallback;     /* as it would be written; NULL: none */
	const char *const *words; /* NULL-terminated */
};

#define KIB INT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (MIB * KIB)

/* Stores TEXT in the field of KEY in the struct at FIELDS; NULL, or what is
 * wrong with it, with nothing stored; g_free(). */
char *value_set(const struct key *key, void *fields, const char *text);

/* Frees what value_set stored. */
void value_clear(const struct key *key, void *fields);

#endif
