/* ledger.c: batches of mail to the store. */
#include "daemon/ledger.h"

#include "util/log.h"

#include <glib.h>
#include <string.h>
#include <sysexits.h>

struct ledger {
	char *path;
	struct store *store; /* NULL: to be opened again */
	const struct classifier *classifier;
	char *error;
};

int
ledger_exit_status(enum store_result r)
{
	switch (r) {
	case STORE_LOCKED:
	case STORE_BUSY:
		return EX_TEMPFAIL;
	case STORE_DENIED:
		return EX_NOPERM;
	case STORE_FULL:
	case STORE_MOVED:
		return EX_IOERR;
	case STORE_CORRUPT:
	case STORE_NEWER:
	case STORE_FOREIGN:
		return EX_DATAERR;
	default:
		return EX_SOFTWARE;
	}
}

bool
ledger_is_hopeless(enum store_result r)
{
	return !store_result_is_temporary(r) && r != STORE_MOVED &&
	       r != STORE_LOCKED && r != STORE_DENIED;
}

static void
set_error(struct ledger *l, const char *text)
{
	char *copy = g_strdup(text);

	g_free(l->error);
	l->error = copy;
}

static enum store_result
open_store(struct ledger *l)
{
	char *error = NULL;
	enum store_result r =
	    store_open(l->path, STORE_WRITE, &l->store, &error);

	if (r == STORE_OK) {
		r = store_sync_reference(l->store, l->classifier);
		if (r == STORE_OK)
			return r;
		error = g_strdup(store_error(l->store));
		store_close(l->store);
		l->store = NULL;
	}
	set_error(l, error);
	g_free(error);
	return r;
}

struct ledger *
ledger_open(
    const char *path, const struct classifier *c, int *status, char **error)
{
	struct ledger *l = g_new0(struct ledger, 1);
	enum store_result r;

	l->path = g_strdup(path);
	l->classifier = c;
	r = open_store(l);
	if (r == STORE_OK)
		return l;
	*status = ledger_exit_status(r);
	*error = g_strdup(l->error);
	ledger_close(l);
	return NULL;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	store_close(l->store);
	g_free(l->error);
	g_free(l->path);
	g_free(l);
}

void
ledger_use(struct ledger *l, const struct classifier *c)
{
	bool changed = l->classifier != c;

	l->classifier = c;
	if (changed && l->store != NULL &&
	    store_sync_reference(l->store, c) != STORE_OK)
		log_warnx("the tables of codes and classes are not renewed: %s",
		    store_error(l->store));
}

/* The ledger's key is the digest. A mail that could not be read is entered
 * under the digest's complement, so that it is not taken for known when it is
 * put back after an update and can be read then. */
static void
fill(struct settlement *to, const struct delivery *mail)
{
	const struct job_result *r = &mail->result;

	*to = (struct settlement){
	    .file = mail->name,
	    .size = (uint64_t)mail->id.size,
	    .received = mail->id.mtime.tv_sec,
	    .report = r->report,
	};
	memcpy(to->digest, r->digest, DIGEST_SIZE);
	if (r->report != NULL)
		return;
	to->failure = job_failure_name(r->failure);
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		to->digest[i] ^= 0xFF;
}

enum store_result
ledger_commit(struct ledger *l, struct delivery *const *mails, size_t n)
{
	struct settlement *list;
	enum store_result r = STORE_OK;

	if (l->store == NULL)
		r = open_store(l);
	if (r != STORE_OK)
		return r;
	list = g_new(struct settlement, n);
	for (size_t i = 0; i < n; i++)
		fill(&list[i], mails[i]);
	r = store_settle(l->store, list, n);
	if (r != STORE_OK)
		set_error(l, store_error(l->store));
	for (size_t i = 0; i < n; i++)
		mails[i]->recorded = list[i].recorded;
	g_free(list);
	/* A deleted database goes on saying yes. */
	if (r == STORE_OK && !store_in_place(l->store)) {
		set_error(l, "the database was deleted or replaced");
		r = STORE_MOVED;
	}
	return r;
}

bool
ledger_reopen(struct ledger *l)
{
	log_error("the database %s was deleted or replaced; going on with what "
		  "is at that place now",
	    l->path);
	store_close(l->store);
	l->store = NULL;
	return open_store(l) == STORE_OK;
}

const char *
ledger_error(const struct ledger *l)
{
	return l->error;
}

void
ledger_rest(struct ledger *l)
{
	enum store_result r;

	if (l->store == NULL)
		return;
	r = store_checkpoint(l->store);
	if (r != STORE_OK && r != STORE_BUSY)
		log_warnx("cannot move the database's log into it: %s",
		    store_error(l->store));
}
