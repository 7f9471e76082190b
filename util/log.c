/* log.c: one line, one write. Where it goes is the one thing in the programs
 * that is kept per process: standard error is per process, too. */
#include "util/log.h"

#include "util/text.h"

#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	const char *program;
	enum log_level level;
	bool prefixes;
} sink = {"bounced", LOG_LEVEL_INFO, false};

static const struct {
	const char *name;
	char priority; /* syslog's, as sd-daemon(3) writes it */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", '3'},
    [LOG_LEVEL_WARNING] = {"warning", '4'},
    [LOG_LEVEL_INFO] = {"info", '6'},
    [LOG_LEVEL_DEBUG] = {"debug", '7'},
};
_Static_assert(G_N_ELEMENTS(levels) == LOG_LEVEL_COUNT, "a row each");

void
log_init(const char *program, enum log_level level)
{
	sink.program = program;
	sink.level = level;
	sink.prefixes =
	    getenv("JOURNAL_STREAM") != NULL || getenv("NOTIFY_SOCKET") != NULL;
}

bool
log_level_from_name(const char *name, enum log_level *level)
{
	for (unsigned i = 0; i < LOG_LEVEL_COUNT; i++) {
		if (strcmp(levels[i].name, name) == 0) {
			*level = i;
			return true;
		}
	}
	return false;
}

/* Cuts TEXT to at most MAX bytes without cutting a character in two. */
static void
cut(GString *text, size_t max)
{
	if (text->len <= max)
		return;
	while (max > 0 && ((unsigned char)text->str[max] & 0xC0) == 0x80)
		max--;
	g_string_truncate(text, max);
}

void
log_line(enum log_level level, const char *message)
{
	int saved = errno;
	char *clean;
	GString *line;

	if (level > sink.level)
		return;
	clean = text_printable(message);
	line = g_string_new(NULL);
	if (sink.prefixes)
		g_string_printf(line, "<%c>", levels[level].priority);
	else
		g_string_printf(line, "%s: ", sink.program);
	if (level == LOG_LEVEL_WARNING)
		g_string_append(line, "warning: ");
	else if (level == LOG_LEVEL_ERROR)
		g_string_append(line, "error: ");
	g_string_append(line, clean);
	cut(line, LOG_LINE_MAX - 1);
	g_string_append_c(line, '\n');
	/* A log that cannot be written must not stop the work. */
	while (write(STDERR_FILENO, line->str, line->len) < 0 && errno == EINTR)
		continue;
	g_string_free(line, TRUE);
	g_free(clean);
	errno = saved;
}

static void __attribute__((format(printf, 3, 0)))
log_format(enum log_level level, int error, const char *fmt, va_list ap)
{
	GString *message;

	if (level > sink.level)
		return;
	message = g_string_new(NULL);
	g_string_vprintf(message, fmt, ap);
	if (error != 0)
		g_string_append_printf(message, ": %s", g_strerror(error));
	log_line(level, message->str);
	g_string_free(message, TRUE);
}

#define LOG_FUNCTION(name, level, error)                                       \
	void name(const char *fmt, ...)                                        \
	{                                                                      \
		int saved = errno;                                             \
		va_list ap;                                                    \
                                                                               \
		va_start(ap, fmt);                                             \
		log_format(level, error, fmt, ap);                             \
		va_end(ap);                                                    \
		errno = saved;                                                 \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR, 0)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARNING, saved)
LOG_FUNCTION(log_warnx, LOG_LEVEL_WARNING, 0)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO, 0)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG, 0)
