/* verp.c: VERP, SRS0/SRS1 and BATV. */
#include "parser/verp.h"

#include <glib.h>
#include <string.h>

#include "parser/address.h"

/* "prvs=tag=local@domain" (draft-levine-smtp-batv), "prvs=local=tag@domain"
 * (an older order), "btv1==tag==local@domain" (Barracuda). */
static char *
undo_batv(const char *address)
{
	const char *tag, *rest;

	if (g_ascii_strncasecmp(address, "btv1==", 6) == 0) {
		rest = strstr(address + 6, "==");
		return rest != NULL ? g_strdup(rest + 2) : NULL;
	}
	if (g_ascii_strncasecmp(address, "prvs=", 5) != 0 &&
	    g_ascii_strncasecmp(address, "msprvs1=", 8) != 0)
		return NULL;
	tag = strchr(address, '=') + 1;
	rest = strchr(tag, '=');
	if (rest == NULL || rest[1] == '\0')
		return NULL;
	/* The tag is ten characters, a digit first: KDDDSSSSSS. */
	if (rest - tag == 10 && g_ascii_isdigit(*tag))
		return g_strdup(rest + 1);
	if (g_ascii_isdigit(rest[1]) && strcspn(rest + 1, "@") == 10)
		return g_strdup_printf(
		    "%.*s%s", (int)(rest - tag), tag, rest + 1 + 10);
	return g_strdup(rest + 1);
}

/* "SRS0=HHH=TT=domain=local@forwarder"; the first = may be + or -. */
static char *
undo_srs0(const char *srs)
{
	const char *at = strrchr(srs, '@'), *p = srs + 5;
	char **part, *address = NULL;
	char *inner;

	if (at == NULL)
		return NULL;
	inner = g_strndup(p, (gsize)(at - p));
	part = g_strsplit(inner, "=", 4);
	/* Some forwarders separate with + throughout. */
	if (g_strv_length(part) < 4) {
		g_strfreev(part);
		part = g_strsplit(inner, "+", 4);
	}
	if (g_strv_length(part) == 4 && strchr(part[2], '.') != NULL)
		address = g_strconcat(part[3], "@", part[2], NULL);
	g_strfreev(part);
	g_free(inner);
	return address;
}

static char *
undo_srs(const char *address)
{
	if (g_ascii_strncasecmp(address, "SRS", 3) != 0 || address[4] == '\0' ||
	    strchr("=+-", address[4]) == NULL)
		return NULL;
	if (address[3] == '0')
		return undo_srs0(address);
	if (address[3] == '1') {
		/* SRS1=HHH=first-forwarder==HHH=TT=domain=local@second */
		const char *inner = strstr(address, "==");
		char *srs0, *result;

		if (inner == NULL)
			return NULL;
		srs0 = g_strconcat("SRS0=", inner + 2, NULL);
		result = undo_srs0(srs0);
		g_free(srs0);
		return result;
	}
	return NULL;
}

char *
verp_unwrap(const char *address)
{
	char *now = g_strdup(address);

	for (int i = 0; i < 5; i++) {
		char *next = undo_batv(now);

		if (next == NULL)
			next = undo_srs(now);
		if (next == NULL)
			break;
		g_free(now);
		now = next;
	}
	return now;
}

/* Where the encoded user starts in LOCAL (LENGTH bytes, up to its last "=").
 * With "+" the first one splits, so that user+tag survives. With "-" lists'
 * own names have hyphens too: what follows the bounce word, else the last. */
static const char *
user_start(const char *local, size_t length, char delimiter)
{
	static const char *const words[] = {"-bounces-", "-bounce-", "-return-",
	    "-errors-", "-error-", "-owner-", "-request-", "bounces-",
	    "bounce-", "owner-", "return-", "verp-", "errors-"};
	const char *found = memchr(local, delimiter, length);

	if (found == NULL)
		return NULL;
	if (delimiter != '-')
		return found + 1;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		const char *w = g_strstr_len(local, (gssize)length, words[i]);

		if (w == NULL)
			continue;
		found = w + strlen(words[i]);
		/* ezmlm: list-return-42-user=host */
		if (g_ascii_isdigit(*found)) {
			const char *p = found;

			while (g_ascii_isdigit(*p))
				p++;
			if (*p == '-')
				found = p + 1;
		}
		return found;
	}
	return (const char *)memrchr(local, '-', length) + 1;
}

/* Letters, digits, dots and hyphens with a dot inside: user=THIS. */
static bool
is_domain(const char *p, size_t n)
{
	bool dot = false;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '.' && i > 0 && i + 1 < n)
			dot = true;
		else if (!g_ascii_isalnum(c) && c != '-' && c < 0x80)
			return false;
	}
	return dot;
}

static char *
decode_with(const char *address, char delimiter)
{
	const char *at = strrchr(address, '@');
	const char *equals, *start;
	size_t domain;

	if (at == NULL)
		return NULL;
	equals = memrchr(address, '=', (size_t)(at - address));
	if (equals == NULL)
		return NULL;
	start = user_start(address, (size_t)(equals - address), delimiter);
	if (start == NULL || start >= equals)
		return NULL;
	domain = (size_t)(at - equals) - 1;
	/* user=example.com+token or user=example.com-123: not the domain's */
	for (size_t i = 0; i < domain; i++) {
		if (equals[1 + i] == '+')
			domain = i;
	}
	if (!is_domain(equals + 1, domain))
		return NULL;
	return g_strdup_printf(
	    "%.*s@%.*s", (int)(equals - start), start, (int)domain, equals + 1);
}

char *
verp_decode(const char *envelope_recipient, const char *delimiters)
{
	char *address, *user = NULL;

	if (envelope_recipient == NULL)
		return NULL;
	if (delimiters == NULL || *delimiters == '\0')
		delimiters = VERP_DELIMITERS;
	address = verp_unwrap(envelope_recipient);
	for (; *delimiters != '\0' && user == NULL; delimiters++)
		user = decode_with(address, *delimiters);
	if (user != NULL && !address_is_valid(user))
		g_clear_pointer(&user, g_free);
	g_free(address);
	return user;
}
