/* notify.h: the sd_notify(3) protocol: state to the service manager.
 *
 * A datagram to the AF_UNIX socket that $NOTIFY_SOCKET names. Without one
 * everything here does nothing.
 */
#ifndef BOUNCED_UTIL_NOTIFY_H
#define BOUNCED_UTIL_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Sends STATE, "READY=1" or several lines ("RELOADING=1\nMONOTONIC_USEC=1").
 * False and errno when there is a service manager and it cannot be told;
 * true when there is none. Never blocks. */
bool notify_send(const char *state);

/* "STATUS=" with the printf-like text made one harmless line. */
bool notify_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Microseconds within which the manager wants a WATCHDOG=1, as
 * $WATCHDOG_USEC says; 0 when it does not ask this process. */
uint64_t notify_watchdog(void);

#endif
