/* codes.c: reads code tables and looks rows up. */
#include "parser/codes.h"

#include "parser/fold.h"
#include "parser/reply.h"
#include "parser/rules.h"

#include <stdlib.h>
#include <string.h>

#define REPLY_MAX 600

/* Class of the key "x.1.1". */
#define CLASS_ANY 0

struct row {
	struct code_info info;
	struct enhanced status; /* of an enhanced key */
	int code;               /* of a reply key, else 0 */
};

struct codes {
	GArray *rows;          /* struct row */
	GStringChunk *strings; /* what the rows point into */
	uint32_t *by_status;   /* indexes of the enhanced rows, sorted */
	size_t n_by_status;
	uint32_t by_reply[REPLY_MAX]; /* index + 1; 0: none */
};

struct codes *
codes_new(void)
{
	struct codes *c = g_new0(struct codes, 1);

	c->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	c->strings = g_string_chunk_new(16384);
	return c;
}

void
codes_free(struct codes *c)
{
	if (c == NULL)
		return;
	g_array_free(c->rows, TRUE);
	g_string_chunk_free(c->strings);
	g_free(c->by_status);
	g_free(c);
}

/* "550", "5.1.1" or "x.1.1". */
static bool
read_key(const char *key, struct row *r)
{
	char copy[ENHANCED_MAX];
	size_t n = strlen(key);

	if (n == 3 && strspn(key, "0123456789") == 3) {
		r->code = atoi(key);
		return r->code >= 100 && r->code < REPLY_MAX;
	}
	if (n >= sizeof(copy))
		return false;
	memcpy(copy, key, n + 1);
	if (copy[0] == 'x')
		copy[0] = '5';
	if (!enhanced_parse(copy, &r->status) ||
	    strspn(copy, "0123456789.") != n)
		return false;
	if (key[0] == 'x')
		r->status.class = CLASS_ANY;
	return true;
}

/* HEAD is "key class [weak]". */
static const char *
read_columns(struct codes *c, char *head, struct row *r)
{
	char *save = NULL;
	const char *key = strtok_r(head, " \t", &save);
	const char *class = strtok_r(NULL, " \t", &save);
	const char *more = strtok_r(NULL, " \t", &save);

	if (key == NULL || !read_key(key, r))
		return "the first column is no code such as 550 or x.1.1";
	if (class == NULL)
		return "the class is missing";
	if (strcmp(class, "-") == 0)
		r->info.class = CLASS_NONE;
	else if (!class_from_name(class, &r->info.class) ||
		 r->info.class == CLASS_NONE)
		return "unknown class";
	r->info.weak = more != NULL && strcmp(more, "weak") == 0;
	if (more != NULL && !r->info.weak)
		return "only \"weak\" may follow the class";
	r->info.key = g_string_chunk_insert(c->strings, key);
	return NULL;
}

static const char *
read_row(struct codes *c, char *text, struct row *r)
{
	char *meaning = strchr(text, '|'), *advice;

	if (meaning == NULL)
		return "no '|' before the meaning";
	*meaning++ = '\0';
	advice = strchr(meaning, '|');
	if (advice != NULL)
		*advice++ = '\0';
	r->info.meaning =
	    g_string_chunk_insert(c->strings, g_strstrip(meaning));
	r->info.advice = g_string_chunk_insert(
	    c->strings, advice != NULL ? g_strstrip(advice) : "");
	return read_columns(c, text, r);
}

bool
codes_read(struct codes *c, const struct source *source, char **error)
{
	struct lines lines = {.source = source, .buffer = g_string_new(NULL)};
	struct line line;

	*error = NULL;
	while (*error == NULL && lines_next(&lines, &line)) {
		struct row r = {.info.class = CLASS_NONE};
		const char *why = "not valid UTF-8";
		char name[256];

		if (g_utf8_validate(line.text, (gssize)line.length, NULL))
			why = read_row(c, line.text, &r);
		if (why != NULL) {
			*error = line_error(source, line.number, "%s", why);
			break;
		}
		g_snprintf(
		    name, sizeof(name), "%s:%u", source->name, line.number);
		r.info.rule = g_string_chunk_insert(c->strings, name);
		g_array_append_val(c->rows, r);
	}
	g_string_free(lines.buffer, TRUE);
	return *error == NULL;
}

static const struct row *
row_at(const struct codes *c, size_t i)
{
	return &g_array_index(c->rows, struct row, i);
}

static int
compare_status(struct enhanced a, struct enhanced b)
{
	if (a.class != b.class)
		return a.class < b.class ? -1 : 1;
	if (a.subject != b.subject)
		return a.subject < b.subject ? -1 : 1;
	return (a.detail > b.detail) - (a.detail < b.detail);
}

static int
compare_rows(const void *a, const void *b, void *codes)
{
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int order =
	    compare_status(row_at(codes, i)->status, row_at(codes, j)->status);

	return order != 0 ? order : (i > j) - (i < j);
}

void
codes_finish(struct codes *c)
{
	size_t n = c->rows->len;

	c->by_status = g_new(uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		int code = row_at(c, i)->code;

		if (code == 0)
			c->by_status[c->n_by_status++] = i;
		else if (c->by_reply[code] == 0)
			c->by_reply[code] = i + 1;
	}
	qsort_r(c->by_status, c->n_by_status, sizeof(*c->by_status),
	    compare_rows, c);
}

const struct code_info *
codes_reply(const struct codes *c, int code)
{
	if (code < 0 || code >= REPLY_MAX || c->by_reply[code] == 0)
		return NULL;
	return &row_at(c, c->by_reply[code] - 1)->info;
}

/* The first row read with exactly this key. */
static const struct code_info *
find_status(const struct codes *c, struct enhanced e)
{
	size_t low = 0, high = c->n_by_status;
	const struct row *r;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		r = row_at(c, c->by_status[middle]);
		if (compare_status(r->status, e) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == c->n_by_status)
		return NULL;
	r = row_at(c, c->by_status[low]);
	return compare_status(r->status, e) == 0 ? &r->info : NULL;
}

const struct code_info *
codes_status(const struct codes *c, struct enhanced e)
{
	const struct code_info *info = NULL;

	if (e.class == 0)
		return NULL;
	for (int general = 0; info == NULL && general < 2; general++) {
		struct enhanced any;

		if (general)
			e.detail = 0;
		any = e;
		any.class = CLASS_ANY;
		info = find_status(c, e);
		if (info == NULL)
			info = find_status(c, any);
	}
	return info;
}

size_t
codes_count(const struct codes *c)
{
	return c->rows->len;
}

const struct code_info *
codes_at(const struct codes *c, size_t i)
{
	return i < c->rows->len ? &row_at(c, i)->info : NULL;
}
