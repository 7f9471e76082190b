#include "parser/html.h"

#include <glib.h>

#include "tests/unit/suite.h"

static const struct {
	const char *name;
	const char *in;
	const char *want;
} rows[] = {
    {"nothing", "", ""},
    {"plain text", "a b", "a b"},
    {"tags vanish", "<b>a</b> <i>b</i>", "a b"},
    {"a line break", "a<br>b<BR/>c<br />d", "a\nb\nc\nd"},
    {"blocks end lines", "<p>a</p><div>b</div>", "a\n\nb\n"},
    {"rows of a table", "<table><tr><td>a<td>b<tr><th>c</table>", " a b\n c\n"},
    {"blanks before a line's end vanish", "a  <br>b", "a\nb"},
    {"lines of the source stay", "a\nb", "a\nb"},
    {"style vanishes", "a<style>b { c: <d> }</style>e", "ae"},
    {"style in capitals", "a<STYLE type=x>b</STYLE >c", "ac"},
    {"script vanishes", "a<script>if (b<c) </b></script>d", "ad"},
    {"style that does not end takes the rest", "a<style>b", "a"},
    {"a closing style alone", "a</style>b", "ab"},
    {"a comment", "a<!-- <b> c -->d", "ad"},
    {"a comment that does not end", "a<!-- b", "a"},
    {"a conditional comment", "a<!--[if mso]>b<![endif]-->c", "ac"},
    {"a doctype", "<!DOCTYPE html>a", "a"},
    {"a processing instruction", "<?xml version='1.0'?>a", "a"},
    {"references", "&lt;a&gt; &amp; &quot;b&quot; &apos;", "<a> & \"b\" '"},
    {"a reference without a semicolon", "a &amp b", "a & b"},
    {"an unknown reference stays", "a &nosuch; b", "a &nosuch; b"},
    {"an ampersand", "a & b &", "a & b &"},
    {"umlauts", "&auml;&Ouml;&szlig;", "äÖß"},
    {"a decimal number", "user&#64;example.org", "user@example.org"},
    {"a hexadecimal number", "user&#x40;example.org &#X41;",
	"user@example.org A"},
    {"a named at sign", "user&commat;example&period;org", "user@example.org"},
    {"a number above Unicode", "a&#x110000;b", "ab"},
    {"a number that overflows", "a&#99999999999999999999;b", "a9999999999;b"},
    {"a surrogate", "a&#xd800;b", "ab"},
    {"control characters vanish", "a&#0;&#27;&#127;b", "ab"},
    {"numbers of windows-1252", "&#147;a&#148;", "“a”"},
    {"a no-break space is a space", "a&nbsp;b&#160;c", "a b c"},
    {"a soft hyphen vanishes", "user@&shy;example&#173;.org",
	"user@example.org"},
    {"a zero-width space vanishes", "user@&#8203;example.org",
	"user@example.org"},
    {"an unfinished number", "a&#", "a&#"},
    {"an unfinished hexadecimal number", "a&#x", "a"},
    {"an address in raw brackets", "to <user@example.org> failed",
	"to <user@example.org> failed"},
    {"a VERP address in raw brackets", "<b+user=example.com@example.org>",
	"<b+user=example.com@example.org>"},
    {"a link is no address", "<a href=mailto:u@example.org>x</a>", "x"},
    {"a link on two lines", "<a\nhref=\"mailto:u@example.org\">x</a>", "x"},
    {"an address too long for one is a tag",
	"<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b>x",
	"x"},
    {"less than", "1 < 2 <3> 4", "1 < 2 <3> 4"},
    {"a tag that does not end is text", "a <b", "a <b"},
    {"a bracket at the end", "a<", "a<"},
    {"a closing bracket at the end", "a</", "a</"},
    {"an empty tag is text", "a<>b", "a<>b"},
    {"a carriage return is a space", "a\r\nb", "a\nb"},
};

START_TEST(test_row)
{
	size_t n = strlen(rows[_i].in);
	char *copy = exact(rows[_i].in, n);
	char *got = html_to_text(copy, n);

	assert_string(rows[_i].name, got, rows[_i].want);
	g_free(got);
	free(copy);
}
END_TEST

static const struct {
	const char *name;
	const char *piece;
	const char *end;
} floods[] = {
    {"brackets that do not close", "<", ""},
    {"brackets before one that closes", "<", ">"},
    {"tags before one that closes", "<a", "@>"},
    {"addresses that do not close", "<a@", ""},
    {"comments that do not close", "<!-", ""},
    {"closing tags", "</", ""},
    {"references", "&#", ""},
    {"spaces before line ends", "    <br>", ""},
};

START_TEST(test_time_is_linear_in)
{
	GString *html = g_string_new(NULL);
	char *got;

	while (html->len < 8 * 1024 * 1024)
		g_string_append(html, floods[_i].piece);
	g_string_append(html, floods[_i].end);
	must_end();
	got = html_to_text(html->str, html->len);
	ck_assert_msg(strlen(got) <= html->len, "%s", floods[_i].name);
	g_free(got);
	g_string_free(html, TRUE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_row, 0, ROWS(rows));
	tcase_add_loop_test(t, test_time_is_linear_in, 0, ROWS(floods));
}

int
main(void)
{
	return run_tests("html", add_tests);
}
