/* shim.c: preloaded into daemon and workers. A worker dies of any mail that
 * says so (in the parent, which may read it to hash it, nothing happens); with
 * TEST_NO_INOTIFY in the environment there is no inotify. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char order[] = "X-Test: crash";

static int
is_worker(void)
{
	char name[17] = "";

	/* Behind the filter even the question is refused. */
	return prctl(PR_GET_NAME, name) != 0 ||
	       strcmp(name, "bounced-worker") == 0;
}

static ssize_t
look(ssize_t n, const void *buffer)
{
	if (n > 0 && memmem(buffer, (size_t)n, order, sizeof(order) - 1) &&
	    is_worker())
		abort();
	return n;
}

typedef ssize_t reader(int fd, void *buffer, size_t length, off_t offset);

ssize_t
pread(int fd, void *buffer, size_t length, off_t offset)
{
	reader *real = (reader *)dlsym(RTLD_NEXT, "pread");

	return look(real(fd, buffer, length, offset), buffer);
}

ssize_t
pread64(int fd, void *buffer, size_t length, off64_t offset)
{
	return pread(fd, buffer, length, offset);
}

ssize_t
__pread_chk(int fd, void *buffer, size_t length, off_t offset, size_t room)
{
	return length > room ? -1 : pread(fd, buffer, length, offset);
}

int
inotify_init1(int flags)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "inotify_init1");

	if (getenv("TEST_NO_INOTIFY") == NULL)
		return real(flags);
	errno = EMFILE; /* fs.inotify.max_user_instances */
	return -1;
}
