/* An mbox, taken apart: what belongs to which mail, byte for byte. */
#include "ctl/mbox.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define FROM "From a@example.org Mon Nov  2 10:00:00 2026\n"

static int
memory_file(const char *bytes, size_t length)
{
	int fd = memfd_create("mbox", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The mails of TEXT with "|" between them. */
static char *
split(const char *text, size_t length, size_t max_keep)
{
	struct mbox *m = mbox_open(memory_file(text, length), max_keep);
	struct mbox_mail mail;
	GString *all = g_string_new(NULL);

	while (mbox_next(m, &mail)) {
		ck_assert_uint_le(mail.length, mail.size);
		ck_assert_uint_le(mail.length, max_keep);
		g_string_append_len(all, mail.bytes, (gssize)mail.length);
		g_string_append_c(all, '|');
	}
	ck_assert_int_eq(mbox_errno(m), 0);
	ck_assert_uint_eq(mbox_position(m), length);
	mbox_close(m);
	return g_string_free(all, FALSE);
}

static const struct {
	const char *text, *wanted;
} boxes[] = {
    {"", ""},
    {"\n\n", ""},
    {"no mbox at all\n", ""},
    {FROM "A: 1\n\nx\n", "A: 1\n\nx\n|"},
    {FROM "A: 1\n\nx\n\n", "A: 1\n\nx\n|"},
    {FROM "A: 1\n\nx", "A: 1\n\nx|"},
    {FROM "A: 1\n\nx\n\n\n", "A: 1\n\nx\n\n|"},
    {FROM "A: 1\n\nx\n\n" FROM "B: 2\n\ny\n\n", "A: 1\n\nx\n|B: 2\n\ny\n|"},
    /* text before the first mail is none */
    {"junk\n\n" FROM "A: 1\n", "A: 1\n|"},
    /* a From_ line needs an empty line before it */
    {FROM "A: 1\n" FROM "x\n", "A: 1\n" FROM "x\n|"},
    /* and a time of day */
    {FROM "A: 1\n\nFrom here on\n", "A: 1\n\nFrom here on\n|"},
    {FROM "A: 1\n\nFrom: x 10:00:00\n", "A: 1\n\nFrom: x 10:00:00\n|"},
    /* mboxrd */
    {FROM "A: 1\n\n>From x\n", "A: 1\n\nFrom x\n|"},
    {FROM "A: 1\n\n>>From x\n>>>From\n", "A: 1\n\n>From x\n>>>From\n|"},
    {FROM "A: 1\n\n> From x\n a >From x\n", "A: 1\n\n> From x\n a >From x\n|"},
    /* CRLF */
    {"From a Mon Nov  2 10:00:00 2026\r\nA: 1\r\n\r\nx\r\n\r\n"
     "From b Mon Nov  2 10:00:00 2026\r\nB: 2\r\n\r\n",
	"A: 1\r\n\r\nx\r\n|B: 2\r\n|"},
    {FROM, "|"},
    {"From a Mon Nov  2 10:00:00 2026", "|"},
    {FROM "\n" FROM "\n", "||"},
    {"From - Mon Nov  2 10:00:00 2026\nA: 1\n", "A: 1\n|"},
    {"From \"a b\"@example.org Mon Nov  2 10:00 2026 +0100\nA: 1\n", "A: 1\n|"},
};

START_TEST(mails_come_out_as_they_went_in)
{
	char *got =
	    split(boxes[_i].text, strlen(boxes[_i].text), (size_t)1 << 20);

	ck_assert_str_eq(got, boxes[_i].wanted);
	g_free(got);
}
END_TEST

START_TEST(bytes_above_the_limit_are_counted_and_not_kept)
{
	static const char text[] = FROM "A: 1\n\n0123456789\n\n";
	struct mbox *m = mbox_open(memory_file(text, sizeof(text) - 1), 8);
	struct mbox_mail mail;

	ck_assert(mbox_next(m, &mail));
	ck_assert_uint_eq(mail.length, 8);
	ck_assert_int_eq(memcmp(mail.bytes, "A: 1\n\n01", 8), 0);
	ck_assert_uint_eq(mail.size, 17);
	ck_assert(!mbox_next(m, &mail));
	mbox_close(m);
}
END_TEST

/* Lines longer than any buffer, whose pieces look like From_ lines and
 * quoting. */
START_TEST(endless_lines_do_not_break_it)
{
	for (int size = 65440; size < 65540; size++) {
		GString *text = g_string_new(FROM "A: 1\n\n");
		GString *wanted = g_string_new("A: 1\n\n");
		char *got;

		for (int i = 0; i < size; i++) {
			g_string_append_c(text, 'x');
			g_string_append_c(wanted, 'x');
		}
		for (int i = 0; i < 3000; i++) {
			g_string_append(text, ">" FROM);
			g_string_append(wanted, i ? FROM : ">" FROM);
		}
		/* The first one stood in the middle of a line. */
		got = split(text->str, text->len, (size_t)1 << 20);
		g_string_append(wanted, "|");
		ck_assert_str_eq(got, wanted->str);
		g_free(got);
		g_string_free(text, TRUE);
		g_string_free(wanted, TRUE);
	}
}
END_TEST

START_TEST(long_from_line_is_no_part_of_the_mail)
{
	GString *text =
	    g_string_new("From a@example.org Mon Nov  2 10:00:00 2026 ");
	char *got;

	for (int i = 0; i < 200000; i++)
		g_string_append_c(text, 'x');
	g_string_append(text, "\nA: 1\n");
	got = split(text->str, text->len, 1000);
	ck_assert_str_eq(got, "A: 1\n|");
	g_free(got);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(from_line_gives_the_time_of_delivery)
{
	static const char text[] =
	    FROM "A: 1\n\n"
		 "From \"x y\" Tue Nov  3 11:12:13 2026\n\n"
		 "\nFrom z 10:00:00 sometime\n\n";
	struct mbox *m;
	struct mbox_mail mail;

	setenv("TZ", "UTC", 1);
	tzset();
	m = mbox_open(memory_file(text, sizeof(text) - 1), 1000);
	ck_assert(mbox_next(m, &mail));
	ck_assert_int_eq(mail.received, INT64_C(1793613600));
	ck_assert_uint_eq(mail.offset, 0);
	ck_assert(mbox_next(m, &mail));
	ck_assert_int_eq(mail.received, INT64_C(1793704333));
	ck_assert_uint_eq(mail.offset, strlen(FROM) + 6);
	ck_assert(mbox_next(m, &mail));
	ck_assert_int_eq(mail.received, 0);
	mbox_close(m);
}
END_TEST

START_TEST(nul_bytes_are_bytes)
{
	static const char text[] = FROM "A: 1\n\n\0\n\n" FROM "B\0\n";
	struct mbox *m = mbox_open(memory_file(text, sizeof(text) - 1), 1000);
	struct mbox_mail mail;

	ck_assert(mbox_next(m, &mail));
	ck_assert_uint_eq(mail.length, 8);
	ck_assert_int_eq(memcmp(mail.bytes, "A: 1\n\n\0\n", 8), 0);
	ck_assert(mbox_next(m, &mail));
	ck_assert_uint_eq(mail.length, 3);
	mbox_close(m);
}
END_TEST

START_TEST(read_error_is_told)
{
	struct mbox *m = mbox_open(dup(STDIN_FILENO), 1000);
	struct mbox_mail mail;

	mbox_close(m);
	m = mbox_open(-1, 1000);
	ck_assert(!mbox_next(m, &mail));
	ck_assert_int_ne(mbox_errno(m), 0);
	mbox_close(m);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ctl_mbox");
	TCase *c = tcase_create("mbox");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
	    c, mails_come_out_as_they_went_in, 0, G_N_ELEMENTS(boxes));
	tcase_add_test(c, bytes_above_the_limit_are_counted_and_not_kept);
	tcase_add_test(c, endless_lines_do_not_break_it);
	tcase_add_test(c, long_from_line_is_no_part_of_the_mail);
	tcase_add_test(c, from_line_gives_the_time_of_delivery);
	tcase_add_test(c, nul_bytes_are_bytes);
	tcase_add_test(c, read_error_is_told);
	tcase_set_timeout(c, 60);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
