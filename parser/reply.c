/* reply.c: finds reply codes and enhanced status codes in prose.
 *
 * Every run of digits is looked at once, with what stands before and behind
 * it. A reply code that begins the text, follows "said:" and its kin, or has
 * an enhanced code behind it, is one; one that merely stands in brackets is
 * only taken when there is nothing better.
 */
#include "parser/reply.h"

#include "parser/fold.h"

#include <string.h>
#include <strings.h>

enum rank { RANK_NONE, RANK_MAYBE, RANK_SURE };

/* Where we are in a text. */
struct cursor {
	const char *text; /* start of all */
	const char *at;   /* the first digit */
};

static bool
is_letter(char c)
{
	return fold_is_alnum(c) && !fold_is_digit(c);
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Is WORD, N bytes, one of LIST, which has a space on both sides of each? */
static bool
word_in(const char *word, size_t n, const char *list)
{
	for (const char *p = list + 1; *p != '\0';) {
		const char *space = strchr(p, ' ');

		if ((size_t)(space - p) == n && strncasecmp(p, word, n) == 0)
			return true;
		p = space + 1;
	}
	return false;
}

/* Reads up to three digits; false when there are none or more. */
static bool
read_number(const char **p, uint16_t *number)
{
	const char *s = *p;
	unsigned n = 0;

	while (fold_is_digit(*s) && s - *p < 3)
		n = n * 10 + (unsigned)(*s++ - '0');
	if (s == *p || fold_is_digit(*s))
		return false;
	*p = s;
	*number = (uint16_t)n;
	return true;
}

/* Reads "c.s.d" at P that ends like a word; returns its end or NULL. An IP
 * address or a version with four numbers is none. */
static const char *
read_enhanced(const char *p, struct enhanced *e)
{
	if (!is_one_of(*p, "245") || p[1] != '.')
		return NULL;
	e->class = (uint16_t)(*p - '0');
	p += 2;
	if (!read_number(&p, &e->subject) || *p != '.')
		return NULL;
	p++;
	if (!read_number(&p, &e->detail))
		return NULL;
	if (is_letter(*p) || is_one_of(*p, "/_@") ||
	    (is_one_of(*p, ".-") && fold_is_alnum(p[1])))
		return NULL;
	return p;
}

bool
enhanced_parse(const char *text, struct enhanced *e)
{
	struct enhanced found;

	if (text == NULL)
		return false;
	while (fold_is_blank(*text) && *text != '\0')
		text++;
	if (*text == '#')
		text++;
	if (read_enhanced(text, &found) == NULL)
		return false;
	*e = found;
	return true;
}

static int
specificity(struct enhanced e)
{
	if (e.class == 0)
		return -1;
	if (e.detail != 0)
		return 2;
	return e.subject != 0 ? 1 : 0;
}

struct enhanced
enhanced_better(struct enhanced a, struct enhanced b)
{
	return specificity(b) > specificity(a) ? b : a;
}

/* The word that ends before P, skipping blanks and what is in SKIP. */
static const char *
word_before(const char *text, const char *p, const char *skip, size_t *n)
{
	const char *end;

	while (p > text && (fold_is_blank(p[-1]) || is_one_of(p[-1], skip)))
		p--;
	end = p;
	while (p > text && fold_is_alnum(p[-1]))
		p--;
	*n = (size_t)(end - p);
	return p;
}

/* The last character before P that is no blank, quote or opening bracket;
 * '\0' at the start of the text. */
static char
sign_before(const char *text, const char *p)
{
	while (
	    p > text && (fold_is_blank(p[-1]) || is_one_of(p[-1], "'\"`([{")))
		p--;
	return p > text ? p[-1] : '\0';
}

/* Does P stand at the start of the text, or right behind a type such as
 * "smtp;" (RFC 3464 section 2.3.6)? */
static bool
at_start(const char *text, const char *p)
{
	const char *s = text + strspn(text, " \t\r\n");
	const char *type = s;

	while (fold_is_alnum(*type) || *type == '-')
		type++;
	if (type > s && type < p && *type == ';')
		s = type + 1;
	while (s < p && (fold_is_blank(*s) || is_one_of(*s, "'\"`([{<#")))
		s++;
	return s >= p;
}

/* The digit after a reply code's first tells what it is about: RFC 5321
 * section 4.2.1 knows 0, 1, 2 and 5; sendmail and providers use 3, 4, 7. */
static bool
is_likely_code(int code)
{
	int subject = code / 10 % 10;

	if (code >= 400 && code < 500)
		return (subject >= 2 && subject <= 5) || subject == 7;
	return code >= 500 && code < 600 && (subject <= 5 || subject == 7);
}

static const char before_code[] =
    " code error fehler fehlercode erreur errore fout status reply replied "
    "said says returned returns response responded answered result got smtp "
    "esmtp reason with responsecode statuscode errorcode codice codigo kod ";

static const char before_number[] =
    " size port line id score limit bytes length len total count uid pid tid "
    "exceeds than over max maximum mailbox top eml ";

static const char units[] =
    " bytes byte kb mb kbytes mbytes octets seconds secs sec minutes min hours "
    "hour days messages message recipients recipient connections emails mails "
    "users characters chars lines times points percent ";

static bool
counts_something(const char *end)
{
	const char *word = end + strspn(end, " \t");
	size_t n = 0;

	while (fold_is_alnum(word[n]))
		n++;
	return *end != '\0' && word_in(word, n, units);
}

/* sendmail shows what the other side said behind "<<<". */
static bool
follows_arrows(const struct cursor *c)
{
	return c->at - c->text >= 4 && memcmp(c->at - 4, "<<< ", 4) == 0;
}

/* How sure a bare three-digit number is by what stands around it. */
static enum rank
rank_bare(const struct cursor *c, int code, const char *end)
{
	char sign = sign_before(c->text, c->at), before;
	const char *word;
	size_t n;

	if (at_start(c->text, c->at))
		return RANK_SURE;
	before = c->at[-1];
	word = word_before(c->text, c->at, ":;='\"`([{#", &n);
	if (before == '=' && word > c->text && is_one_of(word[-1], "?&"))
		return RANK_NONE; /* in a URL */
	if (n > 0 && word_in(word, n, before_number))
		return RANK_NONE;
	if (n > 0 && word_in(word, n, before_code))
		return RANK_SURE;
	if (!is_likely_code(code) || counts_something(end) || before == '#')
		return RANK_NONE;
	if (is_one_of(before, "([{") && is_one_of(*end, ")]}"))
		return RANK_MAYBE;
	if (sign == ',' && end[strspn(end, " \t\r\n")] == '\0')
		return RANK_MAYBE; /* "mailbox unavailable, 550" */
	if (before == ':' && !is_one_of(*end, " -\r\n"))
		return RANK_NONE; /* host:port: */
	if (before == '\n' || is_one_of(sign, ":;>)].!|") || follows_arrows(c))
		return RANK_SURE;
	return is_one_of(before, "'\"") ? RANK_SURE : RANK_NONE;
}

/* Looks at the three digits at the cursor. ENHANCED_END is set when an
 * enhanced code of the same class follows, which it is then part of. */
static enum rank
rank_code(const struct cursor *c, int *code, const char **enhanced_end,
    struct enhanced *e)
{
	const char *end = c->at + 3, *next;

	*code = (c->at[0] - '0') * 100 + (c->at[1] - '0') * 10 + c->at[2] - '0';
	*enhanced_end = NULL;
	if (c->at[0] > '5' || c->at[0] == '0')
		return RANK_NONE;
	if (is_letter(*end) || is_one_of(*end, "/%_@+") ||
	    (*end == '.' && fold_is_digit(end[1])))
		return RANK_NONE;
	next = end + strspn(end, " -#:;'\"([<\t");
	if (next - end <= 4 && next > end) {
		next = read_enhanced(next, e);
		if (next != NULL && e->class == c->at[0] - '0') {
			*enhanced_end = next;
			return RANK_SURE;
		}
	}
	if (*end == '-' && fold_is_digit(end[1]))
		return RANK_NONE; /* a telephone number */
	return rank_bare(c, *code, end);
}

static const char software[] =
    " exim postfix sendmail qmail smail courier dovecot exchange version ver v "
    "release rev server esmtp mta mailer agent mdaemon imail zimbra openssl "
    "mailscanner spamassassin amavis domino mailenable mercury lmtp ";

/* Is the enhanced code at the cursor one, or the version of a program? */
static bool
is_enhanced_here(const struct cursor *c, struct enhanced e)
{
	const char *word;
	size_t n;

	if (at_start(c->text, c->at))
		return true;
	if (c->at[-1] == '#')
		return true;
	if (e.class == 2 || e.subject > 7)
		return false;
	word = word_before(c->text, c->at, "([", &n);
	return n == 0 || !word_in(word, n, software);
}

/* May a number begin at P? Not within a word, an IP address or a URL. */
static bool
is_number_start(const char *text, const char *p)
{
	char before = p > text ? p[-1] : ' ';

	return (unsigned char)before < 0x80 && !fold_is_alnum(before) &&
	       !is_one_of(before, "./-_@%+&?$~");
}

/* Of two codes of one text: the later one, unless it says less, or only tells
 * of a success beside a failure. */
static struct enhanced
later_status(struct enhanced earlier, struct enhanced later)
{
	bool failed = earlier.class > 2, fails = later.class > 2;

	if (failed != fails)
		return failed ? earlier : later;
	return specificity(later) >= specificity(earlier) ? later : earlier;
}

struct reply
reply_read(const char *text)
{
	struct reply r = {0};
	enum rank best = RANK_NONE;

	for (const char *p = text; p != NULL && *p != '\0';) {
		struct cursor c = {text, p};
		struct enhanced e;
		const char *end = p;
		int code;

		while (fold_is_digit(*end))
			end++;
		if (end == p || !is_number_start(text, p)) {
			p = end == p ? p + 1 : end;
			continue;
		}
		if (end - p == 3) {
			enum rank rank = rank_code(&c, &code, &end, &e);

			if (rank != RANK_NONE && rank >= best) {
				best = rank;
				r.code = code;
			}
			if (end != NULL)
				r.status = later_status(r.status, e);
			p = end != NULL ? end : p + 3;
		} else if (end - p == 1 &&
			   (end = read_enhanced(p, &e)) != NULL) {
			if (is_enhanced_here(&c, e))
				r.status = later_status(r.status, e);
			p = end;
		} else {
			while (fold_is_digit(*p))
				p++;
		}
	}
	return r;
}
