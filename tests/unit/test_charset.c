#include "parser/charset.h"

#include <glib.h>

#include "tests/unit/suite.h"

static const struct {
	const char *name;
	const char *in;
	size_t n;
	const char *charset;
	const char *want;
} rows[] = {
    {"nothing", BYTES(""), NULL, ""},
    {"ASCII", BYTES("abc"), "us-ascii", "abc"},
    {"UTF-8 with its label", BYTES("caf\xc3\xa9"), "utf-8", "café"},
    {"UTF-8 without a label", BYTES("caf\xc3\xa9"), NULL, "café"},
    {"UTF-8 labelled iso-8859-1", BYTES("caf\xc3\xa9"), "iso-8859-1", "café"},
    {"UTF-8 labelled us-ascii", BYTES("caf\xc3\xa9"), "us-ascii", "café"},
    {"UTF-8 Japanese labelled iso-2022-jp", BYTES("ネコ"), "iso-2022-jp",
	"ネコ"},
    {"latin 1", BYTES("caf\xe9"), "iso-8859-1", "café"},
    {"latin 1 without a label", BYTES("caf\xe9"), NULL, "café"},
    {"latin 1 labelled utf-8", BYTES("caf\xe9 noir"), "utf-8", "café noir"},
    {"latin 1 that is windows-1252", BYTES("\x93x\x94 \x80"), "iso-8859-1",
	"“x” €"},
    {"windows-1252 without a label", BYTES("\x93x\x94"), NULL, "“x”"},
    {"windows-1252 with its label", BYTES("\x93x\x94"), "Windows-1252", "“x”"},
    {"latin 2", BYTES("\xb3\xf3"), "iso-8859-2", "łó"},
    {"windows-1251", BYTES("\xcf\xe8\xf1\xfc\xec\xee"), "windows-1251",
	"Письмо"},
    {"windows-1251 by another name", BYTES("\xcf\xe8\xf1\xfc"), "win-1251",
	"Пись"},
    {"KOI8-R", BYTES("\xf0\xc9\xd3\xd8\xcd\xcf"), "koi8-r", "Письмо"},
    {"windows-1251 without a label",
	BYTES("\xcf\xe8\xf1\xfc\xec\xee \xed\xe5 a@b.example"), NULL,
	"Письмо не a@b.example"},
    {"KOI8-R labelled us-ascii", BYTES("\xf0\xc9\xd3\xd8\xcd\xcf \xce\xc5"),
	"us-ascii", "Письмо не"},
    {"French in capitals without a label", BYTES("\xc9T\xc9 \xc0 NO\xcbL"),
	NULL, "ÉTÉ À NOËL"},
    {"ISO-2022-JP", BYTES("\x1b$B%M%3\x1b(B!"), "iso-2022-jp", "ネコ!"},
    {"ISO-2022-JP without a label", BYTES("\x1b$B%M%3\x1b(B!"), NULL, "ネコ!"},
    {"ISO-2022-JP labelled us-ascii", BYTES("\x1b$B%M%3\x1b(B"), "us-ascii",
	"ネコ"},
    {"ISO-2022-JP labelled iso-8859-1", BYTES("\x1b$B%M%3\x1b(B"), "iso-8859-1",
	"ネコ"},
    {"ISO-2022-KR", BYTES("\x1b$)C\x0e\x47\x51\x0f"), "iso-2022-kr", "한"},
    {"Shift_JIS", BYTES("\x83\x6c\x83\x52\x8f\xad\x82\xb5"), "shift_jis",
	"ネコ少し"},
    {"a backslash in Shift_JIS", BYTES("\x83\x6c\x83\x52\x83\x6c\\"),
	"Shift_JIS", "ネコネ\\"},
    {"EUC-JP", BYTES("\xa5\xcd\xa5\xb3\xa5\xcd\xa5\xb3"), "euc-jp", "ネコネコ"},
    {"EUC-KR", BYTES("\xb9\xdd\xbc\xdb\xb5\xca"), "euc-kr", "반송됨"},
    {"EUC-KR by its odd name", BYTES("\xb9\xdd\xbc\xdb"), "ks_c_5601-1987",
	"반송"},
    {"GB18030", BYTES("\xcd\xcb\xd0\xc5"), "gb18030", "退信"},
    {"GB2312 that is GB18030", BYTES("\xcd\xcb\xd0\xc5\x81\x30\x81\x30"),
	"gb2312", "退信\xc2\x80"},
    {"short GB2312 that might be UTF-8", BYTES("\xc4\xa7"), "gb2312", "魔"},
    {"Big5", BYTES("\xb0\x68\xab\x48"), "big5", "退信"},
    {"UTF-7", BYTES("caf+AOk-"), "utf-7", "café"},
    {"UTF-7 by its old name", BYTES("caf+AOk-"), "unicode-1-1-utf-7", "café"},
    {"8-bit text labelled UTF-7", BYTES("caf\xe9"), "utf-7", "café"},
    {"UTF-16 with a mark",
	BYTES("\xff\xfe"
	      "a\0\xe9\0"),
	NULL, "aé"},
    {"UTF-16BE with its label", BYTES("\0a\0\xe9"), "utf-16be", "aé"},
    {"ASCII labelled UTF-16", BYTES("abcd"), "utf-16", "abcd"},
    {"UTF-8 labelled UTF-16", BYTES("caf\xc3\xa9!"), "utf-16le", "café!"},
    {"a byte order mark vanishes",
	BYTES("\xef\xbb\xbf"
	      "abc"),
	"utf-8", "abc"},
    {"NUL is a space", BYTES("a\0b"), NULL, "a b"},
    {"NUL in UTF-8 is a space and spoils nothing", BYTES("caf\xc3\xa9\0b"),
	"utf-8", "café b"},
    {"NUL in latin 1", BYTES("\xe9\0b"), "iso-8859-1", "é b"},
    {"one bad byte in good UTF-8", BYTES("\xc3\xa9\xc3\xa8\xff\xc3\xaa"),
	"utf-8", "éè\xef\xbf\xbdê"},
    {"UTF-8 cut inside its last character", BYTES("\xc3\xa9\xe2\x82"), "utf-8",
	"é\xef\xbf\xbd\xef\xbf\xbd"},
    {"cut UTF-8 labelled iso-8859-1", BYTES("\xc3\xa9\xc3"), "iso-8859-1",
	"é\xef\xbf\xbd"},
    {"a colour of a terminal is no Japanese", BYTES("\x1b[31mx\x1b(B"), NULL,
	"\x1b[31mx\x1b(B"},
    {"a colour in UTF-8", BYTES("\x1b[31mcaf\xc3\xa9"), NULL, "\x1b[31mcafé"},
    {"an unknown label", BYTES("caf\xe9"), "x-no-such", "café"},
    {"an unknown label of Cyrillic text", BYTES("\xcf\xe8\xf1\xfc\xec\xee"),
	"x-no-such", "Письмо"},
    {"an empty label", BYTES("caf\xe9"), "", "café"},
    {"a label with options of iconv", BYTES("\xe9"), "utf-8//IGNORE", "é"},
    {"a label that is a path", BYTES("\xe9"), "../../../tmp/evil", "é"},
    {"a label with a newline", BYTES("\xe9"), "utf-8\nX: y", "é"},
    {"a byte that the charset lacks",
	BYTES("a\xff\xff"
	      "b"),
	"big5",
	"a\xef\xbf\xbd\xef\xbf\xbd"
	"b"},
    {"the end of a two-byte character is missing", BYTES("\xb0\x68\xab"),
	"big5", "退\xef\xbf\xbd"},
    {"a surrogate half in UTF-16",
	BYTES("\xff\xfe\0\xd8"
	      "a\0"),
	"utf-16",
	"\xef\xbf\xbd"
	"a"},
};

START_TEST(test_row)
{
	char *copy = exact(rows[_i].in, rows[_i].n), *got;
	size_t length = 0;

	got = charset_to_utf8(copy, rows[_i].n, rows[_i].charset, &length);
	assert_string(rows[_i].name, got, rows[_i].want);
	ck_assert_uint_eq(length, strlen(got));
	ck_assert(g_utf8_validate(got, -1, NULL));
	g_free(got);
	free(copy);
}
END_TEST

/* Every charset, over bytes of every kind, gives valid UTF-8 without NUL. */
START_TEST(test_whatever_the_bytes_the_answer_is_valid)
{
	static const char *const charsets[] = {NULL, "utf-8", "utf-7", "utf-16",
	    "utf-32be", "ucs-2", "iso-8859-1", "iso-8859-7", "koi8-r",
	    "windows-1255", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn",
	    "iso-2022-jp-2", "euc-jp", "euc-kr", "euc-tw", "gb2312", "gb18030",
	    "big5", "big5-hkscs", "shift_jis", "johab", "tcvn", "ibm037",
	    "viscii", "macintosh", "no-such"};
	unsigned seed = (unsigned)_i + 1;
	char bytes[513];

	for (size_t k = 0; k < sizeof(bytes); k++) {
		seed = seed * 1103515245 + 12345;
		bytes[k] = (char)(seed >> 16);
	}
	for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++) {
		size_t n;
		char *got =
		    charset_to_utf8(bytes, sizeof(bytes), charsets[i], &n);

		ck_assert(g_utf8_validate(got, (gssize)n, NULL));
		ck_assert_uint_eq(strlen(got), n);
		g_free(got);
	}
}
END_TEST

START_TEST(test_no_length_is_asked_for)
{
	char *got = charset_to_utf8("a", 1, NULL, NULL);

	ck_assert_str_eq(got, "a");
	g_free(got);
}
END_TEST

static const struct {
	const char *name;
	const char *text;
	size_t max;
	size_t want;
} cuts[] = {
    {"short enough", "abc", 3, 3},
    {"ASCII", "abcd", 3, 3},
    {"in front of a character", "abé", 2, 2},
    {"inside two bytes", "abé", 3, 2},
    {"inside three bytes", "a€", 3, 1},
    {"inside four bytes", "a🐈", 4, 1},
    {"behind a character", "é€", 2, 2},
    {"to nothing", "€", 2, 0},
    {"nothing", "", 5, 0},
};

START_TEST(test_cut)
{
	size_t got =
	    charset_cut(cuts[_i].text, strlen(cuts[_i].text), cuts[_i].max);

	ck_assert_msg(got == cuts[_i].want, "%s: %zu", cuts[_i].name, got);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_row, 0, ROWS(rows));
	tcase_add_loop_test(
	    t, test_whatever_the_bytes_the_answer_is_valid, 0, 50);
	tcase_add_test(t, test_no_length_is_asked_for);
	tcase_add_loop_test(t, test_cut, 0, ROWS(cuts));
}

int
main(void)
{
	return run_tests("charset", add_tests);
}
