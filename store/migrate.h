/* migrate.h: from any older schema to this one. */
#ifndef BOUNCED_STORE_MIGRATE_H
#define BOUNCED_STORE_MIGRATE_H

#include "store/internal.h"

/* SQL that leads from the version before (its index in the array) to the
 * next. */
struct migration {
	const char *sql;
};

/* The steps of this program; its version is their number. */
struct migrations {
	const struct migration *steps;
	int n;
};
struct migrations migrations_known(void);

/* Looks at what the file is: STORE_OK for a database of ours (or an empty
 * one) of version *version (0: empty), else STORE_FOREIGN or a failure, with
 * the store's sentence set. */
enum store_result migrate_look(struct store *, int *version);

/* Brings the database to the version of STEPS, each step in a transaction of
 * its own that reads the version again under its lock. STORE_NEWER when it is
 * beyond them. */
enum store_result migrate(struct store *, const struct migrations *steps);

/* The sentence for a database of version FOUND where only up to KNOWN is
 * known. */
enum store_result migrate_refuse_newer(struct store *, int found, int known);

#endif
