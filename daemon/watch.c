/* watch.c: inotify events of new/ and of the Maildir that it is in. */
#include "daemon/watch.h"

#include <errno.h>
#include <glib.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define MAIL_EVENTS (IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE)
/* We hold new/ open, so that its own IN_DELETE_SELF never comes: its parent
 * tells that it was removed. */
#define PLACE_EVENTS (IN_DELETE | IN_MOVED_FROM)
#define SELF_EVENTS (IN_DELETE_SELF | IN_MOVE_SELF)
#define GONE (SELF_EVENTS | IN_UNMOUNT | IN_IGNORED)

struct watch {
	int fd;
	int root, new; /* watch descriptors */
};

static int
add(int fd, const char *path, const char *name, uint32_t events)
{
	char *full = g_strconcat(path, name, NULL);
	int added =
	    inotify_add_watch(fd, full, events | SELF_EVENTS | IN_ONLYDIR);
	int saved = errno;

	g_free(full);
	errno = saved;
	return added;
}

struct watch *
watch_open(const char *path)
{
	struct watch *w = g_new(struct watch, 1);

	w->root = w->new = -1;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd >= 0)
		w->root = add(w->fd, path, "", PLACE_EVENTS);
	if (w->root >= 0)
		w->new = add(w->fd, path, "/new", MAIL_EVENTS);
	if (w->new < 0) {
		int saved = errno;

		watch_close(w);
		errno = saved;
		return NULL;
	}
	return w;
}

void
watch_close(struct watch *w)
{
	if (w == NULL)
		return;
	if (w->fd >= 0)
		close(w->fd);
	g_free(w);
}

int
watch_fd(const struct watch *w)
{
	return w->fd;
}

static enum watch_state
judge(const struct watch *w, const struct inotify_event *e, watch_seen *seen,
    void *context)
{
	if (e->mask & IN_Q_OVERFLOW)
		return WATCH_NEWS; /* later events flow again */
	if (e->mask & GONE)
		return WATCH_DEAD;
	if (e->len == 0)
		return WATCH_QUIET;
	if (e->wd == w->root)
		return strcmp(e->name, "new") == 0 ||
			       strcmp(e->name, "cur") == 0
			   ? WATCH_DEAD
			   : WATCH_QUIET;
	seen(e->name, context);
	return WATCH_NEWS;
}

enum watch_state
watch_read(struct watch *w, watch_seen *seen, void *context)
{
	union {
		char bytes[64 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
		struct inotify_event align;
	} buffer;
	ssize_t n = read(w->fd, &buffer, sizeof(buffer)), at = 0;
	enum watch_state state = WATCH_QUIET;

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return WATCH_DEAD;
	/* One read a turn: what is left makes the descriptor readable again. */
	while (at < n) {
		const struct inotify_event *e = (void *)(buffer.bytes + at);
		enum watch_state one = judge(w, e, seen, context);

		state = MAX(state, one);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	return state;
}
