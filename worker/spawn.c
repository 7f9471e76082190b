/* spawn.c: fork and exec of a worker. Between fork and exec only calls that
 * are safe in a signal handler. */
#include "worker/spawn.h"

#include "worker/confine.h"
#include "worker/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORKER_EXE 5

/* An exec'ed worker's environment: the same on every machine, and what the
 * loader and the sanitizers are told by those who test. */
static const char *const passed_on[] = {"LD_PRELOAD", "LD_LIBRARY_PATH",
    "ASAN_OPTIONS", "UBSAN_OPTIONS", "GCOV_PREFIX", "GCOV_PREFIX_STRIP"};
#define N_PASSED_ON (sizeof(passed_on) / sizeof(*passed_on))
#define N_FIXED 2

/* Signals are for the parent to handle: a Ctrl-C on the terminal reaches the
 * whole process group, and the parent may want to drain. */
static void
child_signals(void)
{
	static const int ignored[] = {
	    SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGQUIT};
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Moves the three descriptors to their places and closes all others. */
static bool
child_descriptors(int setup, int exe, int sock, bool quiet)
{
	int high_sock = fcntl(sock, F_DUPFD, 10);
	int high_setup = fcntl(setup, F_DUPFD, 10);
	int high_exe = exe < 0 ? -1 : fcntl(exe, F_DUPFD, 10);
	int null = open("/dev/null", O_RDWR);

	if (high_sock < 0 || high_setup < 0 || null < 0 ||
	    (exe >= 0 && high_exe < 0))
		return false;
	if (dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    (quiet && dup2(null, 2) < 0) ||
	    dup2(high_sock, WORKER_SOCKET) < 0 ||
	    dup2(high_setup, WORKER_SETUP) < 0 ||
	    (exe >= 0 && dup3(high_exe, WORKER_EXE, O_CLOEXEC) < 0))
		return false;
	return close_range(exe < 0 ? WORKER_EXE : WORKER_EXE + 1, ~0U, 0) == 0;
}

static _Noreturn void
child_main(int setup, int exe, int sock, bool quiet, char **environment)
{
	static char *const arguments[] = {"bounced-worker", "--worker", NULL};

	child_signals();
	confine_child();
	if (!child_descriptors(setup, exe, sock, quiet))
		_exit(WORKER_NO_START);
	if (exe < 0)
		worker_run(WORKER_SOCKET, WORKER_SETUP);
	fexecve(WORKER_EXE, arguments, environment);
	_exit(WORKER_NO_START);
}

/* Fills LIST with pointers into our own environment. */
static void
choose_environment(char *list[static N_FIXED + N_PASSED_ON + 1])
{
	size_t n = 0;

	list[n++] = "TZ=UTC";
	list[n++] = "LC_ALL=C";
	for (size_t i = 0; i < N_PASSED_ON; i++) {
		char *value = getenv(passed_on[i]);

		if (value != NULL) /* "NAME=" stands right before it */
			list[n++] = value - strlen(passed_on[i]) - 1;
	}
	list[n] = NULL;
}

pid_t
spawn_worker(int setup, int exe, bool quiet, int *sock)
{
	char *environment[N_FIXED + N_PASSED_ON + 1];
	int ends[2];
	pid_t pid;

	choose_environment(environment);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		child_main(setup, exe, ends[1], quiet, environment);
	close(ends[1]);
	if (pid < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
		int saved = errno;

		close(ends[0]);
		errno = saved;
		return -1;
	}
	*sock = ends[0];
	return pid;
}
