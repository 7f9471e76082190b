/* When an address is dead: the arithmetic, and its text form. */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "store/days.h"
#include "store/policy.h"

#define MAX_DAYS 8

/* A failing day: h(ard), s(oft counting), H(ard in a storm). */
struct mark {
	int day;
	char what;
};

static const struct {
	const char *name;
	struct mark marks[MAX_DAYS];
	bool dead;
	int days;
	double score;
} stories[] = {
    {"nothing", {{0}}, false, 0, 0},
    {"one hard day is not enough", {{1, 'h'}}, false, 1, 1},
    {"two hard days are", {{1, 'h'}, {2, 'h'}}, true, 2, 2},
    {"two hard days at the ends of the window", {{1, 'h'}, {60, 'h'}}, true, 2,
	2},
    {"two hard days with a window between start afresh", {{1, 'h'}, {61, 'h'}},
	false, 1, 1},
    {"seven soft days are not enough",
	{{1, 's'}, {2, 's'}, {3, 's'}, {4, 's'}, {5, 's'}, {6, 's'}, {7, 's'}},
	false, 7, 1.75},
    {"eight soft days are",
	{{1, 's'}, {2, 's'}, {3, 's'}, {4, 's'}, {5, 's'}, {6, 's'}, {7, 's'},
	    {8, 's'}},
	true, 8, 2},
    {"eight soft days over more than a window are not",
	{{1, 's'}, {10, 's'}, {20, 's'}, {30, 's'}, {40, 's'}, {50, 's'},
	    {59, 's'}, {62, 's'}},
	false, 8, 1.75},
    {"hard and soft add up, short of it",
	{{1, 'h'}, {2, 's'}, {3, 's'}, {4, 's'}}, false, 4, 1.75},
    {"hard and soft add up", {{1, 'h'}, {2, 's'}, {3, 's'}, {4, 's'}, {5, 's'}},
	true, 5, 2},
    {"who is dead stays so while it goes on",
	{{1, 'h'}, {2, 'h'}, {50, 's'}, {100, 's'}}, true, 4, 2.25},
    {"a long pause ends even that", {{1, 'h'}, {2, 'h'}, {90, 's'}}, false, 1,
	0.25},
    {"a storm alone kills nobody", {{1, 'h'}, {5, 'H'}}, false, 1, 1},
    {"a storm of two days kills nobody", {{1, 'h'}, {5, 'H'}, {6, 'H'}}, false,
	1, 1},
    {"a later hard day confirms a storm", {{1, 'H'}, {8, 'h'}}, true, 2, 2},
    {"a later soft day does not", {{1, 'H'}, {8, 's'}}, false, 1, 0.25},
    {"a hard day after a long pause confirms nothing", {{1, 'H'}, {70, 'h'}},
	false, 1, 1},
    {"an earlier hard day confirms nothing", {{1, 'h'}, {8, 'H'}}, false, 1, 1},
};

START_TEST(judges_stories)
{
	struct failing_day days[MAX_DAYS];
	struct policy p = policy_default();
	struct judgement j;
	size_t n = 0;

	memset(days, 0, sizeof(days));
	for (; n < MAX_DAYS && stories[_i].marks[n].what != '\0'; n++) {
		struct mark m = stories[_i].marks[n];

		days[n] = (struct failing_day){.day = m.day,
		    .class = m.what == 's' ? CLASS_QUOTA_EXCEEDED
					   : CLASS_USER_UNKNOWN,
		    .weight = m.what == 's' ? 0.25 : 1.0,
		    .hard = m.what != 's',
		    .storm = m.what == 'H',
		    .bounces = 3,
		    .first_at = m.day * 86400 + 1,
		    .last_at = m.day * 86400 + 2};
	}
	j = policy_judge(&p, days, n);
	ck_assert_msg(j.dead == stories[_i].dead, "%s", stories[_i].name);
	ck_assert_msg(j.days == stories[_i].days, "%s: %d days",
	    stories[_i].name, (int)j.days);
	ck_assert_msg(j.bounces == 3 * j.days, "%s", stories[_i].name);
	ck_assert_double_eq_tol(j.score, stories[_i].score, 1e-9);
}
END_TEST

START_TEST(a_thousand_tenths_reach_a_hundred)
{
	struct failing_day days[1000];
	struct policy p = policy_default();

	p.score = 100;
	p.window = 10000;
	memset(days, 0, sizeof(days));
	for (int i = 0; i < 1000; i++) {
		days[i].day = i;
		days[i].weight = 0.1;
	}
	ck_assert(policy_judge(&p, days, 1000).dead);
	ck_assert(!policy_judge(&p, days, 999).dead);
}
END_TEST

START_TEST(days_that_weigh_nothing_do_not_bridge_a_pause)
{
	struct policy p = policy_default();
	struct failing_day days[] = {{.day = 1, .weight = 1},
	    {.day = 40, .weight = 0}, {.day = 80, .weight = 1}};

	ck_assert(!policy_judge(&p, days, 3).dead);
	ck_assert_int_eq(policy_judge(&p, days, 3).days, 1);
}
END_TEST

START_TEST(the_heaviest_latest_class_is_told)
{
	struct policy p = policy_default();
	struct failing_day days[] = {
	    {.day = 1, .weight = 1, .class = CLASS_BAD_ADDRESS},
	    {.day = 2, .weight = 1, .class = CLASS_USER_UNKNOWN},
	    {.day = 3, .weight = .25, .class = CLASS_QUOTA_EXCEEDED}};

	ck_assert_int_eq(policy_judge(&p, days, 3).class, CLASS_USER_UNKNOWN);
}
END_TEST

START_TEST(default_weights_follow_the_classes)
{
	struct policy p = policy_default();

	for (unsigned c = 0; c < CLASS_COUNT; c++) {
		enum hardness h = class_info(c)->hardness;
		double wanted = h == HARDNESS_HARD     ? 1
				: h == HARDNESS_COUNTS ? 0.25
						       : 0;

		ck_assert_double_eq(policy_weight(&p, c, false), wanted);
		ck_assert_double_eq(
		    policy_weight(&p, c, true), wanted > 0 ? 0.25 : 0);
	}
	ck_assert_double_eq(policy_weight(&p, CLASS_BLACKLISTED, false), 0);
	ck_assert_double_eq(policy_weight(&p, CLASS_COUNT, false), 0);
}
END_TEST

static const struct {
	int addresses, usual;
	bool storm;
} storms[] = {
    {0, 0, false},
    {9, 0, false},
    {10, 0, true},
    {10, 3, true},
    {10, 4, false},
    {30, 10, false},
    {31, 10, true},
    {3000, 20, true},
};

START_TEST(a_storm_is_many_and_more_than_usual)
{
	struct policy p = policy_default();

	ck_assert_int_eq(
	    policy_is_storm(&p, storms[_i].addresses, storms[_i].usual),
	    storms[_i].storm);
}
END_TEST

START_TEST(evidence_survives_its_text_form)
{
	static const char text[] =
	    "20000 1 user-unknown 1 2 3600 7200\n"
	    "20001 0.25 quota-exceeded 0 1 0 86399 mx.example.net\n";
	GStringChunk *names = g_string_chunk_new(64);
	GArray *days = days_parse(text, names);
	char *again = days_format(days);

	ck_assert_uint_eq(days->len, 2);
	ck_assert_int_eq(days_data(days)[0].first_at, 20000LL * 86400 + 3600);
	ck_assert(days_data(days)[0].hard);
	ck_assert_ptr_null(days_data(days)[0].domain);
	ck_assert_double_eq(days_data(days)[1].weight, 0.25);
	ck_assert_str_eq(days_data(days)[1].domain, "mx.example.net");
	ck_assert_str_eq(again, text);
	g_free(again);
	g_array_free(days, TRUE);
	g_string_chunk_free(names);
}
END_TEST

static const struct {
	const char *text;
	unsigned lines;
} spoilt[] = {
    {"", 0},
    {"\n\n", 0},
    {"rubbish", 0},
    {"20000", 0},
    {"20000 1", 0},
    {"20000 1 user-unknown 1 2 3", 0},
    {"20000 1 user-unknown 1 2 3 4", 1},
    {"x\n20000 1 user-unknown 1 2 3 4\ny\n", 1},
    {"20000 1 some-class-of-tomorrow 1 2 3 4\n", 1},
    {"20000 1 "
     "a-class-name-that-is-longer-than-any-we-shall-ever-have 1 2 3 4\n",
	0},
    {"99999999999999999999 1 user-unknown 1 2 3 4\n", 0},
    {"-1 1 user-unknown 1 2 3 4\n", 0},
    {"20000 1 user-unknown 1 2 3 86400\n", 0},
};

START_TEST(spoilt_evidence_is_left_out)
{
	GStringChunk *names = g_string_chunk_new(64);
	GArray *days = days_parse(spoilt[_i].text, names);

	ck_assert_uint_eq(days->len, spoilt[_i].lines);
	g_array_free(days, TRUE);
	g_string_chunk_free(names);
}
END_TEST

static struct failing_day
failure(int day, double weight, bool hard, int second)
{
	return (struct failing_day){.day = day,
	    .weight = weight,
	    .hard = hard,
	    .class = hard ? CLASS_USER_UNKNOWN : CLASS_QUOTA_EXCEEDED,
	    .bounces = 1,
	    .first_at = day * 86400LL + second,
	    .last_at = day * 86400LL + second};
}

START_TEST(a_day_counts_once_with_its_highest_weight)
{
	GStringChunk *names = g_string_chunk_new(64);
	GArray *days = days_parse("", names);
	struct failing_day f;
	char *text;

	f = failure(5, 0.25, false, 100);
	ck_assert(!days_add(days, &f));
	f = failure(5, 1, true, 50);
	ck_assert(days_add(days, &f)); /* turns hard */
	f = failure(5, 1, true, 60);
	ck_assert(!days_add(days, &f)); /* is hard already */
	f = failure(5, 0.25, false, 200);
	ck_assert(!days_add(days, &f));
	f = failure(3, 0.25, false, 7); /* comes late */
	days_add(days, &f);
	text = days_format(days);
	ck_assert_str_eq(text, "3 0.25 quota-exceeded 0 1 7 7\n"
			       "5 1 user-unknown 1 4 50 200\n");
	g_array_free(days, TRUE);
	g_free(text);
	g_string_chunk_free(names);
}
END_TEST

START_TEST(what_was_before_a_fresh_start_weighs_nothing_and_stays_hard)
{
	GStringChunk *names = g_string_chunk_new(64);
	GArray *days = days_parse("3 0.25 quota-exceeded 0 1 7 7\n"
				  "5 1 user-unknown 1 4 50 200\n"
				  "6 1 user-unknown 1 1 0 0\n",
	    names);
	struct failing_day f;
	char *text;

	ck_assert_int_eq(days_void(days, 2), 0);
	ck_assert_int_eq(days_void(days, 4), 3 * 86400 + 7);
	ck_assert_int_eq(days_void(days, 5), 5 * 86400 + 200);
	ck_assert_int_eq(days_void(days, 5), 0);
	/* later on that day it goes on, and does not turn hard again */
	f = failure(5, 1, true, 300);
	ck_assert(!days_add(days, &f));
	/* what only comes late, from before the fresh start */
	f = failure(5, 1, true, 10);
	f.weight = 0;
	f.bounces = 0;
	ck_assert(!days_add(days, &f));
	f = failure(4, 0, true, 10);
	f.bounces = 0;
	ck_assert(days_add(days, &f));
	text = days_format(days);
	ck_assert_str_eq(text, "3 0 quota-exceeded 0 0 7 7\n"
			       "4 0 user-unknown 1 0 10 10\n"
			       "5 1 user-unknown 1 1 300 300\n"
			       "6 1 user-unknown 1 1 0 0\n");
	g_free(text);
	g_array_free(days, TRUE);
	g_string_chunk_free(names);
}
END_TEST

START_TEST(a_domain_that_would_break_the_line_is_left_out)
{
	GStringChunk *names = g_string_chunk_new(64);
	GArray *days = days_parse("", names);
	struct failing_day f = failure(5, 1, true, 0);
	char *text;

	f.domain = "evil.example\n6 1 user-unknown 1 1 0 0";
	days_add(days, &f);
	text = days_format(days);
	ck_assert_str_eq(text, "5 1 user-unknown 1 1 0 0\n");
	g_free(text);
	g_array_free(days, TRUE);
	g_string_chunk_free(names);
}
END_TEST

START_TEST(the_number_of_days_is_bounded)
{
	GStringChunk *names = g_string_chunk_new(64);
	GArray *days = days_parse("", names);

	for (int i = 0; i < MAX_FAILING_DAYS + 10; i++) {
		struct failing_day f = failure(i, 1, true, 0);

		days_add(days, &f);
	}
	ck_assert_uint_eq(days->len, MAX_FAILING_DAYS);
	ck_assert_int_eq(days_data(days)[0].day, 10);
	g_array_free(days, TRUE);
	g_string_chunk_free(names);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store policy");
	TCase *c = tcase_create("policy");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(c, judges_stories, 0, (int)G_N_ELEMENTS(stories));
	tcase_add_test(c, a_thousand_tenths_reach_a_hundred);
	tcase_add_test(c, days_that_weigh_nothing_do_not_bridge_a_pause);
	tcase_add_test(c, the_heaviest_latest_class_is_told);
	tcase_add_test(c, default_weights_follow_the_classes);
	tcase_add_loop_test(c, a_storm_is_many_and_more_than_usual, 0,
	    (int)G_N_ELEMENTS(storms));
	tcase_add_test(c, evidence_survives_its_text_form);
	tcase_add_loop_test(
	    c, spoilt_evidence_is_left_out, 0, (int)G_N_ELEMENTS(spoilt));
	tcase_add_test(c, a_day_counts_once_with_its_highest_weight);
	tcase_add_test(
	    c, what_was_before_a_fresh_start_weighs_nothing_and_stays_hard);
	tcase_add_test(c, a_domain_that_would_break_the_line_is_left_out);
	tcase_add_test(c, the_number_of_days_is_bounded);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
