/* Dates as people say them. Now is Thursday, 2026-11-05 15:30:20, in Berlin
 * (CET, one hour east; summer time ended on 2026-10-25). */
#include "util/when.h"

#include <check.h>
#include <stdlib.h>
#include <time.h>

#define NOW INT64_C(1793889020)
#define ZONE "CET-1CEST,M3.5.0,M10.5.0/3"

static void
set_zone(void)
{
	setenv("TZ", ZONE, 1);
	tzset();
}

/* The wanted moment as local time of Berlin. */
static const struct {
	const char *text, *wanted;
} good[] = {
    {"now", "2026-11-05 15:30:20"},
    {"today", "2026-11-05 00:00:00"},
    {"yesterday", "2026-11-04 00:00:00"},
    {"tomorrow", "2026-11-06 00:00:00"},
    {"  Yesterday\n", "2026-11-04 00:00:00"},
    {"monday", "2026-11-02 00:00:00"},
    {"mon", "2026-11-02 00:00:00"},
    {"Thursday", "2026-11-05 00:00:00"},
    {"friday", "2026-10-30 00:00:00"},
    {"last friday", "2026-10-30 00:00:00"},
    {"last thursday", "2026-10-29 00:00:00"},
    {"last thu", "2026-10-29 00:00:00"},
    {"this week", "2026-11-02 00:00:00"},
    {"last week", "2026-10-26 00:00:00"},
    {"this month", "2026-11-01 00:00:00"},
    {"last month", "2026-10-01 00:00:00"},
    {"this year", "2026-01-01 00:00:00"},
    {"last year", "2025-01-01 00:00:00"},
    {"7d", "2026-10-29 15:30:20"},
    {"7 d", "2026-10-29 15:30:20"},
    {"7 days", "2026-10-29 15:30:20"},
    {"3 days ago", "2026-11-02 15:30:20"},
    {"3  Days \t Ago", "2026-11-02 15:30:20"},
    {"2 weeks ago", "2026-10-22 15:30:20"}, /* over the end of summer time */
    {"a week ago", "2026-10-29 15:30:20"},
    {"an hour ago", "2026-11-05 14:30:20"},
    {"1 week ago", "2026-10-29 15:30:20"},
    {"36h", "2026-11-04 03:30:20"},
    {"90min", "2026-11-05 14:00:20"},
    {"20s", "2026-11-05 15:30:00"},
    {"0d", "2026-11-05 15:30:20"},
    {"1mo", "2026-10-05 15:30:20"},
    {"9 months ago", "2026-02-05 15:30:20"},
    {"2y", "2024-11-05 15:30:20"},
    {"2026", "2026-01-01 00:00:00"},
    {"2026-02", "2026-02-01 00:00:00"},
    {"2026-11-01", "2026-11-01 00:00:00"},
    {"2024-02-29", "2024-02-29 00:00:00"},
    {"2026-11-01T12:00", "2026-11-01 12:00:00"},
    {"2026-11-01 12:00", "2026-11-01 12:00:00"},
    {"2026-11-01t12:00:30", "2026-11-01 12:00:30"},
    {"2026-11-01T12:00Z", "2026-11-01 13:00:00"},
    {"2026-07-01T12:00:00Z", "2026-07-01 14:00:00"},
    {"2026-11-01T12:00+05:30", "2026-11-01 07:30:00"},
    {"2026-11-01T12:00-0200", "2026-11-01 15:00:00"},
    {"@1793889020", "2026-11-05 15:30:20"},
    {"100 years ago", "1970-01-01 01:00:01"},
    {"100000 years ago", "1970-01-01 01:00:01"},
    {"1970-01-01", "1970-01-01 01:00:01"},
};

START_TEST(moment_is_understood)
{
	char buf[64];
	int64_t when = -1;
	time_t t;
	struct tm tm;

	set_zone();
	ck_assert(when_parse(good[_i].text, NOW, &when));
	t = (time_t)when;
	strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S", localtime_r(&t, &tm));
	ck_assert_str_eq(buf, good[_i].wanted);
}
END_TEST

static const char *const bad[] = {"", " ", "foo", "ago", "days", "d", "5m",
    "5 m ago", "-3d", "3.5d", "3dd", "7 ago", "last", "last days", "this", "mo",
    "m", "su", "mondayish", "2026-13", "2026-00", "2026-11-31", "2025-02-29",
    "2026-11-1", "2026-1-01", "26-11-01", "01.11.2026", "11/01/2026",
    "2026-11-01T", "2026-11-01T25:00", "2026-11-01T12", "2026-11-01T12:60",
    "2026-11-01T12:00:61", "2026-11-01T12:00X", "2026-11-01T12:00+1",
    "2026-11-01T12:00+24:00", "2026-11-01 12:00 foo", "1969-12-31", "20261101",
    "@", "@-1", "@12x", "@99999999999999999999", "99999999999999999999d",
    "100001d", "yesterday; rm -rf /", "\xff\xfe"};

START_TEST(nonsense_is_refused_and_nothing_written)
{
	int64_t when = -7;

	set_zone();
	ck_assert(!when_parse(bad[_i], NOW, &when));
	ck_assert_int_eq(when, -7);
}
END_TEST

START_TEST(month_ends_are_kept_inside_the_month)
{
	char buf[WHEN_MAX];
	int64_t when;

	set_zone();
	/* 2026-03-31 12:00 CEST */
	ck_assert(when_parse("1 month ago", INT64_C(1774951200), &when));
	ck_assert_str_eq(when_format(when, buf), "2026-02-28 12:00");
	/* 2024-02-29 12:00 CET */
	ck_assert(when_parse("1y", INT64_C(1709204400), &when));
	ck_assert_str_eq(when_format(when, buf), "2023-02-28 12:00");
}
END_TEST

START_TEST(dates_are_written_local_for_people_and_utc_for_programs)
{
	char buf[WHEN_MAX];

	set_zone();
	ck_assert_str_eq(when_format(NOW, buf), "2026-11-05 15:30");
	ck_assert_str_eq(when_iso(NOW, buf), "2026-11-05T14:30:20Z");
	ck_assert_str_eq(when_format(0, buf), "");
	ck_assert_str_eq(when_iso(0, buf), "");
	/* Dates in mails may be anything. */
	ck_assert_uint_lt(strlen(when_iso(INT64_MAX, buf)), WHEN_MAX);
	ck_assert_uint_lt(strlen(when_format(INT64_MIN, buf)), WHEN_MAX);
	ck_assert_uint_lt(
	    strlen(when_iso(INT64_C(67767976233446399), buf)), WHEN_MAX);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("when");
	TCase *c = tcase_create("dates");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
	    c, moment_is_understood, 0, sizeof(good) / sizeof(*good));
	tcase_add_loop_test(c, nonsense_is_refused_and_nothing_written, 0,
	    sizeof(bad) / sizeof(*bad));
	tcase_add_test(c, month_ends_are_kept_inside_the_month);
	tcase_add_test(
	    c, dates_are_written_local_for_people_and_utc_for_programs);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
