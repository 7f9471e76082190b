/* rig.c: configuration, rules and workers come and go together. */
#include "daemon/rig.h"

#include "util/log.h"

#include <errno.h>
#include <glib.h>
#include <sysexits.h>

/* The command line goes before the file. */
static void
replace(char **setting, const char *value)
{
	if (value == NULL)
		return;
	g_free(*setting);
	*setting = g_strdup(value);
}

static struct pool *
start_pool(const struct config *c, job_done *done, void *context)
{
	const struct pool_options o = {
	    .workers = (unsigned)c->workers,
	    .max_read = (size_t)c->max_read,
	    .time_limit_ms = (unsigned)c->time_limit_ms,
	    .memory_limit = (size_t)c->memory_limit,
	    .parser = {.verp_delimiters = c->verp_delimiters,
		.max_recipients = (size_t)c->max_recipients},
	    .rules = c->rules,
	    .codes = c->codes,
	    .n_rules = c->n_rules,
	    .n_codes = c->n_codes,
	    /* This very program, even when its file was replaced since. */
	    .exec = "/proc/self/exe",
	};

	return pool_new(&o, done, context);
}

bool
rig_build(struct rig *r, const struct options *o, job_done *done, void *context,
    int *status, char **error)
{
	*r = (struct rig){0};
	*status = EX_CONFIG;
	r->config = config_load(o->config, error);
	if (r->config != NULL)
		r->classifier = config_classifier(r->config, error);
	if (r->classifier != NULL) {
		replace(&r->config->maildir, o->maildir);
		replace(&r->config->database, o->database);
		r->pool = start_pool(r->config, done, context);
		*status = EX_OSERR;
		if (r->pool == NULL)
			*error = g_strdup_printf(
			    "cannot start workers: %s", g_strerror(errno));
	}
	if (r->pool != NULL)
		return true;
	rig_free(r);
	return false;
}

void
rig_keep_places(struct rig *new, const struct rig *old)
{
	struct config *n = new->config, *o = old->config;

	if (g_strcmp0(n->maildir, o->maildir) != 0 ||
	    g_strcmp0(n->database, o->database) != 0)
		log_warnx("another maildir or database takes a restart");
	replace(&n->maildir, o->maildir);
	replace(&n->database, o->database);
}

void
rig_log(const struct rig *r)
{
	enum log_level level = LOG_LEVEL_INFO;

	if (r->config->log_level != NULL)
		log_level_from_name(r->config->log_level, &level);
	log_init("bounced", level);
}

void
rig_free(struct rig *r)
{
	pool_free(r->pool);
	classifier_free(r->classifier);
	if (r->config != NULL)
		config_free(r->config);
	*r = (struct rig){0};
}
