#include "parser/input.h"
#include "parser/parser.h"
#include "tests/unit/suite.h"

static const struct {
	const char *name;
	const char *in;
	size_t n;
	const char *want;
} forms[] = {
    {"nothing stays nothing", BYTES(""), ""},
    {"LF is left alone", BYTES("A: b\n\nc\n"), "A: b\n\nc\n"},
    {"CRLF becomes LF", BYTES("A: b\r\n\r\nc\r\n"), "A: b\n\nc\n"},
    {"a lone CR ends a line", BYTES("A: b\r\rc\r"), "A: b\n\nc\n"},
    {"CR CR LF is one line end", BYTES("A: b\r\r\n\r\r\nc"), "A: b\n\nc"},
    {"CR CR CR LF is two", BYTES("a\r\r\r\nb"), "a\n\nb"},
    {"CR at the very end is a line end", BYTES("a\r"), "a\n"},
    {"CR CR at the very end is two", BYTES("a\r\r"), "a\n\n"},
    {"mixed line ends", BYTES("a\nb\r\nc\rd"), "a\nb\nc\nd"},
    {"NUL becomes a space", BYTES("a\0b\n\0"), "a b\n "},
    {"a mbox line is skipped", BYTES("From x Mon Jan  1\nA: b\n"), "A: b\n"},
    {"a quoted mbox line is skipped", BYTES(">From x\nA: b\n"), "A: b\n"},
    {"several mbox lines are skipped", BYTES("From x\n>From y\nFrom z\nA: b"),
	"A: b"},
    {"a mbox line with CRLF", BYTES("From x\r\nA: b\r\n"), "A: b\n"},
    {"a mbox line and nothing else", BYTES("From x"), ""},
    {"empty lines in front are skipped", BYTES("\n \n\t\nA: b"), "A: b"},
    {"empty lines before a mbox line", BYTES("\r\n\r\nFrom x\r\nA: b"), "A: b"},
    {"From: is no mbox line", BYTES("From: a@example.org\n"),
	"From: a@example.org\n"},
    {">Fromage is no mbox line", BYTES(">Fromage\n"), ">Fromage\n"},
    {"From without a space at the end", BYTES("From"), "From"},
    {"a mbox line behind the first field stays", BYTES("A: b\nFrom x\n"),
	"A: b\nFrom x\n"},
    {"a byte order mark is skipped",
	BYTES("\xef\xbb\xbf"
	      "A: b"),
	"A: b"},
    {"half a byte order mark stays", BYTES("\xef\xbb"), "\xef\xbb"},
    {"only white space", BYTES(" \t\r\n \n"), ""},
};

START_TEST(test_form)
{
	char *copy = exact(forms[_i].in, forms[_i].n);
	struct input in;
	char *got;

	input_open(&in, copy, forms[_i].n);
	got = strndup(in.text, in.length);
	ck_assert_uint_eq(in.length, strlen(forms[_i].want));
	assert_string(forms[_i].name, got, forms[_i].want);
	free(got);
	input_close(&in);
	free(copy);
}
END_TEST

START_TEST(test_null_of_no_length_is_an_empty_mail)
{
	struct input in;

	input_open(&in, NULL, 0);
	ck_assert_uint_eq(in.length, 0);
	input_close(&in);
	input_close(&in);
}
END_TEST

START_TEST(test_bytes_that_need_no_change_are_not_copied)
{
	const char mail[] = "A: b\n\nc\n";
	struct input in;

	input_open(&in, mail, strlen(mail));
	ck_assert_ptr_null(in.owned);
	ck_assert_ptr_eq(in.text, mail);
	input_close(&in);
}
END_TEST

static const struct {
	const char *name;
	const char *a;
	size_t a_length;
	const char *b;
	size_t b_length;
	bool same;
} digests[] = {
    {"CRLF and LF", BYTES("A: b\r\n\r\nc\r\n"), BYTES("A: b\n\nc\n"), true},
    {"CR CR LF and LF", BYTES("A: b\r\r\n\r\r\nc"), BYTES("A: b\n\nc"), true},
    {"lone CR and LF", BYTES("A: b\r\rc"), BYTES("A: b\n\nc"), true},
    {"a copy out of an mbox", BYTES("From x@y Mon\nA: b\n\nc\n\n"),
	BYTES("A: b\n\nc\n"), true},
    {"two mbox lines", BYTES("From x\nFrom y\nA: b\n"), BYTES("A: b\n"), true},
    {"empty lines at the end", BYTES("A: b\n\nc\n\n\n\n"), BYTES("A: b\n\nc"),
	true},
    {"empty CRLF lines at the end", BYTES("A: b\r\n\r\nc\r\n\r\n"),
	BYTES("A: b\n\nc\n"), true},
    {"empty lines in front", BYTES("\n\nA: b\n"), BYTES("A: b\n"), true},
    {"nothing and empty lines", BYTES(""), BYTES("\r\n\r\n"), true},
    {"another letter", BYTES("A: b\n\nc"), BYTES("A: b\n\nd"), false},
    {"another case", BYTES("A: b\n\nc"), BYTES("A: b\n\nC"), false},
    {"one line more inside", BYTES("A: b\n\nc\nd"), BYTES("A: b\n\nc\n\nd"),
	false},
    {"a space at the end", BYTES("A: b\n\nc"), BYTES("A: b\n\nc "), false},
    {"another header", BYTES("A: b\n\nc"), BYTES("A: c\n\nc"), false},
    {"a mbox line inside", BYTES("A: b\n\nFrom x\n"), BYTES("A: b\n\n"), false},
};

START_TEST(test_digest)
{
	uint8_t a[DIGEST_SIZE], b[DIGEST_SIZE];

	parser_digest(
	    digests[_i].a, digests[_i].a_length, digests[_i].a_length, a);
	parser_digest(
	    digests[_i].b, digests[_i].b_length, digests[_i].b_length, b);
	ck_assert_msg((memcmp(a, b, DIGEST_SIZE) == 0) == digests[_i].same,
	    "%s: %s", digests[_i].name,
	    digests[_i].same ? "differ" : "are the same");
}
END_TEST

START_TEST(test_digest_of_a_cut_mail_counts_its_size)
{
	uint8_t whole[DIGEST_SIZE], longer[DIGEST_SIZE], longest[DIGEST_SIZE];

	parser_digest("A: b\n", 5, 5, whole);
	parser_digest("A: b\n", 5, 6, longer);
	parser_digest("A: b\n", 5, UINT64_C(1) << 40, longest);
	ck_assert_mem_ne(whole, longer, DIGEST_SIZE);
	ck_assert_mem_ne(longer, longest, DIGEST_SIZE);
}
END_TEST

START_TEST(test_digest_is_blake2b)
{
	/* printf 'abc' | b2sum -l 256 */
	static const uint8_t want[DIGEST_SIZE] = {0xbd, 0xdd, 0x81, 0x3c, 0x63,
	    0x42, 0x39, 0x72, 0x31, 0x71, 0xef, 0x3f, 0xee, 0x98, 0x57, 0x9b,
	    0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb, 0x3e, 0x42, 0x72, 0x62, 0xc8,
	    0xc0, 0x68, 0xd5, 0x23, 0x19};
	uint8_t got[DIGEST_SIZE];

	parser_digest("abc\r\n", 5, 5, got);
	ck_assert_mem_eq(got, want, DIGEST_SIZE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_form, 0, ROWS(forms));
	tcase_add_test(t, test_null_of_no_length_is_an_empty_mail);
	tcase_add_test(t, test_bytes_that_need_no_change_are_not_copied);
	tcase_add_loop_test(t, test_digest, 0, ROWS(digests));
	tcase_add_test(t, test_digest_of_a_cut_mail_counts_its_size);
	tcase_add_test(t, test_digest_is_blake2b);
}

int
main(void)
{
	return run_tests("input", add_tests);
}
