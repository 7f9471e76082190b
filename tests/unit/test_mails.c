/* test_mails.c: tests/mails and what EXPECT.tsv says about each mail, read as
 * it is and in every dress that transport puts on it.
 *
 * EXPECT.tsv has one mail a line: file, kind, dialect (none: no matter),
 * recipients apart by " ; ", each "address|original|action|class|status|code".
 * "a/b" for a class: both are defensible. EXPECT-mta.tsv, written by
 * tests/mta/make-fixtures, has a recipient a line: file, kind, address,
 * action, class, status, code; "a|b" for an address: one is the original one.
 */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "parser/parser.h"

#define MAILS "tests/mails/"

struct wanted {
	char *file, *kind, *dialect, *recipients;
	bool is_mta; /* recipients: lines of EXPECT-mta.tsv */
	char *text;
	gsize length;
};

static struct wanted *table;
static size_t n_wanted;
static struct classifier *classifier;
static struct parser *parser;

static struct source
source_of(const char *path, const char *name)
{
	struct source s = {.name = name};
	char *text = NULL;

	if (!g_file_get_contents(path, &text, &s.length, NULL))
		g_error("%s: cannot be read", path);
	s.text = text;
	return s;
}

static void
add_wanted(GArray *rows, struct wanted w)
{
	char *path = g_strconcat(MAILS, w.file, NULL);

	if (!g_file_get_contents(path, &w.text, &w.length, NULL))
		g_error("%s cannot be read", path);
	g_free(path);
	g_array_append_val(rows, w);
}

static char **
lines_of(const char *path)
{
	char *text, **lines;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("%s cannot be read", path);
	lines = g_strsplit(text, "\n", -1);
	g_free(text);
	return lines;
}

static void
read_table(GArray *rows)
{
	char **lines = lines_of(MAILS "EXPECT.tsv");

	for (size_t i = 0; lines[i] != NULL; i++) {
		char **column = g_strsplit(lines[i], "\t", 4);

		if (lines[i][0] == '#' || g_strv_length(column) < 4) {
			g_strfreev(column);
			continue;
		}
		add_wanted(rows, (struct wanted){.file = column[0],
				     .kind = column[1],
				     .dialect = column[2],
				     .recipients = column[3]});
		g_free(column);
	}
	g_strfreev(lines);
}

static void
read_mta_table(GArray *rows)
{
	char **lines = lines_of(MAILS "EXPECT-mta.tsv");

	for (size_t i = 0; lines[i] != NULL; i++) {
		char **column = g_strsplit(lines[i], "\t", 3);
		struct wanted *last =
		    rows->len > 0
			? &g_array_index(rows, struct wanted, rows->len - 1)
			: NULL;

		if (lines[i][0] == '#' || g_strv_length(column) < 3) {
			g_strfreev(column);
			continue;
		}
		if (last != NULL && strcmp(last->file, column[0]) == 0) {
			char *both = g_strconcat(
			    last->recipients, "\n", column[2], NULL);

			g_free(last->recipients);
			last->recipients = both;
			g_strfreev(column);
			continue;
		}
		add_wanted(rows, (struct wanted){.file = column[0],
				     .kind = column[1],
				     .dialect = g_strdup(""),
				     .recipients = column[2],
				     .is_mta = true});
		g_free(column);
	}
	g_strfreev(lines);
}

static void
read_tables(void)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct wanted));

	read_table(rows);
	read_mta_table(rows);
	n_wanted = rows->len;
	table = (struct wanted *)(void *)g_array_free(rows, FALSE);
}

static void
set_up(void)
{
	struct source rules = source_of("conf/rules.conf", "rules.conf");
	struct source codes = source_of("conf/codes.conf", "codes.conf");
	char *error = NULL;

	classifier = classifier_new(&rules, 1, &codes, 1, &error);
	if (classifier == NULL)
		g_error("%s", error);
	g_free((char *)rules.text);
	g_free((char *)codes.text);
	parser = parser_new(classifier, NULL);
	read_tables();
}

static void
tear_down(void)
{
	parser_free(parser);
	classifier_free(classifier);
	for (size_t i = 0; i < n_wanted; i++) {
		g_free(table[i].file);
		g_free(table[i].kind);
		g_free(table[i].dialect);
		g_free(table[i].recipients);
		g_free(table[i].text);
	}
	g_free(table);
}

/* ---- what a report says, as text that can be compared ---- */

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* CLASS is one of "a/b/c". */
static bool
class_is(const char *class, const char *wanted)
{
	char **each = g_strsplit(wanted, "/", -1);
	bool is = g_strv_contains((const char *const *)each, class) ||
		  *wanted == '\0';

	g_strfreev(each);
	return is;
}

static char *
recipient_text(const struct recipient *r, const char *class)
{
	char code[16] = "", status[ENHANCED_MAX];

	if (r->code > 0)
		g_snprintf(code, sizeof(code), "%d", r->code);
	return g_strdup_printf("%s|%s|%s|%s|%s|%s", r->address,
	    or_empty(r->original_recipient), action_name(r->action), class,
	    enhanced_format(r->status, status), code);
}

/* Recipients of R as EXPECT.tsv writes them; where the class is one of those
 * wanted, as it is wanted. */
static char *
recipients_text(const struct report *r, const char *wanted)
{
	char **each = g_strsplit(wanted, " ; ", -1);
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < r->n_recipients; i++) {
		const struct recipient *one = &r->recipients[i];
		const char *class = class_name(one->class);
		char **column = i < g_strv_length(each)
				    ? g_strsplit(each[i], "|", 6)
				    : NULL;
		char *text;

		if (column != NULL && g_strv_length(column) == 6 &&
		    class_is(class, column[3]))
			class = column[3];
		text = recipient_text(one, class);
		g_string_append_printf(out, "%s%s", i > 0 ? " ; " : "", text);
		g_free(text);
		g_strfreev(column);
	}
	g_strfreev(each);
	return g_string_free(out, FALSE);
}

/* Everything that must not depend on how the mail came. */
static char *
report_text(const struct report *r)
{
	char *recipients = recipients_text(r, "");
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s %s %s %s %s\n%s\n", kind_name(r->kind),
	    or_empty(r->dialect), or_empty(r->message_id), or_empty(r->list_id),
	    or_empty(r->reporting_mta), recipients);
	for (size_t i = 0; i < r->n_recipients; i++)
		g_string_append_printf(
		    out, "%s\n", or_empty(r->recipients[i].diagnostic));
	g_free(recipients);
	return g_string_free(out, FALSE);
}

static char *
answer(const char *text, size_t length)
{
	struct report *r = parser_read(parser, text, length);
	char *s = report_text(r);

	report_free(r);
	return s;
}

/* ---- tests ---- */

/* VALUE is one of "a|b|c". */
static bool
is_one_of(const char *value, const char *alternatives)
{
	char **each = g_strsplit(alternatives, "|", -1);
	bool is = g_strv_length(each) == 0
		      ? *value == '\0'
		      : g_strv_contains((const char *const *)each, value);

	g_strfreev(each);
	return is;
}

/* "address<TAB>action<TAB>class<TAB>status<TAB>code" is true of one recipient
 * of R. */
static bool
has_mta_recipient(const struct report *r, const char *line)
{
	char **column = g_strsplit(line, "\t", -1);
	bool has = false;

	ck_assert_uint_ge(g_strv_length(column), 5);
	for (size_t i = 0; i < r->n_recipients && !has; i++) {
		const struct recipient *one = &r->recipients[i];
		char code[16] = "", status[ENHANCED_MAX];

		if (one->code > 0)
			g_snprintf(code, sizeof(code), "%d", one->code);
		enhanced_format(one->status, status);
		has = is_one_of(one->address, column[0]) &&
		      is_one_of(action_name(one->action), column[1]) &&
		      is_one_of(class_name(one->class), column[2]) &&
		      is_one_of(status, column[3]) &&
		      is_one_of(code, column[4]);
	}
	g_strfreev(column);
	return has;
}

static void
assert_mta_recipients(const struct wanted *w, const struct report *r)
{
	char **lines = g_strsplit(w->recipients, "\n", -1);
	char *got = recipients_text(r, "");

	ck_assert_msg(r->n_recipients == g_strv_length(lines), "%s: got %s",
	    w->file, got);
	for (size_t i = 0; lines[i] != NULL; i++)
		ck_assert_msg(has_mta_recipient(r, lines[i]),
		    "%s:\n got %s\nwant %s", w->file, got, lines[i]);
	g_free(got);
	g_strfreev(lines);
}

START_TEST(every_mail_is_read_as_expected)
{
	const struct wanted *w = &table[_i];
	struct report *r = parser_read(parser, w->text, w->length);
	char *recipients = recipients_text(r, w->recipients);

	ck_assert_msg(is_one_of(kind_name(r->kind), w->kind),
	    "%s: kind %s, wanted %s", w->file, kind_name(r->kind), w->kind);
	ck_assert_msg(*w->dialect == '\0' ||
			  strcmp(or_empty(r->dialect), w->dialect) == 0,
	    "%s: dialect %s, wanted %s", w->file, or_empty(r->dialect),
	    w->dialect);
	if (w->is_mta && *w->recipients == '\t')
		ck_assert_uint_eq(r->n_recipients, 0);
	else if (w->is_mta)
		assert_mta_recipients(w, r);
	else if (*w->recipients != '\0' || r->kind == KIND_BOUNCE)
		ck_assert_msg(strcmp(recipients, w->recipients) == 0,
		    "%s:\n got %s\nwant %s", w->file, recipients,
		    w->recipients);
	g_free(recipients);
	report_free(r);
}
END_TEST

/* Addresses that the fixtures have where no recipient stands: in returned
 * bodies, comments, scripts, styles, links, ids. */
START_TEST(no_trap_is_a_recipient)
{
	static const char *const traps[] = {"decoy", "trap@", "x@y.example",
	    "logo@cid", "help@me", "@desk.example.org", "@mx.example.net",
	    "sender@example.org", "postmaster@", "mailer-daemon@"};
	const struct wanted *w = &table[_i];
	struct report *r = parser_read(parser, w->text, w->length);

	for (size_t i = 0; i < r->n_recipients && !w->is_mta; i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(traps); k++)
			ck_assert_msg(
			    strstr(r->recipients[i].address, traps[k]) == NULL,
			    "%s: %s", w->file, r->recipients[i].address);
	}
	report_free(r);
}
END_TEST

/* LINE_END in place of LF. */
static GString *
with_line_ends(const struct wanted *w, const char *line_end)
{
	GString *out = g_string_new(NULL);

	for (gsize i = 0; i < w->length; i++) {
		if (w->text[i] == '\n')
			g_string_append(out, line_end);
		else
			g_string_append_c(out, w->text[i]);
	}
	return out;
}

static void
assert_same(const struct wanted *w, GString *other, const char *dress)
{
	char *plain = answer(w->text, w->length);
	char *dressed = answer(other->str, other->len);

	ck_assert_msg(strcmp(plain, dressed) == 0, "%s, %s:\n got %s\nwant %s",
	    w->file, dress, dressed, plain);
	g_free(plain);
	g_free(dressed);
	g_string_free(other, TRUE);
}

START_TEST(line_ends_do_not_matter)
{
	assert_same(&table[_i], with_line_ends(&table[_i], "\r\n"), "CRLF");
	assert_same(&table[_i], with_line_ends(&table[_i], "\r"), "CR");
	assert_same(&table[_i], with_line_ends(&table[_i], "\r\r\n"), "CRCRLF");
}
END_TEST

START_TEST(a_leading_from_line_does_not_matter)
{
	const struct wanted *w = &table[_i];
	GString *s = g_string_new("From MAILER-DAEMON Tue Apr 14 10:20:33 "
				  "2015\n");

	g_string_append_len(s, w->text, (gssize)w->length);
	assert_same(w, s, "From_");
}
END_TEST

/* ---- transfer encodings ---- */

static void
append_base64(GString *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i += 57) {
		char *line =
		    g_base64_encode((const guchar *)text + i, MIN(n - i, 57));

		g_string_append_printf(out, "%s\n", line);
		g_free(line);
	}
}

/* Everything but the plainest letters, so that decoding has work. */
static void
append_quoted_printable(GString *out, const char *text, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n') {
			g_string_append_c(out, '\n');
			column = 0;
			continue;
		}
		if (column >= 70) {
			g_string_append(out, "=\n");
			column = 0;
		}
		if (g_ascii_isalnum(c)) {
			g_string_append_c(out, (char)c);
			column++;
		} else {
			g_string_append_printf(out, "=%02X", c);
			column += 3;
		}
	}
}

static void
append_encoded(GString *out, const char *text, size_t n, bool base64)
{
	if (base64)
		append_base64(out, text, n);
	else
		append_quoted_printable(out, text, n);
}

static const char *
encoding_name(bool base64)
{
	return base64 ? "base64" : "quoted-printable";
}

static bool
contains(const char *text, size_t n, const char *what)
{
	char *lower = g_ascii_strdown(text, (gssize)n);
	bool is = strstr(lower, what) != NULL;

	g_free(lower);
	return is;
}

/* The header lines but for Content-Transfer-Encoding. */
static void
append_without_encoding(GString *out, const char *header, size_t n)
{
	while (n > 0) {
		const char *eol = memchr(header, '\n', n);
		size_t line = eol != NULL ? (size_t)(eol - header) + 1 : n;

		if (g_ascii_strncasecmp(
			header, "Content-Transfer-Encoding:", 26) != 0)
			g_string_append_len(out, header, (gssize)line);
		header += line;
		n -= line;
	}
}

/* A header and body of one part, encoded, unless it is a multipart, or
 * encoded already. */
static void
append_part(GString *out, const char *part, size_t n, bool base64)
{
	const char *blank = g_strstr_len(part, (gssize)n, "\n\n");
	size_t header = blank != NULL ? (size_t)(blank - part) + 1 : n;

	if (n > 0 && *part == '\n') { /* a part without a header */
		g_string_append_printf(out, "Content-Transfer-Encoding: %s\n\n",
		    encoding_name(base64));
		append_encoded(out, part + 1, n - 1, base64);
		return;
	}
	if (header == n || contains(part, header, "multipart/") ||
	    contains(part, header, "content-transfer-encoding: base64")) {
		g_string_append_len(out, part, (gssize)n);
		return;
	}
	append_without_encoding(out, part, header);
	g_string_append_printf(
	    out, "Content-Transfer-Encoding: %s\n\n", encoding_name(base64));
	append_encoded(out, part + header + 1, n - header - 1, base64);
}

/* What stands behind "boundary=" in the header, or NULL. */
static char *
boundary_of(const struct wanted *w)
{
	const char *body = strstr(w->text, "\n\n");
	char *header = g_strndup(w->text, (gsize)(body - w->text));
	char *lower = g_ascii_strdown(header, -1);
	const char *at = strstr(lower, "boundary=");
	char *boundary = NULL;

	if (at != NULL) {
		const char *p = header + (at - lower) + strlen("boundary=");

		p += *p == '"';
		boundary = g_strndup(p, strcspn(p, "\";\n "));
	}
	g_free(lower);
	g_free(header);
	return boundary;
}

/* The mail with its text, or each of its outer parts, encoded. */
static GString *
encoded(const struct wanted *w, bool base64)
{
	char *boundary = boundary_of(w), *mark;
	GString *out = g_string_new(NULL);
	const char *p = w->text, *next;

	if (boundary == NULL) {
		append_part(out, w->text, w->length, base64);
		return out;
	}
	mark = g_strconcat("\n--", boundary, NULL);
	next = strstr(p, mark);
	while (next != NULL) {
		/* up to the line's end */
		next += strlen(mark);
		next += strcspn(next, "\n");
		g_string_append_len(out, p, next - p);
		p = next;
		next = strstr(p, mark);
		if (next == NULL || *p != '\n')
			break;
		g_string_append_c(out, '\n');
		append_part(out, p + 1, (size_t)(next - p) - 1, base64);
		p = next;
	}
	g_string_append(out, p);
	g_free(mark);
	g_free(boundary);
	return out;
}

START_TEST(transfer_encodings_do_not_matter)
{
	assert_same(&table[_i], encoded(&table[_i], true), "base64");
	assert_same(&table[_i], encoded(&table[_i], false), "qp");
}
END_TEST

/* A list manager sends a report on, as an attachment in any encoding. */
START_TEST(a_report_sent_on_is_read_through)
{
	const struct wanted *w = &table[_i];
	struct report *r = parser_read(parser, w->text, w->length);

	for (int i = 0;
	     i < 3 && (r->kind == KIND_BOUNCE || r->kind == KIND_DELAY) &&
	     (r->dialect != NULL && !g_str_has_prefix(w->file, "inline-") &&
		 !g_str_has_prefix(w->file, "inner-forwarded") &&
		 strstr(w->text, "\nFrom: mailman-bounces") == NULL &&
		 strcmp(r->dialect, "amazon-ses") != 0);
	     i++) {
		GString *s = g_string_new(
		    "From: List Manager <flowers-owner@lists.example.org>\n"
		    "To: bounces@example.org\n"
		    "Subject: Uncaught bounce\n"
		    "MIME-Version: 1.0\n"
		    "Content-Type: multipart/mixed; boundary=\"sent-on\"\n\n"
		    "--sent-on\n\nSee below.\n\n--sent-on\n"
		    "Content-Type: message/rfc822\n");

		if (i == 0)
			g_string_append_printf(s, "\n%s", w->text);
		else {
			g_string_append_printf(s,
			    "Content-Transfer-Encoding: %s\n\n",
			    encoding_name(i == 1));
			append_encoded(s, w->text, w->length, i == 1);
		}
		g_string_append(s, "\n--sent-on--\n");
		assert_same(w, s, "sent on");
	}
	report_free(r);
}
END_TEST

START_TEST(what_is_no_report_never_bounces)
{
	const struct wanted *w = &table[_i];
	struct report *r = parser_read(parser, w->text, w->length);

	if (g_str_has_prefix(w->file, "not-"))
		ck_assert_msg(r->kind != KIND_BOUNCE && r->kind != KIND_DELAY,
		    "%s: %s", w->file, kind_name(r->kind));
	report_free(r);
}
END_TEST

/* Cut off anywhere, or with any byte turned: an answer, and no crash. */
START_TEST(damaged_mails_are_read)
{
	const struct wanted *w = &table[_i];
	char *copy = g_memdup2(w->text, w->length + 1);
	guint32 seed = 12345 + (guint32)_i;

	for (gsize n = 0; n < w->length; n += 97)
		report_free(parser_read(parser, w->text, n));
	for (int i = 0; i < 20; i++) {
		seed = seed * 1664525u + 1013904223u;
		copy[seed % w->length] = (char)(seed >> 24);
		report_free(parser_read(parser, copy, w->length));
	}
	g_free(copy);
}
END_TEST

START_TEST(the_table_is_whole)
{
	GDir *dir = g_dir_open(MAILS, 0, NULL);
	const char *name;
	size_t files = 0, negatives = 0;

	ck_assert_ptr_nonnull(dir);
	while ((name = g_dir_read_name(dir)) != NULL)
		files += g_str_has_suffix(name, ".eml");
	g_dir_close(dir);
	ck_assert_uint_eq(files, n_wanted);
	for (size_t i = 0; i < n_wanted; i++) {
		enum kind kind;

		ck_assert(
		    table[i].is_mta || kind_from_name(table[i].kind, &kind));
		negatives += g_str_has_prefix(table[i].file, "not-");
	}
	ck_assert_uint_ge(n_wanted - negatives, 100);
	ck_assert_uint_ge(negatives, 30);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mails");
	TCase *one = tcase_create("each mail");
	SRunner *runner;
	int failed;

	set_up();
	tcase_set_timeout(one, 60);
	tcase_add_loop_test(
	    one, every_mail_is_read_as_expected, 0, (int)n_wanted);
	tcase_add_loop_test(one, no_trap_is_a_recipient, 0, (int)n_wanted);
	tcase_add_loop_test(one, line_ends_do_not_matter, 0, (int)n_wanted);
	tcase_add_loop_test(
	    one, a_leading_from_line_does_not_matter, 0, (int)n_wanted);
	tcase_add_loop_test(
	    one, transfer_encodings_do_not_matter, 0, (int)n_wanted);
	tcase_add_loop_test(
	    one, a_report_sent_on_is_read_through, 0, (int)n_wanted);
	tcase_add_loop_test(
	    one, what_is_no_report_never_bounces, 0, (int)n_wanted);
	tcase_add_loop_test(one, damaged_mails_are_read, 0, (int)n_wanted);
	tcase_add_test(one, the_table_is_whole);
	suite_add_tcase(suite, one);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	tear_down();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
