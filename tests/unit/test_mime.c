#include "parser/mime.h"

#include <glib.h>

#include "tests/unit/suite.h"

static void dump_mail(GString *, const struct mail *);

static void
dump_part(GString *out, const struct part *p)
{
	static const char *const names[] = {[PART_TEXT] = "TEXT",
	    [PART_HTML] = "HTML",
	    [PART_STATUS] = "STATUS",
	    [PART_FEEDBACK] = "FEEDBACK",
	    [PART_DISPOSITION] = "DISPOSITION",
	    [PART_MAIL] = "MAIL",
	    [PART_HEADERS] = "HEADERS",
	    [PART_OTHER] = "OTHER"};
	g_string_append_printf(out, "[%s", names[p->role]);
	if (p->text != NULL) {
		char *text = g_strescape(p->text, NULL);

		ck_assert_uint_eq(strlen(p->text), p->length);
		ck_assert(g_utf8_validate(p->text, -1, NULL));
		g_string_append_printf(out, " '%s'", text);
		g_free(text);
	}
	if (p->mail != NULL) {
		g_string_append_c(out, ' ');
		mail_expand(p->mail);
		dump_mail(out, p->mail);
	}
	g_string_append_c(out, ']');
}

/* The Subject, the type, the report's type, and the parts. */
static void
dump_mail(GString *out, const struct mail *m)
{
	char *subject = fields_text(&m->headers, "Subject");

	if (subject != NULL)
		g_string_append_printf(out, "(%s) ", subject);
	g_string_append(out, m->type);
	if (m->report_type != NULL)
		g_string_append_printf(out, ";%s", m->report_type);
	g_free(subject);
	for (size_t i = 0; i < m->n_parts; i++)
		dump_part(out, &m->parts[i]);
}

static struct mime *mime;

static char *
dump(const char *text, size_t length)
{
	GString *out = g_string_new(NULL);
	char *copy = exact(text, length);
	struct mail *m = mime_read(mime, copy, length);

	dump_mail(out, m);
	mail_free(m);
	free(copy);
	return g_string_free(out, FALSE);
}

#define MIXED "Content-Type: multipart/mixed; boundary=B\n\n"
#define REPORT                                                                 \
	"Content-Type: multipart/report; report-type=delivery-status;\n"       \
	" boundary=B\n\n"
#define END "\n--B--\n"

static const struct {
	const char *name;
	const char *in;
	const char *want;
} rows[] = {
    {"nothing", "", "text/plain[TEXT '']"},
    {"only a header", "Subject: x\n", "(x) text/plain[TEXT '']"},
    {"no header at all", "hello world\nA: b\n",
	"text/plain[TEXT 'hello world\\nA: b\\n']"},
    {"a plain mail", "Subject: x\n\nhello\n",
	"(x) text/plain[TEXT 'hello\\n']"},
    {"a plain mail in latin 1",
	"Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9\n",
	"text/plain[TEXT 'caf\\303\\251\\n']"},
    {"a mail in quoted-printable",
	"Content-Type: text/plain; charset=utf-8\n"
	"Content-Transfer-Encoding: quoted-printable\n\na=3Db=\nc=C3=A9\n",
	"text/plain[TEXT 'a=bc\\303\\251\\n']"},
    {"a mail in base64",
	"Content-Transfer-Encoding: base64\n\naGVsbG8NCndvcmxkDQo=\n",
	"text/plain[TEXT 'hello\\nworld\\n']"},
    {"a mail of HTML", "Content-Type: text/html\n\n<p>a<br>b</p>",
	"text/html[HTML 'a\\nb\\n']"},
    {"a type in odd case", "CONTENT-TYPE: Text/HTML\n\na<br>b",
	"text/html[HTML 'a\\nb']"},
    {"a type that is none", "Content-Type: foo\n\nhello",
	"text/plain[TEXT 'hello']"},
    {"an empty type", "Content-Type:\n\nhello", "text/plain[TEXT 'hello']"},
    {"a file", "Content-Type: application/pdf\n\nhello",
	"application/pdf[OTHER]"},
    {"a report",
	REPORT "--B\n\nhello\n--B\nContent-Type: message/delivery-status\n\n"
	       "Action: failed\n\n--B\nContent-Type: message/rfc822\n\n"
	       "Subject: y\n\nbody" END,
	"multipart/report;delivery-status[TEXT 'hello'][STATUS 'Action: "
	"failed\\n'][MAIL (y) text/plain[TEXT 'body']]"},
    {"a report in UTF-8 (RFC 6533)",
	REPORT
	"--B\nContent-Type: message/global-delivery-status\n\nAction: "
	"failed\n--B\nContent-Type: message/global\n\nSubject: é\n\nx"
	"\n--B\nContent-Type: message/global-headers\n\nSubject: ü\n" END,
	"multipart/report;delivery-status[STATUS 'Action: failed'][MAIL (é) "
	"text/plain[TEXT 'x']][HEADERS (ü) text/plain[TEXT '']]"},
    {"a report type in odd case",
	"Content-Type: multipart/report; boundary=B; Report-Type=\"Delivery-"
	"STATUS\"\n\n--B\n\nx" END,
	"multipart/report;delivery-status[TEXT 'x']"},
    {"a status part in base64",
	REPORT
	"--B\nContent-Type: message/delivery-status\n"
	"Content-Transfer-Encoding: base64\n\nQWN0aW9uOiBmYWlsZWQNCg==" END,
	"multipart/report;delivery-status[STATUS 'Action: failed\\n']"},
    {"a status part in quoted-printable",
	REPORT "--B\nContent-Type: message/delivery-status\n"
	       "Content-Transfer-Encoding: quoted-printable\n\nStatus:=205.=\n"
	       "1.1" END,
	"multipart/report;delivery-status[STATUS 'Status: 5.1.1']"},
    {"a status part called a file",
	REPORT
	"--B\nContent-Type: application/octet-stream\n\n\nReporting-MTA: "
	"dns; a.example" END,
	"multipart/report;delivery-status[STATUS '\\nReporting-MTA: dns; "
	"a.example']"},
    {"a returned mail in base64",
	MIXED "--B\nContent-Type: message/rfc822\n"
	      "Content-Transfer-Encoding: base64\n\n"
	      "U3ViamVjdDogeQ0KRm9sZGVkOiBhDQogYg0KDQpib2R5DQo=" END,
	"multipart/mixed[MAIL (y) text/plain[TEXT 'body\\n']]"},
    {"a returned mail in quoted-printable",
	MIXED "--B\nContent-Type: message/rfc822\n"
	      "Content-Transfer-Encoding: quoted-printable\n\n"
	      "Subject: =C3=A9\n\na=3Db" END,
	"multipart/mixed[MAIL (é) text/plain[TEXT 'a=b']]"},
    {"a returned header",
	MIXED "--B\nContent-Type: text/rfc822-headers\n\nSubject: y\nTo: a" END,
	"multipart/mixed[HEADERS (y) text/plain[TEXT '']]"},
    {"a returned header in base64 with CRLF",
	MIXED
	"--B\nContent-Type: text/rfc822-headers\n"
	"Content-Transfer-Encoding: base64\n\nU3ViamVjdDogeQ0KVG86IGENCg==" END,
	"multipart/mixed[HEADERS (y) text/plain[TEXT '']]"},
    {"a returned header behind an empty line and a mbox line",
	MIXED
	"--B\nContent-Type: text/rfc822-headers\n\n\nFrom x\nSubject: y" END,
	"multipart/mixed[HEADERS (y) text/plain[TEXT '']]"},
    {"a returned mail without anything",
	MIXED "--B\nContent-Type: message/rfc822" END,
	"multipart/mixed[MAIL text/plain[TEXT '']]"},
    {"a returned mail without a header",
	MIXED "--B\nContent-Type: message/rfc822\n\nhello world" END,
	"multipart/mixed[MAIL text/plain[TEXT 'hello world']]"},
    {"a returned mail of its own structure",
	MIXED
	"--B\nContent-Type: message/rfc822\n\nSubject: y\nContent-Type: "
	"multipart/alternative; boundary=C\n\n--C\n\na\n--C\nContent-Type: "
	"text/html\n\nb\n--C--" END,
	"multipart/mixed[MAIL (y) multipart/alternative[TEXT 'a'][HTML 'b']]"},
    {"a report inside a mail inside a mail",
	MIXED "--B\nContent-Type: message/rfc822\n\nContent-Type: "
	      "message/rfc822\n\nContent-Type: multipart/report; boundary=C\n\n"
	      "--C\nContent-Type: message/delivery-status\n\nx\n--C--" END,
	"multipart/mixed[MAIL message/rfc822[MAIL multipart/report[STATUS "
	"'x']]]"},
    {"a digest",
	"Content-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: y\n\nx\n"
	"--B\nContent-Type: text/plain\n\nz" END,
	"multipart/digest[MAIL (y) text/plain[TEXT 'x']][TEXT 'z']"},
    {"other names of mails",
	MIXED "--B\nContent-Type: message/rfc2822\n\nSubject: y\n\n--B\n"
	      "Content-Type: message/news\n\nSubject: z\n\n--B\nContent-Type: "
	      "message/partial; id=1; number=1\n\nSubject: w\n\n" END,
	"multipart/mixed[MAIL (y) text/plain[TEXT '']][MAIL (z) "
	"text/plain[TEXT "
	"'']][MAIL (w) text/plain[TEXT '']]"},
    {"a type with comments",
	"Content-Type: (a; \\) b) multipart (c) / (d) mixed; "
	"boundary=B\n\n--B\n"
	"Content-Type: (;) message(x)/\n rfc822\n\nSubject: y\n\n" END,
	"multipart/mixed[MAIL (y) text/plain[TEXT '']]"},
    {"a boundary with our words in it",
	"Content-Type: multipart/mixed; boundary=message-digest\n\n"
	"--message-digest\n\nmessage digest\n--message-digest--\n",
	"multipart/mixed[TEXT 'message digest']"},
    {"a multipart in a multipart",
	MIXED
	"--B\nContent-Type: multipart/alternative; boundary=C\n\n--C\n\na\n"
	"--C--\n--B\n\nb" END,
	"multipart/mixed[TEXT 'a'][TEXT 'b']"},
    {"no closing boundary", MIXED "--B\n\na\n--B\n\nb\n",
	"multipart/mixed[TEXT 'a'][TEXT 'b\\n']"},
    {"a closing boundary first", MIXED "--B--\n\nhello",
	"multipart/mixed[TEXT '--B--\\n\\nhello']"},
    {"a preamble", MIXED "preamble\n--B\n\na" END, "multipart/mixed[TEXT 'a']"},
    {"a wrong boundary",
	"Content-Type: multipart/mixed; boundary=X\n\nThis is MIME.\n--B\n"
	"Content-Type: text/plain\n\na\n--B\nContent-Type: message/rfc822\n\n"
	"Subject: y\n\nz" END,
	"multipart/mixed[TEXT 'a'][MAIL (y) text/plain[TEXT 'z']]"},
    {"no boundary parameter",
	"Content-Type: multipart/mixed\n\n--B\ncontent-type: "
	"text/html\n\na" END,
	"multipart/mixed[HTML 'a']"},
    {"a wrong boundary and none to guess",
	"Content-Type: multipart/mixed; boundary=X\n\n--B\n\na" END,
	"multipart/mixed[TEXT '--B\\n\\na\\n--B--\\n']"},
    {"a multipart without a body", MIXED "", "multipart/mixed[TEXT '']"},
    {"an encoded multipart",
	"Content-Type: multipart/mixed; boundary=B\n"
	"Content-Transfer-Encoding: base64\n\n--B\n\na" END,
	"multipart/mixed[TEXT 'a']"},
    {"two types", "Content-Type: text/plain\n" MIXED "--B\n\na" END,
	"multipart/mixed[TEXT 'a']"},
    {"two multiparts",
	"Content-Type: multipart/mixed; boundary=X\n" MIXED "--X\n\na\n--X--\n",
	"multipart/mixed[TEXT 'a']"},
    {"the type behind many other fields",
	"Content-A: 1\nContent-B: 1\nContent-C: 1\nContent-D: 1\nContent-E: 1\n"
	"Content-F: 1\nContent-G: 1\nContent-H: 1\nContent-I: 1\nContent-J: 1\n"
	"Content-K: 1\nContent-L: 1\nContent-M: 1\nContent-N: 1\nContent-O: 1\n"
	"Content-P: 1\nContent-Q: 1\nContent-R: 1\nContent-S: 1\nContent-T: 1\n"
	"Content-U: 1\n" MIXED "--B\n\na" END,
	"multipart/mixed[TEXT 'a']"},
    {"a folded type",
	"Content-Type:\n multipart/mixed;\n\tboundary=\"B\"\n\n--B\n\na" END,
	"multipart/mixed[TEXT 'a']"},
    {"a boundary in RFC 2231 pieces",
	"Content-Type: multipart/mixed; boundary*0=\"A\"; boundary*1=\"B\"\n\n"
	"--AB\n\na\n--AB--\n",
	"multipart/mixed[TEXT 'a']"},
    {"a line that lost its fold before the type",
	"Received: by a.example\nwith esmtp\n" MIXED "--B\n\na" END,
	"multipart/mixed[TEXT 'a']"},
    {"a disposition",
	MIXED "--B\nContent-Type: message/disposition-notification\n\na" END,
	"multipart/mixed[DISPOSITION 'a']"},
    {"a complaint", MIXED "--B\nContent-Type: message/feedback-report\n\na" END,
	"multipart/mixed[FEEDBACK 'a']"},
    {"a bare CR in base64", "Content-Transfer-Encoding: base64\n\nYQ1iDQpj\n",
	"text/plain[TEXT 'a\\nb\\nc']"},
    {"a NUL in base64", "Content-Transfer-Encoding: base64\n\nYQBi\n",
	"text/plain[TEXT 'a b']"},
    {"an unknown charset",
	"Content-Type: text/plain; charset=x-no-such\n\ncaf\xe9",
	"text/plain[TEXT 'caf\\303\\251']"},
};

START_TEST(test_row)
{
	char *got = dump(rows[_i].in, strlen(rows[_i].in));

	assert_string(rows[_i].name, got, rows[_i].want);
	g_free(got);
}
END_TEST

START_TEST(test_a_returned_mail_is_not_read_until_asked_for)
{
	const char text[] = MIXED
	    "--B\nContent-Type: message/rfc822\n\nSubject: y\nContent-Type: "
	    "multipart/report; report-type=delivery-status; boundary=C\n\n--C\n"
	    "\nx\n--C--" END;
	struct mail *m = mime_read(mime, text, strlen(text)), *inner;

	ck_assert_uint_eq(m->n_parts, 1);
	inner = m->parts[0].mail;
	ck_assert_uint_eq(inner->n_parts, 0);
	ck_assert_str_eq(inner->type, "multipart/report");
	ck_assert_str_eq(inner->report_type, "delivery-status");
	mail_expand(inner);
	ck_assert_uint_eq(inner->n_parts, 1);
	mail_expand(inner);
	ck_assert_uint_eq(inner->n_parts, 1);
	mail_free(m);
	mail_free(NULL);
}
END_TEST

START_TEST(test_a_mail_cut_off_anywhere_is_read)
{
	const char text[] =
	    "Subject: x\n" REPORT "--B\n\nhello\n--B\nContent-Type: "
				  "message/delivery-status\n\nAction: "
	    "failed\n\n--B\nContent-Type: message/rfc822\n\nSubject: "
	    "y\n\nbody" END;

	for (size_t n = 0; n < sizeof(text); n++) {
		char *got = dump(text, n);

		ck_assert_ptr_nonnull(strchr(got, '['));
		g_free(got);
	}
}
END_TEST

static void
append_times(GString *s, const char *piece, size_t length)
{
	while (s->len < length)
		g_string_append(s, piece);
}

START_TEST(test_a_long_text_is_cut)
{
	GString *text = g_string_new("Content-Type: text/plain\n\n");
	struct mail *m;

	append_times(text, "é", 2 * MAX_PART_TEXT);
	m = mime_read(mime, text->str, text->len);
	ck_assert_uint_ge(m->parts[0].length, MAX_PART_TEXT - 2);
	ck_assert_uint_le(m->parts[0].length, MAX_PART_TEXT + 4);
	ck_assert_ptr_null(strstr(m->parts[0].text, "Ã"));
	mail_free(m);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_a_hundred_thousand_parts_are_limited)
{
	GString *text = g_string_new(MIXED);
	struct mail *m;

	for (int i = 0; i < 100000; i++)
		g_string_append(text, "--B\n\nx\n");
	must_end();
	m = mime_read(mime, text->str, text->len);
	ck_assert_uint_eq(m->n_parts, MAX_MIME_PARTS);
	mail_free(m);
	g_string_free(text, TRUE);
}
END_TEST

static const struct {
	const char *name;
	const char *head, *piece;
} nests[] = {
    {"multiparts", "",
	"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n"},
    {"multiparts with one boundary", "",
	"Content-Type: multipart/mixed; boundary=B\n\n--B\n"},
    {"messages", "", "Content-Type: message/rfc822\n\n"},
    {"messages in multiparts", "",
	"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n"
	"Content-Type: message/rfc822\n\n"},
    {"digests", "",
	"Content-Type: multipart/digest; boundary=B%d\n\n--B%d\n\n"},
    {"multiparts without a boundary", "", "Content-Type: multipart/mixed\n\n"},
    {"wrong boundaries", "",
	"Content-Type: multipart/mixed; boundary=X%d\n\n--B%d\n"},
};

START_TEST(test_nesting_of_five_thousand_levels)
{
	GString *text = g_string_new("Subject: x\n");
	char *got;

	for (int i = 0; i < 5000; i++) {
		char **piece = g_strsplit(nests[_i].piece, "%d", -1);
		char *number = g_strdup_printf("%d", i);
		char *joined = g_strjoinv(number, piece);

		g_string_append(text, joined);
		g_free(joined);
		g_free(number);
		g_strfreev(piece);
	}
	g_string_append(text, "\nhello\n");
	must_end();
	got = dump(text->str, text->len);
	ck_assert_msg(strlen(got) > 0, "%s", nests[_i].name);
	g_free(got);
	g_string_free(text, TRUE);
}
END_TEST

/* Each of these once overran an 8 MiB stack, or took a minute, inside GMime. */
static const struct {
	const char *name;
	const char *head, *piece, *tail;
} hostile[] = {
    {"groups in To", "To: ", "a:", "\n\nx"},
    {"groups in the returned mail's To",
	MIXED "--B\nContent-Type: message/rfc822\n\nTo: ", "a:", "\n\nx" END},
    {"groups over folded lines",
	MIXED "--B\nContent-Type: message/rfc822\n\nTo: ", "a:a:a:a:\n ",
	"\n\nx" END},
    {"groups in a mail that hides in comments",
	MIXED "--B\nContent-Type: (;) message (x) / (;)\n rfc822\n\nCc: ", "a:",
	"\n\nx" END},
    {"groups in a mail of odd type",
	MIXED "--B\nContent-Type : MESSAGE/News\n\nFrom: ", "a:", "\n\nx" END},
    {"groups in a digest",
	"Content-Type: multipart/digest; boundary=B\n\n--B\n\nTo: ", "a:",
	"\n\nx" END},
    {"groups in a digest inside",
	MIXED
	"--B\nContent-Type: multipart/(x)digest; boundary=C\n\n--C\n\nTo: ",
	"a:", "\n\nx\n--C--" END},
    {"groups in a partial mail",
	MIXED "--B\nContent-Type: message/partial; id=1\n\nTo: ", "a:",
	"\n\nx" END},
    {"groups where the boundary is wrong",
	"Content-Type: multipart/mixed; boundary=X\n\n--B\n"
	"Content-Type: message/rfc822\n\nTo: ",
	"a:", "\n\nx" END},
    {"comments in To that do not close", "To: ", "a(,", "\n\nx"},
    {"fields", "Subject: x\n", "a:\n", "\nx"},
    {"fields of a part", MIXED "--B\n", "a:\n", "\nx" END},
    {"types of a part", MIXED "--B\n", "Content-Type: text/plain\n", "\nx" END},
    {"types", "Subject: x\n", "Content-Type: text/plain\n", "\nx"},
    {"parameters", "Content-Type: multipart/mixed; boundary=B", ";\n a*1=b",
	"\n\n--B\n\nx" END},
    {"parameters of a part", MIXED "--B\nContent-Type: text/plain", ";a*1=b",
	"\n\nx" END},
    {"comments in a type", "Content-Type: ", "(", " text/plain\n\nx"},
    {"comments in a part's type", MIXED "--B\nContent-Type: ", "(",
	" text/plain\n\nx" END},
    {"a boundary", "Content-Type: multipart/mixed; boundary=", "B",
	"\n\n--B\n\nx" END},
    {"a boundary of a part",
	MIXED "--B\nContent-Type: multipart/mixed; boundary=", "B",
	"\n\n--BB\n\nx" END},
    {"almost boundaries", MIXED, "--\n", ""},
    {"boundaries that are wrong", "Content-Type: multipart/mixed\n\n",
	"--\nContent-", ""},
    {"lines that are no fields", "Subject: x\n", "x\n", ""},
    {"lines that are no fields, and then one", "Subject: x\n", "x\n",
	"To: a\n\nx"},
    {"base64", "Content-Transfer-Encoding: base64\n\n", "=", ""},
    {"uuencode", "Content-Transfer-Encoding: x-uuencode\n\n", "begin 644 x\n",
	""},
    {"quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\n", "=",
	""},
};

START_TEST(test_a_megabyte_of)
{
	GString *text = g_string_new(hostile[_i].head);
	char *got;

	append_times(text, hostile[_i].piece, 1024 * 1024);
	g_string_append(text, hostile[_i].tail);
	must_end();
	got = dump(text->str, text->len);
	ck_assert_msg(strchr(got, '[') != NULL, "%s", hostile[_i].name);
	g_free(got);
	g_string_free(text, TRUE);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_row, 0, ROWS(rows));
	tcase_add_test(t, test_a_returned_mail_is_not_read_until_asked_for);
	tcase_add_test(t, test_a_mail_cut_off_anywhere_is_read);
	tcase_add_test(t, test_a_long_text_is_cut);
	tcase_add_test(t, test_a_hundred_thousand_parts_are_limited);
	tcase_add_loop_test(
	    t, test_nesting_of_five_thousand_levels, 0, ROWS(nests));
	tcase_add_loop_test(t, test_a_megabyte_of, 0, ROWS(hostile));
}

int
main(void)
{
	int status;

	mime = mime_new();
	status = run_tests("mime", add_tests);
	mime_free(mime);
	mime_free(NULL);
	return status;
}
