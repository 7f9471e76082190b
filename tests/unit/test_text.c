/* Hostile text, made harmless for terminals, spreadsheets and HTML. */
#include "util/text.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>

#define FFFD "\xEF\xBF\xBD"

struct row {
	const char *input, *wanted;
};

static const struct row printable[] = {
    {NULL, ""},
    {"", ""},
    {"plain", "plain"},
    {"tab\there\nthere", "tab here there"},
    {"\x1b[31mred\x07", FFFD "[31mred" FFFD},
    {"a\rb\x7f", "a" FFFD "b" FFFD},
    {"caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC",
	"caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC"},
    {"caf\xE9!", "caf" FFFD "!"}, /* Latin-1 */
    {"\xC0\xAF\xED\xA0\x80",
	FFFD FFFD FFFD FFFD FFFD},             /* overlong, surrogate */
    {"\xF4\x90\x80\x80", FFFD FFFD FFFD FFFD}, /* above U+10FFFF */
    {"cut \xE2\x82", "cut " FFFD FFFD},
    {"\xC2\x9B"
     "31m",
	FFFD "31m"}, /* C1: CSI */
    {"\xE2\x80\xAE"
     "fdp.exe",
	FFFD "fdp.exe"},                          /* right-to-left override */
    {"\xE2\x81\xA6x\xE2\x81\xA9", FFFD "x" FFFD}, /* isolates */
    {"a\xE2\x80\xA8"
     "b\xE2\x80\xA9"
     "c",
	"a" FFFD "b" FFFD "c"},
    {"\xEF\xBB\xBF"
     "bom",
	FFFD "bom"},
    {"z\xE2\x80\x8Bw", "z" FFFD "w"}, /* zero width space */
    {"\xF3\xA0\x81\x81", FFFD},       /* tag character */
    {"\xE3\x85\xA4", FFFD},           /* Hangul filler */
    {"\xF0\x9F\x93\xA7 ok", "\xF0\x9F\x93\xA7 ok"},
};

START_TEST(a_terminal_gets_no_control_and_no_invalid_utf8)
{
	char *got = text_printable(printable[_i].input);

	ck_assert_str_eq(got, printable[_i].wanted);
	ck_assert(g_utf8_validate(got, -1, NULL));
	free(got);
}
END_TEST

static const struct row csv[] = {
    {NULL, ""},
    {"user@example.org", "user@example.org"},
    {"a,b", "\"a,b\""},
    {"say \"hi\"", "\"say \"\"hi\"\"\""},
    {"two\nlines", "two lines"},
    {"=1+1", "'=1+1"},
    {"+49", "'+49"},
    {"-2", "'-2"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"\t=1", "' =1"},
    {"\r=1", "'" FFFD "=1"},
    {"  =1", "'  =1"},
    {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
    {"\xEF\xBC\x9D"
     "1",
	"'\xEF\xBC\x9D"
	"1"},
    {" padded ", "\" padded \""},
};

START_TEST(a_spreadsheet_finds_no_formula_and_one_cell)
{
	char *got = text_csv(csv[_i].input);

	ck_assert_str_eq(got, csv[_i].wanted);
	free(got);
}
END_TEST

static const struct row html[] = {
    {NULL, ""},
    {"a & b", "a &amp; b"},
    {"<script>alert('x')</script>",
	"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
    {"\" onload=\"x", "&quot; onload=&quot;x"},
    {"\x1b[0m\xE2\x80\xAE", FFFD "[0m" FFFD},
};

START_TEST(html_shows_markup_and_does_not_obey_it)
{
	char *got = text_html(html[_i].input);

	ck_assert_str_eq(got, html[_i].wanted);
	free(got);
}
END_TEST

START_TEST(every_two_bytes_give_valid_text)
{
	for (int a = 1; a < 256; a++) {
		for (int b = 1; b < 256; b++) {
			const char bytes[] = {(char)a, (char)b, 'x', '\0'};
			char *got = text_printable(bytes);

			ck_assert(g_utf8_validate(got, -1, NULL));
			ck_assert(g_str_has_suffix(got, "x"));
			for (const char *p = got; *p != '\0'; p++)
				ck_assert(*p == ' ' || g_ascii_isgraph(*p) ||
					  (*p & 0x80));
			free(got);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, a_terminal_gets_no_control_and_no_invalid_utf8,
	    0, G_N_ELEMENTS(printable));
	tcase_add_loop_test(t, a_spreadsheet_finds_no_formula_and_one_cell, 0,
	    G_N_ELEMENTS(csv));
	tcase_add_loop_test(
	    t, html_shows_markup_and_does_not_obey_it, 0, G_N_ELEMENTS(html));
	tcase_add_test(t, every_two_bytes_give_valid_text);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
