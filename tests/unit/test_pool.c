/* The pool with real processes and a parser that does what the mail asks it
 * to: crash, hang, eat memory, break out. The parser of the library is not
 * linked: all of its functions that a worker calls are here. */
#include "worker/pool.h"

#include "util/log.h"
#include "worker/confine.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the double ---- */

struct classifier {
	int unused;
};
struct parser {
	int unused;
};

/* Shared with forked workers, not with exec'ed ones. */
static _Atomic int *tries;

struct classifier *
classifier_new(const struct source *rules, size_t n_rules,
    const struct source *codes, size_t n_codes, char **error)
{
	(void)codes;
	(void)n_codes;
	(void)error;
	if (n_rules > 0 && strcmp(rules[0].text, "bad") == 0)
		return NULL;
	return g_new0(struct classifier, 1);
}

void
classifier_free(struct classifier *c)
{
	g_free(c);
}

struct parser *
parser_new(const struct classifier *c, const struct parser_options *o)
{
	(void)c;
	(void)o;
	return g_new0(struct parser, 1);
}

void
parser_free(struct parser *p)
{
	g_free(p);
}

void
parser_digest(const void *bytes, size_t length, uint64_t size,
    uint8_t digest[static DIGEST_SIZE])
{
	(void)size;
	memset(digest, 0, DIGEST_SIZE);
	memcpy(digest, bytes, MIN(length, DIGEST_SIZE));
}

static void
eat(void)
{
	for (;;)
		memset(g_malloc(1 << 20), 1, 1 << 20);
}

/* As GMime does with nested groups: LEVELS frames of about 200 bytes. */
static __attribute__((noinline)) int
recurse(int levels)
{
	volatile char frame[160] = {0};

	return levels == 0 ? frame[0] : recurse(levels - 1) + frame[1];
}

/* Obeys COMMAND; what it returns becomes the report's Subject. */
static char *
obey(const char *command)
{
	int n = 0;

	if (tries != NULL && !g_str_has_prefix(command, "From"))
		n = atomic_fetch_add(tries, 1);
	if (strcmp(command, "crash") == 0)
		raise(SIGSEGV);
	else if (strcmp(command, "crash once") == 0 && n == 0)
		raise(SIGSEGV);
	else if (strcmp(command, "shot three times") == 0 && n < 3)
		raise(SIGKILL);
	else if (strcmp(command, "shot") == 0)
		raise(SIGKILL);
	else if (strcmp(command, "leave") == 0)
		_exit(0);
	else if (strcmp(command, "hang") == 0)
		for (;;)
			sched_yield();
	else if (strcmp(command, "stop") == 0)
		raise(SIGSTOP);
	else if (strcmp(command, "eat") == 0)
		eat();
	else if (strcmp(command, "recurse") == 0)
		return g_strdup_printf("%d", recurse(200000));
	else if (strcmp(command, "open") == 0)
		return open("/etc/passwd", O_RDONLY) < 0
			   ? g_strdup(g_strerror(errno))
			   : g_strdup("opened");
	else if (strcmp(command, "socket") == 0)
		return g_strdup_printf("%d", socket(AF_UNIX, SOCK_STREAM, 0));
	else if (strcmp(command, "exec") == 0)
		return g_strdup_printf(
		    "%d", execl("/bin/true", "true", (char *)NULL));
	else if (strcmp(command, "fork") == 0)
		return g_strdup_printf("%d", fork() >= 0);
	else if (strcmp(command, "nonsense") == 0)
		return g_strdup("\xFF");
	return g_strdup(command);
}

struct report *
parser_read(struct parser *p, const void *bytes, size_t length)
{
	struct report *r = report_new();
	char *command = g_strndup(bytes, length);

	(void)p;
	if (strcmp(command, "big") == 0) {
		for (int i = 0; i < 100; i++)
			report_add(r)->diagnostic = g_strnfill(60000, 'x');
	}
	r->subject =
	    length > 100 ? g_strdup_printf("%zu", length) : obey(command);
	r->envelope_id = g_strdup_printf("%d", getpid());
	g_free(command);
	return r;
}

/* ---- the owner ---- */

struct outcome {
	bool done;
	enum job_failure failure;
	char *subject;
	uint64_t size;
	size_t recipients;
	char digest[DIGEST_SIZE + 1];
};

#define MAX_JOBS 600
static struct outcome outcomes[MAX_JOBS];
static size_t n_jobs;

static void
on_done(struct job_result *r, void *context)
{
	struct outcome *o = r->data;

	ck_assert_ptr_eq(context, outcomes);
	ck_assert(!o->done);
	o->done = true;
	o->failure = r->failure;
	o->size = r->size;
	memcpy(o->digest, r->digest, DIGEST_SIZE);
	ck_assert((r->failure == JOB_OK) == (r->report != NULL));
	if (r->report != NULL) {
		o->subject = g_strdup(r->report->subject);
		o->recipients = r->report->n_recipients;
	}
	report_free(r->report);
}

static int
mail(const char *text, size_t length)
{
	int fd = memfd_create("mail", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, length), length);
	return fd;
}

static struct outcome *
submit(struct pool *p, const char *text)
{
	struct outcome *o = &outcomes[n_jobs++];

	pool_submit(p, mail(text, strlen(text)), o);
	return o;
}

/* Loop tests: 0 forks, 1 executes this very program. */
static struct pool_options
options(int exec)
{
	return (struct pool_options){
	    .workers = 1,
	    .time_limit_ms = 2000,
	    .exec = exec ? "/proc/self/exe" : NULL,
	};
}

static struct pool *
pool(const struct pool_options *o)
{
	struct pool *p = pool_new(o, on_done, outcomes);

	ck_assert_msg(p != NULL, "pool_new: %s", g_strerror(errno));
	return p;
}

static int
count_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
set_up(void)
{
	tries = mmap(NULL, sizeof(*tries), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(tries, MAP_FAILED);
	log_init("test", LOG_LEVEL_ERROR);
}

START_TEST(mails_come_back_with_report_size_and_digest)
{
	struct pool_options o = options(_i);
	struct pool *p;
	int before = count_descriptors();

	o.workers = 2;
	p = pool(&o);
	for (int i = 0; i < 500; i++) {
		char text[32];

		g_snprintf(text, sizeof(text), "mail %d", i);
		submit(p, text);
		if (!pool_has_room(p))
			pool_drain(p);
	}
	pool_drain(p);
	ck_assert_uint_eq(pool_pending(p), 0);
	ck_assert_uint_eq(pool_stats(p).jobs, 500);
	ck_assert_uint_eq(pool_stats(p).deaths, 0);
	/* One worker may have done it all while the other was starting. */
	while (pool_stats(p).workers < 2) {
		struct pollfd fd = {.fd = pool_fd(p), .events = POLLIN};

		poll(&fd, 1, pool_timeout(p));
		pool_dispatch(p);
	}
	ck_assert_int_eq(pool_timeout(p), -1);
	for (int i = 0; i < 500; i++) {
		char text[32];

		g_snprintf(text, sizeof(text), "mail %d", i);
		ck_assert(outcomes[i].done);
		ck_assert_int_eq(outcomes[i].failure, JOB_OK);
		ck_assert_str_eq(outcomes[i].subject, text);
		ck_assert_str_eq(outcomes[i].digest, text);
		ck_assert_uint_eq(outcomes[i].size, strlen(text));
	}
	pool_free(p);
	ck_assert_int_eq(count_descriptors(), before);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(a_mail_that_crashes_is_tried_twice_and_its_neighbours_are_not_hurt)
{
	struct pool_options o = options(_i);
	struct pool *p = pool(&o);
	struct outcome *bad;

	submit(p, "one");
	submit(p, "two");
	bad = submit(p, "crash");
	for (int i = 0; i < 20; i++)
		submit(p, "behind");
	pool_drain(p);
	for (size_t i = 0; i < n_jobs; i++) {
		ck_assert(outcomes[i].done);
		ck_assert_int_eq(outcomes[i].failure,
		    &outcomes[i] == bad ? JOB_CRASHED : JOB_OK);
	}
	ck_assert_str_eq(bad->digest, "crash");
	ck_assert_uint_eq(bad->size, 5);
	ck_assert_uint_eq(pool_stats(p).deaths, 2);
	if (!_i) /* every mail was read once, the bad one twice */
		ck_assert_int_eq(*tries, 22 + 2);
	pool_free(p);
}
END_TEST

START_TEST(many_mails_that_crash_are_each_told_and_stop_nobody)
{
	struct pool_options o = options(0);
	struct pool *p;

	o.workers = 2;
	p = pool(&o);
	for (int i = 0; i < 60; i++)
		submit(p, i % 3 == 0 ? "crash" : "good");
	pool_drain(p);
	for (int i = 0; i < 60; i++)
		ck_assert_int_eq(
		    outcomes[i].failure, i % 3 == 0 ? JOB_CRASHED : JOB_OK);
	pool_free(p);
}
END_TEST

START_TEST(a_mail_that_crashed_by_bad_luck_is_read_at_the_second_try)
{
	struct pool_options o = options(0);
	struct pool *p = pool(&o);

	submit(p, "crash once");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_OK);
	ck_assert_str_eq(outcomes[0].subject, "crash once");
	pool_free(p);
}
END_TEST

START_TEST(a_worker_shot_from_outside_costs_no_mail)
{
	struct pool_options o = options(0);
	struct pool *p = pool(&o);

	submit(p, "shot three times");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_OK);
	submit(p, "shot");
	pool_drain(p);
	ck_assert_int_eq(outcomes[1].failure, JOB_CRASHED);
	pool_free(p);
}
END_TEST

START_TEST(a_mail_that_takes_too_long_is_told_after_two_limits)
{
	static const char *const slow[] = {"hang", "stop"};
	struct pool_options o = options(_i / 2);
	struct pool *p;

	o.time_limit_ms = 150;
	p = pool(&o);
	submit(p, slow[_i % 2]);
	submit(p, "behind");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_TIMEOUT);
	ck_assert_int_eq(outcomes[1].failure, JOB_OK);
	ck_assert_uint_eq(pool_stats(p).timeouts, 2);
	pool_free(p);
}
END_TEST

#if !CONFINE_SANITIZED
START_TEST(a_mail_that_eats_memory_is_told_apart_from_a_crash)
{
	struct pool_options o = options(_i);
	struct pool *p;

	o.memory_limit = (size_t)200 << 20;
	p = pool(&o);
	submit(p, "eat");
	submit(p, "behind");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_NO_MEMORY);
	ck_assert_int_eq(outcomes[1].failure, JOB_OK);
	pool_free(p);
}
END_TEST

START_TEST(deep_recursion_finds_a_large_stack)
{
	struct pool_options o = options(_i);
	struct pool *p = pool(&o);

	submit(p, "recurse");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_OK);
	ck_assert_str_eq(outcomes[0].subject, "0");
	pool_free(p);
}
END_TEST

START_TEST(whoever_tries_to_break_out_is_killed)
{
	static const char *const escapes[] = {"socket", "exec", "fork"};
	struct pool_options o = options(0);
	struct pool *p = pool(&o);

	if (pool_stats(p).missing != 0)
		return; /* no seccomp on this machine, and it was said */
	submit(p, escapes[_i]);
	pool_drain(p);
	if (strcmp(escapes[_i], "fork") == 0 &&
	    outcomes[0].failure == JOB_OK) /* clone(): refused, not deadly */
		ck_assert_str_eq(outcomes[0].subject, "0");
	else
		ck_assert_int_eq(outcomes[0].failure, JOB_CRASHED);
	pool_free(p);
}
END_TEST
#endif

START_TEST(a_worker_opens_no_file)
{
	struct pool_options o = options(_i);
	struct pool *p = pool(&o);

	if (pool_stats(p).missing == 0) {
		submit(p, "open");
		pool_drain(p);
		ck_assert_int_eq(outcomes[0].failure, JOB_OK);
		ck_assert_str_eq(outcomes[0].subject, g_strerror(EPERM));
	}
	pool_free(p);
}
END_TEST

START_TEST(an_answer_of_many_messages_arrives_whole)
{
	struct pool_options o = options(_i);
	struct pool *p = pool(&o);

	submit(p, "big");
	submit(p, "small");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_OK);
	ck_assert_uint_eq(outcomes[0].recipients, 100);
	ck_assert_int_eq(outcomes[1].failure, JOB_OK);
	pool_free(p);
}
END_TEST

START_TEST(a_worker_that_answers_nonsense_or_leaves_is_found_out)
{
	struct pool_options o = options(0);
	struct pool *p = pool(&o);

	submit(p, "nonsense");
	submit(p, "leave");
	submit(p, "good");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_GARBLED);
	ck_assert_int_eq(outcomes[1].failure, JOB_CRASHED);
	ck_assert_int_eq(outcomes[2].failure, JOB_OK);
	pool_free(p);
}
END_TEST

START_TEST(only_max_read_bytes_of_a_mail_are_read)
{
	struct pool_options o = options(0);
	struct pool *p;
	char *text = g_strnfill(5000, 'x');

	o.max_read = 1000;
	p = pool(&o);
	submit(p, text);
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_OK);
	ck_assert_str_eq(outcomes[0].subject, "1000");
	ck_assert_uint_eq(outcomes[0].size, 5000);
	g_free(text);
	pool_free(p);
}
END_TEST

START_TEST(the_shared_offset_of_a_descriptor_does_not_matter)
{
	struct pool_options o = options(0);
	struct pool *p = pool(&o);
	int fd = mail("whole mail", 10);

	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 10);
	pool_submit(p, fd, &outcomes[0]);
	pool_drain(p);
	ck_assert_str_eq(outcomes[0].subject, "whole mail");
	pool_free(p);
}
END_TEST

START_TEST(a_directory_is_unreadable_and_hurts_nobody)
{
	struct pool_options o = options(0);
	struct pool *p = pool(&o);

	pool_submit(p, open("/", O_RDONLY | O_CLOEXEC), &outcomes[n_jobs++]);
	submit(p, "good");
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_UNREADABLE);
	ck_assert_int_eq(outcomes[1].failure, JOB_OK);
	ck_assert_uint_eq(pool_stats(p).deaths, 0);
	pool_free(p);
}
END_TEST

/* A file that grows all the time is sooner or later caught at it. */
START_TEST(a_mail_that_grows_while_it_is_read_comes_back_as_changed)
{
	struct pool_options o = options(0);
	struct pool *p = pool(&o);
	int fd = mail("x", 1);
	pid_t writer = fork();
	bool seen = false;

	if (writer == 0) {
		for (off_t size = 1;; size = size % 1000000 + 1)
			if (ftruncate(fd, size) < 0)
				_exit(1);
	}
	for (int i = 0; i < 20000 && !seen; i++) {
		outcomes[0].done = false;
		g_free(outcomes[0].subject);
		outcomes[0].subject = NULL;
		pool_submit(p, dup(fd), &outcomes[0]);
		pool_drain(p);
		seen = outcomes[0].failure == JOB_CHANGED;
	}
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
	ck_assert(seen);
	close(fd);
	pool_free(p);
}
END_TEST

START_TEST(rules_that_do_not_compile_start_no_pool)
{
	struct source bad = {"bad.conf", "bad", 3};
	struct pool_options o = options(_i);
	int before = count_descriptors();

	o.rules = &bad;
	o.n_rules = 1;
	ck_assert_ptr_null(pool_new(&o, on_done, outcomes));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(a_program_that_is_no_worker_starts_no_pool)
{
	static const char *const programs[] = {
	    "/nonexistent", "/bin/true", "/etc/passwd"};
	struct pool_options o = options(0);

	o.exec = programs[_i];
	ck_assert_ptr_null(pool_new(&o, on_done, outcomes));
	ck_assert(errno != 0);
}
END_TEST

START_TEST(without_descriptors_left_the_pool_fails_and_later_works)
{
	struct pool_options o = options(0);
	struct rlimit old, tight;
	struct pool *p;

	getrlimit(RLIMIT_NOFILE, &old);
	tight = old;
	tight.rlim_cur = (rlim_t)count_descriptors() + 1;
	setrlimit(RLIMIT_NOFILE, &tight);
	ck_assert_ptr_null(pool_new(&o, on_done, outcomes));
	ck_assert_int_eq(errno, EMFILE);
	setrlimit(RLIMIT_NOFILE, &old);
	p = pool(&o);
	submit(p, "good");
	/* The replacement of a dead worker finds no descriptor for a while. */
	submit(p, "crash");
	tight.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &tight);
	for (int i = 0; i < 50; i++) {
		poll(NULL, 0, 5);
		pool_dispatch(p);
	}
	ck_assert_uint_eq(pool_pending(p), 1);
	setrlimit(RLIMIT_NOFILE, &old);
	pool_drain(p);
	ck_assert_int_eq(outcomes[0].failure, JOB_OK);
	ck_assert_int_eq(outcomes[1].failure, JOB_CRASHED);
	pool_free(p);
}
END_TEST

START_TEST(freeing_a_busy_pool_leaves_neither_process_nor_descriptor)
{
	struct pool_options o = options(_i);
	int before = count_descriptors();
	struct pool *p;

	o.workers = 3;
	p = pool(&o);
	for (int i = 0; i < 50; i++)
		submit(p, i % 10 == 0 ? "hang" : "good");
	pool_dispatch(p);
	pool_free(p);
	ck_assert_int_eq(count_descriptors(), before);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
	pool_free(NULL);
}
END_TEST

/* The state letter and the parent of the worker process PID, from /proc. */
static bool
is_worker(pid_t pid, char *state, pid_t *parent)
{
	char *path = g_strdup_printf("/proc/%d/stat", pid), *text = NULL;
	bool found = false;

	if (g_file_get_contents(path, &text, NULL, NULL))
		found = sscanf(text, "%*d (bounced-worker) %c %d", state,
			    parent) == 2;
	g_free(path);
	g_free(text);
	return found;
}

START_TEST(a_worker_dies_with_its_parent)
{
	int ends[2];
	pid_t owner, parent, worker = 0;
	char state;

	ck_assert_int_eq(pipe(ends), 0);
	owner = fork();
	if (owner == 0) {
		struct pool_options o = options(_i);
		struct pool *p = pool(&o);

		/* The worker hangs in a mail: only the signal ends it. */
		submit(p, "hang");
		pool_dispatch(p);
		for (pid_t pid = getpid(); pid < getpid() + 100; pid++) {
			if (is_worker(pid, &state, &parent) &&
			    parent == getpid())
				worker = pid;
		}
		if (write(ends[1], &worker, sizeof(worker)) < 0)
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(
	    read(ends[0], &worker, sizeof(worker)), sizeof(worker));
	waitpid(owner, NULL, 0);
	ck_assert_int_gt(worker, 0);
	/* A zombie is dead; whoever adopted it may be slow. */
	while (is_worker(worker, &state, &parent) && state != 'Z')
		poll(NULL, 0, 5);
}
END_TEST

START_TEST(each_failure_has_a_word_of_its_own)
{
	for (int i = 0; i < JOB_FAILURE_COUNT; i++) {
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(
			    job_failure_name(i), job_failure_name(j));
	}
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *s = suite_create("pool");
	TCase *t = tcase_create("pool");
	SRunner *r;
	int failed;

	worker_main_if_asked(argc, argv);
	r = srunner_create(s);
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_loop_test(
	    t, mails_come_back_with_report_size_and_digest, 0, 2);
	tcase_add_loop_test(t,
	    a_mail_that_crashes_is_tried_twice_and_its_neighbours_are_not_hurt,
	    0, 2);
	tcase_add_test(t, many_mails_that_crash_are_each_told_and_stop_nobody);
	tcase_add_test(
	    t, a_mail_that_crashed_by_bad_luck_is_read_at_the_second_try);
	tcase_add_test(t, a_worker_shot_from_outside_costs_no_mail);
	tcase_add_loop_test(
	    t, a_mail_that_takes_too_long_is_told_after_two_limits, 0, 4);
#if !CONFINE_SANITIZED
	tcase_add_loop_test(
	    t, a_mail_that_eats_memory_is_told_apart_from_a_crash, 0, 2);
	tcase_add_loop_test(t, deep_recursion_finds_a_large_stack, 0, 2);
	tcase_add_loop_test(t, whoever_tries_to_break_out_is_killed, 0, 3);
#endif
	tcase_add_loop_test(t, a_worker_opens_no_file, 0, 2);
	tcase_add_loop_test(t, an_answer_of_many_messages_arrives_whole, 0, 2);
	tcase_add_test(
	    t, a_worker_that_answers_nonsense_or_leaves_is_found_out);
	tcase_add_test(t, only_max_read_bytes_of_a_mail_are_read);
	tcase_add_test(t, the_shared_offset_of_a_descriptor_does_not_matter);
	tcase_add_test(t, a_directory_is_unreadable_and_hurts_nobody);
	tcase_add_test(
	    t, a_mail_that_grows_while_it_is_read_comes_back_as_changed);
	tcase_add_loop_test(t, rules_that_do_not_compile_start_no_pool, 0, 2);
	tcase_add_loop_test(
	    t, a_program_that_is_no_worker_starts_no_pool, 0, 3);
	tcase_add_test(
	    t, without_descriptors_left_the_pool_fails_and_later_works);
	tcase_add_loop_test(
	    t, freeing_a_busy_pool_leaves_neither_process_nor_descriptor, 0, 2);
	tcase_add_loop_test(t, a_worker_dies_with_its_parent, 0, 2);
	tcase_add_test(t, each_failure_has_a_word_of_its_own);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
