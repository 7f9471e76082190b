/* guess.c: by the runs that bytes above ASCII come in. Western letters stand
 * alone among ASCII ones; Cyrillic words are runs of any length; what is
 * written in two bytes each has a pattern of first and second ones.
 */
#include "parser/guess.h"

#include <stdbool.h>
#include <string.h>

#define MAX_LOOK 4096
#define SHIFT_JIS "windows-31j"

/* What of a text fits a charset of two bytes a character. */
struct pairs {
	size_t good, bad; /* pairs, and bytes that are none */
	size_t kana;      /* good ones that are Japanese syllables */
	size_t common;    /* good ones in the range that is used most */
};

/* Is FIRST, SECOND a character; sets what it is. */
typedef bool pair_test(unsigned first, unsigned second, struct pairs *);

static bool
is_shift_jis(unsigned a, unsigned b, struct pairs *p)
{
	if (!((a >= 0x81 && a <= 0x9f) || (a >= 0xe0 && a <= 0xef)) ||
	    b < 0x40 || b == 0x7f || b > 0xfc)
		return false;
	p->kana += a == 0x82 || a == 0x83;
	return true;
}

/* EUC-JP, EUC-KR and GB 2312 are the same grid of 94 by 94. */
static bool
is_euc(unsigned a, unsigned b, struct pairs *p)
{
	if (a < 0xa1 || a > 0xfe || b < 0xa1 || b > 0xfe)
		return false;
	p->kana += a == 0xa4 || a == 0xa5;
	p->common += a >= 0xb0 && a <= 0xc8; /* all of Hangul */
	return true;
}

static bool
is_big5(unsigned a, unsigned b, struct pairs *p)
{
	if (a < 0xa1 || a > 0xf9 ||
	    !((b >= 0x40 && b <= 0x7e) || (b >= 0xa1 && b <= 0xfe)))
		return false;
	p->common += (a >= 0xa4 && a <= 0xc6) || a == 0xa1;
	return true;
}

static struct pairs
count_pairs(const unsigned char *s, size_t n, pair_test *is_pair)
{
	struct pairs p = {0};

	for (size_t i = 0; i < n; i++) {
		if (s[i] < 0x80)
			continue;
		if (i + 1 < n && is_pair(s[i], s[i + 1], &p)) {
			p.good++;
			i++;
		} else if (i + 1 < n) {
			p.bad++;
		}
	}
	return p;
}

/* Nearly everything fits. */
static bool
fits(const struct pairs *p)
{
	return p->good >= 2 && p->bad * 20 <= p->good;
}

static const char *
guess_east_asian(const unsigned char *s, size_t n)
{
	struct pairs euc = count_pairs(s, n, is_euc);
	struct pairs sjis = count_pairs(s, n, is_shift_jis);
	struct pairs big5 = count_pairs(s, n, is_big5);

	if (fits(&sjis) && sjis.kana * 5 >= sjis.good)
		return SHIFT_JIS;
	if (fits(&euc)) {
		if (euc.kana * 5 >= euc.good)
			return "euc-jp";
		if (euc.common * 100 >= euc.good * 97)
			return "uhc";
	}
	if (fits(&big5) && big5.common * 10 >= big5.good * 8 && euc.bad > 0)
		return "big5-hkscs";
	return fits(&euc) ? "gb18030" : NULL;
}

/* Runs of bytes above ASCII: how many bytes stand in long ones. */
static size_t
bytes_in_runs(const unsigned char *s, size_t n)
{
	size_t in_runs = 0, run = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] >= 0x80) {
			run++;
			continue;
		}
		if (run >= 3)
			in_runs += run;
		run = 0;
	}
	return in_runs;
}

const char *
charset_guess(const char *bytes, size_t length)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t n = length < MAX_LOOK ? length : MAX_LOOK;
	size_t high = 0, low_half = 0, letters = 0;
	const char *guess;
	bool in_runs;

	for (size_t i = 0; i < n; i++) {
		high += s[i] >= 0x80;
		letters += s[i] >= 0xc0;
		low_half += s[i] >= 0xc0 && s[i] <= 0xdf;
	}
	if (high < 4)
		return "windows-1252";
	in_runs = bytes_in_runs(s, n) * 2 >= high;
	/* Second bytes in two-byte charsets begin at 0xa1 or below. Small
	 * letters are the many: 0xe0 up in one, below in the other. */
	if (in_runs && letters * 20 >= high * 19)
		return low_half * 2 > letters ? "koi8-r" : "windows-1251";
	guess = guess_east_asian(s, n);
	/* Second bytes of Shift_JIS may be ASCII and break runs. */
	if (guess != NULL && (in_runs || strcmp(guess, SHIFT_JIS) == 0))
		return guess;
	return "windows-1252";
}
