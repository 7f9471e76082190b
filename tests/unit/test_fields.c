#include "parser/fields.h"

#include <glib.h>

#include "parser/encoded_words.h"
#include "tests/unit/suite.h"

/* "name=value;" for each field, then "+" and the bytes that were used. */
static char *
dump(const char *text, size_t length,
    size_t (*read)(struct fields *, const char *, size_t))
{
	char *copy = exact(text, length);
	GString *out = g_string_new(NULL);
	struct fields f;
	size_t used = read(&f, copy, length);

	for (size_t i = 0; i < f.count; i++) {
		char *value = field_value(&f.list[i]);

		g_string_append_printf(out, "%.*s=%s;",
		    (int)f.list[i].name_length, f.list[i].name, value);
		g_free(value);
	}
	g_string_append_printf(out, "+%zu", used);
	fields_free(&f);
	free(copy);
	return g_string_free(out, FALSE);
}

static const struct {
	const char *name;
	const char *in;
	size_t n;
	const char *want;
} blocks[] = {
    {"nothing", BYTES(""), "+0"},
    {"one field without a newline", BYTES("A: b"), "A=b;+4"},
    {"two fields", BYTES("A: b\nC: d\n"), "A=b;C=d;+10"},
    {"the empty line is used up", BYTES("A: b\n\nC: d\n"), "A=b;+6"},
    {"a line of blanks ends it too", BYTES("A: b\n \t\nC: d"), "A=b;+8"},
    {"no space behind the colon", BYTES("A:b"), "A=b;+3"},
    {"a space before the colon", BYTES("Subject : x"), "Subject=x;+11"},
    {"three spaces before the colon are prose", BYTES("He said   : x"), "+0"},
    {"an empty value", BYTES("A:\nB: c"), "A=;B=c;+7"},
    {"a value of blanks", BYTES("A: \t \nB: c"), "A=;B=c;+10"},
    {"blanks behind a value", BYTES("A: b \t\n"), "A=b;+7"},
    {"a folded value", BYTES("A: b\n c\n\td\n"), "A=b c d;+11"},
    {"folding on the first line", BYTES("A:\n b"), "A=b;+5"},
    {"many blanks at the fold are one", BYTES("A: b   \n     c"),
	"A=b   c;+14"},
    {"a tab is a space", BYTES("A: b\tc"), "A=b c;+6"},
    {"a line of blanks does not fold", BYTES("A: b\n  \n c\n"), "A=b;+8"},
    {"prose ends the block", BYTES("A: b\nhello world\n"), "A=b;+5"},
    {"mbox lines are skipped", BYTES("From x\n>From y\nA: b\n"), "A=b;+20"},
    {"a name may not have a space", BYTES("Dear Sir: x\n"), "+0"},
    {"a name may not have 8-bit letters", BYTES("\xc3\x84: x\n"), "+0"},
    {"a name may not have control characters", BYTES("A\x01: x\n"), "+0"},
    {"a colon alone is no field", BYTES(": x\n"), "+0"},
    {"a name without its colon at the end", BYTES("Subject"), "+0"},
    {"a name cut off behind blanks", BYTES("Subject "), "+0"},
    {"a NUL in a value is a space", BYTES("A: b\0c"), "A=b c;+6"},
    {"an odd but legal name", BYTES("!#$%&'*+-^_`{|}~: x"),
	"!#$%&'*+-^_`{|}~=x;+19"},
    {"a value in latin 1", BYTES("A: caf\xe9 noir"), "A=café noir;+12"},
    {"a value in UTF-8", BYTES("A: caf\xc3\xa9"), "A=café;+8"},
    {"a value that was cut in a character", BYTES("A: \xc3\xa9\xc3"),
	"A=é\xef\xbf\xbd;+6"},
    {"a raw ISO-2022-JP value", BYTES("A: \x1b$B%M%3\x1b(B!"), "A=ネコ!;+14"},
};

START_TEST(test_block)
{
	char *got = dump(blocks[_i].in, blocks[_i].n, fields_read);

	assert_string(blocks[_i].name, got, blocks[_i].want);
	g_free(got);
}
END_TEST

static const struct {
	const char *name;
	const char *in;
	const char *want;
} headers[] = {
    {"an ordinary header", "From: a\nTo: b\n\nbody\n", "From=a;To=b;+15"},
    {"a line that lost its fold", "From: a\ns=selector1;\nTo: b\n\nx",
	"From=a;To=b;+28"},
    {"several such lines", "A: b\n1\n2\n3\n4\n5\nSubject: c\n\nx",
	"A=b;Subject=c;+27"},
    {"a body without an empty line", "From: a\nHello you,\nwell\n\nx",
	"From=a;+8"},
    {"prose with a colon is no field of mail",
	"From: a\nHello you,\nNote: well\n\nx", "From=a;+8"},
    {"fields behind the empty line are not the header's",
	"From: a\nhello\n\nTo: b\n", "From=a;+8"},
    {"junk before the first field", "hello\nFrom: a\n", "+0"},
};

START_TEST(test_header_of_a_mail)
{
	char *got =
	    dump(headers[_i].in, strlen(headers[_i].in), fields_read_mail);

	assert_string(headers[_i].name, got, headers[_i].want);
	g_free(got);
}
END_TEST

START_TEST(test_more_fields_than_the_limit_are_passed_over)
{
	GString *text = g_string_new(NULL);
	struct fields f;

	for (int i = 0; i < MAX_FIELDS + 500; i++)
		g_string_append_printf(text, "X-%d: %d\n", i, i);
	g_string_append(text, "\nbody");
	ck_assert_uint_eq(fields_read(&f, text->str, text->len), text->len - 4);
	ck_assert_uint_eq(f.count, MAX_FIELDS);
	fields_free(&f);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_a_long_value_is_cut_between_characters)
{
	GString *text = g_string_new("A: x");
	struct fields f;
	char *value;

	while (text->len < 2 * MAX_FIELD_LENGTH)
		g_string_append(text, "é");
	fields_read(&f, text->str, text->len);
	ck_assert_uint_le(f.list[0].value_length, MAX_FIELD_LENGTH);
	value = fields_value(&f, "a");
	ck_assert_uint_ge(strlen(value), MAX_FIELD_LENGTH - 2);
	ck_assert(g_utf8_validate(value, -1, NULL));
	ck_assert_ptr_null(strstr(value, "\xef\xbf\xbd"));
	ck_assert_ptr_null(strstr(value, "Ã"));
	g_free(value);
	fields_free(&f);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_find_takes_no_notice_of_case)
{
	const char text[] = "Subject: a\nSUBJECT: b\nSubjects: c\nsubject: d\n";
	struct fields f;
	char *value;

	fields_read(&f, text, strlen(text));
	ck_assert_ptr_eq(fields_find(&f, "sUbJeCt", 1), &f.list[1]);
	ck_assert_ptr_eq(fields_find(&f, "subject", 2), &f.list[3]);
	ck_assert_ptr_null(fields_find(&f, "subject", 3));
	ck_assert_ptr_null(fields_find(&f, "sub", 0));
	ck_assert_ptr_null(fields_value(&f, "sub"));
	ck_assert_ptr_null(fields_text(&f, "sub"));
	value = fields_value(&f, "SUBJECT");
	assert_string("the first one", value, "a");
	g_free(value);
	fields_free(&f);
}
END_TEST

START_TEST(test_continuations_of_no_field_take_linear_time)
{
	GString *text = g_string_new("hello\n");
	struct fields f;
	const char *p;
	size_t left;

	while (text->len < 1024 * 1024)
		g_string_append(text, " x\n");
	must_end();
	p = text->str;
	left = text->len;
	/* As readers go on behind what is no field. */
	while (left > 0) {
		const char *nl = memchr(p, '\n', left);

		ck_assert_uint_eq(fields_read(&f, p, left), 0);
		fields_free(&f);
		left -= (size_t)(nl + 1 - p);
		p = nl + 1;
	}
	g_string_free(text, TRUE);
}
END_TEST

static const struct {
	const char *name;
	const char *in;
	const char *want;
} words[] = {
    {"no word", "plain = text ?=", "plain = text ?="},
    {"nothing", "", ""},
    {"quoted-printable", "=?iso-8859-1?Q?caf=E9?=", "café"},
    {"underscore is a space", "=?us-ascii?q?a_b?=", "a b"},
    {"base64", "=?UTF-8?B?Y2Fmw6k=?=", "café"},
    {"text before and behind", "Re: =?utf-8?q?x?= (y)", "Re: x (y)"},
    {"space between words vanishes", "=?utf-8?q?a?= \t =?utf-8?q?b?=", "ab"},
    {"space before text stays", "=?utf-8?q?a?=  b", "a  b"},
    {"space between text and word stays", "a  =?utf-8?q?b?=", "a  b"},
    {"a word behind a padded base64 one",
	"=?utf-8?B?SGVsbG8=?= =?utf-8?B?IHdvcmxk?=", "Hello world"},
    {"three padded ones",
	"=?utf-8?B?YQ==?= =?utf-8?B?Yg==?= =?utf-8?B?Yw==?=", "abc"},
    {"a character split between two words",
	"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"},
    {"a character split between two padded words",
	"=?utf-8?B?Y2Fmww==?= =?utf-8?B?qQ==?=", "café"},
    {"split words in iso-2022-jp",
	"=?iso-2022-jp?B?GyRCJU0=?= =?iso-2022-jp?B?JTMbKEI=?=", "ネコ"},
    {"neighbours in different charsets",
	"=?koi8-r?Q?=C1?= =?utf-8?Q?=C3=A4?=", "аä"},
    {"a language", "=?utf-8*de?Q?=C3=A4?=", "ä"},
    {"spaces inside a word", "=?utf-8?Q?a b c?=", "a b c"},
    {"words that touch text", "x=?utf-8?Q?y?=z", "xyz"},
    {"two words that touch", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
    {"a word that begins with an escape", "=?utf-8?Q?=3D=3F?=", "=?"},
    {"an empty word", "a =?utf-8?Q?\?= b", "a  b"},
    {"a word that does not end", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
    {"a word with an unknown encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
    {"a word without a charset", "=??Q?abc?=", "=??Q?abc?="},
    {"a bad escape stays", "=?utf-8?Q?a=ZZ=?=", "a=ZZ="},
    {"an unknown charset that is UTF-8", "=?x-foo?Q?=C3=A4?=", "ä"},
    {"an unknown charset that is not", "=?x-foo?Q?=E4?=", "ä"},
    {"a charset that is a path", "=?../../etc/passwd?Q?=E4?=", "ä"},
    {"a newline cannot hide in a word",
	"=?utf-8?Q?a=0AX-Evil:=0D=00b=1B?=", "a X-Evil:  b "},
    {"base64 with junk", "=?utf-8?B?Y2 F!mw6k=?=", "café"},
    {"start of a word at the end", "a =?", "a =?"},
    {"charset longer than any",
	"=?aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee?Q?x?=",
	"=?aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee?Q?x?="},
};

START_TEST(test_encoded_words)
{
	char *got = encoded_words_decode(words[_i].in);

	assert_string(words[_i].name, got, words[_i].want);
	g_free(got);
}
END_TEST

START_TEST(test_a_word_of_ten_kilobytes_is_decoded)
{
	GString *text = g_string_new("Subject: =?utf-8?Q?");
	struct fields f;
	char *got;

	for (int i = 0; i < 3000; i++)
		g_string_append(text, "=C3=A9");
	g_string_append(text, "?=");
	fields_read(&f, text->str, text->len);
	got = fields_text(&f, "subject");
	ck_assert_int_eq(g_utf8_strlen(got, -1), 3000);
	g_free(got);
	fields_free(&f);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_words_without_an_end_take_linear_time)
{
	GString *text = g_string_new(NULL);
	char *got;

	while (text->len < 4 * 1024 * 1024)
		g_string_append(text, "=?a?Q?x");
	must_end();
	got = encoded_words_decode(text->str);
	ck_assert_str_eq(got, text->str);
	g_free(got);
	g_string_free(text, TRUE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_block, 0, ROWS(blocks));
	tcase_add_loop_test(t, test_header_of_a_mail, 0, ROWS(headers));
	tcase_add_test(t, test_more_fields_than_the_limit_are_passed_over);
	tcase_add_test(t, test_a_long_value_is_cut_between_characters);
	tcase_add_test(t, test_find_takes_no_notice_of_case);
	tcase_add_test(t, test_continuations_of_no_field_take_linear_time);
	tcase_add_loop_test(t, test_encoded_words, 0, ROWS(words));
	tcase_add_test(t, test_a_word_of_ten_kilobytes_is_decoded);
	tcase_add_test(t, test_words_without_an_end_take_linear_time);
}

int
main(void)
{
	return run_tests("fields", add_tests);
}
