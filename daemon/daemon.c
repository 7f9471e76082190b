/* daemon.c: one turn after the other, each bounded: take what the workers
 * have, settle what is due, read on in new/. */
#include "daemon/daemon.h"

#include "daemon/clock.h"
#include "daemon/place.h"
#include "daemon/rig.h"
#include "daemon/settle.h"
#include "util/log.h"
#include "util/notify.h"

#include <glib.h>
#include <inttypes.h>
#include <sysexits.h>

#define DRAIN_MS 20000       /* after SIGTERM; the unit gives 30 s */
#define NO_ROOM_MS 100       /* until descriptors are free again */
#define LIST_ERROR_MS 1000   /* until new/ is listed again */
#define CHANGED_PAUSE_MS 250 /* a mail that changed under the reader */
#define STUCK_PAUSE_MS 60000 /* a mail that cannot be read or moved */
#define REST_MS 2000         /* idle before the database is tidied */
#define COMPLAIN_EVERY_MS 60000
#define LONGEST_WAIT_MS 3600000

struct daemon {
	struct options options;
	struct rig rig;
	unsigned rig_generation;
	struct intake *intake;
	struct place *place;
	struct settle *settle;
	bool reload, stopping, finished;
	int status;
	bool passed;         /* --once: new/ was gone through */
	int64_t stop_at;     /* patience when stopping */
	int64_t feed_at;     /* no mail is opened before */
	int64_t rest_at;     /* INT64_MAX: the database is tidy */
	int64_t answered_at; /* by a worker, last */
	int64_t complained_at;
	int64_t watchdog_ms; /* the manager's patience; 0: nobody asks */
	int64_t watchdog_fed;
};

/* True once in a while, for lines that would else come in floods. */
static bool
may_complain(struct daemon *d, int64_t now)
{
	if (d->complained_at != 0 && now - d->complained_at < COMPLAIN_EVERY_MS)
		return false;
	d->complained_at = now;
	return true;
}

/* ---- a mail comes back ---- */

static void
tell_report(const struct delivery *mail, const struct report *r)
{
	log_debug("%s: %s, %zu recipients%s%s", mail->name, kind_name(r->kind),
	    r->n_recipients, r->dialect == NULL ? "" : ", ",
	    r->dialect == NULL ? "" : r->dialect);
	if (r->n_dropped > 0)
		log_warnx("%s: %zu recipients above the limit are not recorded",
		    mail->name, r->n_dropped);
}

/* From a worker. */
static void
on_job(struct job_result *result, void *context)
{
	struct daemon *d = context;
	struct delivery *mail = result->data;
	int64_t now = clock_ms();

	d->answered_at = now;
	mail->result = *result;
	switch (result->failure) {
	case JOB_CHANGED:
		intake_hold(d->intake, mail, now, CHANGED_PAUSE_MS);
		return;
	case JOB_UNREADABLE:
		if (may_complain(d, now))
			log_error(
			    "%s: read error; it stays in new/", mail->name);
		intake_hold(d->intake, mail, now, STUCK_PAUSE_MS);
		return;
	case JOB_OK:
		tell_report(mail, result->report);
		break;
	default:
		break;
	}
	settle_add(d->settle, mail, now);
}

/* From the batch. */
static void
on_settled(struct delivery *mail, enum settled outcome, void *context)
{
	struct daemon *d = context;

	if (outcome == SETTLED)
		intake_settled(d->intake, mail);
	else
		intake_hold(d->intake, mail, clock_ms(), STUCK_PAUSE_MS);
}

/* ---- start and end ---- */

static bool
open_all(struct daemon *d, int *status, char **error)
{
	const struct config *c;

	if (!rig_build(&d->rig, &d->options, on_job, d, status, error))
		return false;
	rig_log(&d->rig);
	c = d->rig.config;
	if (c->maildir == NULL) {
		*status = EX_USAGE;
		*error = g_strdup("no Maildir is given: set maildir in the "
				  "configuration, or say --maildir DIR");
		return false;
	}
	d->place = place_new(c->maildir, (int64_t)c->rescan_seconds * 1000,
	    !d->options.once, d->intake, status, error);
	if (d->place == NULL)
		return false;
	d->settle = settle_new(
	    c->database, d->rig.classifier, on_settled, d, status, error);
	if (d->settle == NULL)
		return false;
	settle_use(d->settle, d->rig.classifier, c->done);
	return true;
}

struct daemon *
daemon_new(const struct options *o, int *status, char **error)
{
	struct daemon *d = g_new0(struct daemon, 1);

	d->options = *o;
	d->intake = intake_new();
	d->rest_at = INT64_MAX;
	d->answered_at = clock_ms();
	d->watchdog_ms = (int64_t)(notify_watchdog() / 1000);
	if (!open_all(d, status, error)) {
		daemon_free(d);
		return NULL;
	}
	intake_wake(d->intake, clock_ms());
	if (!o->once)
		log_info("watching %s, recording in %s", d->rig.config->maildir,
		    d->rig.config->database);
	return d;
}

void
daemon_free(struct daemon *d)
{
	if (d == NULL)
		return;
	/* What the workers have is still the intake's. */
	settle_free(d->settle);
	rig_free(&d->rig);
	intake_free(d->intake);
	place_free(d->place);
	g_free(d);
}

/* The new configuration with all that depends on it, or nothing changes. Only
 * while no mail is with the workers. */
static void
do_reload(struct daemon *d)
{
	struct rig rig;
	int status;
	char *error = NULL, *state;

	d->reload = false;
	state = g_strdup_printf(
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64, g_get_monotonic_time());
	notify_send(state);
	g_free(state);
	if (rig_build(&rig, &d->options, on_job, d, &status, &error)) {
		rig_keep_places(&rig, &d->rig);
		rig_log(&rig);
		settle_use(d->settle, rig.classifier, rig.config->done);
		place_use(d->place, (int64_t)rig.config->rescan_seconds * 1000);
		rig_free(&d->rig);
		d->rig = rig;
		d->rig_generation++;
		log_info("the configuration is read again");
	} else {
		log_error("%s; the old configuration stays", error);
		g_free(error);
	}
	notify_send("READY=1");
}

/* ---- a turn ---- */

/* Opens mails for the workers. False when they are many: come back at once. */
static bool
feed(struct daemon *d, int64_t now)
{
	while (pool_has_room(d->rig.pool)) {
		struct delivery *mail;
		int fd;

		if (intake_due(d->intake, now) > now)
			return true;
		switch (intake_next(d->intake, now, &mail, &fd)) {
		case INTAKE_MAIL:
			pool_submit(d->rig.pool, fd, mail);
			break;
		case INTAKE_DONE:
			d->passed = true;
			return true;
		case INTAKE_MORE:
			return false;
		case INTAKE_NO_ROOM:
			if (may_complain(d, now))
				log_warn("cannot open mail for the moment");
			d->feed_at = now + NO_ROOM_MS;
			return true;
		case INTAKE_ERROR:
			if (may_complain(d, now))
				log_warn("cannot list %s/new",
				    d->rig.config->maildir);
			d->feed_at = now + LIST_ERROR_MS;
			place_doubt(d->place, now);
			intake_wake(d->intake, d->feed_at);
			return true;
		}
	}
	return true;
}

/* When mail may be opened; INT64_MAX: not before something else happens. */
static int64_t
feed_due(const struct daemon *d, int64_t now)
{
	int64_t room;

	if (d->stopping || d->reload || (d->options.once && d->passed) ||
	    !pool_has_room(d->rig.pool))
		return INT64_MAX;
	room = settle_room_at(d->settle);
	if (room == INT64_MAX)
		return INT64_MAX;
	return MAX(MAX(room, d->feed_at), intake_due(d->intake, now));
}

/* Is there nothing left but the batch? */
static bool
is_draining_done(const struct daemon *d)
{
	return (d->stopping || (d->options.once && d->passed)) &&
	       pool_pending(d->rig.pool) == 0;
}

static void
settle_some(struct daemon *d, int64_t now)
{
	uint64_t commits = settle_stats(d->settle).commits;
	int status;

	if (!settle_run(d->settle, now, is_draining_done(d), &status)) {
		log_error("giving up: %s", settle_problem(d->settle));
		d->status = status;
		d->finished = true;
	}
	if (settle_stats(d->settle).commits != commits)
		d->rest_at = now + REST_MS;
	if (now >= d->rest_at && pool_pending(d->rig.pool) == 0) {
		d->rest_at = INT64_MAX;
		settle_rest(d->settle);
	}
}

static void
check_end(struct daemon *d, int64_t now)
{
	size_t left = settle_pending(d->settle);

	if (d->stopping && now >= d->stop_at)
		d->finished = true;
	if (!d->finished && !is_draining_done(d))
		return;
	d->finished = true;
	left += pool_pending(d->rig.pool);
	if (left > 0) {
		log_warnx("%zu mails stay in new/ for the next time", left);
		if (d->status == EX_OK)
			d->status = EX_TEMPFAIL;
	}
}

/* "I am well": as long as workers answer, or have nothing to do. Any turn
 * will do once 0.4 of the time is over, so that an idle daemon need not wake
 * for this alone; at 0.6 it does. */
static void
feed_watchdog(struct daemon *d, int64_t now)
{
	int64_t patience = 4 * (int64_t)d->rig.config->time_limit_ms + 10000;

	if (d->watchdog_ms == 0 ||
	    (d->watchdog_fed != 0 &&
		now - d->watchdog_fed < d->watchdog_ms * 2 / 5))
		return;
	d->watchdog_fed = now;
	if (pool_pending(d->rig.pool) == 0)
		d->answered_at = now;
	if (now - d->answered_at < patience)
		notify_send("WATCHDOG=1");
}

/* Milliseconds until the next thing is due. */
static int64_t
wait_time(const struct daemon *d, int64_t now)
{
	int64_t due = now + LONGEST_WAIT_MS;
	int pool = pool_timeout(d->rig.pool);

	if (pool >= 0)
		due = MIN(due, now + pool);
	due = MIN(due, feed_due(d, now));
	due = MIN(due, settle_due(d->settle));
	if (!d->stopping)
		due = MIN(due, place_due(d->place));
	if (pool_pending(d->rig.pool) == 0)
		due = MIN(due, d->rest_at);
	if (d->watchdog_ms != 0)
		due = MIN(due, d->watchdog_fed + d->watchdog_ms * 3 / 5);
	if (d->stopping)
		due = MIN(due, d->stop_at);
	return MAX(due - now, 0);
}

int64_t
daemon_turn(struct daemon *d)
{
	int64_t now = clock_ms();
	bool more = false;

	pool_dispatch(d->rig.pool);
	if (!d->stopping)
		place_check(d->place, now);
	if (feed_due(d, now) <= now) {
		more = !feed(d, now);
		pool_dispatch(d->rig.pool);
	}
	now = clock_ms();
	settle_some(d, now);
	if (d->reload && pool_pending(d->rig.pool) == 0)
		do_reload(d);
	feed_watchdog(d, now);
	check_end(d, now);
	if (d->finished)
		return -1;
	return more ? 0 : wait_time(d, clock_ms());
}

/* ---- for the owner ---- */

int
daemon_status(const struct daemon *d)
{
	/* cron must hear of what --once leaves behind */
	if (d->status == EX_OK && d->options.once &&
	    settle_stats(d->settle).stuck > 0)
		return EX_TEMPFAIL;
	return d->status;
}

int
daemon_pool_fd(const struct daemon *d)
{
	return pool_fd(d->rig.pool);
}

int
daemon_watch_fd(const struct daemon *d)
{
	return place_fd(d->place);
}

unsigned
daemon_generation(const struct daemon *d)
{
	return d->rig_generation + place_generation(d->place);
}

void
daemon_watch(struct daemon *d)
{
	place_read(d->place, clock_ms());
}

void
daemon_stop(struct daemon *d)
{
	int64_t now = clock_ms();

	if (d->stopping) {
		d->stop_at = now;
		return;
	}
	d->stopping = true;
	d->stop_at = now + DRAIN_MS;
	notify_send("STOPPING=1");
	log_info("stopping; %zu mails are at hand", intake_busy(d->intake));
}

void
daemon_reload(struct daemon *d)
{
	d->reload = true;
}

void
daemon_tell(struct daemon *d)
{
	struct settle_stats s = settle_stats(d->settle);
	struct pool_stats p = pool_stats(d->rig.pool);
	const char *problem = settle_problem(d->settle);
	char *line;

	line = g_strdup_printf("%" PRIu64 " mails settled (%" PRIu64
			       " known before, %" PRIu64 " set aside), %" PRIu64
			       " recipients; %zu at hand, %zu left alone; %u "
			       "workers, %" PRIu64 " ended by mails; longest "
			       "commit %" PRId64 " ms%s%s%s",
	    s.mails, s.known, s.failed, s.rows, intake_busy(d->intake),
	    intake_held(d->intake), p.workers, p.deaths, s.longest_ms,
	    place_is_gone(d->place) ? "; the Maildir is gone" : "",
	    problem == NULL ? "" : "; database: ",
	    problem == NULL ? "" : problem);
	log_info("%s", line);
	notify_status("%s", line);
	g_free(line);
}
