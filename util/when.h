/* when.h: dates as people say them, in their local time. */
#ifndef BOUNCED_UTIL_WHEN_H
#define BOUNCED_UTIL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* What when_parse reads, for messages and help. */
#define WHEN_EXAMPLES                                                          \
	"yesterday, monday, 7d, \"2 weeks ago\", \"last month\", 2026-11-01 "  \
	"or 2026-11-01T12:00"

/* Reads TEXT as a moment before, at or after NOW (both in seconds since 1970
 * UTC; days begin at local midnight):
 *
 *     now, today, yesterday, tomorrow
 *     monday, last monday        the latest one; today counts without last
 *     this week, last month      where it begins; weeks begin on Monday
 *     7d, 3 days ago, a week ago s, min, h, d, w, mo, y and the full words;
 *                                days and longer keep the time of day
 *     2026, 2026-11, 2026-11-01
 *     2026-11-01T12:00[:30][Z|+01:00], also with a space
 *     @1767225600                seconds since 1970 UTC
 *
 * Case and runs of white space do not count. False when TEXT is none of
 * these or names no day of the calendar; *when is then untouched. Never
 * before 1: 0 is "no date" elsewhere. */
bool when_parse(const char *text, int64_t now, int64_t *when);

/* Room for either form and its NUL. */
#define WHEN_MAX 32

/* "2026-11-01 12:00", local time; "" for 0. Returns BUF. */
const char *when_format(int64_t when, char buf[static WHEN_MAX]);

/* "2026-11-01T11:00:00Z", UTC; "" for 0. Returns BUF. */
const char *when_iso(int64_t when, char buf[static WHEN_MAX]);

#endif
