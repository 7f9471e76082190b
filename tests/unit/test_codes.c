/* The code table: every row that the project promises, and its format. */
#include "conf/data.h"
#include "parser/classify.h"
#include "parser/reply.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct classifier *shipped;

static void
setup(void)
{
	struct source codes = shipped_codes();
	char *error = NULL;

	shipped = classifier_new(NULL, 0, &codes, 1, &error);
	ck_assert_msg(shipped != NULL, "%s", error);
}

static void
teardown(void)
{
	classifier_free(shipped);
}

/* What a report gets when nothing but the reply code is known. CLASS_NONE:
 * nothing failed. */
static const struct {
	int code;
	enum bounce_class class;
} replies[] = {
    {101, CLASS_UNREACHABLE},
    {111, CLASS_UNREACHABLE},
    {211, CLASS_NONE},
    {214, CLASS_NONE},
    {220, CLASS_NONE},
    {221, CLASS_NONE},
    {250, CLASS_NONE},
    {251, CLASS_NONE},
    {252, CLASS_NONE},
    {354, CLASS_NONE},
    {420, CLASS_UNREACHABLE},
    {421, CLASS_SYSTEM_ERROR},
    {422, CLASS_QUOTA_EXCEEDED},
    {431, CLASS_SYSTEM_FULL},
    {432, CLASS_SYSTEM_ERROR},
    {441, CLASS_UNREACHABLE},
    {442, CLASS_UNREACHABLE},
    {446, CLASS_MAIL_LOOP},
    {447, CLASS_EXPIRED},
    {449, CLASS_UNREACHABLE},
    {450, CLASS_SYSTEM_ERROR},
    {451, CLASS_SYSTEM_ERROR},
    {452, CLASS_SYSTEM_FULL},
    {471, CLASS_SPAM},
    {500, CLASS_PROTOCOL_ERROR},
    {501, CLASS_PROTOCOL_ERROR},
    {502, CLASS_PROTOCOL_ERROR},
    {503, CLASS_PROTOCOL_ERROR},
    {504, CLASS_PROTOCOL_ERROR},
    {510, CLASS_BAD_ADDRESS},
    {511, CLASS_BAD_ADDRESS},
    {512, CLASS_DOMAIN_UNKNOWN},
    {513, CLASS_BAD_ADDRESS},
    {521, CLASS_DOMAIN_UNKNOWN},
    {522, CLASS_QUOTA_EXCEEDED},
    {523, CLASS_MESSAGE_TOO_LARGE},
    {525, CLASS_MAILBOX_DISABLED},
    {530, CLASS_LOGIN_REQUIRED},
    {535, CLASS_LOGIN_REQUIRED},
    {541, CLASS_SPAM},
    {550, CLASS_USER_UNKNOWN},
    {551, CLASS_RELAY_DENIED},
    {552, CLASS_QUOTA_EXCEEDED},
    {553, CLASS_BAD_ADDRESS},
    {554, CLASS_UNKNOWN},
    {556, CLASS_DOMAIN_UNKNOWN},
};

START_TEST(every_reply_code_has_its_default_class)
{
	const struct code_info *info =
	    code_info_reply(shipped, replies[_i].code);

	ck_assert_msg(info != NULL, "%d", replies[_i].code);
	ck_assert_int_eq(atoi(info->key), replies[_i].code);
	ck_assert_str_eq(
	    class_name(info->class), class_name(replies[_i].class));
}
END_TEST

static const struct {
	const char *status;
	enum bounce_class class;
} statuses[] = {
    {"5.1.1", CLASS_USER_UNKNOWN},
    {"4.1.1", CLASS_USER_UNKNOWN},
    {"5.1.2", CLASS_DOMAIN_UNKNOWN},
    {"5.1.3", CLASS_BAD_ADDRESS},
    {"5.1.6", CLASS_USER_MOVED},
    {"5.1.7", CLASS_SENDER_REJECTED},
    {"4.1.8", CLASS_SENDER_REJECTED},
    {"5.1.10", CLASS_DOMAIN_UNKNOWN},
    {"5.2.1", CLASS_MAILBOX_DISABLED},
    {"4.2.2", CLASS_QUOTA_EXCEEDED},
    {"5.2.3", CLASS_MESSAGE_TOO_LARGE},
    {"4.3.1", CLASS_SYSTEM_FULL},
    {"5.3.4", CLASS_MESSAGE_TOO_LARGE},
    {"5.3.5", CLASS_SYSTEM_ERROR},
    {"4.4.1", CLASS_UNREACHABLE},
    {"4.4.2", CLASS_UNREACHABLE},
    {"4.4.4", CLASS_UNREACHABLE},
    {"5.4.4", CLASS_DOMAIN_UNKNOWN},
    {"5.4.6", CLASS_MAIL_LOOP},
    {"4.4.7", CLASS_EXPIRED},
    {"5.5.1", CLASS_PROTOCOL_ERROR},
    {"4.5.3", CLASS_RATE_LIMITED},
    {"5.6.1", CLASS_CONTENT_REJECTED},
    {"5.7.1", CLASS_POLICY},
    {"5.7.8", CLASS_LOGIN_REQUIRED},
    {"5.7.9", CLASS_LOGIN_REQUIRED},
    {"5.7.10", CLASS_TLS_FAILED},
    {"5.7.13", CLASS_MAILBOX_DISABLED},
    {"5.7.14", CLASS_LOGIN_REQUIRED},
    {"5.7.17", CLASS_USER_UNKNOWN},
    {"5.7.18", CLASS_DOMAIN_UNKNOWN},
    {"5.7.20", CLASS_AUTHENTICATION_FAILED},
    {"5.7.23", CLASS_AUTHENTICATION_FAILED},
    {"5.7.25", CLASS_CLIENT_REJECTED},
    {"5.7.26", CLASS_AUTHENTICATION_FAILED},
    {"5.7.27", CLASS_SENDER_REJECTED},
    {"4.7.28", CLASS_RATE_LIMITED},
    {"5.7.29", CLASS_AUTHENTICATION_FAILED},
    {"5.7.30", CLASS_TLS_FAILED},
    {"5.0.0", CLASS_UNKNOWN},
    {"2.1.5", CLASS_NONE},
};

START_TEST(an_enhanced_code_has_its_class)
{
	struct enhanced e;
	const struct code_info *info;

	ck_assert(enhanced_parse(statuses[_i].status, &e));
	info = code_info_status(shipped, e);
	ck_assert_msg(info != NULL, "%s", statuses[_i].status);
	ck_assert_msg(info->class == statuses[_i].class, "%s is %s",
	    statuses[_i].status, class_name(info->class));
}
END_TEST

/* Highest detail of each subject in the IANA registry of enhanced codes. */
static const int registered[] = {0, 10, 4, 6, 7, 6, 10, 30};

START_TEST(every_registered_enhanced_code_has_a_row_of_its_own)
{
	for (int detail = 0; detail <= registered[_i]; detail++) {
		struct enhanced e = {5, (uint16_t)_i, (uint16_t)detail};
		const struct code_info *info = code_info_status(shipped, e);
		struct enhanced key;
		char digits[ENHANCED_MAX];

		ck_assert_msg(info != NULL, "5.%d.%d", _i, detail);
		strcpy(digits, info->key);
		digits[0] = '5';
		ck_assert(enhanced_parse(digits, &key));
		ck_assert_mem_eq(&key, &e, sizeof(e));
	}
}
END_TEST

START_TEST(every_row_has_a_key_a_meaning_and_an_advice)
{
	for (size_t i = 0; i < code_count(shipped); i++) {
		const struct code_info *info = code_at(shipped, i);

		ck_assert_str_ne(info->key, "");
		ck_assert_msg(*info->meaning != '\0', "%s", info->key);
		ck_assert_msg(*info->advice != '\0', "%s", info->key);
		ck_assert_int_eq(strncmp(info->rule, "codes.conf:", 11), 0);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(code_at(shipped, j)->key, info->key);
	}
	ck_assert_ptr_null(code_at(shipped, code_count(shipped)));
}
END_TEST

START_TEST(an_unknown_detail_falls_back_to_its_subject)
{
	const struct code_info *info =
	    code_info_status(shipped, (struct enhanced){5, 1, 999});

	ck_assert_ptr_nonnull(info);
	ck_assert_str_eq(info->key, "x.1.0");
	ck_assert_ptr_null(
	    code_info_status(shipped, (struct enhanced){5, 99, 1}));
	ck_assert_ptr_null(
	    code_info_status(shipped, (struct enhanced){0, 1, 1}));
	ck_assert_ptr_null(code_info_reply(shipped, 999));
	ck_assert_ptr_null(code_info_reply(shipped, 0));
	ck_assert_ptr_null(code_info_reply(shipped, -5));
}
END_TEST

START_TEST(the_first_of_two_rows_with_one_key_counts)
{
	static const char local[] = "550 policy | ours | do it\n"
				    "x.1.1 policy | ours | do it\n"
				    "4.1.1 spam | ours |\n"
				    "550 spam | later | no\n";
	struct source codes[] = {
	    {"local.codes", local, sizeof(local) - 1}, shipped_codes()};
	char *error = NULL;
	struct classifier *c = classifier_new(NULL, 0, codes, 2, &error);

	ck_assert_msg(c != NULL, "%s", error);
	ck_assert_str_eq(code_info_reply(c, 550)->rule, "local.codes:1");
	ck_assert_str_eq(code_info_status(c, (struct enhanced){5, 1, 1})->rule,
	    "local.codes:2");
	ck_assert_str_eq(code_info_status(c, (struct enhanced){4, 1, 1})->rule,
	    "local.codes:3");
	classifier_free(c);
}
END_TEST

static const struct {
	const char *text, *error;
} errors[] = {
    {"550 user-unknown", "local.codes:1: no '|'"},
    {"# x\nabc spam | m | a", "local.codes:2: the first column"},
    {"5500 spam | m | a", "local.codes:1: the first column"},
    {"650 spam | m | a", "local.codes:1: the first column"},
    {"3.1.1 spam | m | a", "local.codes:1: the first column"},
    {"5.1 spam | m | a", "local.codes:1: the first column"},
    {"5.1.1x spam | m | a", "local.codes:1: the first column"},
    {"550 | m | a", "local.codes:1: the class is missing"},
    {"550 sspam | m | a", "local.codes:1: unknown class"},
    {"550 spam strong | m | a", "local.codes:1: only \"weak\""},
    {"550 spam | \377 | a", "local.codes:1: not valid UTF-8"},
};

START_TEST(a_bad_row_is_named_with_file_and_line)
{
	struct source codes = {
	    "local.codes", errors[_i].text, strlen(errors[_i].text)};
	char *error = NULL;

	ck_assert_ptr_null(classifier_new(NULL, 0, &codes, 1, &error));
	ck_assert_msg(strstr(error, errors[_i].error) != NULL,
	    "\"%s\" does not say \"%s\"", error, errors[_i].error);
	free(error);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(*(a))))

int
main(void)
{
	TCase *tc = tcase_create("codes");
	Suite *s = suite_create("codes");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, every_reply_code_has_its_default_class, 0, COUNT(replies));
	tcase_add_loop_test(
	    tc, an_enhanced_code_has_its_class, 0, COUNT(statuses));
	tcase_add_loop_test(tc,
	    every_registered_enhanced_code_has_a_row_of_its_own, 0,
	    COUNT(registered));
	tcase_add_test(tc, every_row_has_a_key_a_meaning_and_an_advice);
	tcase_add_test(tc, an_unknown_detail_falls_back_to_its_subject);
	tcase_add_test(tc, the_first_of_two_rows_with_one_key_counts);
	tcase_add_loop_test(
	    tc, a_bad_row_is_named_with_file_and_line, 0, COUNT(errors));
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
