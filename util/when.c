/* when.c: reads and writes dates. mktime() does the calendar: it knows the
 * user's time zone, and makes sense of day 0 and hour -5. */
#include "util/when.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum unit { SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, YEAR };

/* No "m": it is a minute to some and a month to others, and a wrong guess
 * is a report about the wrong time. */
static const struct {
	const char *name;
	enum unit unit;
} units[] = {
    {"s", SECOND},
    {"sec", SECOND},
    {"second", SECOND},
    {"min", MINUTE},
    {"minute", MINUTE},
    {"h", HOUR},
    {"hour", HOUR},
    {"d", DAY},
    {"day", DAY},
    {"w", WEEK},
    {"week", WEEK},
    {"mo", MONTH},
    {"month", MONTH},
    {"y", YEAR},
    {"year", YEAR},
};

static const char *const weekdays[] = {"sunday", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday"};

/* More than this of any unit is no date that anybody means. */
#define MAX_COUNT 100000

static struct tm
local_time(int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	localtime_r(&t, &tm);
	return tm;
}

static int64_t
from_local(struct tm tm)
{
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm);
}

static int64_t
midnight(struct tm tm)
{
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return from_local(tm);
}

static int
month_length(int year, int month)
{
	return g_date_get_days_in_month(
	    (GDateMonth)(month + 1), (GDateYear)(year + 1900));
}

/* N months back; the 31st becomes the last day of a shorter month. */
static struct tm
months_back(struct tm tm, int64_t n)
{
	int64_t months = (int64_t)tm.tm_year * 12 + tm.tm_mon - n;
	int last;

	/* Before the year 1 there is no calendar: 1900 is old enough. */
	if (months < 0)
		months = 0;
	tm.tm_year = (int)(months / 12);
	tm.tm_mon = (int)(months % 12);
	last = month_length(tm.tm_year, tm.tm_mon);
	if (tm.tm_mday > last)
		tm.tm_mday = last;
	return tm;
}

static int64_t
units_back(int64_t now, int64_t n, enum unit unit)
{
	struct tm tm = local_time(now);

	switch (unit) {
	case SECOND:
		return now - n;
	case MINUTE:
		return now - n * 60;
	case HOUR:
		return now - n * 3600;
	case DAY:
		tm.tm_mday -= (int)n;
		return from_local(tm);
	case WEEK:
		tm.tm_mday -= (int)n * 7;
		return from_local(tm);
	case MONTH:
		return from_local(months_back(tm, n));
	case YEAR:
		return from_local(months_back(tm, n * 12));
	}
	return now;
}

static bool
find_unit(const char *name, enum unit *unit)
{
	size_t length = strlen(name);

	if (length > 3 && name[length - 1] == 's')
		length--;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strlen(units[i].name) == length &&
		    strncmp(units[i].name, name, length) == 0) {
			*unit = units[i].unit;
			return true;
		}
	}
	return false;
}

/* "today" and kin. */
static bool
read_day_name(const char *text, int64_t now, int64_t *when)
{
	static const struct {
		const char *name;
		int days;
	} names[] = {{"today", 0}, {"yesterday", -1}, {"tomorrow", 1}};
	struct tm tm = local_time(now);

	if (strcmp(text, "now") == 0) {
		*when = now;
		return true;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(text, names[i].name) == 0) {
			tm.tm_mday += names[i].days;
			*when = midnight(tm);
			return true;
		}
	}
	return false;
}

/* "tue", "tuesday", "last tuesday". */
static bool
read_weekday(const char *text, int64_t now, int64_t *when)
{
	struct tm tm = local_time(now);
	bool last = g_str_has_prefix(text, "last ");
	const char *name = last ? text + 5 : text;

	for (int i = 0; i < 7; i++) {
		int back = (tm.tm_wday - i + 7) % 7;

		if (strlen(name) < 3 || !g_str_has_prefix(weekdays[i], name))
			continue;
		if (last && back == 0)
			back = 7;
		tm.tm_mday -= back;
		*when = midnight(tm);
		return true;
	}
	return false;
}

/* "this week", "last month", "last year". */
static bool
read_period(const char *text, int64_t now, int64_t *when)
{
	struct tm tm = local_time(now);
	bool last = g_str_has_prefix(text, "last ");
	const char *name = text + 5;

	if (!last && !g_str_has_prefix(text, "this "))
		return false;
	if (strcmp(name, "week") == 0) {
		tm.tm_mday -= (tm.tm_wday + 6) % 7 + (last ? 7 : 0);
	} else if (strcmp(name, "month") == 0) {
		tm.tm_mday = 1;
		tm.tm_mon -= last;
	} else if (strcmp(name, "year") == 0) {
		tm.tm_mday = 1;
		tm.tm_mon = 0;
		tm.tm_year -= last;
	} else {
		return false;
	}
	*when = midnight(tm);
	return true;
}

/* "7d", "3 days ago", "a week ago", "2 months". */
static bool
read_distance(const char *text, int64_t now, int64_t *when)
{
	enum unit unit;
	int64_t n = 1;
	char *end = NULL, *word;
	bool good;

	if (g_str_has_prefix(text, "a "))
		end = (char *)text + 1;
	else if (g_str_has_prefix(text, "an "))
		end = (char *)text + 2;
	else if (g_ascii_isdigit(text[0]))
		n = g_ascii_strtoll(text, &end, 10);
	if (end == NULL || n > MAX_COUNT)
		return false;
	word = g_strdup(*end == ' ' ? end + 1 : end);
	if (g_str_has_suffix(word, " ago"))
		word[strlen(word) - 4] = '\0';
	good = find_unit(word, &unit);
	g_free(word);
	if (good)
		*when = units_back(now, n, unit);
	return good;
}

/* Reads exactly COUNT digits. */
static bool
read_digits(const char **p, int count, int *value)
{
	*value = 0;
	for (int i = 0; i < count; i++) {
		if (!g_ascii_isdigit(**p))
			return false;
		*value = *value * 10 + (*(*p)++ - '0');
	}
	return true;
}

/* "Z", "+01:00", "-0530" or nothing. */
static bool
read_zone(const char *p, bool *given, int *seconds)
{
	int sign = *p == '-' ? -1 : 1, hours, minutes;

	*given = *p != '\0';
	*seconds = 0;
	if (!*given || strcmp(p, "z") == 0)
		return true;
	if (*p != '+' && *p != '-')
		return false;
	p++;
	if (!read_digits(&p, 2, &hours))
		return false;
	if (*p == ':')
		p++;
	if (!read_digits(&p, 2, &minutes) || *p != '\0' || hours > 23 ||
	    minutes > 59)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* What may follow a full date: "t12:00", " 12:00:30z". */
static bool
read_clock(const char *p, struct tm *tm, int64_t *when)
{
	bool zone;
	int seconds;

	if (*p == '\0') {
		*when = midnight(*tm);
		return true;
	}
	if ((*p != 't' && *p != ' ') ||
	    (p++, !read_digits(&p, 2, &tm->tm_hour)) || *p++ != ':' ||
	    !read_digits(&p, 2, &tm->tm_min))
		return false;
	if (*p == ':' && (p++, !read_digits(&p, 2, &tm->tm_sec)))
		return false;
	if (tm->tm_hour > 23 || tm->tm_min > 59 || tm->tm_sec > 60 ||
	    !read_zone(p, &zone, &seconds))
		return false;
	*when = zone ? (int64_t)timegm(tm) - seconds : from_local(*tm);
	return true;
}

/* "2026", "2026-11", "2026-11-01", "2026-11-01t12:00". */
static bool
read_date(const char *text, int64_t *when)
{
	struct tm tm = {.tm_mday = 1};
	const char *p = text;

	if (!read_digits(&p, 4, &tm.tm_year) || tm.tm_year < 1970)
		return false;
	tm.tm_year -= 1900;
	if (*p == '-') {
		p++;
		if (!read_digits(&p, 2, &tm.tm_mon) || tm.tm_mon < 1 ||
		    tm.tm_mon > 12)
			return false;
		tm.tm_mon--;
		if (*p == '-') {
			p++;
			return read_digits(&p, 2, &tm.tm_mday) &&
			       tm.tm_mday >= 1 &&
			       tm.tm_mday <=
				   month_length(tm.tm_year, tm.tm_mon) &&
			       read_clock(p, &tm, when);
		}
	}
	if (*p != '\0')
		return false;
	*when = midnight(tm);
	return true;
}

static bool
read_epoch(const char *text, int64_t *when)
{
	char *end;

	if (text[0] != '@' || !g_ascii_isdigit(text[1]) || strlen(text) > 12)
		return false;
	*when = g_ascii_strtoll(text + 1, &end, 10);
	return *end == '\0';
}

/* Lower case, no white space around it, one space for each run inside. */
static char *
normalise(const char *text)
{
	GString *s = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (!g_ascii_isspace(*text))
			g_string_append_c(s, g_ascii_tolower(*text));
		else if (s->len > 0 && s->str[s->len - 1] != ' ')
			g_string_append_c(s, ' ');
	}
	if (s->len > 0 && s->str[s->len - 1] == ' ')
		g_string_truncate(s, s->len - 1);
	return g_string_free(s, FALSE);
}

bool
when_parse(const char *text, int64_t now, int64_t *when)
{
	char *s = normalise(text);
	int64_t found;
	bool good =
	    read_day_name(s, now, &found) || read_weekday(s, now, &found) ||
	    read_period(s, now, &found) || read_distance(s, now, &found) ||
	    read_date(s, &found) || read_epoch(s, &found);

	g_free(s);
	if (good)
		*when = found < 1 ? 1 : found;
	return good;
}

const char *
when_format(int64_t when, char buf[static WHEN_MAX])
{
	time_t t = (time_t)when;
	struct tm tm;

	if (when == 0 || localtime_r(&t, &tm) == NULL ||
	    strftime(buf, WHEN_MAX, "%Y-%m-%d %H:%M", &tm) == 0)
		buf[0] = '\0';
	return buf;
}

const char *
when_iso(int64_t when, char buf[static WHEN_MAX])
{
	time_t t = (time_t)when;
	struct tm tm;

	if (when == 0 || gmtime_r(&t, &tm) == NULL ||
	    strftime(buf, WHEN_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		buf[0] = '\0';
	return buf;
}
