/* statement.c: every statement that is prepared. */
#include "store/statement.h"

#include <stddef.h>

/* As in schema.sql, or its indexes are not found. */
#define ISO "strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch')"

/* What counts, and what is counted beside it. */
#define FAILED "(kind = 'bounce' AND action = 'failed')"
#define DELAYED "(kind IN ('bounce', 'delay') AND action = 'delayed')"

/* Parameters of all lists: ?1 address key, ?2 domain, ?3 class, ?4 list, ?5
 * and ?6 since and until as ISO text, ?7 limit. One statement for each way to
 * begin, the rest of the filter goes along. */
#define LIST_COLUMNS                                                           \
	"SELECT at, address, domain, original_recipient, subscriber, kind, "   \
	"action, class, status, code, basis, rule, diagnostic, remote_mta, "   \
	"reporting_mta, dialect, list_id, message_id, envelope_recipient, "    \
	"file, hard FROM bounce WHERE "
#define IF_DOMAIN " AND (?2 IS NULL OR domain = ?2)"
#define IF_CLASS " AND (?3 IS NULL OR class = ?3)"
#define IF_LIST " AND (?4 IS NULL OR list_id = ?4)"
#define IF_TIME " AND " ISO " >= ?5 AND " ISO " < ?6"
#define OLDEST " ORDER BY " ISO ", id LIMIT ?7"
#define NEWEST " ORDER BY " ISO " DESC, id DESC LIMIT ?7"

#define BY_TIME                                                                \
	LIST_COLUMNS ISO " >= ?5 AND " ISO " < ?6" IF_DOMAIN IF_CLASS IF_LIST
#define WITH_ADDRESS                                                           \
	"id IN (SELECT id FROM bounce WHERE address = ?1 UNION ALL "           \
	"SELECT id FROM bounce WHERE final_key = ?1 UNION ALL "                \
	"SELECT id FROM bounce WHERE known_key = ?1 UNION ALL "                \
	"SELECT id FROM bounce WHERE original_key = ?1)"
#define BY_ADDRESS LIST_COLUMNS WITH_ADDRESS IF_TIME IF_DOMAIN IF_CLASS IF_LIST
#define BY_DOMAIN LIST_COLUMNS "domain = ?2" IF_TIME IF_CLASS IF_LIST
#define BY_CLASS LIST_COLUMNS "class = ?3" IF_TIME IF_DOMAIN IF_LIST
#define BY_LIST LIST_COLUMNS "list_id = ?4" IF_TIME IF_DOMAIN IF_CLASS

/* Who has not failed for a while is no longer listed; ?1 is now. */
#define DEAD_ROW(list)                                                         \
	"SELECT coalesce(a.given, a.key), " list ", a.class, a.bounces, "      \
	"a.days, a.first_at, a.last_at, a.dead AS dead "
#define DEAD_FIRST_LIST DEAD_ROW("a.list_id") "FROM address a WHERE "
#define DEAD_FURTHER_LISTS                                                     \
	DEAD_ROW("l.list_id")                                                  \
	"FROM address_list l JOIN address a ON a.key = l.key WHERE "
#define STILL_DEAD                                                             \
	"a.dead IS NOT NULL AND a.last_at >= (SELECT iif(value > 0, "          \
	"strftime('%Y-%m-%dT%H:%M:%SZ', ?1, 'unixepoch', '-' || "              \
	"CAST(value AS INTEGER) || ' days'), '') FROM threshold "              \
	"WHERE name = 'stale')"

/* Whole days come from the counters, ?1 to ?2; the pieces of days before and
 * after them, ISO times ?3 to ?4 and ?5 to ?6, from the rows. */
#define TALLY_PIECE(name, detail, has, from, to)                               \
	" UNION ALL SELECT " name ", " detail ", " FAILED ", hard, " DELAYED   \
	" FROM bounce WHERE " ISO " >= " from " AND " ISO " < " to " AND " has \
	" AND (" FAILED " OR " DELAYED ")"
#define TALLY(what, day_name, name, detail, has, order)                        \
	"SELECT name, detail, sum(bounces), sum(hard), sum(delayed) "          \
	"FROM (SELECT " day_name " AS name, detail, bounces, hard, delayed "   \
	"FROM tally WHERE what = '" what                                       \
	"' AND day >= ?1 AND day < ?2" TALLY_PIECE(                            \
	    name, detail, has, "?3", "?4") TALLY_PIECE(name, detail, has,      \
	    "?5", "?6") ") GROUP BY name, detail ORDER BY " order              \
			", name, detail LIMIT ?7"

#define TALLY_ADD                                                              \
	"INSERT INTO tally (what, day, name, detail, bounces, hard, delayed, " \
	"addresses) VALUES (?1, coalesce(?2, ''), coalesce(?3, ''), "          \
	"coalesce(?4, ''), ?5, "                                               \
	"?6, ?7, ?8) ON CONFLICT (what, day, name, detail) DO UPDATE SET "     \
	"bounces = bounces + excluded.bounces, hard = hard + excluded.hard, "  \
	"delayed = delayed + excluded.delayed, "                               \
	"addresses = addresses + excluded.addresses"

static const char *const statements[] = {
    [ST_MAIL_ADD] =
	"INSERT INTO mail (digest, kind, file, size, received_at, settled_at, "
	"recipients, dropped, failure) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
	"?8, ?9) ON CONFLICT (digest) DO NOTHING",
    [ST_BOUNCE_ADD] =
	"INSERT INTO bounce (mail, number, at, address, domain, "
	"original_recipient, subscriber, final_key, known_key, "
	"original_key, kind, action, class, hard, status, code, "
	"basis, rule, diagnostic, remote_mta, remote_domain, "
	"reporting_mta, dialect, list_id, message_id, sender, "
	"subject, sent_at, envelope_recipient, file, envelope_id, "
	"arrival_at, last_attempt_at, retry_until, reported_at, "
	"feedback_type, user_agent, source_ip) VALUES (?1, ?2, ?3, "
	"?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
	"?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, "
	"?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38)",
    [ST_MAIL_DAY_ADD] =
	"INSERT INTO mail_day (day, kind, mails, recipients) VALUES (?1, ?2, "
	"?3, ?4) ON CONFLICT (day, kind) DO UPDATE SET "
	"mails = mails + excluded.mails, "
	"recipients = recipients + excluded.recipients",
    [ST_TALLY_ADD] = TALLY_ADD,
    [ST_TALLY_ADD_HARD] = TALLY_ADD " RETURNING addresses",

    [ST_ADDRESS_GET] =
	"SELECT given, list_id, fresh_at, evidence, dead FROM address "
	"WHERE key = ?1",
    [ST_ADDRESS_PUT] =
	"INSERT INTO address (key, given, list_id, fresh_at, evidence, class, "
	"bounces, days, score, first_at, last_at, dead) VALUES (?1, ?2, ?3, "
	"?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (key) DO UPDATE "
	"SET list_id = excluded.list_id, fresh_at = excluded.fresh_at, "
	"evidence = excluded.evidence, class = excluded.class, "
	"bounces = excluded.bounces, days = excluded.days, "
	"score = excluded.score, first_at = excluded.first_at, "
	"last_at = excluded.last_at, dead = excluded.dead",
    [ST_LIST_ADD] = "INSERT INTO address_list (list_id, key) VALUES (?1, ?2) "
		    "ON CONFLICT (list_id, key) DO NOTHING",
    [ST_EVIDENCE_AFTER] =
	"SELECT class, hard, coalesce(status LIKE '4.%', 0) OR "
	"coalesce(code LIKE '4%', 0), at, domain FROM bounce WHERE id IN ("
	"SELECT id FROM bounce WHERE address = ?1 AND known_key IS NULL "
	"UNION ALL "
	"SELECT id FROM bounce WHERE final_key = ?1 AND known_key IS NULL "
	"UNION ALL SELECT id FROM bounce WHERE known_key = ?1) "
	"AND at > ?2 AND at < ?3 AND " FAILED,
    [ST_DEATHS_GET] = "SELECT value FROM counter WHERE name = 'deaths'",
    [ST_DEATHS_PUT] = "UPDATE counter SET value = ?1 WHERE name = 'deaths'",

    [ST_STORM_ANY] = "SELECT 1 FROM storm LIMIT 1",
    [ST_STORM_GET] = "SELECT usual FROM storm WHERE domain = ?1 AND day = ?2",
    [ST_STORM_USUAL] =
	"SELECT max(addresses) FROM tally WHERE what = 'domain' "
	"AND addresses > 2 AND name = ?1 AND day >= ?2 AND day <= ?3",
    [ST_STORM_PUT] =
	"INSERT INTO storm (domain, day, usual) VALUES (?1, ?2, ?3) "
	"ON CONFLICT (domain, day) DO UPDATE SET usual = excluded.usual",
    [ST_STORM_END] = "DELETE FROM storm WHERE domain = ?1 AND day = ?2",
    [ST_STORMS_AFTER] = "SELECT s.day, t.addresses FROM storm s JOIN tally t "
			"ON t.what = 'domain' AND t.day = date(s.day * 86400, "
			"'unixepoch') AND t.name = s.domain "
			"WHERE s.domain = ?1 AND s.day >= ?2 AND s.day <= ?3",
    [ST_STORM_ADDRESSES] =
	"SELECT coalesce(known_key, final_key, address) FROM bounce "
	"WHERE domain = ?1 AND " ISO " >= ?2 AND " ISO " < ?3 AND hard = 1",

    [ST_CLASS_PUT] =
	"INSERT INTO class (class, hardness, cause, meaning, advice) "
	"VALUES (?1, ?2, ?3, ?4, coalesce(?5, '')) "
	"ON CONFLICT (class) DO UPDATE SET "
	"hardness = excluded.hardness, cause = excluded.cause, "
	"meaning = excluded.meaning, advice = excluded.advice "
	"WHERE hardness <> excluded.hardness OR cause <> excluded.cause OR "
	"meaning <> excluded.meaning OR advice <> excluded.advice",
    [ST_POLICY_PUT] =
	"INSERT INTO policy (class, weight, temporary) VALUES (?1, ?2, ?3) "
	"ON CONFLICT (class) DO NOTHING",
    [ST_POLICY_ALL] = "SELECT class, weight, temporary FROM policy",
    [ST_THRESHOLD_ALL] = "SELECT name, value FROM threshold",
    [ST_CODE_PUT] =
	"INSERT INTO code (code, class, meaning, advice, rule) "
	"VALUES (?1, ?2, coalesce(?3, ''), coalesce(?4, ''), ?5) "
	"ON CONFLICT (code) DO UPDATE SET class = excluded.class, "
	"meaning = excluded.meaning, advice = excluded.advice, "
	"rule = excluded.rule WHERE class IS NOT excluded.class OR "
	"meaning <> excluded.meaning OR advice <> excluded.advice OR "
	"rule IS NOT excluded.rule",
    [ST_CODE_ALL] = "SELECT code FROM code",
    [ST_CODE_REMOVE] = "DELETE FROM code WHERE code = ?1",

    [ST_LIST_TIME] = BY_TIME OLDEST,
    [ST_LIST_TIME_NEWEST] = BY_TIME NEWEST,
    [ST_LIST_ADDRESS] = BY_ADDRESS OLDEST,
    [ST_LIST_ADDRESS_NEWEST] = BY_ADDRESS NEWEST,
    [ST_LIST_DOMAIN] = BY_DOMAIN OLDEST,
    [ST_LIST_DOMAIN_NEWEST] = BY_DOMAIN NEWEST,
    [ST_LIST_CLASS] = BY_CLASS OLDEST,
    [ST_LIST_CLASS_NEWEST] = BY_CLASS NEWEST,
    [ST_LIST_LIST] = BY_LIST OLDEST,
    [ST_LIST_LIST_NEWEST] = BY_LIST NEWEST,

    [ST_DEAD_ALL] = DEAD_FIRST_LIST STILL_DEAD
    " UNION ALL " DEAD_FURTHER_LISTS STILL_DEAD " ORDER BY dead",
    [ST_DEAD_LIST] = DEAD_FIRST_LIST
    "a.list_id = ?2 AND " STILL_DEAD " UNION ALL " DEAD_FURTHER_LISTS
    "l.list_id = ?2 AND " STILL_DEAD " ORDER BY dead",
    [ST_DEAD_COUNT] = "SELECT count(*) FROM address a WHERE " STILL_DEAD,

    [ST_TALLY_TOTAL] =
	"SELECT name, detail, bounces, hard, delayed FROM tally "
	"WHERE what = ?1 AND day = '' "
	"ORDER BY bounces DESC, delayed DESC, name, detail LIMIT ?2",
    [ST_TALLY_CLASS] = TALLY("class", "name", "class", "''",
	"class IS NOT NULL", "sum(bounces) DESC, sum(delayed) DESC"),
    [ST_TALLY_DOMAIN] = TALLY("domain", "name", "domain", "''",
	"domain IS NOT NULL", "sum(bounces) DESC, sum(delayed) DESC"),
    [ST_TALLY_DAY] =
	TALLY("all", "day", "substr(" ISO ", 1, 10)", "''", "1", "name"),
    [ST_TALLY_LIST] = TALLY("list", "name", "list_id", "''",
	"list_id IS NOT NULL", "sum(bounces) DESC, sum(delayed) DESC"),
    [ST_TALLY_SENDER] = TALLY("sender", "name", "remote_domain", "class",
	"remote_domain IS NOT NULL", "sum(bounces) DESC, sum(delayed) DESC"),

    [ST_SUM_MAILS] =
	"SELECT coalesce(sum(mails), 0), coalesce(sum(recipients), 0) "
	"FROM mail_day",
    [ST_SUM_FAILED] =
	"SELECT bounces FROM tally WHERE what = 'all' AND day = ''",
    [ST_FIRST_AT] = "SELECT at FROM bounce ORDER BY " ISO " LIMIT 1",
    [ST_LAST_AT] = "SELECT at FROM bounce ORDER BY " ISO " DESC LIMIT 1",
    [ST_VERSION] = "PRAGMA user_version",
};
_Static_assert(
    sizeof(statements) / sizeof(*statements) == ST_COUNT, "one for each");

const char *
statement_sql(enum statement which)
{
	return statements[which];
}
