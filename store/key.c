/* key.c: which address a row is about, and its domains. */
#include "store/key.h"

#include <glib.h>
#include <string.h>

#include "store/store.h"

/* "  <User@Example.ORG.> " -> "User@Example.ORG" */
static char *
bare_address(const char *address)
{
	char *bare = g_strstrip(g_utf8_make_valid(address, -1));
	size_t n = strlen(bare);

	if (n >= 2 && bare[0] == '<' && bare[n - 1] == '>') {
		memmove(bare, bare + 1, n - 2);
		n -= 2;
	}
	while (n > 0 && bare[n - 1] == '.')
		n--;
	bare[n] = '\0';
	return bare;
}

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s >= 0x80)
			return false;
	}
	return true;
}

/* Case folding can undo composition, so compose last. */
static char *
fold(const char *s)
{
	char *cased = g_utf8_casefold(s, -1);
	char *composed = g_utf8_normalize(cased, -1, G_NORMALIZE_NFC);

	if (composed == NULL)
		return cased;
	g_free(cased);
	return composed;
}

/* What IDNA does not take stays a folded name, so that it still equals
 * itself. */
static char *
fold_domain(const char *domain)
{
	char *folded = fold(domain);
	char *ascii = g_hostname_to_ascii(folded);
	char *lower;

	if (ascii == NULL)
		return folded;
	g_free(folded);
	lower = g_ascii_strdown(ascii, -1);
	g_free(ascii);
	return lower;
}

char *
store_address_key(const char *address)
{
	char *bare = bare_address(address);
	char *key, *at, *local, *domain;

	if (is_ascii(bare)) {
		key = g_ascii_strdown(bare, -1);
		g_free(bare);
		return key;
	}
	at = strrchr(bare, '@');
	if (at == NULL) {
		key = fold(bare);
		g_free(bare);
		return key;
	}
	*at = '\0';
	local = fold(bare);
	domain = fold_domain(at + 1);
	key = g_strconcat(local, "@", domain, NULL);
	g_free(local);
	g_free(domain);
	g_free(bare);
	return key;
}

const char *
key_domain(const char *key)
{
	const char *at = strrchr(key, '@');

	return at == NULL || at[1] == '\0' ? NULL : at + 1;
}

bool
key_is_ascii_case(const char *given, const char *key)
{
	return g_ascii_strcasecmp(given, key) == 0;
}

/* Second-level names under which others register: co.uk, com.br, ne.jp. */
static bool
is_registry_label(const char *label, size_t n)
{
	static const char *const labels[] = {"ac", "co", "com", "edu", "go",
	    "gob", "gov", "gv", "ne", "net", "nom", "or", "org"};

	for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
		if (strlen(labels[i]) == n &&
		    g_ascii_strncasecmp(labels[i], label, n) == 0)
			return true;
	}
	return false;
}

/* Steps from END (exclusive) back to the start of the label before it. */
static const char *
label_before(const char *host, const char *end)
{
	while (end > host && end[-1] != '.')
		end--;
	return end;
}

char *
key_organisation(const char *host)
{
	size_t n = strspn(host, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
	const char *end, *top, *second, *third;

	while (n > 0 && host[n - 1] == '.')
		n--;
	end = host + n;
	top = label_before(host, end);
	if (n == 0 || top == host || !g_ascii_isalpha(*top))
		return NULL;
	second = label_before(host, top - 1);
	if (second == top - 1) /* an empty label */
		return NULL;
	if (end - top == 2 && second > host &&
	    is_registry_label(second, (size_t)(top - 1 - second))) {
		third = label_before(host, second - 1);
		if (third < second - 1)
			second = third;
	}
	return g_ascii_strdown(second, end - second);
}
