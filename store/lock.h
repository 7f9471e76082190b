/* lock.h: one writer per database. */
#ifndef BOUNCED_STORE_LOCK_H
#define BOUNCED_STORE_LOCK_H

#include <sys/types.h>

/* Takes the lock file PATH-lock (mode 0640, made if absent). Returns its
 * descriptor (close-on-exec), or -1 with errno: EWOULDBLOCK when another
 * holds it, whose process id is then in *holder, 0 if it is not known.
 *
 * It is a flock(2): the kernel drops it with the last descriptor, so a crash
 * leaves nothing behind but an unlocked file. A child that keeps the
 * descriptor open across fork keeps the lock, too. */
int lock_take(const char *path, pid_t *holder);

/* Gives it back; -1 is fine. */
void lock_release(int fd);

#endif
