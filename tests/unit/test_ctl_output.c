/* What reaches the terminal: widths, tables, paragraphs, JSON, progress. */
#include "ctl/json.h"
#include "ctl/progress.h"
#include "ctl/report_text.h"
#include "ctl/rows.h"
#include "ctl/table.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

static const struct terminal plain = {.width = 40};

/* A file in memory; text() closes it and gives what was printed. */
static char *printed;
static size_t printed_size;

static FILE *
open_text(void)
{
	FILE *f = open_memstream(&printed, &printed_size);

	ck_assert_ptr_nonnull(f);
	return f;
}

static const char *
text_of(FILE *f)
{
	ck_assert_int_eq(fclose(f), 0);
	return printed;
}

static void
forget_text(void)
{
	free(printed);
	printed = NULL;
}

/* ---- widths ---- */

static const struct {
	const char *text;
	int wanted;
} widths[] = {
    {"", 0}, {"abc", 3}, {"Müller", 6}, {"日本", 4},
    {"e\xcc\x81", 1}, /* e and a combining acute accent */
};

START_TEST(columns_are_those_of_a_terminal)
{
	ck_assert_int_eq(text_columns(widths[_i].text), widths[_i].wanted);
}
END_TEST

START_TEST(wide_letter_is_not_cut_in_half)
{
	int used;

	ck_assert_uint_eq(text_fit("日本", 3, &used), strlen("日"));
	ck_assert_int_eq(used, 2);
}
END_TEST

/* ---- tables ---- */

static const struct column three[] = {
    {.title = "a"}, {.title = "b", .min = 5}, {.title = "c", .min = 5}};

static const struct {
	int natural[3], width, wanted[3];
} fits[] = {
    {{3, 4, 5}, 40, {3, 4, 5}}, {{10, 10, 16}, 40, {10, 10, 16}},
    {{10, 10, 60}, 40, {10, 10, 16}}, {{10, 60, 60}, 40, {10, 13, 13}},
    {{30, 60, 60}, 40, {30, 5, 5}}, /* the first one never gives */
};

START_TEST(widest_columns_give_room_first)
{
	int got[3];

	table_fit(three, 3, fits[_i].natural, fits[_i].width, 2, got);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(got[i], fits[_i].wanted[i]);
}
END_TEST

START_TEST(spare_columns_go_when_the_others_do_not_fit)
{
	static const struct column columns[] = {{.title = "a"},
	    {.title = "b", .min = 5}, {.title = "c", .spare = true},
	    {.title = "d", .min = 5, .spare = true}};
	static const int natural[] = {10, 10, 10, 10};
	int widths_got[4];

	ck_assert_uint_eq(table_fit(columns, 4, natural, 46, 2, widths_got), 4);
	ck_assert_int_eq(widths_got[3], 10);
	ck_assert_uint_eq(table_fit(columns, 4, natural, 36, 2, widths_got), 4);
	ck_assert_int_eq(widths_got[3], 5);
	ck_assert_uint_eq(table_fit(columns, 4, natural, 35, 2, widths_got), 3);
	ck_assert_int_eq(widths_got[1], 10);
	ck_assert_uint_eq(table_fit(columns, 4, natural, 20, 2, widths_got), 2);
	ck_assert_int_eq(widths_got[1], 8);
	ck_assert_uint_eq(table_fit(columns, 4, natural, 3, 2, widths_got), 2);
}
END_TEST

START_TEST(table_fits_and_shows_that_it_cut)
{
	static const char *const row[] = {
	    "1", "someone@example.org", "a long text that does not fit"};
	FILE *f = open_text();
	struct table *t = table_new(f, &plain, three, 3);
	char **lines;

	table_row(t, row, NULL);
	table_finish(t);
	lines = g_strsplit(text_of(f), "\n", -1);
	ck_assert_str_eq(lines[0], "a  b                   c");
	ck_assert_str_eq(lines[1], "1  someone@example.o…  a long text that…");
	ck_assert_int_eq(text_columns(lines[1]), 40);
	g_strfreev(lines);
	forget_text();
}
END_TEST

START_TEST(long_table_is_printed_as_it_comes)
{
	static const char *const row[] = {"1", "x", NULL};
	FILE *f = open_text();
	struct table *t = table_new(f, &plain, three, 3);
	char **lines;

	for (int i = 0; i < 1000; i++)
		table_row(t, row, NULL);
	fflush(f);
	ck_assert_uint_gt(printed_size, 900 * 4);
	table_finish(t);
	lines = g_strsplit(text_of(f), "\n", -1);
	ck_assert_uint_eq(g_strv_length(lines), 1002);
	g_strfreev(lines);
	forget_text();
}
END_TEST

START_TEST(empty_table_prints_nothing)
{
	FILE *f = open_text();

	table_finish(table_new(f, &plain, three, 3));
	ck_assert_str_eq(text_of(f), "");
	forget_text();
}
END_TEST

START_TEST(numbers_stand_at_the_right)
{
	static const struct column columns[] = {
	    {.title = "n", .right = true}, {.title = ""}};
	static const char *const one[] = {"7", "x"}, *const two[] = {
							 "100", "y"};
	FILE *f = open_text();
	struct table *t = table_new(f, &plain, columns, 2);

	table_row(t, one, NULL);
	table_row(t, two, NULL);
	table_finish(t);
	ck_assert_str_eq(text_of(f), "  n\n  7  x\n100  y\n");
	forget_text();
}
END_TEST

/* ---- hostile text ---- */

static const char hostile[] = "a\033[31mb\x07"
			      "c\xc2\x9b"
			      "d\xe2\x80\xae"
			      "e\x7f"
			      "f\xff"
			      "g\r\nh";

static void
assert_harmless(const char *text)
{
	ck_assert(g_utf8_validate(text, -1, NULL));
	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		ck_assert(c == '\n' || c >= 0x20);
		ck_assert(c < 0x7f || c > 0x9f);
		ck_assert(c != 0x202e);
	}
}

START_TEST(no_control_character_reaches_the_terminal)
{
	static const char *const row[] = {hostile, hostile, hostile};
	struct report *r = report_new();
	struct recipient *recipient = report_add(r);
	struct table *t;
	FILE *f = open_text();

	r->kind = KIND_BOUNCE;
	r->dialect = g_strdup(hostile);
	r->subject = g_strdup(hostile);
	r->list_id = g_strdup(hostile);
	r->envelope_recipient = g_strdup(hostile);
	recipient->address = g_strdup(hostile);
	recipient->subscriber = g_strdup("x");
	recipient->diagnostic = g_strdup(hostile);
	recipient->remote_mta = g_strdup(hostile);
	recipient->class = CLASS_USER_UNKNOWN;
	report_print(f, &plain, hostile, r);
	t = table_new(f, &plain, three, 3);
	table_row(t, row, NULL);
	table_finish(t);
	text_wrap(f, hostile, 4, 40);
	assert_harmless(text_of(f));
	forget_text();

	f = open_text();
	json_line(f, json_report(hostile, r));
	assert_harmless(text_of(f));
	forget_text();
	report_free(r);
}
END_TEST

/* ---- paragraphs ---- */

static const struct {
	const char *text, *wanted;
} paragraphs[] = {
    {"", ""},
    {"short", "  short\n"},
    {"  spaces in   ", "  spaces in\n"},
    {"one two three four", "  one two\n  three four\n"},
    {"abcdefghijklmnopqrstuvwxyz", "  abcdefghij\n  klmnopqrst\n  uvwxyz\n"},
    {"a abcdefghijklmno", "  a\n  abcdefghij\n  klmno\n"},
    {"exactly10!", "  exactly10!\n"},
    {"日本日本日本", "  日本日本日\n  本\n"},
};

START_TEST(paragraph_is_broken_at_spaces)
{
	FILE *f = open_text();

	text_wrap(f, paragraphs[_i].text, 2, 12);
	ck_assert_str_eq(text_of(f), paragraphs[_i].wanted);
	forget_text();
}
END_TEST

/* ---- JSON ---- */

START_TEST(report_has_the_promised_keys_in_the_promised_order)
{
	struct report *r = report_new();
	struct recipient *recipient = report_add(r);
	FILE *f = open_text();

	r->kind = KIND_BOUNCE;
	r->dialect = g_strdup("rfc3464");
	r->reporting_mta = g_strdup("mx.example.org");
	r->message_id = g_strdup("1@example.org");
	r->list_id = g_strdup("l.example.org");
	recipient->address = g_strdup("jürgen@example.net");
	recipient->action = ACTION_FAILED;
	recipient->status = (struct enhanced){5, 7, 26};
	recipient->code = 550;
	recipient->class = CLASS_USER_UNKNOWN;
	recipient->hard = true;
	recipient->basis = BASIS_TEXT;
	recipient->rule = g_strdup("rules.conf:120");
	json_line(f, json_report("a/b", r));
	ck_assert_str_eq(text_of(f),
	    "{\"file\":\"a/b\",\"kind\":\"bounce\",\"dialect\":\"rfc3464\","
	    "\"reporting_mta\":\"mx.example.org\","
	    "\"message_id\":\"1@example.org\","
	    "\"list_id\":\"l.example.org\",\"envelope_recipient\":\"\","
	    "\"recipients\":[{\"address\":\"jürgen@example.net\","
	    "\"original_recipient\":\"\",\"subscriber\":\"\","
	    "\"action\":\"failed\",\"status\":\"5.7.26\",\"code\":\"550\","
	    "\"class\":\"user-unknown\",\"hard\":true,\"basis\":\"text\","
	    "\"rule\":\"rules.conf:120\",\"diagnostic\":\"\","
	    "\"remote_mta\":\"\"}]}\n");
	forget_text();
	report_free(r);
}
END_TEST

static const struct {
	const char *text, *wanted;
} strings[] = {
    {NULL, "\"\"\n"},
    {"", "\"\"\n"},
    {"Ünï 日本 \xf0\x9f\x98\x80", "\"Ünï 日本 \xf0\x9f\x98\x80\"\n"},
    {"a\"b\\c/d", "\"a\\\"b\\\\c/d\"\n"},
    {"\001\n\t", "\"\\u0001\\n\\t\"\n"},
    {"\x7f|\xc2\x9b|\xe2\x80\xae|\xef\xbb\xbf",
	"\"\\u007f|\\u009b|\\u202e|\\ufeff\"\n"},
    {"\xff", "\"\xef\xbf\xbd\"\n"},
    {"a\xc3", "\"a\xef\xbf\xbd\"\n"},
    {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"\n"},
};

START_TEST(json_string_is_valid_and_as_plain_as_it_can_be)
{
	FILE *f = open_text();

	json_line(f, json_text(strings[_i].text));
	ck_assert_str_eq(text_of(f), strings[_i].wanted);
	forget_text();
}
END_TEST

/* ---- CSV ---- */

START_TEST(csv_cells_cannot_start_a_formula)
{
	static const char *const cells[] = {
	    "=1+1", "a,b", "say \"x\"", NULL, "plain"};
	FILE *f = open_text();

	csv_print(f, cells, 5);
	ck_assert_str_eq(
	    text_of(f), "'=1+1,\"a,b\",\"say \"\"x\"\"\",,plain\n");
	forget_text();
}
END_TEST

/* ---- progress ---- */

static const struct {
	int columns;
	uint64_t done, total, mails;
	double seconds;
	const char *wanted;
} lines[] = {
    {80, 0, 0, 12345, 2, "  12,345 mails  6,172/s"},
    {60, 50, 100, 50, 10,
	"[=============>            ]  50%  50 mails  5/s  0:10 left"},
    {60, 100, 100, 1000000, 10,
	"[=============] 100%  1,000,000 mails  100,000/s  0:00 left"},
    {80, 1, 100, 1, 0.5,
	"[>                                       ]   1%  1 mails  2/s"},
    {30, 50, 100, 50, 10, "  50%  50 mails  5/s  0:10 le"},
    {80, 1, 1000000, 1, 10,
	"[>                                       ]   0%  1 mails  0/s  "
	"100:00:00 "
	"left"},
    {80, 200, 100, 5, 1,
	"[========================================] 100%  5 mails  5/s  "
	"0:00 left"},
};

START_TEST(progress_line_fits_and_counts)
{
	char *line = progress_line(lines[_i].columns, lines[_i].done,
	    lines[_i].total, lines[_i].mails, lines[_i].seconds);

	ck_assert_int_lt((int)strlen(line), lines[_i].columns);
	ck_assert_str_eq(line, lines[_i].wanted);
	g_free(line);
}
END_TEST

static const struct {
	uint64_t n;
	const char *wanted;
} numbers[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {12345, "12,345"},
    {1234567, "1,234,567"}, {UINT64_MAX, "18,446,744,073,709,551,615"}};

START_TEST(numbers_are_grouped)
{
	char *text = number_text(numbers[_i].n);

	ck_assert_str_eq(text, numbers[_i].wanted);
	g_free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ctl_output");
	TCase *c = tcase_create("output");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
	    c, columns_are_those_of_a_terminal, 0, G_N_ELEMENTS(widths));
	tcase_add_test(c, wide_letter_is_not_cut_in_half);
	tcase_add_loop_test(
	    c, widest_columns_give_room_first, 0, G_N_ELEMENTS(fits));
	tcase_add_test(c, spare_columns_go_when_the_others_do_not_fit);
	tcase_add_test(c, table_fits_and_shows_that_it_cut);
	tcase_add_test(c, long_table_is_printed_as_it_comes);
	tcase_add_test(c, empty_table_prints_nothing);
	tcase_add_test(c, numbers_stand_at_the_right);
	tcase_add_test(c, no_control_character_reaches_the_terminal);
	tcase_add_loop_test(
	    c, paragraph_is_broken_at_spaces, 0, G_N_ELEMENTS(paragraphs));
	tcase_add_test(c, report_has_the_promised_keys_in_the_promised_order);
	tcase_add_loop_test(c, json_string_is_valid_and_as_plain_as_it_can_be,
	    0, G_N_ELEMENTS(strings));
	tcase_add_test(c, csv_cells_cannot_start_a_formula);
	tcase_add_loop_test(
	    c, progress_line_fits_and_counts, 0, G_N_ELEMENTS(lines));
	tcase_add_loop_test(c, numbers_are_grouped, 0, G_N_ELEMENTS(numbers));
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
