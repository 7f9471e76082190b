/* fuzz.h: what every harness has. A harness defines LLVMFuzzerTestOneInput;
 * libFuzzer brings the main that makes inputs up, replay.c one that takes
 * stored ones.
 */
#ifndef BOUNCED_TESTS_FUZZ_H
#define BOUNCED_TESTS_FUZZ_H

#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that must hold whatever the input is. */
#define PROMISE(holds)                                                         \
	do {                                                                   \
		if (!(holds)) {                                                \
			fprintf(stderr, "%s:%d: broken promise: %s\n",         \
			    __FILE__, __LINE__, #holds);                       \
			abort();                                               \
		}                                                              \
	} while (0)

/* A string that is handed over: NULL, or valid UTF-8 of at most MAX bytes. */
static inline void
promise_string(const char *s, size_t max)
{
	PROMISE(s == NULL || g_utf8_validate(s, -1, NULL));
	PROMISE(s == NULL || strlen(s) <= max);
}

/* Complaints of GLib and GMime are findings. */
static inline void
complaints_are_fatal(void)
{
	g_log_set_always_fatal(
	    (GLogLevelFlags)(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL));
}

#endif
