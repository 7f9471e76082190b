/* Rule files: what they may say, and what is said about them. */
#include "parser/reply.h"
#include "parser/rules.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct source
source_of(const char *text)
{
	return (struct source){"local.conf", text, strlen(text)};
}

static const struct {
	const char *text, *error;
} errors[] = {
    {"user-unknwon: no", "local.conf:1: unknown class 'user-unknwon'"},
    {"\n\n# x\nspam no colon here", "local.conf:4: no ':'"},
    {": phrase", "local.conf:1: no class"},
    {"   : phrase", "local.conf:1: no class"},
    {"spam:", "local.conf:1: the phrase is empty"},
    {"spam: *", "local.conf:1: the phrase is empty"},
    {"spam strong: x1", "local.conf:1: 'strong' is no limit"},
    {"spam code=abc: x1", "'code=abc' is no limit"},
    {"spam code=5x0: x1", "'code=5x0' is no limit"},
    {"spam code=950: x1", "'code=950' is no limit"},
    {"spam code=: x1", "'code=' is no limit"},
    {"spam status=5.1: x1", "'status=5.1' is no limit"},
    {"spam status=5.1.1.1: x1", "'status=5.1.1.1' is no limit"},
    {"spam status=5.1.a: x1", "'status=5.1.a' is no limit"},
    {"spam status=5.1.-1: x1", "'status=5.1.-1' is no limit"},
    {"spam status=5.1.1000: x1", "'status=5.1.1000' is no limit"},
    {"spam host=: x1", "'host=' is no limit"},
    {"spam host=a,,b: x1", "'host=a,,b' is no limit"},
    {"spam host=a/b: x1", "'host=a/b' is no limit"},
    {"spam: (a|)", "local.conf:1: a part of the phrase may be empty"},
    {"spam: a (b|c) (d|e) | f", "local.conf:1: a | stands outside"},
    {"spam: x\n\nspam: y \\\n  and z\nfoo: z", "local.conf:5: unknown class"},
    {"spam: \377\376", "local.conf:1: the phrase is not valid UTF-8"},
};

START_TEST(a_bad_line_is_named_with_file_and_number)
{
	struct rules *r = rules_new();
	struct source s = source_of(errors[_i].text);
	char *error = NULL;

	ck_assert(!rules_read(r, &s, &error));
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, errors[_i].error) != NULL,
	    "\"%s\" does not say \"%s\"", error, errors[_i].error);
	free(error);
	rules_free(r);
}
END_TEST

static struct rules *
read_rules(const char *text)
{
	struct rules *r = rules_new();
	struct source s = source_of(text);
	char *error = NULL;

	ck_assert_msg(rules_read(r, &s, &error), "%s", error);
	return r;
}

static const struct rule *
rule_at(const struct rules *r, guint i)
{
	return &g_array_index(r->rows, struct rule, i);
}

START_TEST(comments_blank_lines_and_continuations_keep_their_line_numbers)
{
	struct rules *r = read_rules("# first\n"
				     "\n"
				     "spam: one thing\r\n"
				     "  # indented\n"
				     "user-unknown weak: two \\\n"
				     "    things\n"
				     "virus: last one");

	ck_assert_uint_eq(r->rows->len, 3);
	ck_assert_str_eq(r->strings->str + rule_at(r, 0)->name, "local.conf:3");
	ck_assert_str_eq(r->strings->str + rule_at(r, 1)->name, "local.conf:5");
	ck_assert_str_eq(r->strings->str + rule_at(r, 2)->name, "local.conf:7");
	ck_assert(rule_at(r, 1)->weak);
	ck_assert(!rule_at(r, 2)->weak);
	ck_assert_int_eq(rule_at(r, 2)->class, CLASS_VIRUS);
	rules_free(r);
}
END_TEST

START_TEST(an_empty_source_has_no_rules)
{
	struct rules *r = read_rules("");

	ck_assert_uint_eq(r->rows->len, 0);
	rules_free(r);
	r = read_rules("# only this \\");
	ck_assert_uint_eq(r->rows->len, 0);
	rules_free(r);
}
END_TEST

static const struct {
	const char *rule, *host;
	int code;
	const char *status;
	bool allowed;
} limits[] = {
    {"spam: x1", NULL, 0, "", true},
    {"spam code=550: x1", NULL, 550, "", true},
    {"spam code=550: x1", NULL, 551, "", false},
    {"spam code=550: x1", NULL, 0, "", false},
    {"spam code=5xx: x1", NULL, 599, "", true},
    {"spam code=5xx: x1", NULL, 499, "", false},
    {"spam code=55x: x1", NULL, 557, "", true},
    {"spam code=55x: x1", NULL, 547, "", false},
    {"spam status=5.7.1: x1", NULL, 0, "5.7.1", true},
    {"spam status=5.7.1: x1", NULL, 0, "4.7.1", false},
    {"spam status=*.7.1: x1", NULL, 0, "4.7.1", true},
    {"spam status=x.7.*: x1", NULL, 0, "4.7.650", true},
    {"spam status=5.7.*: x1", NULL, 0, "5.1.1", false},
    {"spam status=5.7.*: x1", NULL, 0, "", false},
    {"spam status=*.*.*: x1", NULL, 0, "", false},
    {"spam host=example.org: x1", "mx.example.org", 0, "", true},
    {"spam host=example.org: x1", "EXAMPLE.ORG", 0, "", true},
    {"spam host=example.org: x1", "badexample.org", 0, "", false},
    {"spam host=example.org: x1", "example.org.example.net", 0, "", false},
    {"spam host=example.org: x1", "org", 0, "", false},
    {"spam host=example.org: x1", NULL, 0, "", false},
    {"spam host=example.net,example.org: x1", "a.b.example.org", 0, "", true},
    {"spam host=example.org code=550: x1", "example.org", 550, "", true},
    {"spam host=example.org code=550: x1", "example.org", 450, "", false},
};

START_TEST(every_limit_of_a_rule_must_hold)
{
	struct rules *r = read_rules(limits[_i].rule);
	struct known k = {.host = limits[_i].host};

	if (k.host != NULL)
		k.host_length = strlen(k.host);
	k.codes[0] = limits[_i].code;
	enhanced_parse(limits[_i].status, &k.statuses[1]);
	ck_assert_int_eq(rule_allows(r, rule_at(r, 0), &k), limits[_i].allowed);
	rules_free(r);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(*(a))))

int
main(void)
{
	TCase *tc = tcase_create("rules");
	Suite *s = suite_create("rules");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(
	    tc, a_bad_line_is_named_with_file_and_number, 0, COUNT(errors));
	tcase_add_test(
	    tc, comments_blank_lines_and_continuations_keep_their_line_numbers);
	tcase_add_test(tc, an_empty_source_has_no_rules);
	tcase_add_loop_test(
	    tc, every_limit_of_a_rule_must_hold, 0, COUNT(limits));
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
