/* fold.c: one pass over a text, character by character. */
#include "parser/fold.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static inline char
fold_ascii(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	return c == '`' ? '\'' : c;
}

/* Punctuation and letters that Unicode does not decompose. 0: drop it. */
static gunichar
fold_special(gunichar c)
{
	switch (c) {
	case 0xa0:
	case 0x85:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return ' ';
	case 0xad:
	case 0x2060:
	case 0xfeff:
	case 0xfffd:
		return 0;
	case '`':
	case 0xb4:
	case 0x2bc:
	case 0x2018:
	case 0x2019:
	case 0x201a:
	case 0x201b:
	case 0x2032:
		return '\'';
	case 0xab:
	case 0xbb:
	case 0x201c:
	case 0x201d:
	case 0x201e:
	case 0x201f:
		return '"';
	case 0x2212:
		return '-';
	case 0xd8:
	case 0xf8:
		return 'o';
	case 0x110:
	case 0x111:
	case 0xd0:
	case 0xf0:
		return 'd';
	case 0x131:
		return 'i';
	case 0x141:
	case 0x142:
		return 'l';
	case 0x401:
	case 0x451:
		return 0x435; /* Russian io is mostly written without dots */
	default:
		return c;
	}
}

static gunichar
fold_char(gunichar c)
{
	gunichar base, mark;

	c = fold_special(c);
	if (c < 0x80)
		return (gunichar)fold_ascii((char)c);
	if (c >= 0x2000 && c <= 0x200a)
		return ' ';
	if ((c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x300 && c <= 0x36f))
		return 0;
	if (c >= 0x2010 && c <= 0x2015)
		return '-';
	if (c >= 0xff01 && c <= 0xff5e)
		return (gunichar)fold_ascii((char)(c - 0xfee0));
	if (c <= 0x24f || (c >= 0x1e00 && c <= 0x1eff)) {
		while (g_unichar_decompose(c, &base, &mark) && mark != 0)
			c = base;
	}
	return g_unichar_tolower(c);
}

struct fold {
	const char *in;
	char *out;
	size_t n, size;
	size_t word;       /* where in OUT the present word began */
	char line_code[3]; /* of the multi-line reply we are in */
};

static void
fold_put(struct fold *f, gunichar c)
{
	char bytes[6];
	int n = g_unichar_to_utf8(c, bytes);

	if (f->n + (size_t)n >= f->size)
		return;
	memcpy(f->out + f->n, bytes, (size_t)n);
	f->n += (size_t)n;
}

/* Words without a meaning for us: articles, pronouns, forms of to be and to
 * have, in the languages whose rules would otherwise need each phrase twice.
 * By length, each with a space behind it. */
static const char *const fillers[] = {
    [1] = "a e ",
    [2] = "an is be es je ",
    [3] = "the any are was has his her its ist est foi ",
    [4] = "this that were been esta jest ",
    [5] = "their wurde ",
    [7] = "already ",
    [9] = "currently ",
};

/* At the end of a word: takes it back when it is a filler. */
static void
drop_filler(struct fold *f)
{
	size_t length = f->n - f->word;

	if (length >= G_N_ELEMENTS(fillers) || fillers[length] == NULL)
		return;
	for (const char *w = fillers[length]; *w != '\0'; w += length + 1) {
		if (memcmp(w, f->out + f->word, length) == 0) {
			f->n = f->word;
			return;
		}
	}
}

/* White space: ends a word, and is written once. */
static void
fold_blank(struct fold *f)
{
	drop_filler(f);
	if (f->n > f->word)
		f->out[f->n++] = ' ';
	f->word = f->n;
}

/* One character that is not ASCII. */
static void
fold_wide(struct fold *f)
{
	gunichar c = g_utf8_get_char_validated(f->in, -1);

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		f->in++;
		return;
	}
	f->in = g_utf8_next_char(f->in);
	if (c == 0xdf || c == 0x1e9e) { /* sharp s */
		fold_put(f, 's');
		fold_put(f, 's');
		return;
	}
	c = fold_char(c);
	if (c == ' ')
		fold_blank(f);
	else if (c != 0)
		fold_put(f, c);
}

static bool
is_local_part(char c)
{
	return fold_is_alnum(c) || strchr(".-_+=%!#$*^{}|~", c) != NULL;
}

/* At the @ of an address: takes the local part back, skips the domain. */
static void
fold_address(struct fold *f)
{
	while (f->n > 0 && is_local_part(f->out[f->n - 1]))
		f->n--;
	f->in++;
	while (fold_is_alnum(*f->in) || *f->in == '-' || *f->in == '_' ||
	       (*f->in == '.' && fold_is_alnum(f->in[1])))
		f->in++;
	if (f->n > 0 && f->out[f->n - 1] == '<' && *f->in == '>') {
		f->n--;
		f->in++;
	}
	fold_put(f, '@');
}

/* At "host mx.example.org[192.0.2.1]", as Postfix and Exim begin a quotation:
 * skips the name and address. A mail server may be called anything. */
static bool
fold_quoted_host(struct fold *f)
{
	const char *p = f->in + 5;
	size_t n;

	if (strncasecmp(f->in, "host ", 5) != 0)
		return false;
	n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		      "0123456789.-_");
	if (n == 0 || memchr(p, '.', n) == NULL)
		return false;
	p += n;
	p += strspn(p, " ");
	if (*p != '[')
		return false;
	p += strcspn(p, "] \t\r\n");
	f->in = *p == ']' ? p + 1 : p;
	return true;
}

/* Length of "d.d.d" at P when it stands alone, else 0. */
static size_t
enhanced_length(const char *p)
{
	size_t n = 1;

	if (p[0] != '2' && p[0] != '4' && p[0] != '5')
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;

		if (p[n] != '.')
			return 0;
		while (digits < 4 && fold_is_digit(p[n + 1 + digits]))
			digits++;
		if (digits == 0 || digits > 3)
			return 0;
		n += 1 + digits;
	}
	return p[n] == '\0' || fold_is_blank(p[n]) ? n : 0;
}

/* At the start of a word: skips what a multi-line reply repeats, and the name
 * of the host that is quoted. */
static bool
fold_quotation(struct fold *f)
{
	const char *p = f->in;
	size_t skip;

	if (*p == 'h' || *p == 'H')
		return fold_quoted_host(f);
	if (strncmp(p, "<<< ", 4) == 0)
		p += 4;
	if (*p != '\0' && strchr("245", *p) != NULL && fold_is_digit(p[1]) &&
	    fold_is_digit(p[2])) {
		if (p[3] == '-' &&
		    !(fold_is_digit(p[4]) && fold_is_digit(p[5])))
			memcpy(f->line_code, p, 3);
		else if ((p[3] != ' ' && p[3] != '\0') ||
			 memcmp(p, f->line_code, 3) != 0)
			return false;
		p += p[3] == '\0' ? 3 : 4;
		p += enhanced_length(p);
		f->in = p + strspn(p, " ");
		return true;
	}
	skip = enhanced_length(f->in);
	f->in += skip;
	return skip > 0;
}

size_t
fold_text(const char *text, char *out, size_t size)
{
	struct fold f = {.in = text, .out = out, .size = size};
	bool word_start = true;

	while (*f.in != '\0' && f.n + 8 < size) {
		char c = *f.in;

		if (c >= 'a' && c <= 'z' && !word_start) { /* most are */
			out[f.n++] = c;
			f.in++;
			continue;
		}
		if (word_start && strchr("<hH0123456789", c) != NULL &&
		    fold_quotation(&f)) {
			continue;
		} else if (fold_is_blank(c)) {
			fold_blank(&f);
			f.in++;
		} else if ((unsigned char)c >= 0x80) {
			fold_wide(&f);
		} else if (c == '@') {
			fold_address(&f);
		} else {
			f.out[f.n++] = fold_ascii(c);
			f.in++;
		}
		word_start =
		    fold_is_blank(c) || (word_start && !fold_is_alnum(c));
	}
	fold_blank(&f);
	if (f.n > 0 && out[f.n - 1] == ' ')
		f.n--;
	out[f.n] = '\0';
	return f.n;
}
