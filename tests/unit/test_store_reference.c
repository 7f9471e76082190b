/* The table `code`, written from the classifier's code table. */
#include "store_fixture.h"

static const char first[] =
    "550    user-unknown | no such address | Remove it.\n"
    "5.1.1  bad-address  | its own row | Correct it.\n"
    "x.1.1  user-unknown | bad destination mailbox | Remove it.\n"
    "220    -            | ready | Nothing.\n"
    "421    system-error | closing | Wait.\n";
static const char second[] = "550    policy       | refused | Read it.\n"
			     "220    -            | ready | Nothing.\n";

static struct store *store;

static void
set_up(void)
{
	make_folder();
	store = open_store(STORE_WRITE);
}

static void
tear_down(void)
{
	store_close(store);
	remove_folder();
}

static void
sync_with(const char *text)
{
	struct source codes = {"test.codes", text, strlen(text)};
	char *error = NULL;
	struct classifier *c = classifier_new(NULL, 0, &codes, 1, &error);

	ck_assert_msg(c != NULL, "%s", error);
	ck_assert_msg(store_sync_reference(store, c) == STORE_OK, "%s",
	    store_error(store));
	classifier_free(c);
}

START_TEST(codes_stand_as_reports_give_them)
{
	sync_with(first);
	assert_sql(store, "SELECT code, class, meaning, rule FROM code",
	    "2.1.1|user-unknown|bad destination mailbox|test.codes:3\n"
	    "220||ready|test.codes:4\n"
	    "4.1.1|user-unknown|bad destination mailbox|test.codes:3\n"
	    "421|system-error|closing|test.codes:5\n"
	    "5.1.1|bad-address|its own row|test.codes:2\n"
	    "550|user-unknown|no such address|test.codes:1");
	assert_sql(store,
	    "SELECT class IS NULL, advice FROM code WHERE code = '220'",
	    "1|Nothing.");
}
END_TEST

START_TEST(codes_can_be_joined)
{
	sync_with(first);
	settle_event(store, (struct event){.address = "a@example.org",
				.at = DAY_ONE,
				.class = CLASS_USER_UNKNOWN});
	assert_sql(store,
	    "SELECT a.meaning, b.meaning FROM bounces r JOIN code a ON a.code "
	    "= "
	    "r.code JOIN code b ON b.code = r.status",
	    "no such address|its own row");
}
END_TEST

START_TEST(the_same_again_changes_nothing)
{
	int before;

	sync_with(first);
	before = sqlite3_total_changes(store->db);
	sync_with(first);
	ck_assert_int_eq(sqlite3_total_changes(store->db), before);
}
END_TEST

START_TEST(another_table_replaces_it)
{
	sync_with(first);
	sync_with(second);
	assert_sql(store, "SELECT code, class, meaning FROM code",
	    "220||ready\n550|policy|refused");
}
END_TEST

START_TEST(a_word_changed_by_hand_is_put_right)
{
	sqlite3_exec(store->db,
	    "UPDATE class SET meaning = 'x' WHERE class = 'spam'", NULL, NULL,
	    NULL);
	sync_with(second);
	assert_sql(
	    store, "SELECT count(*) FROM class WHERE meaning = 'x'", "0");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store reference");
	TCase *c = tcase_create("reference");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, codes_stand_as_reports_give_them);
	tcase_add_test(c, codes_can_be_joined);
	tcase_add_test(c, the_same_again_changes_nothing);
	tcase_add_test(c, another_table_replaces_it);
	tcase_add_test(c, a_word_changed_by_hand_is_put_right);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
