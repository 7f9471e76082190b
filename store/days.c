/* days.c: the evidence against one address. */
#include "store/days.h"

#include <string.h>

#define DAY 86400

struct failing_day *
days_data(GArray *days)
{
	return (struct failing_day *)(void *)days->data;
}

/* The last day of the year 9999. */
#define DAY_MAX 2932896

/* A number from 0 to MAX. */
static bool
next_number(const char **text, int64_t max, int64_t *value)
{
	char *end;

	*value = g_ascii_strtoll(*text, &end, 10);
	if (end == *text || *value < 0 || *value > max)
		return false;
	*text = end;
	return true;
}

static bool
next_class(const char **text, enum bounce_class *class)
{
	const char *from = *text + strspn(*text, " ");
	size_t n = strcspn(from, " \n");
	char name[32];

	if (n == 0 || n >= sizeof(name))
		return false;
	memcpy(name, from, n);
	name[n] = '\0';
	*text = from + n;
	/* A class that a later version made. */
	if (!class_from_name(name, class))
		*class = CLASS_UNKNOWN;
	return true;
}

static bool
parse_line(const char *text, struct failing_day *d, GStringChunk *names)
{
	int64_t hard, first, last;
	char *end;
	size_t n;

	memset(d, 0, sizeof(*d));
	if (!next_number(&text, DAY_MAX, &d->day))
		return false;
	d->weight = g_ascii_strtod(text, &end);
	if (end == text)
		return false;
	text = end;
	if (!next_class(&text, &d->class) || !next_number(&text, 1, &hard) ||
	    !next_number(&text, G_MAXINT64, &d->bounces) ||
	    !next_number(&text, DAY - 1, &first) ||
	    !next_number(&text, DAY - 1, &last))
		return false;
	d->hard = hard != 0;
	d->first_at = d->day * DAY + first;
	d->last_at = d->day * DAY + last;
	text += strspn(text, " ");
	n = strcspn(text, "\n");
	if (n > 0)
		d->domain = g_string_chunk_insert_len(names, text, (gssize)n);
	return true;
}

GArray *
days_parse(const char *text, GStringChunk *names)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(struct failing_day));
	struct failing_day d;

	while (*text != '\0') {
		if (parse_line(text, &d, names))
			g_array_append_val(days, d);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return days;
}

/* What would break the line is left out: then it counts for the address's
 * own domain, which no real host name does. */
static const char *
safe_domain(const char *domain)
{
	if (domain == NULL)
		return "";
	for (const char *p = domain; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p) || g_ascii_isspace(*p))
			return "";
	}
	return domain;
}

char *
days_format(const GArray *days)
{
	GString *text = g_string_new(NULL);
	char weight[G_ASCII_DTOSTR_BUF_SIZE];

	for (guint i = 0; i < days->len; i++) {
		const struct failing_day *d =
		    &g_array_index(days, struct failing_day, i);
		const char *domain = safe_domain(d->domain);

		g_ascii_formatd(weight, sizeof(weight), "%.6g", d->weight);
		g_string_append_printf(text,
		    "%" G_GINT64_FORMAT " %s %s %d %" G_GINT64_FORMAT
		    " %d %d%s%s\n",
		    (gint64)d->day, weight, class_name(d->class), d->hard,
		    (gint64)d->bounces, (int)(d->first_at - d->day * DAY),
		    (int)(d->last_at - d->day * DAY),
		    *domain != '\0' ? " " : "", domain);
	}
	return g_string_free(text, text->len == 0);
}

/* What counts of F into its day D. */
static void
merge(struct failing_day *d, const struct failing_day *f)
{
	if (f->weight > d->weight ||
	    (f->weight >= d->weight && f->last_at >= d->last_at)) {
		d->weight = f->weight;
		d->class = f->class;
	}
	d->first_at =
	    d->bounces > 0 ? MIN(d->first_at, f->first_at) : f->first_at;
	d->last_at = d->bounces > 0 ? MAX(d->last_at, f->last_at) : f->last_at;
	d->bounces += f->bounces;
}

bool
days_add(GArray *days, const struct failing_day *f)
{
	guint i = days->len;
	struct failing_day *d;
	bool turned_hard;

	/* Mostly it is the latest. */
	while (i > 0 && days_data(days)[i - 1].day > f->day)
		i--;
	if (i == 0 || days_data(days)[i - 1].day != f->day) {
		g_array_insert_val(days, i, *f);
		if (days->len > MAX_FAILING_DAYS)
			g_array_remove_index(days, 0);
		return f->hard;
	}
	d = &days_data(days)[i - 1];
	if (f->bounces > 0)
		merge(d, f);
	turned_hard = f->hard && !d->hard;
	if (turned_hard)
		d->domain = f->domain;
	d->hard |= f->hard;
	return turned_hard;
}

int64_t
days_void(GArray *days, int64_t day)
{
	int64_t last = 0;

	for (guint i = 0; i < days->len; i++) {
		struct failing_day *d = &days_data(days)[i];

		if (d->day > day)
			break;
		if (d->bounces > 0)
			last = MAX(last, d->last_at);
		d->weight = 0;
		d->bounces = 0;
	}
	return last;
}
