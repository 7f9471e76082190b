/* Replies and enhanced status codes in prose. */
#include "parser/reply.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	int code;
	const char *status;
};

static const struct row quoted[] = {
    {"smtp; 550-5.1.1 <u@example.org>... User unknown", 550, "5.1.1"},
    {"smtp;550 5.2.2 <u@example.org>... Mailbox Full", 550, "5.2.2"},
    {"SMTP; 550 User unknown", 550, ""},
    {"X-Postfix; host mx.example.org[192.0.2.1] said: 550 5.1.1 no (in reply "
     "to RCPT TO command)",
	550, "5.1.1"},
    {"host mx.example.org[192.0.2.1] said: 450 4.2.0 greylisted (in reply to "
     "RCPT TO command)",
	450, "4.2.0"},
    {"Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipNotFound'", 550,
	"5.1.10"},
    {"<mx.example.org #5.1.1 smtp;550 5.1.1 unknown user>", 550, "5.1.1"},
    {"#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", 550, "5.1.1"},
    {"Sorry, no mailbox here by that name. (#5.1.1)", 0, "5.1.1"},
    {"550 #5.1.0 Address rejected.", 550, "5.1.0"},
    {"SMTP error from remote mail server after RCPT TO:<u@example.org>: host "
     "mx.example.org [192.0.2.1]: 550 no such user",
	550, ""},
    {"SMTP error from remote mail server after MAIL FROM:<u@example.org> "
     "SIZE=2022: 553 5.7.1 [BL21] Connections not accepted",
	553, "5.7.1"},
    {"retry timeout exceeded; last error: 452 4.2.2 mailbox full", 452,
	"4.2.2"},
    {"Last error: 452 4.2.2 over quota", 452, "4.2.2"},
    {"554 delivery error: dd This user doesn't have an account [-9]", 554, ""},
    {"553 Mail from 192.0.2.1 not allowed - 5.7.1 [BL23] see "
     "http://mail.example.com/errors/550-bl23.html [550]",
	553, "5.7.1"},
    {"421-4.7.0 too many", 421, "4.7.0"},
    {"the server said code 550", 550, ""},
    {"return code 550", 550, ""},
    {"[SMTP Error Code 550]", 550, ""},
    {"(ERROR_CODE :550, ERROR_CODE :5.2.1 unknown)", 550, "5.2.1"},
    {"ResponseCode 421, , Host not reachable", 421, ""},
    {"451 try again later [#4.16.1].", 451, "4.16.1"},
    {"'554 554 5.4.14 Hop count exceeded'", 554, "5.4.14"},
    {"5.1.0 - Unknown address error 550-'5.2.2 <u@example.org> Full'", 550,
	"5.2.2"},
    {"550 5.1.351 Remote server returned unknown recipient -> 550 Unknown", 550,
	"5.1.351"},
    {"550 5.4.300 Message expired -> 451 4.7.1 come back later", 451, "4.7.1"},
    {"552 5.1.1 Boite pleine. OFR_417 [417]", 552, "5.1.1"},
    {"... while talking to mx.example.org.:\n<<< 551 not our customer", 551,
	""},
    {"4.4.7 (delivery time expired)", 0, "4.4.7"},
    {"550", 550, ""},
    {"550 5.1.1", 550, "5.1.1"},
    {"552-5.2.2 over\r\n552 5.2.2 quota", 552, "5.2.2"},
    {"smtp; 250 2.0.0 OK queued as 12345", 250, "2.0.0"},
    {"101 cannot open connection", 101, ""},
    {"571 relaying denied", 571, ""},
    {"550: : User unknown", 550, ""},
    {"554 5.7.1 [1] Message rejected; https://mail.example.com/550", 554,
	"5.7.1"},
    {"undeliverable: (554) rejected", 554, ""},
    {"450 4.1.1 <u@example.org>: unverified address: host mx.example.org "
     "[192.0.2.1] said: 550 5.1.1 User unknown",
	550, "5.1.1"},
};

START_TEST(the_reply_that_a_text_quotes_is_found)
{
	const struct row *r = &quoted[_i];
	struct reply found = reply_read(r->text);
	char status[ENHANCED_MAX];

	ck_assert_msg(found.code == r->code, "%s: code %d, not %d", r->text,
	    found.code, r->code);
	enhanced_format(found.status, status);
	ck_assert_msg(strcmp(status, r->status) == 0, "%s: status %s, not %s",
	    r->text, status, r->status);
}
END_TEST

static const char *const other_numbers[] = {
    NULL,
    "",
    "connect to mx.example.org[192.0.2.55]:25: Connection refused",
    "connect to mx.example.org[203.0.113.1]:550: Connection refused",
    "connect to 5.1.1.4 failed",
    "4.5.6.7 is down",
    "address 192.0.2.550 is none",
    "message of 550 bytes",
    "size=552 is over the limit",
    "more than 421 messages",
    "Exim 4.7.2 could not deliver",
    "running sendmail 5.5.1",
    "Postfix 2.5.6",
    "Microsoft SMTP Server 5.0.2195.6713",
    "(8.12.11/8.12.11)",
    "version 5.1.1",
    "id 550abc",
    "order550 was sent",
    "queued as A550",
    "Thu, 29 Apr 2013 23:34:45 +0900",
    "seen on 4.5.2013",
    "http://mail.example.com/550/5.1.1",
    "http://mail.example.com/?code=550",
    "https://mail.example.com/smtp-error-codes.php#554",
    "call 1-800-555-1212 or 480-624-2500",
    "550-1234",
    "x5.1.1",
    "5.1",
    "5.1.1.1",
    "5.1.1111",
    "3.1.1",
    "550.5",
    "user@550.example.org",
    "550@example.org",
    "after 450 seconds",
};

START_TEST(numbers_that_are_no_replies_are_left_alone)
{
	const char *text = other_numbers[_i];
	struct reply found = reply_read(text);

	ck_assert_msg(found.code == 0, "%s: %d", text, found.code);
	ck_assert_msg(found.status.class == 0, "%s: %u.%u.%u", text,
	    found.status.class, found.status.subject, found.status.detail);
}
END_TEST

static const struct {
	const char *text, *wanted;
} fields[] = {
    {"5.1.1", "5.1.1"},
    {" 5.7.1 ", "5.7.1"},
    {"#5.1.1", "5.1.1"},
    {"5.1.1 (bad mailbox)", "5.1.1"},
    {"5.7.26", "5.7.26"},
    {"4.4.7\r\n", "4.4.7"},
    {"2.0.0", "2.0.0"},
    {"5.4.312;", "5.4.312"},
    {"", ""},
    {NULL, ""},
    {"failed", ""},
    {"550 5.1.1", ""},
    {"553 too big", ""},
    {"6.1.1", ""},
    {"5.1", ""},
    {"5.1.", ""},
    {"5..1", ""},
    {"5.1.1.1", ""},
    {"5.1.1234", ""},
    {"5.1.1a", ""},
};

START_TEST(a_status_field_is_read_only_when_it_begins_with_a_code)
{
	struct enhanced e = {0};
	char status[ENHANCED_MAX];
	bool found = enhanced_parse(fields[_i].text, &e);

	ck_assert_int_eq(found, fields[_i].wanted[0] != '\0');
	ck_assert_str_eq(enhanced_format(e, status), fields[_i].wanted);
}
END_TEST

static const struct {
	struct enhanced a, b, wanted;
} pairs[] = {
    {{5, 0, 0}, {5, 1, 1}, {5, 1, 1}},
    {{5, 1, 1}, {5, 0, 0}, {5, 1, 1}},
    {{5, 1, 0}, {5, 2, 2}, {5, 2, 2}},
    {{5, 0, 0}, {5, 1, 0}, {5, 1, 0}},
    {{5, 1, 1}, {4, 4, 7}, {5, 1, 1}},
    {{0, 0, 0}, {5, 0, 0}, {5, 0, 0}},
    {{5, 0, 0}, {0, 0, 0}, {5, 0, 0}},
    {{4, 0, 0}, {5, 0, 0}, {4, 0, 0}},
    {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}},
};

START_TEST(the_more_specific_code_wins_and_the_first_on_a_draw)
{
	struct enhanced e = enhanced_better(pairs[_i].a, pairs[_i].b);

	ck_assert_mem_eq(&e, &pairs[_i].wanted, sizeof(e));
}
END_TEST

START_TEST(a_text_of_digits_only_is_read_in_one_pass)
{
	enum { LENGTH = 200000 };
	char *text = malloc(LENGTH + 1);

	for (int i = 0; i < LENGTH; i++)
		text[i] = "550 5.1."[i % 8];
	text[LENGTH] = '\0';
	ck_assert_int_eq(reply_read(text).code, 550);
	memset(text, '5', LENGTH);
	ck_assert_int_eq(reply_read(text).code, 0);
	free(text);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(*(a))))

int
main(void)
{
	TCase *tc = tcase_create("reply");
	Suite *s = suite_create("reply");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(
	    tc, the_reply_that_a_text_quotes_is_found, 0, COUNT(quoted));
	tcase_add_loop_test(tc, numbers_that_are_no_replies_are_left_alone, 0,
	    COUNT(other_numbers));
	tcase_add_loop_test(tc,
	    a_status_field_is_read_only_when_it_begins_with_a_code, 0,
	    COUNT(fields));
	tcase_add_loop_test(tc,
	    the_more_specific_code_wins_and_the_first_on_a_draw, 0,
	    COUNT(pairs));
	tcase_add_test(tc, a_text_of_digits_only_is_read_in_one_pass);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
