/* migrate.c: from any older schema to this one.
 *
 * To change the schema, write the SQL into a new file store/schema-N.sql,
 * embed it in schema.c and add a row below; never touch a step that has been
 * released.
 */
#include "store/migrate.h"

#include <glib.h>
#include <stdlib.h>

#include "store/schema.h"

struct migrations
migrations_known(void)
{
	static const struct migration steps[] = {{embedded_schema}};

	return (struct migrations){steps, G_N_ELEMENTS(steps)};
}

static int64_t
first_number(struct store *s, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = 0;
	int rc;

	if (s->rc != SQLITE_OK)
		return 0;
	rc = sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	else if (rc != SQLITE_DONE) {
		s->rc = rc;
		store_failed(s, rc);
	}
	sqlite3_finalize(statement);
	return value;
}

enum store_result
migrate_look(struct store *s, int *version)
{
	int64_t application, tables;

	application = first_number(s, "PRAGMA application_id");
	*version = (int)first_number(s, "PRAGMA user_version");
	tables = first_number(s, "SELECT count(*) FROM sqlite_schema");
	if (s->rc != SQLITE_OK)
		return error_sort(s->rc);
	if (application == APPLICATION_ID ||
	    (application == 0 && *version == 0 && tables == 0))
		return STORE_OK;
	free(s->error);
	s->error = g_strdup_printf("database %s belongs to another program "
				   "(application id 0x%08x); name another file",
	    s->path, (unsigned)application);
	return STORE_FOREIGN;
}

enum store_result
migrate_refuse_newer(struct store *s, int found, int known)
{
	free(s->error);
	s->error = g_strdup_printf("database %s was made by a newer bounced "
				   "(schema %d, this program knows up to %d); "
				   "upgrade this program or name another file",
	    s->path, found, known);
	return STORE_NEWER;
}

/* One step, if it is still to be done once we hold the lock. */
static enum store_result
migrate_step(struct store *s, const struct migrations *m, int *version)
{
	char *mark;

	transaction_begin(s);
	*version = (int)first_number(s, "PRAGMA user_version");
	if (*version < m->n) {
		store_run(s, m->steps[*version].sql);
		mark = g_strdup_printf("PRAGMA user_version = %d", ++*version);
		store_run(s, mark);
		g_free(mark);
	}
	return transaction_end(s);
}

enum store_result
migrate(struct store *s, const struct migrations *m)
{
	enum store_result r;
	int version;

	r = migrate_look(s, &version);
	while (r == STORE_OK && version >= 0 && version < m->n)
		r = migrate_step(s, m, &version);
	if (r == STORE_OK && (version < 0 || version > m->n))
		return migrate_refuse_newer(s, version, m->n);
	return r;
}
