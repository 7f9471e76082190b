/* confine.h: takes away from a worker everything that reading mail does not
 * need. Each step that a kernel or container refuses is left out and told;
 * the worker goes on with what it got.
 */
#ifndef BOUNCED_WORKER_CONFINE_H
#define BOUNCED_WORKER_CONFINE_H

#include <stddef.h>

/* The stack that GMime needs: nested groups in an address header recurse, 208
 * bytes a level, and overrun 8 MiB with a 90 kB mail. */
#define WORKER_STACK ((size_t)64 * 1024 * 1024)

/* What could not be had, as bits. */
#define CONFINE_NO_SECCOMP 1u
#define CONFINE_NO_PRIVILEGES 2u /* PR_SET_NO_NEW_PRIVS refused */
#define CONFINE_NO_LIMITS 4u     /* memory, files, processes, cores */
#define CONFINE_NO_STACK 8u      /* less than WORKER_STACK */

/* AddressSanitizer maps terabytes and reads /proc when it reports: built with
 * it, a worker has no memory limit and dies of no system call. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONFINE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define CONFINE_SANITIZED 1
#endif
#endif
#ifndef CONFINE_SANITIZED
#define CONFINE_SANITIZED 0
#endif

/* In the child, before exec or the first mail: stack limit, death with the
 * parent, first in line for the OOM killer. Async-signal-safe. */
void confine_child(void);

/* For good, when all that needs files is open: limits (MEMORY bytes of address
 * space, at most FILES descriptors) and the system call filter. Returns what
 * could not be had. */
unsigned confine_worker(size_t memory, unsigned files);

#endif
