/* The fields of a delivery status, in their part and quoted in text. */
#include "parser/dsn.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	complaints_are_fatal();
	return 0;
}

static void
check(struct dsn *d)
{
	promise_string(d->reporting_mta, 255);
	promise_string(d->envelope_id, 200);
	promise_string(d->sender, 512);
	PROMISE(d->arrival_date >= 0);
	PROMISE(d->found.count <= MAX_FOUND);
	for (size_t i = 0; i < d->found.count; i++) {
		const struct found *f = &d->found.list[i];

		promise_string(f->address, 512);
		promise_string(f->original, 512);
		promise_string(f->remote_mta, 255);
		PROMISE(f->action < ACTION_COUNT);
		PROMISE(f->last_attempt >= 0 && f->retry_until >= 0);
		if (f->diagnostic != NULL)
			promise_string(f->diagnostic->str, MAX_FOUND_TEXT);
		if (f->human != NULL)
			promise_string(f->human->str, MAX_FOUND_TEXT);
	}
	dsn_clear(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsn d = {0};

	dsn_read(&d, (const char *)data, size);
	check(&d);
	(void)dsn_read_quoted(&d, (const char *)data, size);
	check(&d);
	return 0;
}
