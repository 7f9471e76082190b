/* address_field.c: the address in the value of a field, as many ways as MTAs
 * write it. */
#include "parser/address.h"

#include <glib.h>
#include <string.h>

/* RFC 6533 section 3: \x{HEX} of utf-8-addr-xtext and utf-8-addr-unitext. */
static char *
decode_unicode_escapes(const char *value)
{
	GString *out = g_string_new(NULL);

	while (*value != '\0') {
		gunichar c = 0;
		int n = 3;

		if (strncmp(value, "\\x{", 3) != 0) {
			g_string_append_c(out, *value++);
			continue;
		}
		while (n < 9 && g_ascii_isxdigit(value[n]))
			c = c * 16 + (gunichar)g_ascii_xdigit_value(value[n++]);
		if (value[n] != '}' || !g_unichar_validate(c) ||
		    g_unichar_iscntrl(c)) {
			g_string_append_c(out, *value++);
			continue;
		}
		g_string_append_unichar(out, c);
		value += n + 1;
	}
	return g_string_free(out, FALSE);
}

char *
address_decode_xtext(const char *value)
{
	GString *out = g_string_new(NULL);

	for (; *value != '\0'; value++) {
		int high, low;

		if (*value != '+' ||
		    (high = g_ascii_xdigit_value(value[1])) < 0 ||
		    (low = g_ascii_xdigit_value(value[2])) < 0 ||
		    g_ascii_islower(value[1]) || g_ascii_islower(value[2]) ||
		    high * 16 + low < ' ' || high * 16 + low >= 127) {
			g_string_append_c(out, *value);
			continue;
		}
		g_string_append_c(out, (char)(high * 16 + low));
		value += 2;
	}
	return g_string_free(out, FALSE);
}

/* Behind "rfc822;" and kin; the type is a word of RFC 3464 section 2.1.2. */
static const char *
skip_type(const char *value)
{
	const char *p = value;

	while (g_ascii_isalnum(*p) || *p == '-' || *p == '_' || *p == ' ' ||
	       *p == '/')
		p++;
	return *p == ';' ? p + 1 : value;
}

/* An @ that was written otherwise: xtext (RFC 3461 section 4) that nobody
 * decoded, "(a)" of X.400 (RFC 2156 section 3.4). Frees VALUE. */
static char *
restore_at(char *value)
{
	char *at;

	if (strchr(value, '@') != NULL)
		return value;
	at = strstr(value, "(a)");
	if (at != NULL && at > value && g_ascii_isalnum(at[3])) {
		*at = '@';
		memmove(at + 1, at + 3, strlen(at + 3) + 1);
	} else if (strstr(value, "+40") != NULL) {
		at = address_decode_xtext(value);
		g_free(value);
		value = at;
	}
	return value;
}

/* True when place I of S is between quotes. */
static bool
is_in_quotes(const char *s, size_t i)
{
	bool quoted = false;

	for (size_t k = 0; k < i; k++) {
		if (s[k] == '\\' && k + 1 < i)
			k++;
		else if (s[k] == '"')
			quoted = !quoted;
	}
	return quoted;
}

/* The part between < and > that has an @; NULL: none. */
static char *
bracketed(const char *s)
{
	for (const char *lt = strchr(s, '<'); lt != NULL;
	     lt = strchr(lt + 1, '<')) {
		size_t n = strcspn(lt + 1, "<>");

		if (lt[n + 1] != '<' && memchr(lt + 1, '@', n) != NULL)
			return g_strndup(lt, n + 2);
	}
	return NULL;
}

/* Without comment, <>, quotes and white space around; NULL: nothing left. */
static char *
bare_name(const char *p)
{
	char *s = g_strstrip(g_strdup(p));
	char *paren = strchr(s, '(');
	size_t n;

	if (paren != NULL && paren > s)
		*paren = '\0';
	g_strdelimit(s, "<>", ' ');
	g_strstrip(s);
	n = strlen(s);
	if (n == 0 || n > MAX_ADDRESS) {
		g_free(s);
		return NULL;
	}
	for (; n > 1 && (s[0] == '"' || s[0] == '\'') && s[n - 1] == s[0];
	     n -= 2) {
		s[n - 1] = '\0';
		memmove(s, s + 1, n - 1);
	}
	g_strstrip(s);
	if (*s == '\0')
		g_clear_pointer(&s, g_free);
	return s;
}

/* The address of a text that may be one as a whole: then letters of every
 * script belong to it. */
static char *
address_of(const char *p)
{
	char *whole = bare_name(p);
	struct span span;

	if (address_is_valid(whole))
		return whole;
	g_free(whole);
	if (address_next(p, strlen(p), 0, &span))
		return g_strndup(p + span.start, span.end - span.start);
	return NULL;
}

/* Of "Name <address>" the address, even where the name is one too; of a list
 * the first. */
static char *
first_address(const char *p)
{
	char *in = bracketed(p), *result = NULL;
	struct span span;

	if (in == NULL)
		return address_of(p);
	if (address_next(p, strlen(p), 0, &span) &&
	    p[span.end + strspn(p + span.end, " \t")] == ',' &&
	    !is_in_quotes(p, span.start))
		result = g_strndup(p + span.start, span.end - span.start);
	else
		result = address_of(in);
	g_free(in);
	return result;
}

char *
address_clean(const char *value)
{
	char *decoded, *result;
	const char *p;

	if (value == NULL)
		return NULL;
	decoded = restore_at(decode_unicode_escapes(skip_type(value)));
	p = decoded;
	/* Source route: <@a,@b:user@host> (RFC 5321 appendix C). */
	if (p[strspn(p, " <")] == '@' && strchr(p, ':') != NULL)
		p = strchr(p, ':') + 1;
	result = first_address(p);
	if (result == NULL)
		result = bare_name(p);
	g_free(decoded);
	return result;
}
