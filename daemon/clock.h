/* clock.h: the time that does not jump. */
#ifndef BOUNCED_DAEMON_CLOCK_H
#define BOUNCED_DAEMON_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_ms(void);

#endif
