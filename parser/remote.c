/* remote.c: "host X said" in the words of several MTAs. */
#include "parser/remote.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "parser/letter.h"

static size_t
host_length(const char *p)
{
	size_t n = 0;

	while (g_ascii_isalnum(p[n]) || p[n] == '-' || p[n] == '.' ||
	       p[n] == '_' || p[n] == ':')
		n++;
	while (n > 0 && (p[n - 1] == '.' || p[n - 1] == ':'))
		n--;
	return n;
}

/* A name with a dot, or [address]. */
static char *
host_at(const char *p)
{
	size_t n;
	bool bracket = *p == '[';

	if (bracket)
		p++;
	n = host_length(p);
	if (n < 3 || n > 255 ||
	    (memchr(p, '.', n) == NULL && memchr(p, ':', n) == NULL))
		return NULL;
	return g_strndup(p, n);
}

char *
remote_host(const char *text)
{
	static const char *const before[] = {"host ", "talking to ",
	    "remote server ", "the server for the recipient domain ",
	    "server: ", " by mx ", "connect to ", "connecting to "};
	static const char *const after[] = {" does not like recipient",
	    " failed after i sent the message",
	    " said:", " refused to talk to me", " does not like sender"};
	size_t length;

	if (text == NULL)
		return NULL;
	length = strlen(text);
	for (size_t i = 0; i < G_N_ELEMENTS(before); i++) {
		const char *p = text_find(text, length, before[i]);
		char *host;

		if (p == NULL || (p > text && g_ascii_isalnum(p[-1])))
			continue;
		host = host_at(p + strlen(before[i]));
		if (host != NULL)
			return host;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(after); i++) {
		const char *p = text_find(text, length, after[i]);
		const char *start = p;

		if (p == NULL)
			continue;
		while (start > text && !g_ascii_isspace(start[-1]))
			start--;
		return host_at(start);
	}
	return NULL;
}
