/* reading.c: workers for commands that read mails. */
#include "ctl/reading.h"

#include <errno.h>
#include <poll.h>

struct pool *
reading_start(const struct config *config, unsigned workers, bool exec,
    job_done *done, void *context)
{
	struct pool_options options = {
	    .workers = workers,
	    .max_read = (size_t)config->max_read,
	    .time_limit_ms = (unsigned)config->time_limit_ms,
	    .memory_limit = (size_t)config->memory_limit,
	    .parser = {.verp_delimiters = config->verp_delimiters,
		.max_recipients = (size_t)config->max_recipients},
	    .rules = config->rules,
	    .codes = config->codes,
	    .n_rules = config->n_rules,
	    .n_codes = config->n_codes,
	    .exec = exec ? "/proc/self/exe" : NULL,
	};

	return pool_new(&options, done, context);
}

void
reading_wait(struct pool *pool)
{
	struct pollfd p = {.fd = pool_fd(pool), .events = POLLIN};

	if (poll(&p, 1, pool_timeout(pool)) >= 0 || errno != EINTR)
		pool_dispatch(pool);
}
