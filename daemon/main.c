/* main.c: bounced, from the command line to the end of the loop. */
#include "conf/config.h"
#include "daemon/daemon.h"
#include "daemon/loop.h"
#include "util/log.h"
#include "util/notify.h"
#include "worker/pool.h"

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

struct program {
	struct loop *loop;
	struct daemon *daemon;
	struct loop_event *pool, *watch;
	unsigned generation; /* of what pool and watch were made for */
};

static void turn(void *context);

static void
on_watch(void *context)
{
	struct program *p = context;

	daemon_watch(p->daemon);
	turn(p);
}

/* Waits for the descriptors that the daemon has now. */
static void
follow_descriptors(struct program *p)
{
	unsigned generation = daemon_generation(p->daemon);

	if (p->pool != NULL && p->generation == generation)
		return;
	p->generation = generation;
	loop_forget(p->pool);
	loop_forget(p->watch);
	p->pool = loop_on_readable(p->loop, daemon_pool_fd(p->daemon), turn, p);
	p->watch = NULL;
	if (daemon_watch_fd(p->daemon) >= 0)
		p->watch = loop_on_readable(
		    p->loop, daemon_watch_fd(p->daemon), on_watch, p);
}

static void
turn(void *context)
{
	struct program *p = context;
	int64_t wait = daemon_turn(p->daemon);

	if (wait < 0) {
		loop_stop(p->loop);
		return;
	}
	follow_descriptors(p);
	loop_after(p->loop, wait, turn, p);
}

static void
on_stop(void *context)
{
	struct program *p = context;

	daemon_stop(p->daemon);
	turn(p);
}

static void
on_reload(void *context)
{
	struct program *p = context;

	daemon_reload(p->daemon);
	turn(p);
}

static void
on_tell(void *context)
{
	struct program *p = context;

	daemon_tell(p->daemon);
}

static int
fail(int status, char *error)
{
	log_error("%s", error);
	free(error);
	return status;
}

static int
run(struct daemon *d)
{
	struct program p = {.daemon = d, .loop = loop_new()};
	int status = EX_OSERR;

	if (p.loop == NULL || !loop_on_signal(p.loop, SIGTERM, on_stop, &p) ||
	    !loop_on_signal(p.loop, SIGINT, on_stop, &p) ||
	    !loop_on_signal(p.loop, SIGHUP, on_reload, &p) ||
	    !loop_on_signal(p.loop, SIGUSR1, on_tell, &p)) {
		log_warn("cannot set up the event loop");
	} else {
		follow_descriptors(&p);
		loop_after(p.loop, 0, turn, &p);
		notify_send("READY=1\nSTATUS=watching");
		loop_run(p.loop);
		status = daemon_status(d);
	}
	loop_forget(p.pool);
	loop_forget(p.watch);
	loop_free(p.loop);
	return status;
}

static int
check_config(const struct options *o)
{
	char *error = NULL;
	struct config *c = config_load(o->config, &error);
	struct classifier *rules =
	    c == NULL ? NULL : config_classifier(c, &error);
	int status = EX_OK;

	if (rules == NULL)
		status = fail(EX_CONFIG, error);
	else
		printf(
		    "%s is fine\n", c->file == NULL ? "the default" : c->file);
	classifier_free(rules);
	if (c != NULL)
		config_free(c);
	return status;
}

/* A file opened as standard error would be logged into. */
static void
fill_standard_descriptors(void)
{
	while (true) {
		int fd = open("/dev/null", O_RDWR);

		if (fd > STDERR_FILENO || fd < 0) {
			if (fd >= 0)
				close(fd);
			return;
		}
	}
}

static int
start(const struct options *o)
{
	char *error = NULL;
	struct daemon *d;
	int status;

	/* Readers of the database are in the group. */
	umask(0027);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN); /* a lease of ours is broken */
	d = daemon_new(o, &status, &error);
	if (d == NULL)
		return fail(status, error);
	status = run(d);
	daemon_free(d);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o;
	char *error = NULL, *help;

	worker_main_if_asked(argc, argv);
	fill_standard_descriptors();
	log_init("bounced", LOG_LEVEL_INFO);
	if (!options_read(&o, argc, argv, &error)) {
		fail(EX_USAGE, error);
		fprintf(stderr, "Try 'bounced --help'.\n");
		return EX_USAGE;
	}
	if (o.help) {
		help = options_help();
		fputs(help, stdout);
		free(help);
		return EX_OK;
	}
	if (o.version) {
		puts("bounced " BOUNCED_VERSION);
		return EX_OK;
	}
	return o.check_config ? check_config(&o) : start(&o);
}
