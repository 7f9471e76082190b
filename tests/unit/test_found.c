#include "parser/found.h"

#include "tests/unit/suite.h"

static struct found *
find_number(struct found_list *l, int i)
{
	char *address = g_strdup_printf("user%d@example.org", i);
	struct found *f = found_for(l, address);

	g_free(address);
	return f;
}

START_TEST(test_an_address_is_added_once)
{
	struct found_list l = {0};
	struct found *f = found_for(&l, "User@Example.org");

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_eq(found_for(&l, "user@example.ORG"), f);
	ck_assert_uint_eq(l.count, 1);
	ck_assert_str_eq(l.list[0].address, "User@Example.org");
	ck_assert_ptr_ne(found_for(&l, "other@example.org"), NULL);
	ck_assert_uint_eq(l.count, 2);
	found_list_clear(&l);
	ck_assert_uint_eq(l.count, 0);
	ck_assert_ptr_null(l.list);
}
END_TEST

START_TEST(test_a_long_list_finds_each_again)
{
	struct found_list l = {0};

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++)
			ck_assert_ptr_eq(find_number(&l, i), &l.list[i]);
	}
	ck_assert_uint_eq(l.count, 1000);
	found_list_clear(&l);
}
END_TEST

START_TEST(test_an_entry_whose_address_came_later_is_found)
{
	struct found_list l = {0};

	for (int i = 0; i < 100; i++)
		(void)find_number(&l, i);
	found_add(&l)->address = g_strdup("late@example.org");
	ck_assert_ptr_eq(found_for(&l, "LATE@example.org"), &l.list[100]);
	found_list_clear(&l);
}
END_TEST

START_TEST(test_a_list_that_its_owner_reorders_is_right_once_told)
{
	struct found_list l = {0};
	struct found spare;

	for (int i = 0; i < 100; i++)
		(void)find_number(&l, i);
	spare = l.list[3];
	l.list[3] = l.list[70];
	l.list[70] = spare;
	found_forget(&l);
	ck_assert_ptr_eq(find_number(&l, 3), &l.list[70]);
	ck_assert_ptr_eq(find_number(&l, 70), &l.list[3]);
	ck_assert_uint_eq(l.count, 100);
	found_list_clear(&l);
}
END_TEST

START_TEST(test_find_adds_nothing)
{
	struct found_list l = {0};

	ck_assert_ptr_null(found_find(&l, "a@example.org"));
	ck_assert_ptr_null(found_find(&l, NULL));
	(void)found_for(&l, "a@example.org");
	ck_assert_ptr_null(found_find(&l, NULL));
	ck_assert_ptr_null(found_find(&l, "b@example.org"));
	ck_assert_ptr_eq(found_find(&l, "A@example.org"), &l.list[0]);
	ck_assert_uint_eq(l.count, 1);
	found_list_clear(&l);
}
END_TEST

START_TEST(test_above_the_limit_recipients_are_counted_only)
{
	struct found_list l = {0};

	for (int i = 0; i < MAX_FOUND + 7; i++) {
		ck_assert((find_number(&l, i) != NULL) == (i < MAX_FOUND));
	}
	ck_assert_ptr_null(found_add(&l));
	ck_assert_ptr_nonnull(find_number(&l, 17));
	ck_assert_uint_eq(l.count, MAX_FOUND);
	ck_assert_uint_eq(l.dropped, 8);
	found_list_clear(&l);
}
END_TEST

START_TEST(test_a_million_addresses_take_linear_time)
{
	struct found_list l = {0};

	must_end();
	for (int i = 0; i < 1000000; i++)
		(void)find_number(&l, i);
	ck_assert_uint_eq(l.dropped, 1000000 - MAX_FOUND);
	found_list_clear(&l);
}
END_TEST

static const struct {
	const char *name;
	const char *first, *second;
	const char *want;
} texts[] = {
    {"one text", "a b", NULL, "a b"},
    {"white space around", " \n a b\t\n", NULL, "a b"},
    {"two texts", "a", " b ", "a b"},
    {"nothing and a text", " \n", "b", "b"},
    {"a text and nothing", "a", "  ", "a"},
    {"only white space", " \t", "", NULL},
};

START_TEST(test_text)
{
	GString *s = NULL;

	found_text(&s, texts[_i].first, strlen(texts[_i].first));
	if (texts[_i].second != NULL)
		found_text(&s, texts[_i].second, strlen(texts[_i].second));
	assert_string(
	    texts[_i].name, s != NULL ? s->str : NULL, texts[_i].want);
	if (s != NULL)
		g_string_free(s, TRUE);
}
END_TEST

START_TEST(test_text_is_bounded_and_cut_between_characters)
{
	GString *s = NULL;

	for (int i = 0; i < 100000; i++)
		found_text(&s, "äöü", strlen("äöü"));
	ck_assert_uint_le(s->len, MAX_FOUND_TEXT);
	ck_assert_uint_ge(s->len, MAX_FOUND_TEXT - 4);
	ck_assert(g_utf8_validate(s->str, -1, NULL));
	g_string_free(s, TRUE);

	char *big = g_strnfill(100000, 'x');

	s = NULL;
	found_text(&s, big, 100000);
	ck_assert_uint_eq(s->len, MAX_FOUND_TEXT);
	g_string_free(s, TRUE);
	g_free(big);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_test(t, test_an_address_is_added_once);
	tcase_add_test(t, test_a_long_list_finds_each_again);
	tcase_add_test(t, test_an_entry_whose_address_came_later_is_found);
	tcase_add_test(
	    t, test_a_list_that_its_owner_reorders_is_right_once_told);
	tcase_add_test(t, test_find_adds_nothing);
	tcase_add_test(t, test_above_the_limit_recipients_are_counted_only);
	tcase_add_test(t, test_a_million_addresses_take_linear_time);
	tcase_add_loop_test(t, test_text, 0, ROWS(texts));
	tcase_add_test(t, test_text_is_bounded_and_cut_between_characters);
}

int
main(void)
{
	return run_tests("found", add_tests);
}
