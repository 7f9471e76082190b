/* verp.c: variable envelope return paths. */
#include "parser/verp.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "parser/address.h"

/* A piece of the local part. */
struct slice {
	const char *p;
	size_t n;
};

static bool
starts(const struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s->n >= n && g_ascii_strncasecmp(s->p, prefix, n) == 0;
}

static void
skip(struct slice *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static size_t
count_hex(const struct slice *s, size_t from)
{
	size_t n = 0;

	while (from + n < s->n && g_ascii_isxdigit(s->p[from + n]))
		n++;
	return n;
}

/* How long a "12345-" in front is; 0: none. */
static size_t
number_length(const struct slice *s)
{
	size_t n = 0;

	while (n < s->n && g_ascii_isdigit(s->p[n]))
		n++;
	return n > 0 && n < s->n && s->p[n] == '-' ? n + 1 : 0;
}

/* What senders put in front of the subscriber: "1234567-1a2b-" (SendGrid),
 * "1a2b3c.4d5e6f-" (Mailgun), "mc.us1_123.456-" (Mailchimp). */
static void
skip_service(struct slice *s)
{
	size_t number = number_length(s);
	size_t first = count_hex(s, 0);

	if (number > 0 && count_hex(s, number) == 4 && number + 4 < s->n &&
	    s->p[number + 4] == '-') {
		skip(s, number + 5);
	} else if (first == 6 && s->n > 7 && s->p[6] == '.') {
		size_t second = count_hex(s, 7);

		if (second >= 6 && 7 + second < s->n && s->p[7 + second] == '-')
			skip(s, 8 + second);
	} else if (starts(s, "mc.us")) {
		const char *dash = memchr(s->p, '-', s->n);

		if (dash != NULL)
			skip(s, (size_t)(dash - s->p) + 1);
	}
}

static const char *
find(const struct slice *s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s->n; i++) {
		if (g_ascii_strncasecmp(s->p + i, word, n) == 0)
			return s->p + i;
	}
	return NULL;
}

/* Where the subscriber starts in LOCAL with "+": behind the bounce word, else
 * at the first one, so that user+tag survives. */
static bool
cut_plus(struct slice *local, char delimiter)
{
	const char *word = find(local, delimiter == '+' ? "bounces+" : "");
	const char *found = word != NULL ? word : local->p;

	found = memchr(found, delimiter, local->n - (size_t)(found - local->p));
	if (found == NULL)
		return false;
	skip(local, (size_t)(found - local->p) + 1);
	skip_service(local);
	return true;
}

/* No bounce word: the last hyphen, unless it may be one of the subscriber's
 * own, when nothing is better than a wrong name. Tokens have digits. */
static bool
cut_unmarked(struct slice *local)
{
	bool digit = false;

	if (starts(local, "owner-"))
		skip(local, strlen("owner-"));
	for (size_t i = 0; i < local->n; i++) {
		if (local->p[i] != '-') {
			digit = digit || g_ascii_isdigit(local->p[i]);
			continue;
		}
		if (memchr(local->p + i + 1, '-', local->n - i - 1) == NULL) {
			skip(local, i + 1);
			return !starts(local, "bounces+");
		}
		if (!digit)
			return false;
		digit = false;
	}
	return false;
}

/* With "-" lists' own names have hyphens too. Behind a bounce word comes the
 * subscriber, after numbers of message and list; behind "owner-" a list's name
 * first. */
static bool
cut_hyphen(struct slice *local)
{
	static const char *const words[] = {"-bounces-", "-bounce-", "-return-",
	    "-errors-", "-error-", "-owner-", "-request-", "sentto-"};
	static const char *const first[] = {
	    "bounces-", "bounce-", "return-", "verp-"};
	const char *found = NULL;
	size_t n;

	for (size_t i = 0; i < G_N_ELEMENTS(words) && found == NULL; i++) {
		found = find(local, words[i]);
		if (found != NULL)
			found += strlen(words[i]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(first) && found == NULL; i++) {
		if (starts(local, first[i]))
			found = local->p + strlen(first[i]);
	}
	if (found != NULL) {
		skip(local, (size_t)(found - local->p));
		skip_service(local);
		while ((n = number_length(local)) > 0)
			skip(local, n);
		return true;
	}
	return cut_unmarked(local);
}

/* The domain in DOMAIN, without a token behind it: "example.com+x",
 * "example.com-123". 0: it is none. */
static size_t
domain_length(const struct slice *domain)
{
	const char *plus = memchr(domain->p, '+', domain->n);
	size_t n = plus != NULL ? (size_t)(plus - domain->p) : domain->n;
	const char *dot = memrchr(domain->p, '.', n);
	size_t top = dot != NULL ? (size_t)(dot - domain->p) + 1 : n;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)domain->p[i];

		if (!g_ascii_isalnum(c) && c != '-' && c != '.' && c < 0x80)
			return 0;
	}
	/* No top-level domain is a number or, but for xn--, has a hyphen. */
	if (top + 2 > n || top < 2)
		return 0;
	if (n - top > 4 && g_ascii_strncasecmp(domain->p + top, "xn--", 4) == 0)
		return n;
	for (size_t i = top; i < n; i++) {
		unsigned char c = (unsigned char)domain->p[i];

		if (c == '-')
			return i >= top + 2 ? i : 0;
		if (!g_ascii_isalpha(c) && c < 0x80)
			return 0;
	}
	return n;
}

static char *
decode_with(const char *address, char delimiter)
{
	const char *at = strrchr(address, '@');
	const char *equals;
	struct slice local, domain;
	bool cut;

	if (at == NULL)
		return NULL;
	equals = memrchr(address, '=', (size_t)(at - address));
	if (equals == NULL)
		return NULL;
	local = (struct slice){address, (size_t)(equals - address)};
	domain = (struct slice){equals + 1, (size_t)(at - equals) - 1};
	cut =
	    delimiter == '-' ? cut_hyphen(&local) : cut_plus(&local, delimiter);
	domain.n = cut ? domain_length(&domain) : 0;
	/* A second "=" is some other encoding: Gmail's "+caf_=user=domain" is
	 * a forwarder's return path. */
	if (!cut || domain.n == 0 || local.n == 0 ||
	    memchr(local.p, '=', local.n) != NULL)
		return NULL;
	return g_strdup_printf(
	    "%.*s@%.*s", (int)local.n, local.p, (int)domain.n, domain.p);
}

/* "bounce+user==a==example.com==list@robot"; "==a==" is the @, and a "+" of
 * the subscriber's own stays. */
static char *
decode_sympa(const char *address)
{
	const char *start = strchr(address, '+');
	const char *at = start != NULL ? strstr(start, "==a==") : NULL;
	const char *end = at != NULL ? strstr(at + 5, "==") : NULL;

	if (end == NULL)
		return NULL;
	return g_strdup_printf("%.*s@%.*s", (int)(at - start) - 1, start + 1,
	    (int)(end - at) - 5, at + 5);
}

char *
verp_decode(const char *envelope_recipient, const char *delimiters)
{
	char *address, *user;

	if (envelope_recipient == NULL ||
	    strlen(envelope_recipient) > MAX_ADDRESS)
		return NULL;
	if (delimiters == NULL || *delimiters == '\0')
		delimiters = VERP_DELIMITERS;
	address = verp_unwrap(envelope_recipient);
	user = decode_sympa(address);
	for (; *delimiters != '\0' && user == NULL; delimiters++)
		user = decode_with(address, *delimiters);
	if (user != NULL && !address_is_valid(user))
		g_clear_pointer(&user, g_free);
	g_free(address);
	return user;
}
