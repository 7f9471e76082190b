/* batch.h: one transaction of mails on its way into the database. */
#ifndef BOUNCED_STORE_BATCH_H
#define BOUNCED_STORE_BATCH_H

#include <glib.h>

#include "store/internal.h"

/* Counters and verdicts are not written row by row but once for the batch:
 * a hundred failures at one domain are one UPDATE. */
struct batch {
	struct store *store;
	int64_t now;
	/* Names in the tables below, each once, so that pointers compare. */
	GStringChunk *names;
	GHashTable *tallies;   /* struct tally_key * -> struct tally_sums * */
	GHashTable *mails;     /* struct tally_key * -> struct tally_sums * */
	GHashTable *addresses; /* key -> struct address_state *, to be judged */
	int64_t deaths;        /* last number given; -1: not read yet */
	bool deaths_grew;
};

/* One recipient of a report, with what is worked out before it is stored. */
struct row {
	const struct report *report;
	const struct recipient *recipient;
	const char *file;
	int64_t mail;
	int64_t number;
	int64_t at;
	bool failed;    /* counts: kind bounce, action failed */
	bool delayed;   /* counted beside it */
	bool succeeded; /* delivered or relayed */
	bool hard;
	bool temporary; /* failed with a temporary code */
	/* addresses; NULL where there is none */
	const char *address; /* final, else original, else subscriber */
	const char *known;   /* what the operator knows, as given */
	char *address_key;   /* of address */
	char *known_key;     /* of known */
	char *original_key;  /* of original_recipient */
	const char *domain;  /* part of address_key */
	char *remote_domain; /* see schema.sql */
};

void row_init(struct row *, const struct report *, const struct recipient *,
    int64_t received, int64_t now);
void row_clear(struct row *);
void row_insert(struct batch *, const struct row *);

/* When a report's event happened: its own date if that is sane, else when it
 * was delivered. Within what dates can be written as. */
int64_t row_time(int64_t reported, int64_t received, int64_t now);

/* ---- count.c ---- */

/* The words in tally.what. */
enum counted {
	COUNTED_ALL,
	COUNTED_CLASS,
	COUNTED_DOMAIN,
	COUNTED_LIST,
	COUNTED_SENDER,
	COUNTED_COUNT
};
const char *counted_name(enum counted);

struct tally_key {
	enum counted what; /* in `tallies` only */
	const char *name;  /* in batch->names, as detail */
	const char *detail;
	int64_t day;
};

struct tally_sums {
	int64_t bounces;
	int64_t hard;
	int64_t delayed;
	int64_t addresses; /* of a domain, newly hard on that day */
	int64_t standing;  /* after count_flush: their number in all */
};

/* A table for the keys above. */
GHashTable *count_table(void);

/* The sums at this key, zeros if new. Names are copied. */
struct tally_sums *count_at(struct batch *, GHashTable *, enum counted,
    int64_t day, const char *name, const char *detail);

void count_mail(struct batch *, int64_t received, const char *kind, size_t n);
void count_row(struct batch *, const struct row *);

/* Writes what was counted. */
void count_flush(struct batch *);

/* ---- evidence.c ---- */

/* The table batch->addresses. */
GHashTable *evidence_table(void);

/* Takes ROW as evidence for or against the address that the operator knows;
 * before row_insert. */
void evidence_note(struct batch *, const struct row *);

/* The address with this key, if it is known, is to be judged again. */
void evidence_touch(struct batch *, const char *key);

/* Judges and writes every address that was touched; after storm_flush. */
void evidence_flush(struct batch *);

/* ---- storm.c ---- */

/* One more address of DOMAIN is hard on DAY. */
void storm_note(struct batch *, const char *domain, int64_t day);

/* Finds and ends storms on the days that were noted, and touches the
 * addresses concerned; after count_flush. */
void storm_flush(struct batch *);

/* Whether there is any storm at all: mostly not. */
bool storm_any(struct batch *);
bool storm_was(struct batch *, const char *domain, int64_t day);

#endif
