/* log.h: messages of a daemon, to standard error, one line each.
 *
 * Under systemd (JOURNAL_STREAM or NOTIFY_SOCKET set) lines carry sd-daemon
 * "<N>" prefixes; control characters and invalid UTF-8 in any argument are
 * made harmless before they are written. A line is one write(2) and at most
 * LOG_LINE_MAX bytes. errno is left as it was.
 */
#ifndef BOUNCED_UTIL_LOG_H
#define BOUNCED_UTIL_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};

#define LOG_LINE_MAX 4096

/* Before it: program "bounced", level info. PROGRAM is kept, not copied. */
void log_init(const char *program, enum log_level);

/* Of "error", "warning", "info", "debug"; false for any other word. */
bool log_level_from_name(const char *name, enum log_level *);

/* log_warn adds ": strerror(errno)"; log_warnx and log_error do not. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes MESSAGE, which ends here if it is too long, as LEVEL's line. */
void log_line(enum log_level, const char *message);

#endif
