/* watch.c: inotify events of one directory. */
#include "daemon/watch.h"

#include <errno.h>
#include <glib.h>
#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

#define EVENTS                                                                 \
	(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF |           \
	    IN_MOVE_SELF | IN_ONLYDIR)
#define GONE (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)

struct watch {
	int fd;
};

struct watch *
watch_open(const char *path)
{
	struct watch *w;
	char *new;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), added, saved;

	if (fd < 0)
		return NULL;
	new = g_strconcat(path, "/new", NULL);
	added = inotify_add_watch(fd, new, EVENTS);
	saved = errno;
	g_free(new);
	if (added < 0) {
		close(fd);
		errno = saved;
		return NULL;
	}
	w = g_new(struct watch, 1);
	w->fd = fd;
	return w;
}

void
watch_close(struct watch *w)
{
	if (w == NULL)
		return;
	close(w->fd);
	g_free(w);
}

int
watch_fd(const struct watch *w)
{
	return w->fd;
}

bool
watch_read(struct watch *w, watch_seen *seen, void *context)
{
	union {
		char bytes[64 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
		struct inotify_event align;
	} buffer;
	ssize_t n = read(w->fd, &buffer, sizeof(buffer)), at = 0;
	bool alive = n >= 0 || errno == EAGAIN || errno == EINTR;

	/* One read a turn: what is left makes the descriptor readable again.
	 * IN_Q_OVERFLOW needs nothing special, for every call of this ends in
	 * a scan. */
	while (at < n) {
		const struct inotify_event *e = (void *)(buffer.bytes + at);

		if (e->mask & GONE)
			alive = false;
		else if (e->len > 0)
			seen(e->name, context);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	return alive;
}
