#include "parser/address.h"

#include <glib.h>

#include "tests/unit/suite.h"

/* All addresses of a text, with a space behind each. */
static char *
all_of(const char *text)
{
	size_t n = strlen(text);
	char *copy = exact(text, n);
	GString *out = g_string_new(NULL);
	struct span s = {0, 0};

	while (address_next(copy, n, s.end, &s)) {
		ck_assert_uint_lt(s.start, s.end);
		ck_assert_uint_le(s.end, n);
		g_string_append_len(
		    out, copy + s.start, (gssize)(s.end - s.start));
		g_string_append_c(out, ' ');
	}
	free(copy);
	return g_string_free(out, FALSE);
}

static const struct {
	const char *name;
	const char *in;
	const char *want;
} texts[] = {
    {"nothing", "", ""},
    {"no address", "hello world", ""},
    {"an at sign alone", "@", ""},
    {"at signs", "@@@ @", ""},
    {"an address alone", "user@example.org", "user@example.org "},
    {"in brackets", "<user@example.org>", "user@example.org "},
    {"in brackets with a colon", "<user@example.org>:", "user@example.org "},
    {"in a sentence", "To user@example.org, or x.y@example.com.",
	"user@example.org x.y@example.com "},
    {"before a full stop and dots", "user@example.org... Unknown",
	"user@example.org "},
    {"before other punctuation",
	"a@example.org; b@example.org! c@example.org? d@example.org) "
	"e@example.org- f@example.org: g@example.org_",
	"a@example.org b@example.org c@example.org d@example.org e@example.org "
	"f@example.org g@example.org "},
    {"in quotes", "\"user@example.org\" 'x@example.com'",
	"user@example.org x@example.com "},
    {"in German quotes", "„user@example.org“", "user@example.org "},
    {"in parentheses", "(user@example.org)", "user@example.org "},
    {"in square brackets", "[user@example.org]", "user@example.org "},
    {"in braces", "{user@example.org}", "user@example.org "},
    {"behind mailto:", "<mailto:user@example.org>", "user@example.org "},
    {"behind mailto://", "mailto://user@example.org", "user@example.org "},
    {"with a bullet", "*user@example.org", "user@example.org "},
    {"a sub-address", "user+tag@example.org", "user+tag@example.org "},
    {"a VERP address", "b+user=example.com@example.org",
	"b+user=example.com@example.org "},
    {"all of atext", "!#$%&'*+-/=?^_`{|}~x@example.org",
	"!#$%&'*+-/=?^_`{|}~x@example.org "},
    {"dots as DoCoMo has them", "user..x.@docomo.example.org",
	"user..x.@docomo.example.org "},
    {"a quoted local part", "\"joe doe\"@example.org",
	"\"joe doe\"@example.org "},
    {"a quoted local part in brackets", "<\"joe doe\"@example.org>",
	"\"joe doe\"@example.org "},
    {"an at sign in a quoted local part",
	"\"user@example.com\"@relay.example.org",
	"\"user@example.com\"@relay.example.org "},
    {"an escaped quote in a local part", "\"a\\\"b\"@example.org",
	"\"a\\\"b\"@example.org "},
    {"no quoted local part over lines", "\"a\nb\"@example.org", ""},
    {"a quotation before an at sign", "Joe \"x <a@example.org> says \"@x.org",
	"a@example.org "},
    {"an empty quoted local part", "\"\"@example.org", ""},
    {"a domain literal", "<user@[192.0.2.1]>", "user@[192.0.2.1] "},
    {"an IPv6 literal", "user@[IPv6:2001:db8::1] x",
	"user@[IPv6:2001:db8::1] "},
    {"a literal that does not close", "user@[192.0.2.1 x", ""},
    {"an empty literal", "user@[]", ""},
    {"a domain without a dot in brackets", "<user@localhost>",
	"user@localhost "},
    {"a domain without a dot elsewhere", "user@localhost", ""},
    {"a domain that starts with a dot", "user@.example.org", ""},
    {"a domain that starts with a hyphen", "user@-example.org", ""},
    {"two dots end a domain", "user@example.org..com", "user@example.org "},
    {"a host with an underscore", "user@my_host.example.org",
	"user@my_host.example.org "},
    {"an IDN", "user@bücher.example", "user@bücher.example "},
    {"an IDN in A-labels", "user@xn--bcher-kva.example",
	"user@xn--bcher-kva.example "},
    {"a UTF-8 local part", "müller@example.org", "müller@example.org "},
    {"a Cyrillic address", "иван@пример.рф", "иван@пример.рф "},
    {"a Chinese address in brackets", "<用户@例子.公司>", "用户@例子.公司 "},
    {"a Chinese local part alone", "用户@example.org", "用户@example.org "},
    {"a Chinese local part behind punctuation", "收件人：用户@example.org",
	"用户@example.org "},
    {"Chinese prose around an address", "无法投递user@example.org退信",
	"user@example.org "},
    {"Japanese prose around an address", "宛先はuser@example.orgです。",
	"user@example.org "},
    {"full-width punctuation around an address", "（user@example.org）",
	"user@example.org "},
    {"X.400 with an SMTP attribute", "/DDA:SMTP=user@example.org/",
	"user@example.org "},
    {"dda of Exchange", "IMCEAEX dda:SMTP=user@example.org;",
	"user@example.org "},
    {"ESMTP parameters", "ORCPT=rfc822;user@example.org to=<x@example.com>",
	"user@example.org x@example.com "},
    {"to= without brackets", "to=user@example.org", "user@example.org "},
    {"two at signs", "a@b@example.org", "b@example.org "},
    {"addresses that touch", "a@example.org,b@example.org",
	"a@example.org b@example.org "},
    {"a NUL and control characters", "\x01user@example.org\x02",
	"user@example.org "},
};

START_TEST(test_text)
{
	char *got = all_of(texts[_i].in);

	assert_string(texts[_i].name, got, texts[_i].want);
	g_free(got);
}
END_TEST

static const struct {
	const char *name;
	const char *in;
	const char *want;
} fields[] = {
    {"nothing", NULL, NULL},
    {"an empty value", "", NULL},
    {"an empty value with a type", "rfc822;", NULL},
    {"the null address", "<>", NULL},
    {"a plain address", "user@example.org", "user@example.org"},
    {"with a type", "rfc822;user@example.org", "user@example.org"},
    {"with a type and a space", "RFC822; user@example.org", "user@example.org"},
    {"with a space before the semicolon", "rfc822 ; user@example.org",
	"user@example.org"},
    {"with a hyphen in the type", "RFC-822;user@example.org",
	"user@example.org"},
    {"with a colon for the semicolon", "rfc822:user@example.org",
	"user@example.org"},
    {"with the type twice", "rfc822;rfc822;user@example.org",
	"user@example.org"},
    {"in brackets", "rfc822;<user@example.org>", "user@example.org"},
    {"in brackets with spaces", "rfc822; < user@example.org >",
	"user@example.org"},
    {"with a comment", "rfc822; user@example.org (Joe)", "user@example.org"},
    {"in quotes", "\"user@example.org\"", "user@example.org"},
    {"with a name", "Joe Doe <user@example.org>", "user@example.org"},
    {"with an address as name", "\"x@example.com\" <user@example.org>",
	"user@example.org"},
    {"with an address as bare name", "x@example.com <user@example.org>",
	"user@example.org"},
    {"with an address and a comma in the name",
	"\"x@example.com, y\" <user@example.org>", "user@example.org"},
    {"with a comma in the name", "Doe, Joe <user@example.org>",
	"user@example.org"},
    {"the first of a list", "A <a@example.org>, B <b@example.org>",
	"a@example.org"},
    {"the first of a list without brackets", "a@example.org, <b@example.org>",
	"a@example.org"},
    {"a source route", "<@r1.example,@r2.example:user@example.org>",
	"user@example.org"},
    {"a source route with a type", "rfc822; @r1.example:user@example.org",
	"user@example.org"},
    {"a quoted local part", "rfc822;\"joe doe\"@example.org",
	"\"joe doe\"@example.org"},
    {"a name without a domain", "local; joe", "joe"},
    {"a name in quotes", "local; \"joe\"", "joe"},
    {"a name in many quotes", "\"'\"joe\"'\"", "joe"},
    {"a name with a comment", "joe (expanded from: root)", "joe"},
    {"an address without a dot", "rfc822;root@localhost", "root@localhost"},
    {"a pipe", "|/usr/bin/vacation joe", "|/usr/bin/vacation joe"},
    {"utf-8-address", "utf-8; müller@example.org", "müller@example.org"},
    {"utf-8-address in Chinese", "utf-8;用户@例子.公司", "用户@例子.公司"},
    {"utf-8-address with an emoji", "utf-8; 🐈@例子.公司", "🐈@例子.公司"},
    {"utf-8-addr-xtext", "utf-8; m\\x{FC}ller@example.org",
	"müller@example.org"},
    {"utf-8-addr-xtext in lower case", "utf-8;m\\x{fc}ller@example.org",
	"müller@example.org"},
    {"utf-8-addr-xtext of a cat", "utf-8; \\x{1F408}@example.org",
	"🐈@example.org"},
    {"utf-8-addr-unitext", "utf-8; mü\\x{5C}ller@example.org",
	"mü\\ller@example.org"},
    {"an escape of a control character stays", "utf-8; a\\x{1B}b@example.org",
	"a\\x{1B}b@example.org"},
    {"an escape above Unicode stays", "utf-8; \\x{110000}", "\\x{110000}"},
    {"an escape of a surrogate stays", "utf-8; \\x{D800}", "\\x{D800}"},
    {"an escape that does not end", "utf-8; joe\\x{41", "joe\\x{41"},
    {"an escape that ends the value", "utf-8; joe\\x{", "joe\\x{"},
    {"an empty escape", "utf-8; joe\\x{}", "joe\\x{}"},
    {"an escape with a sign", "utf-8; joe\\x{-41}", "joe\\x{-41}"},
    {"xtext with +40", "rfc822;user+40example.org", "user@example.org"},
    {"xtext with +2B and +40", "rfc822;user+2Btag+40example.org",
	"user+tag@example.org"},
    {"a sub-address 40 is no xtext", "rfc822;user+40@example.org",
	"user+40@example.org"},
    {"X.400 with (a)", "x400; /DDA:RFC-822=user(a)example.org/C=us/",
	"user@example.org"},
    {"an X.400 address", "x400; /S=joe/C=us/", "/S=joe/C=us/"},
    {"a letter in parentheses is no at sign", "joe (a)", "joe"},
};

START_TEST(test_field)
{
	char *got = address_clean(fields[_i].in);

	assert_string(fields[_i].name, got, fields[_i].want);
	g_free(got);
}
END_TEST

START_TEST(test_longer_than_any_address_is_none)
{
	char *local = g_strnfill(MAX_ADDRESS, 'a');
	char *long_one = g_strconcat(local, "@example.org", NULL);
	char *fits = g_strconcat(local + 12, "@example.org", NULL);
	struct span s;
	char *clean;

	ck_assert(!address_next(long_one, strlen(long_one), 0, &s));
	ck_assert(!address_is_valid(long_one));
	clean = address_clean(long_one);
	ck_assert_ptr_null(clean);
	ck_assert_uint_eq(strlen(fits), MAX_ADDRESS);
	ck_assert(address_is_valid(fits));
	g_free(fits);
	g_free(long_one);
	g_free(local);
}
END_TEST

static const struct {
	const char *name;
	const char *in;
	bool want;
} valid[] = {
    {"NULL", NULL, false},
    {"nothing", "", false},
    {"an address", "user@example.org", true},
    {"a Chinese address", "用户@例子.公司", true},
    {"a literal", "user@[192.0.2.1]", true},
    {"no domain", "user", false},
    {"no local part", "@example.org", false},
    {"no dot", "user@localhost", false},
    {"brackets", "<user@example.org>", false},
    {"a space", "user@example.org ", false},
    {"two addresses", "a@example.org,b@example.org", false},
    {"a wide space", "us　er@example.org", false},
    {"a control character of Unicode",
	"us\xc2\x85"
	"er@example.org",
	false},
    {"bad UTF-8",
	"us\xff"
	"er@example.org",
	false},
    {"a quoted local part with an at sign", "\"a@b.example\"@example.org",
	true},
};

START_TEST(test_valid)
{
	ck_assert_msg(address_is_valid(valid[_i].in) == valid[_i].want, "%s",
	    valid[_i].name);
}
END_TEST

static const struct {
	const char *name;
	const char *a, *b;
	bool want;
} equal[] = {
    {"the same", "user@example.org", "user@example.org", true},
    {"another case", "User@Example.ORG", "user@example.org", true},
    {"another user", "usex@example.org", "user@example.org", false},
    {"NULL and NULL", NULL, NULL, false},
    {"NULL and something", NULL, "a@example.org", false},
    {"U-label and A-label", "user@bücher.example", "user@xn--bcher-kva.example",
	true},
    {"U-label in capitals", "user@BÜCHER.example", "user@xn--bcher-kva.example",
	true},
    {"a UTF-8 local part in capitals", "MÜLLER@example.org",
	"müller@example.org", true},
    {"composed and decomposed letters", "mu\xcc\x88ller@example.org",
	"m\xc3\xbcller@example.org", true},
    {"another letter", "müller@example.org", "muller@example.org", false},
    {"names without a domain", "Jürgen", "jürgen", true},
    {"a name and an address", "Jürgen", "jürgen@example.org", false},
    {"a name in a name", "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ", "ä", false},
    {"bad UTF-8 equals itself", "\xff@example.org", "\xff@EXAMPLE.org", true},
    {"bad UTF-8 and good", "\xff@example.org", "ü@example.org", false},
};

START_TEST(test_equal)
{
	bool got = address_equal(equal[_i].a, equal[_i].b);

	ck_assert_msg(got == equal[_i].want, "%s", equal[_i].name);
	if (equal[_i].a != NULL && equal[_i].b != NULL) {
		char *a = address_fold(equal[_i].a);
		char *b = address_fold(equal[_i].b);

		ck_assert_msg((strcmp(a, b) == 0) == equal[_i].want,
		    "%s: %s, %s", equal[_i].name, a, b);
		g_free(a);
		g_free(b);
	}
}
END_TEST

START_TEST(test_domain)
{
	ck_assert_str_eq(address_domain("user@example.org"), "example.org");
	ck_assert_str_eq(address_domain("\"a@b\"@example.org"), "example.org");
	ck_assert_str_eq(address_domain("user"), "");
	ck_assert_str_eq(address_domain(""), "");
	ck_assert_str_eq(address_domain("user@"), "");
}
END_TEST

static const struct {
	const char *name;
	const char *in;
	const char *want;
} xtext[] = {
    {"nothing", "", ""},
    {"plus and equals", "a+2Bb+3Dc@example.org", "a+b=c@example.org"},
    {"lower case is no xtext", "a+2bb", "a+2bb"},
    {"control characters stay", "a+0Ab+00c+7F", "a+0Ab+00c+7F"},
    {"8-bit characters stay", "a+80b+C3+A4", "a+80b+C3+A4"},
    {"cut short", "a+2", "a+2"},
    {"a plus at the end", "a+", "a+"},
};

START_TEST(test_xtext)
{
	char *got = address_decode_xtext(xtext[_i].in);

	assert_string(xtext[_i].name, got, xtext[_i].want);
	g_free(got);
}
END_TEST

static const char *const floods[] = {"@", "@[", "a@", "a@b.", "\"@", "\"a\"@",
    "<", "<@", "ä@", "用@", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "\"", "'", "@b.example,", "+40", "\\x{41", "(a)", "\\x{61}@b.example "};

START_TEST(test_time_is_linear)
{
	GString *text = g_string_new(NULL);
	struct span s = {0, 0};

	while (text->len < 4 * 1024 * 1024)
		g_string_append(text, floods[_i]);
	must_end();
	while (address_next(text->str, text->len, s.end, &s))
		;
	g_free(address_clean(text->str));
	g_string_free(text, TRUE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_text, 0, ROWS(texts));
	tcase_add_loop_test(t, test_field, 0, ROWS(fields));
	tcase_add_test(t, test_longer_than_any_address_is_none);
	tcase_add_loop_test(t, test_valid, 0, ROWS(valid));
	tcase_add_loop_test(t, test_equal, 0, ROWS(equal));
	tcase_add_test(t, test_domain);
	tcase_add_loop_test(t, test_xtext, 0, ROWS(xtext));
	tcase_add_loop_test(t, test_time_is_linear, 0, ROWS(floods));
}

int
main(void)
{
	return run_tests("address", add_tests);
}
