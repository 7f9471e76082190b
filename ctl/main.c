/* main.c: bouncectl. */
#include "ctl/ctl.h"
#include "util/log.h"
#include "worker/pool.h"

#include <fcntl.h>

/* A shell may start us with standard descriptors closed; the next file that
 * is opened, a mail or the database, would then be what printf writes to.
 * Opened the wrong way round, so that using them still fails. */
static void
keep_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return;
	}
}

int
main(int argc, char **argv)
{
	worker_main_if_asked(argc, argv);
	keep_standard_descriptors();
	/* The pool tells of workers that die; the commands name the mail. */
	log_init("bouncectl", LOG_LEVEL_ERROR);
	return ctl_main(argc, argv);
}
