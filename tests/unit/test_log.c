/* Log lines and messages to the service manager, read back. */
#include "util/log.h"
#include "util/notify.h"

#include <check.h>
#include <errno.h>
#include <glib.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char text[3 * LOG_LINE_MAX];

/* Standard error goes to a pipe; what was logged is in TEXT afterwards. */
static int ends[2];

static void
capture(void)
{
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
	unsetenv("JOURNAL_STREAM");
	unsetenv("NOTIFY_SOCKET");
}

static const char *
captured(void)
{
	ssize_t n;

	close(STDERR_FILENO);
	close(ends[1]);
	n = read(ends[0], text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

START_TEST(a_line_carries_program_level_and_errno)
{
	capture();
	log_init("bounced", LOG_LEVEL_INFO);
	errno = ENOENT;
	log_warn("cannot open %s", "new");
	ck_assert_int_eq(errno, ENOENT);
	log_warnx("no errno");
	log_error("bad");
	log_info("fine");
	log_debug("not shown");
	ck_assert_str_eq(captured(),
	    "bounced: warning: cannot open new: No such file or directory\n"
	    "bounced: warning: no errno\n"
	    "bounced: error: bad\n"
	    "bounced: fine\n");
}
END_TEST

START_TEST(under_systemd_a_line_carries_its_priority)
{
	capture();
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init("bounced", LOG_LEVEL_DEBUG);
	log_error("e");
	log_warnx("w");
	log_info("i");
	log_debug("d");
	ck_assert_str_eq(
	    captured(), "<3>error: e\n<4>warning: w\n<6>i\n<7>d\n");
}
END_TEST

START_TEST(a_hostile_argument_makes_no_second_line)
{
	capture();
	log_init("bounced", LOG_LEVEL_INFO);
	log_info("mail %s", "x\n<0>panic\x1b[2J\xFF");
	ck_assert_str_eq(captured(),
	    "bounced: mail x <0>panic\xEF\xBF\xBD[2J\xEF\xBF\xBD\n");
}
END_TEST

START_TEST(a_long_line_is_cut_between_characters)
{
	GString *s = g_string_new(NULL);
	const char *got;

	for (int i = 0; i < LOG_LINE_MAX; i++)
		g_string_append(s, "\xE2\x82\xAC");
	capture();
	log_init("bounced", LOG_LEVEL_INFO);
	log_info("%s", s->str);
	g_string_free(s, TRUE);
	got = captured();
	ck_assert_uint_le(strlen(got), LOG_LINE_MAX);
	ck_assert_uint_gt(strlen(got), LOG_LINE_MAX - 4);
	ck_assert(g_utf8_validate(got, -1, NULL));
	ck_assert(g_str_has_suffix(got, "\n"));
}
END_TEST

START_TEST(level_names_are_those_of_the_configuration)
{
	enum log_level l;

	ck_assert(log_level_from_name("error", &l) && l == LOG_LEVEL_ERROR);
	ck_assert(log_level_from_name("warning", &l) && l == LOG_LEVEL_WARNING);
	ck_assert(log_level_from_name("info", &l) && l == LOG_LEVEL_INFO);
	ck_assert(log_level_from_name("debug", &l) && l == LOG_LEVEL_DEBUG);
	ck_assert(!log_level_from_name("Info", &l));
	ck_assert(!log_level_from_name("", &l));
}
END_TEST

/* A service manager's socket under NAME ("@..." is abstract). */
static int
manager(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	memcpy(a.sun_path, name, strlen(name));
	if (*name == '@')
		a.sun_path[0] = '\0';
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&a,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			    strlen(name))),
	    0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void
says(int fd, const char *wanted)
{
	char got[256];
	ssize_t n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

	ck_assert_int_ge(n, 0);
	got[n] = '\0';
	ck_assert_str_eq(got, wanted);
}

START_TEST(the_manager_is_told_by_abstract_socket_and_by_path)
{
	char directory[] = "/tmp/bounced-test-XXXXXX";
	char *path, *abstract;
	int fd;

	abstract = g_strdup_printf("@bounced-test-%d", getpid());
	fd = manager(abstract);
	ck_assert(notify_send("READY=1"));
	says(fd, "READY=1");
	close(fd);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	path = g_strconcat(directory, "/notify", NULL);
	fd = manager(path);
	ck_assert(notify_status("two\nlines %d", 1));
	says(fd, "STATUS=two lines 1");
	unlink(path);
	rmdir(directory);
	ck_assert(!notify_send("READY=1"));
	g_free(path);
	g_free(abstract);
}
END_TEST

START_TEST(without_a_manager_telling_is_no_error)
{
	unsetenv("NOTIFY_SOCKET");
	ck_assert(notify_send("READY=1"));
	setenv("NOTIFY_SOCKET", "relative", 1);
	ck_assert(!notify_send("READY=1"));
}
END_TEST

START_TEST(the_watchdog_counts_only_when_meant_for_us)
{
	char pid[32];

	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
	ck_assert_uint_eq(notify_watchdog(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	ck_assert_uint_eq(notify_watchdog(), 30000000);
	setenv("WATCHDOG_PID", "1", 1);
	ck_assert_uint_eq(notify_watchdog(), 0);
	g_snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("WATCHDOG_PID", pid, 1);
	ck_assert_uint_eq(notify_watchdog(), 30000000);
	setenv("WATCHDOG_USEC", "soon", 1);
	ck_assert_uint_eq(notify_watchdog(), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, a_line_carries_program_level_and_errno);
	tcase_add_test(t, under_systemd_a_line_carries_its_priority);
	tcase_add_test(t, a_hostile_argument_makes_no_second_line);
	tcase_add_test(t, a_long_line_is_cut_between_characters);
	tcase_add_test(t, level_names_are_those_of_the_configuration);
	tcase_add_test(t, the_manager_is_told_by_abstract_socket_and_by_path);
	tcase_add_test(t, without_a_manager_telling_is_no_error);
	tcase_add_test(t, the_watchdog_counts_only_when_meant_for_us);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
