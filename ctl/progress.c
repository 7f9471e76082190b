/* progress.c: how far it is. */
#include "ctl/progress.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#define INTERVAL 100000 /* microseconds between two drawings */
#define MIN_BAR 8
#define MAX_BAR 40
/* Before this many seconds a guess of the rest jumps about. */
#define GUESS_AFTER 1.0

char *
number_text(uint64_t n)
{
	char *plain = g_strdup_printf("%" PRIu64, n);
	GString *s = g_string_new(NULL);
	size_t length = strlen(plain);

	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			g_string_append_c(s, ',');
		g_string_append_c(s, plain[i]);
	}
	g_free(plain);
	return g_string_free(s, FALSE);
}

static void
append_time_left(GString *s, double fraction, double seconds)
{
	double left;
	unsigned n;

	if (seconds < GUESS_AFTER || fraction <= 0)
		return;
	left = seconds * (1 - fraction) / fraction;
	n = left < 360000 ? (unsigned)(left + 0.5) : 360000;
	if (n >= 3600)
		g_string_append_printf(
		    s, "  %u:%02u:%02u left", n / 3600, n / 60 % 60, n % 60);
	else
		g_string_append_printf(s, "  %u:%02u left", n / 60, n % 60);
}

static void
append_count(GString *s, uint64_t mails, double seconds)
{
	char *count = number_text(mails), *rate;

	g_string_append_printf(s, "  %s mails", count);
	if (seconds > 0) {
		rate = number_text((uint64_t)((double)mails / seconds));
		g_string_append_printf(s, "  %s/s", rate);
		g_free(rate);
	}
	g_free(count);
}

char *
progress_line(
    int columns, uint64_t done, uint64_t total, uint64_t mails, double seconds)
{
	GString *s = g_string_new(NULL), *bar = g_string_new(NULL);
	double fraction = total > 0 ? (double)done / (double)total : 0;
	int room, filled;

	if (fraction > 1)
		fraction = 1;
	if (total > 0)
		g_string_append_printf(s, " %3d%%", (int)(fraction * 100));
	append_count(s, mails, seconds);
	if (total > 0)
		append_time_left(s, fraction, seconds);
	room = columns - (int)s->len - 3;
	if (total > 0 && room >= MIN_BAR) {
		room = room < MAX_BAR ? room : MAX_BAR;
		filled = (int)(fraction * room);
		g_string_append_c(bar, '[');
		for (int i = 0; i < room; i++)
			g_string_append_c(bar, i < filled    ? '='
					       : i == filled ? '>'
							     : ' ');
		g_string_append_c(bar, ']');
		g_string_prepend(s, bar->str);
	}
	/* The last column stays free: some terminals wrap there. */
	if (columns > 0 && (int)s->len >= columns)
		g_string_truncate(s, (gsize)columns - 1);
	g_string_free(bar, TRUE);
	return g_string_free(s, FALSE);
}

void
progress_start(struct progress *p, uint64_t total)
{
	*p = (struct progress){.terminal = terminal_of(stderr),
	    .started = g_get_monotonic_time(),
	    .total = total};
	p->on = p->terminal.is_terminal;
}

void
progress_update(struct progress *p, uint64_t done, uint64_t mails)
{
	int64_t now;
	char *line;

	if (!p->on)
		return;
	now = g_get_monotonic_time();
	if (now - p->drawn < INTERVAL)
		return;
	p->drawn = now;
	line = progress_line(p->terminal.width, done, p->total, mails,
	    (double)(now - p->started) / 1e6);
	/* Erase to the end: the line before may have been longer. */
	fprintf(stderr, "\r%s\033[K", line);
	fflush(stderr);
	g_free(line);
}

void
progress_clear(struct progress *p)
{
	if (p->on && p->drawn != 0) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
		p->drawn = 0;
	}
}
