/* dsn_value.c: the values of delivery-status fields, as MTAs write them. */
#include <gmime/gmime.h>
#include <string.h>

#include "parser/charset.h"
#include "parser/dsn.h"

/* Longer ones are no dates; GMime's reader would cut all of it to tokens. */
#define MAX_DATE 128

#define MAX_HOST 255

enum action
dsn_action(const char *value)
{
	static const struct {
		const char *prefix;
		enum action action;
	} words[] = {
	    {"fail", ACTION_FAILED},
	    {"error", ACTION_FAILED},
	    {"undeliver", ACTION_FAILED},
	    {"non", ACTION_FAILED},
	    {"not ", ACTION_FAILED},
	    {"bounce", ACTION_FAILED},
	    {"reject", ACTION_FAILED},
	    {"permanent", ACTION_FAILED},
	    {"fatal", ACTION_FAILED},
	    {"expir", ACTION_FAILED},
	    {"delivery fail", ACTION_FAILED},
	    {"delivery-fail", ACTION_FAILED},
	    {"delivery error", ACTION_FAILED},
	    {"delivery delay", ACTION_DELAYED},
	    {"delay", ACTION_DELAYED},
	    {"defer", ACTION_DELAYED},
	    {"warn", ACTION_DELAYED},
	    {"transient", ACTION_DELAYED},
	    {"temporar", ACTION_DELAYED},
	    {"deliver", ACTION_DELIVERED},
	    {"success", ACTION_DELIVERED},
	    {"relay", ACTION_RELAYED},
	    {"expand", ACTION_EXPANDED},
	};

	while (*value != '\0' && !g_ascii_isalpha(*value))
		value++;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strncasecmp(
			value, words[i].prefix, strlen(words[i].prefix)) == 0)
			return words[i].action;
	}
	return ACTION_NONE;
}

int64_t
dsn_date(const char *value)
{
	GDateTime *date;
	gint64 t;

	if (value == NULL || strlen(value) > MAX_DATE)
		return 0;
	date = g_mime_utils_header_decode_date(value);
	if (date == NULL)
		return 0;
	t = g_date_time_to_unix(date);
	g_date_time_unref(date);
	return t > 0 ? t : 0;
}

const char *
dsn_skip_type(const char *value)
{
	const char *p = value;

	while (g_ascii_isalnum(*p) || *p == '-' || *p == '_')
		p++;
	if (p == value)
		return value;
	while (*p == ' ')
		p++;
	if (*p != ';')
		return value;
	for (p++; *p == ' ';)
		p++;
	return p;
}

char *
dsn_mta(const char *value)
{
	const char *p = dsn_skip_type(value);
	size_t n;

	p += strspn(p, "<\"' \t");
	n = strcspn(p, " \t(<>\"");
	n = charset_cut(p, n, MAX_HOST);
	while (n > 0 && strchr(".;,'", p[n - 1]) != NULL)
		n--;
	return n > 0 ? g_strndup(p, n) : NULL;
}
