/* notify.c: sd_notify(3) without libsystemd; the protocol is stable. */
#include "util/notify.h"

#include "util/text.h"

#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool
notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t length;
	ssize_t sent;
	int fd;

	if (path == NULL || *path == '\0')
		return true;
	length = strlen(path);
	if ((*path != '/' && *path != '@') || length > sizeof(to.sun_path)) {
		errno = EINVAL;
		return false;
	}
	memcpy(to.sun_path, path, length);
	if (*path == '@')
		to.sun_path[0] = '\0'; /* the abstract namespace */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	close(fd);
	return sent >= 0;
}

bool
notify_status(const char *fmt, ...)
{
	va_list ap;
	char *text, *clean, *state;
	bool sent;

	if (getenv("NOTIFY_SOCKET") == NULL)
		return true;
	va_start(ap, fmt);
	text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	clean = text_printable(text);
	state = g_strconcat("STATUS=", clean, NULL);
	sent = notify_send(state);
	g_free(state);
	g_free(clean);
	g_free(text);
	return sent;
}

uint64_t
notify_watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	guint64 value;

	if (usec == NULL || !g_ascii_string_to_unsigned(
				usec, 10, 1, G_MAXUINT64 / 2, &value, NULL))
		return 0;
	if (pid != NULL && strtol(pid, NULL, 10) != getpid())
		return 0;
	return value;
}
