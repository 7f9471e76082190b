/* error.c: SQLite's result codes, sorted once by what a caller can do, and
 * as sentences that an admin can act on. */
#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/internal.h"

enum store_result
error_sort(int rc)
{
	if (rc == SQLITE_READONLY_DBMOVED)
		return STORE_MOVED;
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return STORE_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_BUSY;
	/* PROTOCOL: the WAL's lock is contended beyond hope for now. */
	case SQLITE_PROTOCOL:
		return STORE_BUSY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
		return STORE_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_CORRUPT;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return STORE_DENIED;
	default:
		return STORE_ERROR;
	}
}

static const char *
way_out(int rc)
{
	if (rc == SQLITE_READONLY_DBMOVED)
		return "the file was deleted or replaced; start again";
	switch (rc & 0xff) {
	case SQLITE_NOTADB:
		return "it is no SQLite database; name another file";
	case SQLITE_CORRUPT:
		return "it is damaged; stop bounced, keep a copy of the file "
		       "and its -wal, then restore a backup or recover what "
		       "is readable with sqlite3's .recover into a new file";
	case SQLITE_FULL:
		return "there is no room on its file system; make some, mail "
		       "waits until then";
	case SQLITE_IOERR:
		return "reading or writing failed; look at the disk, its "
		       "quota and the kernel's log";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return "another program is using it; try again, or end that "
		       "program";
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return "no permission; check owner and mode of the file, its "
		       "-wal and -shm, and its directory";
	default:
		return "this should not happen; please report it";
	}
}

char *
error_sentence(int rc, const char *path, const char *detail)
{
	if (rc == SQLITE_READONLY_DBMOVED)
		return g_strdup_printf("database %s: %s", path, way_out(rc));
	return g_strdup_printf("database %s: %s (SQLite: %s)", path,
	    way_out(rc), detail != NULL ? detail : sqlite3_errstr(rc));
}

enum store_result
store_failed(struct store *s, int rc)
{
	free(s->error);
	s->error = error_sentence(rc, s->path, sqlite3_errmsg(s->db));
	return error_sort(rc);
}

enum store_result
store_refuse(struct store *s, enum store_result r, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	free(s->error);
	s->error = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return r;
}

/* The errno of a system call on the database's own file or directory. */
enum store_result
store_refuse_errno(struct store *s, int number)
{
	enum store_result r = STORE_DENIED;

	if (number == ENOSPC || number == EDQUOT || number == EIO ||
	    number == EMFILE || number == ENFILE)
		r = STORE_FULL;
	return store_refuse(s, r,
	    "database %s cannot be opened: %s; check owner, mode and room of "
	    "the file and its directory (this is user id %ld)",
	    s->path, g_strerror(number), (long)geteuid());
}

const char *
store_error(const struct store *s)
{
	return s->error != NULL ? s->error : "";
}

bool
store_result_is_temporary(enum store_result r)
{
	return r == STORE_BUSY || r == STORE_FULL || r == STORE_LOCKED ||
	       r == STORE_MOVED;
}
