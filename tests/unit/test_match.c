/* Folding, phrases, and finding many of them at once. */
#include "parser/fold.h"
#include "parser/match.h"
#include "parser/phrases.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text, *folded;
} folds[] = {
    {"", ""},
    {"User  Unknown\r\n\there", "user unknown here"},
    {"  leading and trailing  ", "leading and trailing"},
    {"Empf\303\244nger unbekannt", "empfanger unbekannt"},
    {"Empfa\314\210nger", "empfanger"},
    {"Bo\303\256te pleine, \303\211metteur", "boite pleine, emetteur"},
    {"gro\303\237", "gross"},
    {"Skrzynka pe\305\202na", "skrzynka pelna"},
    {"Kullan\304\261c\304\261 bulunamad\304\261", "kullanici bulunamadi"},
    {"\320\237\320\236\320\233\320\254\320\227\320\236\320\222", /* POLZOV */
	"\320\277\320\276\320\273\321\214\320\267\320\276\320\262"},
    {"\321\221", "\320\265"},
    {"couldn\342\200\231t find", "couldn't find"},
    {"`user'", "'user'"},
    {"\342\200\234quoted\342\200\235 \342\200\223 text", "\"quoted\" - text"},
    {"no\302\240such\342\200\203user", "no such user"},
    {"in\302\255vis\342\200\213ible", "invisible"},
    {"\357\274\265\357\274\263\357\274\245\357\274\262\357\274\201", "user!"},
    {"bad \377\376 bytes \303", "bad bytes"},
    /* fillers */
    {"The mailbox has been closed", "mailbox closed"},
    {"a mailbox is the best", "mailbox best"},
    {"this", ""},
    {"theme is-it", "theme is-it"},
    /* addresses */
    {"<user@example.org>: unknown", "@: unknown"},
    {"user.name+tag=x@mail.example.org is", "@"},
    {"[user@example.org]: denied", "[@]: denied"},
    {"(user@example.org:blocked)", "(@:blocked)"},
    {"mail to user@example.org.", "mail to @."},
    {"\351\202\256\347\256\261user@example.org\344\270\215\345\255\230\345\234"
     "\250",
	"\351\202\256\347\256\261@\344\270\215\345\255\230\345\234\250"},
    {"@ alone @", "@ alone @"},
    /* multi-line replies */
    {"550-5.1.1 The account that you\r\n550-5.1.1 tried to reach\r\n550 5.1.1 "
     "does not exist",
	"account you tried to reach does not exist"},
    {"550-no such 550 user", "no such user"},
    {"550 no such 550 user", "550 no such 550 user"},
    {"552-5.2.2 full 550 other", "full 550 other"},
    {"<<< 550-no such\n<<< 550 user", "no such user"},
    {"'550-5.2.2 mailbox 550 5.2.2 full'", "'mailbox full'"},
    {"5.1.1 such a 5.1.1 thing 1.2.3", "such thing 1.2.3"},
    {"192.0.2.1 and 5.1.1.1", "192.0.2.1 and 5.1.1.1"},
    /* who is quoted */
    {"host spam.example.org[192.0.2.1] said: x", "said: x"},
    {"host mx.example.org [192.0.2.1]: x", ": x"},
    {"host is down", "host down"},
    {"ghost mx.example.org[x]", "ghost mx.example.org[x]"},
};

START_TEST(a_text_is_folded_to_what_rules_compare)
{
	char out[200];
	size_t n = fold_text(folds[_i].text, out, sizeof(out));

	ck_assert_uint_eq(n, strlen(out));
	ck_assert_str_eq(out, folds[_i].folded);
}
END_TEST

START_TEST(folding_stops_at_the_end_of_the_buffer)
{
	char out[32];
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_uint_lt(fold_text(text, out, sizeof(out)), sizeof(out));
	for (size_t i = 0; i + 4 < sizeof(text); i += 3)
		memcpy(text + i, "\343\201\202", 3);
	ck_assert_uint_lt(fold_text(text, out, sizeof(out)), sizeof(out));
	ck_assert_uint_eq(strlen(out), fold_text(text, out, sizeof(out)));
}
END_TEST

static bool
finds(const char *phrase, const char *text)
{
	struct phrases *p = phrases_new();
	const char *error = phrases_add(p, phrase, strlen(phrase));
	struct automaton *a;
	struct scan *s;
	const uint32_t *owners;
	size_t n;

	ck_assert_msg(error == NULL, "%s: %s", phrase, error);
	a = automaton_new(p);
	phrases_free(p);
	s = scan_new(a);
	n = scan_text(s, text, &owners);
	ck_assert_uint_le(n, 1);
	scan_free(s);
	automaton_free(a);
	return n == 1;
}

static const struct {
	const char *phrase, *text;
	bool found;
} searches[] = {
    {"user unknown", "550 5.1.1 User Unknown", true},
    {"user unknown", "user  unknown", true},
    {"user unknown", "user unknowns", false},
    {"user unknown", "superuser unknown", false},
    {"user unknown", "user_unknown", false},
    {"user unknown", "(user unknown)", true},
    {"spam*", "spamming", true},
    {"spam*", "antispam", false},
    {"*spam*", "antispams", true},
    {"spam *", "spamming", false},
    {"[bl21]", "x[BL21]y", true},
    {"blocked using * spamhaus", "blocked using zen.spamhaus.org", true},
    {"blocked using * spamhaus", "spamhaus: blocked using it", false},
    {"a1 * b1 * a1", "a1 b1 a1", true},
    {"a1 * b1 * a1", "a1 b1", false},
    {"xx * xx", "xxx", false},
    {"*xx*xx*", "xxx", false},
    {"*xx*xx*", "xxxx", true},
    {"xx*yy", "xxyy", true},
    {"xx * yy", "xxyy", false},
    {"xx * yy", "xx yy", true},
    {"Empf\303\244nger", "der EMPFANGER!", true},
    {"(user|mailbox) (temporarily |)(unknown|full)", "mailbox full", true},
    {"(user|mailbox) (temporarily |)(unknown|full)",
	"the mailbox is temporarily full", true},
    {"(user|mailbox) (temporarily |)(unknown|full)", "mailbox for full", false},
    {"(user|mailbox) (temporarily |)(unknown|full)",
	"mailbox user unknown full", true},
    {"(user|mailbox) (temporarily |)(unknown|full)",
	"mailbox temporarily user full", true},
    {"(user|mailbox) (temporarily |)(unknown|full)",
	"mailbox temporarily temporarily full", false},
    {"no (such |)user", "no user", true},
    {"no (such |)user", "no such user", true},
    {"no (such|) user", "no user", true},
    {"no (such|) user", "no such user", true},
    {"(x*y|zz)", "x and y", true},
    {"(x*y|zz)", "zz", true},
    {"q (x*y|zz) r", "q x and y r", true},
    {"q (x*y|zz) r", "q x and y", false},
    {"smtp(-| )auth", "smtp auth", true},
    {"smtp(-| )auth", "smtpauth", false},
    {"(just brackets)", "x (just brackets)", true},
    {"(just brackets)", "just brackets", false},
    {"((a1|b1):c1)", "x (b1:c1)", true},
    {"pre(fix|sent)", "present", true},
    {"pre(fix|sent)", "pre sent", false},
    {"(dis|)abled", "abled", true},
    {"(dis|)abled", "disabled", true},
    {"(dis|)abled", "enabled", false},
    {"\346\234\252\346\211\276\345\210\260", /* Chinese: no word edges */
	"\347\224\250\346\210\267\346\234\252\346\211\276\345\210\260\345\223"
	"\246",
	true},
    {"user", "\343\202\250user\343\202\250", true},
    {"\320\264\320\276\320\274", "\320\264\320\276\320\274\320\260", false},
    {"\320\264\320\276\320\274*", "\320\264\320\276\320\274\320\260", true},
    {"\320\264\320\276\320\274", "\320\275\320\265 \320\264\320\276\320\274!",
	true},
    {"mailbox for @ is full", "mailbox for u@example.org is full", true},
    {"@ unknown", "<u@example.org> is unknown", true},
    {"the mailbox is closed", "mailbox has been closed", true},
    {"abcdefghij klm", "abcdefghij kl abcdefghij klm", true},
    {"abcdefghij klm", "abcdefghij kl", false},
};

START_TEST(a_phrase_is_found_where_it_stands_and_nowhere_else)
{
	ck_assert_msg(
	    finds(searches[_i].phrase, searches[_i].text) == searches[_i].found,
	    "\"%s\" in \"%s\"", searches[_i].phrase, searches[_i].text);
}
END_TEST

static const char *const bad[] = {
    "",
    "   ",
    "*",
    " * * ",
    "the",
    "(a|)",
    "(is|was)",
    "a | b",
    "(a (b|c)|d)",
    "(x |)(a|) (b|)",
    "\377\376",
    "(a*|b*)(a*|b*)(a*|b*)(a*|b*)(a*|b*)(a*|b*)(a*|b*)(a*|b*)(a*|b*)(a*|b*)",
    ("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)"
     "(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)"),
};

START_TEST(a_phrase_that_would_match_nothing_or_anything_is_refused)
{
	struct phrases *p = phrases_new();

	ck_assert_msg(phrases_add(p, bad[_i], strlen(bad[_i])) != NULL,
	    "\"%s\"", bad[_i]);
	phrases_free(p);
}
END_TEST

START_TEST(a_phrase_with_a_nul_or_beyond_its_limit_is_refused)
{
	struct phrases *p = phrases_new();
	char long_one[PHRASE_MAX + 2];

	ck_assert_ptr_nonnull(phrases_add(p, "a\0b", 3));
	memset(long_one, 'x', sizeof(long_one));
	ck_assert_ptr_nonnull(phrases_add(p, long_one, PHRASE_MAX + 1));
	phrases_free(p);
}
END_TEST

START_TEST(no_phrases_find_nothing)
{
	struct phrases *p = phrases_new();
	struct automaton *a = automaton_new(p);
	struct scan *s = scan_new(a);
	const uint32_t *owners;

	ck_assert_uint_eq(scan_text(s, "anything", &owners), 0);
	ck_assert_uint_eq(scan_text(s, "", &owners), 0);
	scan_free(s);
	automaton_free(a);
	phrases_free(p);
}
END_TEST

START_TEST(ten_thousand_phrases_are_each_found_once)
{
	enum { COUNT = 10000 };
	struct phrases *p = phrases_new();
	struct automaton *a;
	struct scan *s;
	const uint32_t *owners;
	char text[64];

	for (int i = 0; i < COUNT; i++) {
		int n = snprintf(
		    text, sizeof(text), "rule %d says * no%d", i, i % 7);

		ck_assert_ptr_null(phrases_add(p, text, (size_t)n));
	}
	a = automaton_new(p);
	phrases_free(p);
	s = scan_new(a);
	for (int i = 0; i < COUNT; i += 37) {
		snprintf(text, sizeof(text), "rule %d says no%d no%d", i, i % 7,
		    i % 7);
		ck_assert_uint_eq(scan_text(s, text, &owners), 1);
		ck_assert_int_eq(owners[0], i);
	}
	scan_free(s);
	automaton_free(a);
}
END_TEST

/* ---- against a matcher that does it the slow and plain way ---- */

enum { PARTS = 2, GROUPS = 3, CHOICES = 3 };

struct model {
	int parts, groups[PARTS], choices[PARTS][GROUPS];
	bool optional[PARTS][GROUPS];
	char choice[PARTS][GROUPS][CHOICES][4];
};

static unsigned seed;

static int
chance(int n)
{
	seed = seed * 1103515245 + 12345;
	return (int)(seed >> 16) % n;
}

static void
random_word(char *out, int length, const char *letters)
{
	int n = (int)strlen(letters);

	for (int i = 0; i < length; i++)
		out[i] = letters[chance(n)];
	out[length] = '\0';
}

static void
random_model(struct model *m)
{
	m->parts = 1 + chance(PARTS);
	for (int p = 0; p < m->parts; p++) {
		m->groups[p] = 1 + chance(GROUPS);
		for (int g = 0; g < m->groups[p]; g++) {
			m->choices[p][g] = 2 + chance(CHOICES - 1);
			m->optional[p][g] = g > 0 && chance(3) == 0;
			for (int c = 0; c < m->choices[p][g]; c++)
				random_word(
				    m->choice[p][g][c], 1 + chance(3), "xyz");
		}
	}
}

static void
write_model(const struct model *m, char *out)
{
	char *s = out;

	*s++ = '*';
	for (int p = 0; p < m->parts; p++) {
		for (int g = 0; g < m->groups[p]; g++) {
			*s++ = '(';
			for (int c = 0; c < m->choices[p][g]; c++)
				s += sprintf(s, "%s%s", c > 0 ? "|" : "",
				    m->choice[p][g][c]);
			if (m->optional[p][g])
				*s++ = '|';
			*s++ = ')';
		}
		*s++ = '*';
	}
	*s = '\0';
}

/* Does the rest of part P, from group G on, stand right at TEXT, and all
 * parts behind it somewhere further on? */
static bool
slow_match(const struct model *m, int p, int g, const char *text)
{
	if (g == m->groups[p]) {
		if (p + 1 == m->parts)
			return true;
		for (;; text++) {
			if (slow_match(m, p + 1, 0, text))
				return true;
			if (*text == '\0')
				return false;
		}
	}
	if (m->optional[p][g] && slow_match(m, p, g + 1, text))
		return true;
	for (int c = 0; c < m->choices[p][g]; c++) {
		const char *word = m->choice[p][g][c];

		if (strncmp(text, word, strlen(word)) == 0 &&
		    slow_match(m, p, g + 1, text + strlen(word)))
			return true;
	}
	return false;
}

START_TEST(random_phrases_are_found_as_a_plain_search_finds_them)
{
	enum { SET = 8, TEXTS = 20 };
	struct model models[SET];
	struct phrases *p = phrases_new();
	struct automaton *a;
	struct scan *s;

	seed = (unsigned)_i + 1;
	for (int i = 0; i < SET; i++) {
		char phrase[200];

		random_model(&models[i]);
		write_model(&models[i], phrase);
		ck_assert_ptr_null(phrases_add(p, phrase, strlen(phrase)));
	}
	a = automaton_new(p);
	phrases_free(p);
	s = scan_new(a);
	for (int t = 0; t < TEXTS; t++) {
		char text[40];
		const uint32_t *owners;
		bool found[SET] = {false};
		size_t n;

		random_word(text, chance(24), "xyz.");
		n = scan_text(s, text, &owners);
		for (size_t i = 0; i < n; i++) {
			ck_assert(!found[owners[i]]);
			found[owners[i]] = true;
		}
		for (int i = 0; i < SET; i++) {
			bool wanted = false;

			for (const char *at = text; !wanted; at++) {
				wanted = slow_match(&models[i], 0, 0, at);
				if (*at == '\0')
					break;
			}
			ck_assert_int_eq(found[i], wanted);
		}
	}
	scan_free(s);
	automaton_free(a);
}
END_TEST

#define COUNT_OF(a) ((int)(sizeof(a) / sizeof(*(a))))

int
main(void)
{
	TCase *tc = tcase_create("match");
	Suite *s = suite_create("match");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(
	    tc, a_text_is_folded_to_what_rules_compare, 0, COUNT_OF(folds));
	tcase_add_test(tc, folding_stops_at_the_end_of_the_buffer);
	tcase_add_loop_test(tc,
	    a_phrase_is_found_where_it_stands_and_nowhere_else, 0,
	    COUNT_OF(searches));
	tcase_add_loop_test(tc,
	    a_phrase_that_would_match_nothing_or_anything_is_refused, 0,
	    COUNT_OF(bad));
	tcase_add_test(tc, a_phrase_with_a_nul_or_beyond_its_limit_is_refused);
	tcase_add_test(tc, no_phrases_find_nothing);
	tcase_add_test(tc, ten_thousand_phrases_are_each_found_once);
	tcase_add_loop_test(
	    tc, random_phrases_are_found_as_a_plain_search_finds_them, 0, 300);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
