/* lock.c: one writer per database. */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The id that the holder has written; 0 if it has not, or is gone. */
static pid_t
read_holder(int fd)
{
	char text[24] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	char *end;
	long pid;

	if (n <= 0)
		return 0;
	pid = strtol(text, &end, 10);
	if (end == text || *end != '\n' || pid <= 0 || pid > G_MAXINT)
		return 0;
	return (pid_t)pid;
}

/* Only words for a message: the lock holds without them, on a full disk,
 * too. */
static void
write_holder(int fd)
{
	char text[24];
	int n = g_snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
		errno = 0;
}

/* Whether NAME is still the file that FD has open. */
static bool
is_same_file(int fd, const char *name)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(name, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static int
take(const char *name, pid_t *holder)
{
	int saved, fd;

	/* The owner may write; O_NOFOLLOW: nobody leads us elsewhere. */
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		write_holder(fd);
		return fd;
	}
	saved = errno;
	if (saved == EWOULDBLOCK)
		*holder = read_holder(fd);
	close(fd);
	errno = saved;
	return -1;
}

int
lock_take(const char *path, pid_t *holder)
{
	char *name = g_strconcat(path, "-lock", NULL);
	int fd;

	*holder = 0;
	/* Somebody may remove the file between open and flock; then it locks
	 * nobody out. */
	while ((fd = take(name, holder)) >= 0 && !is_same_file(fd, name))
		close(fd);
	g_free(name);
	return fd;
}

void
lock_release(int fd)
{
	if (fd >= 0)
		close(fd);
}
