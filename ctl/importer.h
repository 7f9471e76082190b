/* importer.h: mails through the workers into the database, in batches. */
#ifndef BOUNCED_CTL_IMPORTER_H
#define BOUNCED_CTL_IMPORTER_H

#include "ctl/ctl.h"

struct import_counts {
	uint64_t mails;      /* recorded now or before */
	uint64_t recorded;   /* now */
	uint64_t known;      /* before */
	uint64_t unreadable; /* recorded, but nothing could be read of them */
	uint64_t missed;     /* could not be opened or read: not recorded */
	uint64_t skipped;    /* links, and what is no mail */
	uint64_t kinds[KIND_COUNT]; /* of those recorded now and readable */
};

struct import_result {
	struct import_counts counts;
	int signal;      /* that ended it early; 0: none */
	int exit_status; /* what went wrong first; said already */
};

/* Records every mail below PATHS (NULL-terminated) with WORKERS processes (0:
 * one per CPU). SIGINT and SIGTERM are blocked while it runs: they end it
 * after what has been begun is recorded. QUIET: no progress. */
void import_run(struct ctl *, struct store *, char **paths, unsigned workers,
    bool quiet, struct import_result *);

#endif
