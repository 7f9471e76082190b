/* spawn.h: starts a worker process with nothing but its two descriptors. */
#ifndef BOUNCED_WORKER_SPAWN_H
#define BOUNCED_WORKER_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/* Forks a worker that gets the memfd SETUP and one end of a new socket pair;
 * the other end, non-blocking, goes to *SOCKET. EXE is a descriptor of the
 * program to execute with --worker, or -1 to go on in the forked copy. With
 * QUIET standard error goes to /dev/null. -1 and errno on failure. */
pid_t spawn_worker(int setup, int exe, bool quiet, int *socket);

#endif
