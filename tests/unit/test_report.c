#include "parser/report.h"

#include "tests/unit/suite.h"

START_TEST(test_every_kind_has_a_name_that_leads_back)
{
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		enum kind back = KIND_COUNT;

		ck_assert_uint_gt(strlen(kind_name(k)), 0);
		ck_assert(kind_from_name(kind_name(k), &back));
		ck_assert_uint_eq(back, k);
	}
}
END_TEST

START_TEST(test_every_action_has_a_name_that_leads_back)
{
	for (unsigned a = 0; a < ACTION_COUNT; a++) {
		enum action back = ACTION_COUNT;

		ck_assert((*action_name(a) == '\0') == (a == ACTION_NONE));
		ck_assert(action_from_name(action_name(a), &back));
		ck_assert_uint_eq(back, a);
	}
}
END_TEST

START_TEST(test_every_basis_has_a_name_that_leads_back)
{
	for (unsigned b = 0; b < BASIS_COUNT; b++) {
		enum basis back = BASIS_COUNT;

		ck_assert_uint_gt(strlen(basis_name(b)), 0);
		ck_assert(basis_from_name(basis_name(b), &back));
		ck_assert_uint_eq(back, b);
	}
}
END_TEST

START_TEST(test_every_class_has_a_name_that_leads_back)
{
	for (unsigned c = 0; c < CLASS_COUNT; c++) {
		enum bounce_class back = CLASS_COUNT;

		ck_assert((*class_name(c) == '\0') == (c == CLASS_NONE));
		ck_assert(class_from_name(class_name(c), &back));
		ck_assert_uint_eq(back, c);
	}
}
END_TEST

START_TEST(test_every_class_says_what_it_means_and_what_to_do)
{
	for (unsigned c = CLASS_NONE + 1; c < CLASS_COUNT; c++) {
		const struct class_info *i = class_info(c);
		const char *name = class_name(c);

		ck_assert_msg(strlen(i->meaning) > 10, "%s", name);
		ck_assert_msg(strlen(i->advice) > 10, "%s", name);
		ck_assert_msg(
		    i->advice[strlen(i->advice) - 1] == '.', "%s", name);
		ck_assert_msg(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz-") == strlen(name),
		    "%s", name);
	}
}
END_TEST

/* CLASSES.md, column "hard". */
START_TEST(test_only_four_classes_are_hard_and_three_count)
{
	static const enum hardness want[CLASS_COUNT] = {
	    [CLASS_USER_UNKNOWN] = HARDNESS_HARD,
	    [CLASS_USER_MOVED] = HARDNESS_HARD,
	    [CLASS_DOMAIN_UNKNOWN] = HARDNESS_HARD,
	    [CLASS_BAD_ADDRESS] = HARDNESS_HARD,
	    [CLASS_MAILBOX_DISABLED] = HARDNESS_COUNTS,
	    [CLASS_SUPPRESSED] = HARDNESS_COUNTS,
	    [CLASS_QUOTA_EXCEEDED] = HARDNESS_COUNTS,
	};

	for (unsigned c = 0; c < CLASS_COUNT; c++)
		ck_assert_msg(
		    class_info(c)->hardness == want[c], "%s", class_name(c));
}
END_TEST

START_TEST(test_words_are_those_of_the_documents)
{
	ck_assert_str_eq(kind_name(KIND_AUTO_REPLY), "auto-reply");
	ck_assert_str_eq(action_name(ACTION_EXPANDED), "expanded");
	ck_assert_str_eq(class_name(CLASS_USER_UNKNOWN), "user-unknown");
	ck_assert_str_eq(class_name(CLASS_UNKNOWN), "unknown");
	ck_assert_str_eq(basis_name(BASIS_STATUS), "status");
}
END_TEST

START_TEST(test_values_out_of_range_are_unknown)
{
	ck_assert_str_eq(kind_name(KIND_COUNT), "unknown");
	ck_assert_str_eq(action_name((enum action)1000), "unknown");
	ck_assert_str_eq(basis_name(BASIS_COUNT), "unknown");
	ck_assert_str_eq(class_name(CLASS_COUNT), "unknown");
	ck_assert_ptr_eq(
	    class_info((enum bounce_class) - 1), class_info(CLASS_UNKNOWN));
}
END_TEST

START_TEST(test_names_that_are_none_leave_the_value_alone)
{
	enum kind k = KIND_DELAY;
	enum action a = ACTION_FAILED;
	enum basis b = BASIS_TEXT;
	enum bounce_class c = CLASS_SPAM;

	ck_assert(!kind_from_name("Bounce", &k));
	ck_assert(!kind_from_name("", &k));
	ck_assert(!action_from_name("fail", &a));
	ck_assert(!basis_from_name("texts", &b));
	ck_assert(!class_from_name("user unknown", &c));
	ck_assert_uint_eq(k, KIND_DELAY);
	ck_assert_uint_eq(a, ACTION_FAILED);
	ck_assert_uint_eq(b, BASIS_TEXT);
	ck_assert_uint_eq(c, CLASS_SPAM);
}
END_TEST

static const struct {
	struct enhanced in;
	const char *want;
} codes[] = {
    {{0, 0, 0}, ""},
    {{0, 1, 1}, ""},
    {{5, 1, 1}, "5.1.1"},
    {{5, 7, 26}, "5.7.26"},
    {{4, 0, 0}, "4.0.0"},
    {{5, 999, 999}, "5.999.999"},
    {{65535, 65535, 65535}, "65535.65535.65535"},
};

START_TEST(test_enhanced_code_as_text)
{
	char buf[ENHANCED_MAX];

	ck_assert_ptr_eq(enhanced_format(codes[_i].in, buf), buf);
	ck_assert_str_eq(buf, codes[_i].want);
}
END_TEST

static const struct {
	const char *name;
	struct recipient r;
	bool want;
} hard[] = {
    {"nothing", {0}, false},
    {"user-unknown, 550 5.1.1",
	{.class = CLASS_USER_UNKNOWN,
	    .action = ACTION_FAILED,
	    .status = {5, 1, 1},
	    .code = 550},
	true},
    {"user-unknown without a code",
	{.class = CLASS_USER_UNKNOWN, .action = ACTION_FAILED}, true},
    {"user-unknown, 451",
	{.class = CLASS_USER_UNKNOWN, .action = ACTION_FAILED, .code = 451},
	false},
    {"user-unknown, 4.1.1",
	{.class = CLASS_USER_UNKNOWN,
	    .action = ACTION_FAILED,
	    .status = {4, 1, 1}},
	false},
    {"user-unknown, 550 but 4.1.1",
	{.class = CLASS_USER_UNKNOWN,
	    .action = ACTION_FAILED,
	    .status = {4, 1, 1},
	    .code = 550},
	false},
    {"user-unknown, delayed",
	{.class = CLASS_USER_UNKNOWN, .action = ACTION_DELAYED}, false},
    {"user-unknown, delivered",
	{.class = CLASS_USER_UNKNOWN, .action = ACTION_DELIVERED}, false},
    {"quota-exceeded, 552",
	{.class = CLASS_QUOTA_EXCEEDED, .action = ACTION_FAILED, .code = 552},
	false},
    {"blacklisted, 550 5.1.1",
	{.class = CLASS_BLACKLISTED,
	    .action = ACTION_FAILED,
	    .status = {5, 1, 1},
	    .code = 550},
	false},
};

START_TEST(test_hard)
{
	ck_assert_msg(recipient_is_hard(&hard[_i].r) == hard[_i].want, "%s",
	    hard[_i].name);
}
END_TEST

START_TEST(test_a_report_grows_and_is_freed_whole)
{
	struct report *r = report_new();

	for (int i = 0; i < 1000; i++) {
		struct recipient *x = report_add(r);

		ck_assert_ptr_null(x->address);
		ck_assert_int_eq(x->code, 0);
		x->address = strdup("user@example.org");
		x->original_recipient = strdup("a");
		x->subscriber = strdup("b");
		x->diagnostic = strdup("c");
		x->remote_mta = strdup("d");
		x->rule = strdup("e");
	}
	ck_assert_uint_eq(r->n_recipients, 1000);
	ck_assert_str_eq(r->recipients[999].address, "user@example.org");
	recipient_clear(&r->recipients[0]);
	ck_assert_ptr_null(r->recipients[0].address);
	r->dialect = strdup("x");
	r->reporting_mta = strdup("x");
	r->envelope_id = strdup("x");
	r->message_id = strdup("x");
	r->list_id = strdup("x");
	r->from = strdup("x");
	r->subject = strdup("x");
	r->envelope_recipient = strdup("x");
	r->feedback_type = strdup("x");
	r->user_agent = strdup("x");
	r->source_ip = strdup("x");
	report_free(r);
	report_free(NULL);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_test(t, test_every_kind_has_a_name_that_leads_back);
	tcase_add_test(t, test_every_action_has_a_name_that_leads_back);
	tcase_add_test(t, test_every_basis_has_a_name_that_leads_back);
	tcase_add_test(t, test_every_class_has_a_name_that_leads_back);
	tcase_add_test(t, test_every_class_says_what_it_means_and_what_to_do);
	tcase_add_test(t, test_only_four_classes_are_hard_and_three_count);
	tcase_add_test(t, test_words_are_those_of_the_documents);
	tcase_add_test(t, test_values_out_of_range_are_unknown);
	tcase_add_test(t, test_names_that_are_none_leave_the_value_alone);
	tcase_add_loop_test(t, test_enhanced_code_as_text, 0, ROWS(codes));
	tcase_add_loop_test(t, test_hard, 0, ROWS(hard));
	tcase_add_test(t, test_a_report_grows_and_is_freed_whole);
}

int
main(void)
{
	return run_tests("report", add_tests);
}
