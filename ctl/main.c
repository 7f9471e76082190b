/* main.c: bouncectl. */
#include "ctl/ctl.h"
#include "util/log.h"
#include "worker/pool.h"

int
main(int argc, char **argv)
{
	worker_main_if_asked(argc, argv);
	/* The pool tells of workers that die; the commands name the mail. */
	log_init("bouncectl", LOG_LEVEL_ERROR);
	return ctl_main(argc, argv);
}
