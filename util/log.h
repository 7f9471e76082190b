/* log.h: messages of a daemon, to standard error, one line each.
 *
 * Under systemd (JOURNAL_STREAM or NOTIFY_SOCKET set) lines carry sd-daemon
 * "<N>" prefixes; control characters and invalid UTF-8 in any argument are
 * made harmless before they are written.
 */
#ifndef BOUNCED_UTIL_LOG_H
#define BOUNCED_UTIL_LOG_H

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

void log_init(const char *program, enum log_level);

/* log_warn adds ": strerror(errno)"; log_warnx does not. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
