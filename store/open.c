/* open.c: opening and closing a database. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/lock.h"
#include "store/migrate.h"

/* After an unclean stop a database up to this size is looked through before
 * it is used: about a second. Larger ones would keep mail waiting. */
#define QUICK_CHECK_MAX (256LL * 1024 * 1024)

/* Follows symbolic links, so that a database has one name, one lock. The
 * file itself may be absent. */
static enum store_result
resolve(struct store *s, const char *path)
{
	char *real = realpath(path, NULL);
	char *folder, *base;

	s->path = real != NULL ? real : g_strdup(path);
	if (real != NULL)
		return STORE_OK;
	if (errno != ENOENT)
		return store_refuse_errno(s, errno);
	folder = g_path_get_dirname(path);
	real = realpath(folder, NULL);
	if (real == NULL && (errno == ENOENT || errno == ENOTDIR)) {
		store_refuse(s, STORE_DENIED,
		    "database %s: its directory %s does not exist; create it, "
		    "owned by the user bounced runs as",
		    path, folder);
		g_free(folder);
		return STORE_DENIED;
	}
	g_free(folder);
	if (real == NULL)
		return store_refuse_errno(s, errno);
	base = g_path_get_basename(path);
	free(s->path);
	s->path = g_build_filename(real, base, NULL);
	free(real);
	g_free(base);
	return STORE_OK;
}

/* *there tells whether the file exists. */
static enum store_result
look_at_file(struct store *s, bool *there, int64_t *size)
{
	struct stat st;

	*there = stat(s->path, &st) == 0;
	*size = *there ? st.st_size : 0;
	if (!*there)
		return errno == ENOENT ? STORE_OK
				       : store_refuse_errno(s, errno);
	if (!S_ISREG(st.st_mode))
		return store_refuse(s, STORE_DENIED,
		    "database %s is no regular file; name another", s->path);
	return STORE_OK;
}

static enum store_result
lock(struct store *s)
{
	pid_t holder;

	s->lock = lock_take(s->path, &holder);
	if (s->lock >= 0)
		return STORE_OK;
	if (errno != EWOULDBLOCK)
		return store_refuse_errno(s, errno);
	if (holder > 0)
		return store_refuse(s, STORE_LOCKED,
		    "database %s is being written by process %ld; there can "
		    "be one writer only: stop it, or wait until it ends",
		    s->path, (long)holder);
	return store_refuse(s, STORE_LOCKED,
	    "database %s is being written by another process (lock %s-lock); "
	    "there can be one writer only: stop it, or wait until it ends",
	    s->path, s->path);
}

/* Made by us and not by SQLite, for the mode; SQLite gives the same to -wal
 * and -shm. Where the file exists it is not even opened: closing it would
 * drop the locks that another connection of this process has on it. */
static enum store_result
create(struct store *s)
{
	int saved, fd;

	fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return errno == EEXIST ? STORE_OK
				       : store_refuse_errno(s, errno);
	/* A group of readers is the point of 0640, whatever the umask. */
	saved = fchmod(fd, 0640) == 0 ? 0 : errno;
	close(fd);
	return saved == 0 ? STORE_OK : store_refuse_errno(s, saved);
}

static enum store_result
open_writer(struct store *s)
{
	struct migrations known = migrations_known();
	enum store_result r;
	bool there, unclean;
	int64_t size;
	int version;

	r = look_at_file(s, &there, &size);
	if (r == STORE_OK)
		r = lock(s);
	if (r == STORE_OK && !there)
		r = create(s);
	if (r != STORE_OK)
		return r;
	unclean = connect_was_unclean(s);
	r = connect_open(s);
	/* Look before anything is changed: it may not be ours. */
	if (r == STORE_OK)
		r = migrate_look(s, &version);
	if (r == STORE_OK && version > known.n)
		r = migrate_refuse_newer(s, version, known.n);
	if (r == STORE_OK)
		r = connect_set_up_writer(s);
	if (r == STORE_OK && unclean && size <= QUICK_CHECK_MAX)
		r = connect_quick_check(s);
	if (r == STORE_OK)
		r = migrate(s, &known);
	if (r != STORE_OK)
		return r;
	transaction_begin(s);
	reference_classes(s);
	policy_load(s);
	return transaction_end(s);
}

static enum store_result
refuse_absent(struct store *s)
{
	return store_refuse(s, STORE_ABSENT,
	    "database %s does not exist yet; start bounced, or fill it with "
	    "bouncectl import",
	    s->path);
}

static enum store_result
open_reader(struct store *s)
{
	struct migrations known = migrations_known();
	enum store_result r;
	int64_t size;
	bool there;
	int version;

	r = look_at_file(s, &there, &size);
	if (r != STORE_OK)
		return r;
	if (!there)
		return refuse_absent(s);
	r = connect_open(s);
	if (r == STORE_OK)
		r = migrate_look(s, &version);
	if (r != STORE_OK)
		return r;
	if (version == 0)
		return refuse_absent(s);
	if (version > known.n)
		return migrate_refuse_newer(s, version, known.n);
	if (version < known.n)
		return store_refuse(s, STORE_OLDER,
		    "database %s was made by an older bounced (schema %d, "
		    "this program needs %d); start this bounced once, it "
		    "brings it up to date",
		    s->path, version, known.n);
	store_run(s, "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;"
		     "PRAGMA cache_size = -16384");
	return error_sort(s->rc);
}

enum store_result
store_open(
    const char *path, enum store_mode mode, struct store **store, char **error)
{
	struct store *s = g_new0(struct store, 1);
	enum store_result r;

	s->mode = mode;
	s->lock = -1;
	*store = NULL;
	*error = NULL;
	r = resolve(s, path);
	if (r == STORE_OK)
		r = mode == STORE_WRITE ? open_writer(s) : open_reader(s);
	if (r == STORE_OK) {
		s->ready = true;
		*store = s;
		return STORE_OK;
	}
	*error = s->error;
	s->error = NULL;
	store_close(s);
	return r;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < ST_COUNT; i++)
		sqlite3_finalize(s->statements[i]);
	/* Leaves an empty log: the mark of a clean stop. A reader may prevent
	 * it; then the next start looks the file through. */
	if (s->mode == STORE_WRITE && s->ready)
		sqlite3_wal_checkpoint_v2(
		    s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(s->db);
	lock_release(s->lock);
	free(s->path);
	free(s->error);
	g_free(s);
}

bool
store_in_place(struct store *s)
{
	int moved = 1;
	int rc =
	    sqlite3_file_control(s->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);

	return rc == SQLITE_OK && !moved;
}

enum store_result
store_checkpoint(struct store *s)
{
	int rc;

	store_begin(s);
	/* TRUNCATE waits for readers like a writer; nobody shall wait here. */
	sqlite3_busy_timeout(s->db, 0);
	rc = sqlite3_wal_checkpoint_v2(
	    s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(s->db, WRITER_WAIT_MS);
	return rc == SQLITE_OK ? STORE_OK : store_failed(s, rc);
}
