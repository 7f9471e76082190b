/* loop.c: libevent, and nobody else needs to know. */
#include "daemon/loop.h"

#include <event2/event.h>
#include <glib.h>

#define MAX_SIGNALS 8

struct loop_event {
	struct event *event;
	loop_call *call;
	void *context;
};

struct loop {
	struct event_base *base;
	struct loop_event signals[MAX_SIGNALS];
	unsigned n_signals;
	struct loop_event timer;
};

static void
forward(evutil_socket_t fd, short what, void *context)
{
	struct loop_event *e = context;

	(void)fd;
	(void)what;
	e->call(e->context);
}

struct loop *
loop_new(void)
{
	struct event_config *config = event_config_new();
	struct loop *l = g_new0(struct loop, 1);

	/* A turn may take a while (fsync): timers count from the call. */
	if (config != NULL &&
	    event_config_set_flag(config, EVENT_BASE_FLAG_NO_CACHE_TIME) == 0)
		l->base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	if (l->base != NULL)
		l->timer.event = evtimer_new(l->base, forward, &l->timer);
	if (l->timer.event == NULL) {
		loop_free(l);
		return NULL;
	}
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	for (unsigned i = 0; i < l->n_signals; i++)
		event_free(l->signals[i].event);
	if (l->timer.event != NULL)
		event_free(l->timer.event);
	if (l->base != NULL)
		event_base_free(l->base);
	g_free(l);
}

bool
loop_on_signal(struct loop *l, int signal, loop_call *call, void *context)
{
	struct loop_event *e;

	if (l->n_signals == MAX_SIGNALS)
		return false;
	e = &l->signals[l->n_signals];
	e->call = call;
	e->context = context;
	e->event = evsignal_new(l->base, signal, forward, e);
	if (e->event == NULL)
		return false;
	l->n_signals++;
	return event_add(e->event, NULL) == 0;
}

struct loop_event *
loop_on_readable(struct loop *l, int fd, loop_call *call, void *context)
{
	struct loop_event *e = g_new0(struct loop_event, 1);

	e->call = call;
	e->context = context;
	e->event = event_new(l->base, fd, EV_READ | EV_PERSIST, forward, e);
	if (e->event != NULL && event_add(e->event, NULL) == 0)
		return e;
	loop_forget(e);
	return NULL;
}

void
loop_forget(struct loop_event *e)
{
	if (e == NULL)
		return;
	if (e->event != NULL)
		event_free(e->event);
	g_free(e);
}

void
loop_after(struct loop *l, int64_t ms, loop_call *call, void *context)
{
	struct timeval t = {ms / 1000, ms % 1000 * 1000};

	l->timer.call = call;
	l->timer.context = context;
	evtimer_add(l->timer.event, &t);
}

void
loop_run(struct loop *l)
{
	event_base_dispatch(l->base);
}

void
loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}
