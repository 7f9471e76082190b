/* place.c: a Maildir that may go and come. */
#include "daemon/place.h"

#include "daemon/watch.h"
#include "util/log.h"

#include <errno.h>
#include <glib.h>

#define FIRST_PAUSE_MS 500 /* between looks for a Maildir that is gone */
#define LONGEST_PAUSE_MS 30000
#define BLIND_RESCAN_MS 10000 /* without inotify */

struct place {
	char *path;
	struct intake *intake;
	struct maildir *maildir; /* NULL: gone */
	struct watch *watch;     /* NULL: blind, or not wanted */
	bool watched;
	bool told_blind;
	int64_t rescan_ms;
	int64_t due, pause;
	unsigned generation;
};

static int64_t
rescan_interval(const struct place *p)
{
	if (p->watch == NULL)
		return MIN(p->rescan_ms, BLIND_RESCAN_MS);
	return p->rescan_ms;
}

/* Watch first, then scan: what comes between the two is seen twice rather
 * than not at all. */
static void
start_watch(struct place *p)
{
	if (!p->watched || p->watch != NULL)
		return;
	p->watch = watch_open(p->path);
	p->generation++;
	if (p->watch == NULL && !p->told_blind) {
		log_warn("inotify does not watch %s/new; it is scanned every "
			 "%d seconds instead",
		    p->path, (int)(rescan_interval(p) / 1000));
		p->told_blind = true;
	} else if (p->watch != NULL && p->told_blind) {
		log_info("inotify watches %s/new again", p->path);
		p->told_blind = false;
	}
}

static void
arrive(struct place *p, struct maildir *m)
{
	p->maildir = m;
	p->pause = 0;
	start_watch(p);
	intake_use(p->intake, m);
}

static void
leave(struct place *p, int64_t now)
{
	intake_use(p->intake, NULL);
	maildir_unref(p->maildir);
	p->maildir = NULL;
	watch_close(p->watch);
	p->watch = NULL;
	p->generation++;
	p->due = now;
	p->pause = FIRST_PAUSE_MS;
	log_error("the Maildir %s is gone; waiting until it is back", p->path);
}

struct place *
place_new(const char *path, int64_t rescan_ms, bool watched,
    struct intake *intake, int *status, char **error)
{
	struct maildir *m = maildir_open(path, status, error);
	struct place *p;

	if (m == NULL)
		return NULL;
	p = g_new0(struct place, 1);
	p->path = g_strdup(path);
	p->intake = intake;
	p->watched = watched;
	p->rescan_ms = rescan_ms;
	p->due = watched ? 0 : INT64_MAX;
	arrive(p, m);
	return p;
}

void
place_free(struct place *p)
{
	if (p == NULL)
		return;
	watch_close(p->watch);
	maildir_unref(p->maildir);
	g_free(p->path);
	g_free(p);
}

void
place_use(struct place *p, int64_t rescan_ms)
{
	p->rescan_ms = rescan_ms;
	place_doubt(p, 0);
}

int
place_fd(const struct place *p)
{
	return p->watch == NULL ? -1 : watch_fd(p->watch);
}

unsigned
place_generation(const struct place *p)
{
	return p->generation;
}

static void
on_seen(const char *name, void *context)
{
	intake_release(context, name);
}

void
place_read(struct place *p, int64_t now)
{
	if (p->watch == NULL)
		return;
	switch (watch_read(p->watch, on_seen, p->intake)) {
	case WATCH_QUIET:
		break;
	case WATCH_NEWS:
		intake_wake(p->intake, now);
		break;
	case WATCH_DEAD:
		watch_close(p->watch);
		p->watch = NULL;
		p->generation++;
		place_doubt(p, now);
		break;
	}
}

static void
look_for_it(struct place *p, int64_t now)
{
	char *error = NULL;
	int status;
	struct maildir *m = maildir_open(p->path, &status, &error);

	if (m == NULL) {
		log_debug("%s", error);
		g_free(error);
		p->due = now + p->pause;
		p->pause = MIN(p->pause * 2, LONGEST_PAUSE_MS);
		return;
	}
	log_info("the Maildir %s is back", p->path);
	arrive(p, m);
	p->due = now;
}

void
place_check(struct place *p, int64_t now)
{
	if (now < p->due)
		return;
	if (p->maildir != NULL && !maildir_in_place(p->maildir))
		leave(p, now);
	if (p->maildir == NULL)
		look_for_it(p, now);
	if (p->maildir == NULL)
		return;
	start_watch(p);
	intake_wake(p->intake, now);
	p->due = p->watched ? now + rescan_interval(p) : INT64_MAX;
}

int64_t
place_due(const struct place *p)
{
	return p->due;
}

void
place_doubt(struct place *p, int64_t now)
{
	p->due = MIN(p->due, now);
}

bool
place_is_gone(const struct place *p)
{
	return p->maildir == NULL;
}
