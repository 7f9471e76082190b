/* rules.c: reads rule files, line by line, and checks everything. */
#include "parser/rules.h"

#include "parser/fold.h"
#include "parser/reply.h"

#include <stdlib.h>
#include <string.h>

/* ---- lines, for code tables as well ---- */

/* The next line as it stands, without its end. */
static bool
raw_line(struct lines *l, const char **start, size_t *length)
{
	const char *end;

	if (l->at >= l->source->length)
		return false;
	*start = l->source->text + l->at;
	end = memchr(*start, '\n', l->source->length - l->at);
	*length =
	    end != NULL ? (size_t)(end - *start) : l->source->length - l->at;
	l->at += *length + 1;
	l->number++;
	while (*length > 0 && fold_is_blank((*start)[*length - 1]))
		(*length)--;
	while (*length > 0 && fold_is_blank(**start)) {
		(*start)++;
		(*length)--;
	}
	return true;
}

bool
lines_next(struct lines *l, struct line *line)
{
	const char *start;
	size_t length;

	do {
		if (!raw_line(l, &start, &length))
			return false;
	} while (length == 0 || *start == '#');
	line->number = l->number;
	g_string_truncate(l->buffer, 0);
	g_string_append_len(l->buffer, start, (gssize)length);
	while (
	    l->buffer->len > 0 && l->buffer->str[l->buffer->len - 1] == '\\') {
		g_string_truncate(l->buffer, l->buffer->len - 1);
		if (!raw_line(l, &start, &length))
			break;
		g_string_append_len(l->buffer, start, (gssize)length);
	}
	line->text = l->buffer->str;
	line->length = l->buffer->len;
	return true;
}

char *
line_error(const struct source *source, unsigned line, const char *fmt, ...)
{
	GString *s = g_string_new(NULL);
	va_list args;

	g_string_printf(s, "%s:%u: ", source->name, line);
	va_start(args, fmt);
	g_string_append_vprintf(s, fmt, args);
	va_end(args);
	return g_string_free(s, FALSE);
}

/* ---- limits ---- */

/* "550", "5xx", "45x": each x stands for any digit. */
static bool
parse_code(const char *s, struct rule *r)
{
	unsigned low = 0, high = 0;

	if (strlen(s) != 3 || s[0] < '1' || s[0] > '5')
		return false;
	for (int i = 0; i < 3; i++) {
		bool any = s[i] == 'x';

		if (!any &&
		    (!fold_is_digit(s[i]) || (i > 0 && s[i - 1] == 'x')))
			return false;
		low = low * 10 + (any ? 0 : (unsigned)(s[i] - '0'));
		high = high * 10 + (any ? 9 : (unsigned)(s[i] - '0'));
	}
	r->code_low = (uint16_t)low;
	r->code_high = (uint16_t)high;
	r->any_code = false;
	return true;
}

static bool
parse_status_number(const char *s, uint16_t *number)
{
	char *end;
	unsigned long n;

	if (strcmp(s, "*") == 0 || strcmp(s, "x") == 0) {
		*number = STATUS_ANY;
		return true;
	}
	if (!fold_is_digit(*s))
		return false;
	n = strtoul(s, &end, 10);
	*number = (uint16_t)n;
	return *end == '\0' && n <= 999;
}

/* "5.7.1", "5.7.*", "*.1.1", "x.1.1". */
static bool
parse_status(const char *s, struct rule *r)
{
	char **part = g_strsplit(s, ".", 4);
	bool ok = g_strv_length(part) == 3 &&
		  parse_status_number(part[0], &r->status.class) &&
		  parse_status_number(part[1], &r->status.subject) &&
		  parse_status_number(part[2], &r->status.detail);

	g_strfreev(part);
	r->any_status = false;
	return ok;
}

static uint32_t
keep_string(struct rules *rules, const char *s)
{
	uint32_t offset = (uint32_t)rules->strings->len;

	g_string_append_len(rules->strings, s, (gssize)strlen(s) + 1);
	return offset;
}

/* "outlook.com" or several with commas. */
static bool
parse_hosts(struct rules *rules, const char *s, struct rule *r)
{
	if (*s == '\0' || *s == ',' || strstr(s, ",,") != NULL)
		return false;
	for (const char *p = s; *p != '\0'; p++) {
		if (!fold_is_alnum(*p) && strchr(".-_,", *p) == NULL)
			return false;
	}
	r->hosts = keep_string(rules, s);
	return true;
}

/* One word of a rule's head after the class. False: it is none we know. */
static bool
parse_limit(struct rules *rules, const char *word, struct rule *r)
{
	if (strcmp(word, "weak") == 0) {
		r->weak = true;
		return true;
	}
	if (strcmp(word, "near") == 0) {
		r->near = true;
		return true;
	}
	if (g_str_has_prefix(word, "code="))
		return parse_code(word + 5, r);
	if (g_str_has_prefix(word, "status="))
		return parse_status(word + 7, r);
	if (g_str_has_prefix(word, "host="))
		return parse_hosts(rules, word + 5, r);
	return false;
}

/* ---- rules ---- */

struct rules *
rules_new(void)
{
	struct rules *r = g_new(struct rules, 1);

	r->rows = g_array_new(FALSE, FALSE, sizeof(struct rule));
	r->strings = g_string_new(NULL);
	g_string_append_c(r->strings, '\0');
	r->phrases = phrases_new();
	return r;
}

void
rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	g_array_free(r->rows, TRUE);
	g_string_free(r->strings, TRUE);
	phrases_free(r->phrases);
	g_free(r);
}

/* HEAD is "class [limit ...]" and is cut into words in place. */
static char *
read_head(struct rules *rules, const struct source *source, unsigned line,
    char *head, struct rule *r)
{
	char *save = NULL, *word = strtok_r(head, " \t", &save);

	if (word == NULL)
		return line_error(source, line, "no class before the ':'");
	if (!class_from_name(word, &r->class) || r->class == CLASS_NONE)
		return line_error(source, line, "unknown class '%s'", word);
	while ((word = strtok_r(NULL, " \t", &save)) != NULL) {
		if (!parse_limit(rules, word, r))
			return line_error(source, line,
			    "'%s' is no limit: code=550, status=5.7.1, "
			    "host=example.org, weak or near",
			    word);
	}
	return NULL;
}

static char *
read_rule(
    struct rules *rules, const struct source *source, const struct line *line)
{
	struct rule r = {.any_code = true, .any_status = true};
	char *colon = memchr(line->text, ':', line->length), *error;
	char number[16];
	const char *why;

	if (colon == NULL)
		return line_error(
		    source, line->number, "no ':' between class and phrase");
	*colon = '\0';
	error = read_head(rules, source, line->number, line->text, &r);
	if (error != NULL)
		return error;
	why = phrases_add(rules->phrases, colon + 1,
	    line->length - (size_t)(colon + 1 - line->text));
	if (why != NULL)
		return line_error(source, line->number, "%s", why);
	g_snprintf(number, sizeof(number), ":%u", line->number);
	r.name = (uint32_t)rules->strings->len;
	g_string_append(rules->strings, source->name);
	g_string_append_len(rules->strings, number, (gssize)strlen(number) + 1);
	g_array_append_val(rules->rows, r);
	return NULL;
}

bool
rules_read(struct rules *rules, const struct source *source, char **error)
{
	struct lines lines = {.source = source, .buffer = g_string_new(NULL)};
	struct line line;

	*error = NULL;
	while (*error == NULL && lines_next(&lines, &line))
		*error = read_rule(rules, source, &line);
	g_string_free(lines.buffer, TRUE);
	return *error == NULL;
}

static bool
number_allows(uint16_t wanted, uint16_t number)
{
	return wanted == STATUS_ANY || wanted == number;
}

static bool
status_allows(const struct rule *r, const struct known *k)
{
	for (size_t i = 0; i < G_N_ELEMENTS(k->statuses); i++) {
		struct enhanced e = k->statuses[i];

		if (e.class != 0 && number_allows(r->status.class, e.class) &&
		    number_allows(r->status.subject, e.subject) &&
		    number_allows(r->status.detail, e.detail))
			return true;
	}
	return false;
}

/* Is HOST one of LIST, or below it? */
static bool
host_allows(const char *list, const struct known *k)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		const char *tail = k->host + k->host_length - n;

		if (n > 0 && n <= k->host_length &&
		    g_ascii_strncasecmp(tail, list, n) == 0 &&
		    (n == k->host_length || tail[-1] == '.'))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

bool
rule_allows(
    const struct rules *rules, const struct rule *r, const struct known *k)
{
	bool ok = r->any_code;

	for (size_t i = 0; !ok && i < G_N_ELEMENTS(k->codes); i++)
		ok = k->codes[i] >= r->code_low && k->codes[i] <= r->code_high;
	if (!ok || (!r->any_status && !status_allows(r, k)))
		return false;
	return r->hosts == 0 ||
	       (k->host != NULL &&
		   host_allows(rules->strings->str + r->hosts, k));
}
