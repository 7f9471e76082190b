/* connect.c: what every connection to a database sets, and what a writer sets
 * beyond that. */
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/internal.h"

/* Tries and pause when the switch to WAL meets somebody who is opening the
 * same new file; SQLite's own waiting does not cover it. */
#define WAL_TRIES 20
#define WAL_PAUSE_US 50000

enum store_result
connect_open(struct store *s)
{
	static const struct {
		int option, value;
	} options[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	    {SQLITE_DBCONFIG_DQS_DML, 0},
	    {SQLITE_DBCONFIG_DQS_DDL, 0},
	    /* What we refuse stays as it is; what we accept,
	     * store_close() tidies. */
	    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
	};
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc;

	flags |= s->mode == STORE_WRITE ? SQLITE_OPEN_READWRITE
					: SQLITE_OPEN_READONLY;
	rc = sqlite3_open_v2(s->path, &s->db, flags, NULL);
	if (rc != SQLITE_OK)
		return store_failed(s, rc);
	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		rc = sqlite3_db_config(
		    s->db, options[i].option, options[i].value, NULL);
		if (rc != SQLITE_OK)
			return store_failed(s, rc);
	}
	sqlite3_busy_timeout(
	    s->db, s->mode == STORE_WRITE ? WRITER_WAIT_MS : READER_WAIT_MS);
	return STORE_OK;
}

static enum store_result
switch_to_wal(struct store *s)
{
	sqlite3_stmt *statement = NULL;
	const char *mode = NULL;
	bool is_wal;
	int rc;

	rc = sqlite3_prepare_v2(
	    s->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
	for (int i = 0; rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY; i++) {
		rc = sqlite3_step(statement);
		if ((rc & 0xff) != SQLITE_BUSY || i == WAL_TRIES)
			break;
		sqlite3_reset(statement);
		g_usleep(WAL_PAUSE_US);
	}
	if (rc == SQLITE_ROW)
		mode = (const char *)sqlite3_column_text(statement, 0);
	is_wal = mode != NULL && strcmp(mode, "wal") == 0;
	if (rc != SQLITE_ROW)
		store_failed(s, rc);
	sqlite3_finalize(statement);
	if (rc != SQLITE_ROW)
		return error_sort(rc);
	if (!is_wal)
		return store_refuse(s, STORE_DENIED,
		    "database %s: its file system cannot do SQLite's WAL "
		    "mode; put it on a local disk",
		    s->path);
	return STORE_OK;
}

enum store_result
connect_set_up_writer(struct store *s)
{
	enum store_result r;
	int on = 1;

	if (sqlite3_db_readonly(s->db, "main") == 1)
		return store_refuse_errno(s, EACCES);
	r = switch_to_wal(s);
	if (r != STORE_OK)
		return r;
	/* -wal and -shm stay when the last one leaves: who may only read
	 * could not make them. */
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	/* FULL: a commit is on the disk before a mail is moved. 8,000 pages
	 * are 32 MB of log; store_checkpoint() comes before that if there is
	 * an idle moment. The cache is 4 MiB: the daemon stays small, and
	 * the kernel's cache is behind it. */
	store_run(s, "PRAGMA synchronous = FULL;"
		     "PRAGMA journal_size_limit = 67108864;"
		     "PRAGMA wal_autocheckpoint = 8000;"
		     "PRAGMA temp_store = MEMORY;"
		     "PRAGMA cache_size = -4096");
	return error_sort(s->rc);
}

/* The log of a clean stop is empty. */
bool
connect_was_unclean(const struct store *s)
{
	char *name = g_strconcat(s->path, "-wal", NULL);
	struct stat st;
	bool unclean = stat(name, &st) == 0 && st.st_size > 0;

	g_free(name);
	return unclean;
}

enum store_result
connect_quick_check(struct store *s)
{
	sqlite3_stmt *statement = NULL;
	const unsigned char *said = NULL;
	enum store_result r = STORE_OK;
	int rc;

	rc = sqlite3_prepare_v2(
	    s->db, "PRAGMA quick_check(1)", -1, &statement, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		said = sqlite3_column_text(statement, 0);
	if (rc != SQLITE_ROW)
		r = store_failed(s, rc);
	else if (said == NULL || strcmp((const char *)said, "ok") != 0) {
		free(s->error);
		s->error =
		    error_sentence(SQLITE_CORRUPT, s->path, (const char *)said);
		r = STORE_CORRUPT;
	}
	sqlite3_finalize(statement);
	return r;
}
