/* unwrap.c: SRS and BATV, which hide an address and not a subscriber. */
#include "parser/verp.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* Wrappings in wrappings that are undone. */
#define MAX_LAYERS 5

/* KDDDSSSSSS: the key's number, the day, six hexadecimal digits. */
#define TAG_LENGTH 10

static bool
starts(const char *s, const char *prefix)
{
	return g_ascii_strncasecmp(s, prefix, strlen(prefix)) == 0;
}

static bool
is_tag(const char *p, size_t n)
{
	if (n != TAG_LENGTH)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i < 4 ? !g_ascii_isdigit(p[i]) : !g_ascii_isxdigit(p[i]))
			return false;
	}
	return true;
}

/* "tag=local@domain", the order of the draft, or an older one that has the
 * tag behind the local part: "local=tag@domain", "local/tag@domain". */
static char *
undo_prvs(const char *p)
{
	const char *at = strrchr(p, '@');
	const char *equals = strchr(p, '=');

	if (at == NULL)
		return NULL;
	if (equals != NULL && is_tag(p, (size_t)(equals - p)))
		return g_strdup(equals + 1);
	if (at - p > TAG_LENGTH + 1 && is_tag(at - TAG_LENGTH, TAG_LENGTH) &&
	    strchr("=/", at[-TAG_LENGTH - 1]) != NULL)
		return g_strdup_printf(
		    "%.*s%s", (int)(at - p) - TAG_LENGTH - 1, p, at);
	/* Tags of other lengths: letters and digits, a digit first. */
	if (equals == NULL || equals > at || !g_ascii_isdigit(*p))
		return NULL;
	while (g_ascii_isalnum(*p))
		p++;
	return p == equals ? g_strdup(equals + 1) : NULL;
}

static char *
undo_batv(const char *address)
{
	const char *rest;

	if (starts(address, "prvs="))
		return undo_prvs(address + 5);
	if (starts(address, "btv1==")) {
		rest = strstr(address + 6, "==");
		return rest != NULL ? g_strdup(rest + 2) : NULL;
	}
	if (starts(address, "msprvs1=")) {
		rest = strchr(address + 8, '=');
		return rest != NULL ? g_strdup(rest + 1) : NULL;
	}
	return NULL;
}

/* "HHH=TT=domain=local@forwarder"; some separate with + throughout. */
static char *
undo_srs0(const char *p)
{
	const char *at = strrchr(p, '@');
	char *inner, *address = NULL;

	if (at == NULL)
		return NULL;
	inner = g_strndup(p, (gsize)(at - p));
	for (const char *sep = "=+"; *sep != '\0' && address == NULL; sep++) {
		const char one[] = {*sep, '\0'};
		char **part = g_strsplit(inner, one, 4);

		if (g_strv_length(part) == 4 && *part[3] != '\0' &&
		    strchr(part[2], '.') != NULL &&
		    strchr(part[2], '@') == NULL)
			address = g_strconcat(part[3], "@", part[2], NULL);
		g_strfreev(part);
	}
	g_free(inner);
	return address;
}

/* "HHH=first-forwarder==HHH=TT=domain=local@second-forwarder": behind the
 * first forwarder's name stands its SRS0 address from the separator on, which
 * may be "=", "+" or "-". */
static char *
undo_srs1(const char *p)
{
	const char *host = strchr(p, '=');
	const char *inner = host != NULL ? strchr(host + 1, '=') : NULL;

	if (inner == NULL || inner[1] == '\0' ||
	    strchr("=+-", inner[1]) == NULL)
		return NULL;
	return undo_srs0(inner + 2);
}

static char *
undo_srs(const char *address)
{
	if (!starts(address, "SRS0") && !starts(address, "SRS1"))
		return NULL;
	if (address[4] == '\0' || strchr("=+-", address[4]) == NULL)
		return NULL;
	return address[3] == '0' ? undo_srs0(address + 5)
				 : undo_srs1(address + 5);
}

char *
verp_unwrap(const char *address)
{
	char *now = g_strdup(address);

	for (int i = 0; i < MAX_LAYERS; i++) {
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
