/* confine.c: limits and the system call filter of a worker. */
#include "worker/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* What a worker does all day. Everything that is in no list gets EPERM:
 * openat above all, which the C library tries for charsets and time zones and
 * does without (measured over a corpus: 2 bytes of all Subjects differ). */
static const int allowed[] = {
    /* take a job, answer it */
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(close),
    /* read the mail: pread64 leaves the shared offset alone; the C library's
     * fstat() is newfstatat(fd, "", AT_EMPTY_PATH), see add_conditions() */
    SCMP_SYS(pread64),
    SCMP_SYS(fstat),
    /* memory; mmap and mprotect without PROT_EXEC, see add_conditions() */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* GLib's locks and clocks; no thread is ever made */
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom), /* the C library seeds malloc's checks with it */
    /* dying: abort() asks who it is, resets the handler, raises */
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall), /* after SIGSTOP and SIGCONT */
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* What no innocent library tries while it reads a mail: whoever calls one of
 * these has taken the worker over, and is killed before it learns anything. */
static const int deadly[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(bpf),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(mount),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(chroot),
    SCMP_SYS(pivot_root),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(reboot),
};

static bool
limit(__rlimit_resource_t which, rlim_t value)
{
	struct rlimit both = {value, value};

	return setrlimit(which, &both) == 0;
}

/* As much of WORKER_STACK as the hard limit permits. In a process that was
 * not exec'ed since this works, too: the kernel leaves at least 128 MiB
 * between the stack and the next mapping. */
static void
raise_stack(void)
{
	struct rlimit stack;

	if (getrlimit(RLIMIT_STACK, &stack) < 0)
		return;
	stack.rlim_cur = WORKER_STACK;
	if (stack.rlim_max != RLIM_INFINITY && stack.rlim_max < WORKER_STACK)
		stack.rlim_cur = stack.rlim_max;
	stack.rlim_max = stack.rlim_cur;
	setrlimit(RLIMIT_STACK, &stack);
}

void
confine_child(void)
{
	int fd;

	raise_stack();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1000", 4) < 0)
			errno = 0; /* the OOM killer may still find us */
		close(fd);
	}
}

static unsigned
confine_limits(size_t memory, unsigned files)
{
	const struct {
		__rlimit_resource_t which;
		rlim_t value;
	} limits[] = {
	    {RLIMIT_CORE, 0},
	    {RLIMIT_FSIZE, 0},
	    {RLIMIT_NPROC, 0},
	    {RLIMIT_NOFILE, files},
	    {RLIMIT_AS, CONFINE_SANITIZED ? RLIM_INFINITY : memory},
	};
	struct rlimit stack;
	unsigned missing = 0;

	for (size_t i = 0; i < COUNT(limits); i++) {
		if (!limit(limits[i].which, limits[i].value))
			missing |= CONFINE_NO_LIMITS;
	}
	if (getrlimit(RLIMIT_STACK, &stack) < 0 ||
	    stack.rlim_cur < WORKER_STACK)
		missing |= CONFINE_NO_STACK;
	return missing;
}

/* Calls that are allowed with certain arguments only. */
static int
add_conditions(scmp_filter_ctx filter)
{
	int bad = 0;

	/* No memory that can be executed, ever again. */
	bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* stat() of a path is denied by the flag: with AT_EMPTY_PATH a path
	 * that is not empty still works, but only tells a size. */
	bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
	    SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH, 0));
	/* abort(): signals to oneself. */
	bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
	return bad;
}

static bool
load_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int bad = 0;

	if (filter == NULL)
		return false;
	for (size_t i = 0; i < COUNT(allowed); i++)
		bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < COUNT(deadly) && !CONFINE_SANITIZED; i++)
		bad |= seccomp_rule_add(
		    filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
	if (CONFINE_SANITIZED) /* its report, and the maps it names frames from
				*/
		bad |= seccomp_rule_add(
		    filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 0);
	bad |= add_conditions(filter);
	/* A binary tree: a call costs the same wherever it stands above. An
	 * old library does without. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	bad |= seccomp_load(filter);
	seccomp_release(filter);
	return bad == 0;
}

unsigned
confine_worker(size_t memory, unsigned files)
{
	unsigned missing = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		missing |= CONFINE_NO_PRIVILEGES;
	/* No core dumps, not even to a core_pattern program: they would hold
	 * mail, and take time. */
	prctl(PR_SET_DUMPABLE, 0);
	missing |= confine_limits(memory, files);
	if (!load_filter())
		missing |= CONFINE_NO_SECCOMP;
	return missing;
}
