#include "parser/verp.h"

#include <glib.h>

#include "parser/address.h"
#include "tests/unit/suite.h"

static const struct {
	const char *name;
	const char *in;
	const char *delimiters;
	const char *want;
} rows[] = {
    {"nothing", NULL, NULL, NULL},
    {"an empty string", "", NULL, NULL},
    {"no address", "bounces", NULL, NULL},
    {"an ordinary address", "user@example.com", NULL, NULL},
    {"a sub-address", "user+tag@example.com", NULL, NULL},
    /* lists */
    {"Mailman", "list-bounces+user=example.com@lists.example.org", NULL,
	"user@example.com"},
    {"Postfix", "bounces+user=example.com@example.org", NULL,
	"user@example.com"},
    {"Postfix owner", "owner-list+user=example.com@example.org", NULL,
	"user@example.com"},
    {"a VERP user of a mail box", "listbox+user=example.com@example.org", NULL,
	"user@example.com"},
    {"phpList", "bounce+user=example.com@example.org", NULL,
	"user@example.com"},
    {"a subscriber with a sub-address",
	"bounces+user+tag=example.com@example.org", NULL,
	"user+tag@example.com"},
    {"a list with a sub-address",
	"box+list-bounces+user=example.com@example.org", NULL,
	"user@example.com"},
    {"a subscriber with hyphens", "bounces+mary-ann=example.com@example.org",
	NULL, "mary-ann@example.com"},
    {"a domain with hyphens", "bounces+user=my-host.example@example.org", NULL,
	"user@my-host.example"},
    {"a domain in A-labels", "bounces+user=xn--bcher-kva.xn--p1ai@example.org",
	NULL, "user@xn--bcher-kva.xn--p1ai"},
    {"a UTF-8 subscriber", "bounces+用户=例子.公司@example.org", NULL,
	"用户@例子.公司"},
    {"capitals stay", "Bounces+User=Example.COM@example.org", NULL,
	"User@Example.COM"},
    {"ezmlm", "list-return-42-user=example.com@example.org", NULL,
	"user@example.com"},
    {"ezmlm of a list with hyphens",
	"my-own-list-return-42-user=example.com@example.org", NULL,
	"user@example.com"},
    {"ezmlm with a subscriber with hyphens",
	"list-return-42-mary-ann=example.com@example.org", NULL,
	"mary-ann@example.com"},
    {"ezmlm with a subscriber of digits",
	"list-return-42-1234=example.com@example.org", NULL,
	"1234@example.com"},
    {"qmail without a number", "list-return-user=example.com@example.org", NULL,
	"user@example.com"},
    {"Majordomo", "owner-list-user=example.com@example.org", NULL,
	"user@example.com"},
    {"Majordomo where the hyphens do not tell",
	"owner-my-list-user=example.com@example.org", NULL, NULL},
    {"a bounce word with hyphens",
	"list-bounces-mary-ann=example.com@example.org", NULL,
	"mary-ann@example.com"},
    {"Yahoo Groups", "sentto-12-345-6789-user=example.com@returns.example.org",
	NULL, "user@example.com"},
    {"Sympa", "bounce+user==a==example.com==list@example.org", NULL,
	"user@example.com"},
    {"Sympa with a sub-address",
	"bounce+user+tag==a==example.com==list@example.org", NULL,
	"user+tag@example.com"},
    {"Sympa's reminders", "bounce+user==a==example.com==list==r@example.org",
	NULL, "user@example.com"},
    {"half of Sympa", "bounce+user==a==example.com@example.org", NULL, NULL},
    /* services */
    {"SendGrid", "bounces+1234567-1a2b-user=example.com@em.example.org", NULL,
	"user@example.com"},
    {"SendGrid with hyphens",
	"bounces+1234567-1a2b-mary-ann=example.com@em.example.org", NULL,
	"mary-ann@example.com"},
    {"Mailgun", "bounce+1a2b3c.4d5e6f-user=example.com@mg.example.org", NULL,
	"user@example.com"},
    {"Mailchimp", "bounce-mc.us1_123.456-user=example.com@mail.example.org",
	NULL, "user@example.com"},
    {"numbers of message and list",
	"bounce-0000002-1111115-user=example.com@example.org", NULL,
	"user@example.com"},
    {"a token with digits", "x1y2-3z-user=example.com@example.org", NULL,
	"user@example.com"},
    {"a token behind the domain", "bounces+user=example.com+t1@example.org",
	NULL, "user@example.com"},
    {"a number behind the domain", "bounces+user=example.com-17@example.org",
	NULL, "user@example.com"},
    {"Amazon", "0102018e7c3a1b2c-1a2b3c4d-5e6f-7a8b-000000@example.org", NULL,
	NULL},
    {"CiviCRM", "b.2.345.0123456789abcdef@example.org", NULL, NULL},
    {"Discourse", "replies+verp-0123456789abcdef0123456789abcdef@example.org",
	NULL, NULL},
    {"Mailman's probes", "list-bounces+0123456789abcdef@example.org", NULL,
	NULL},
    {"Google Groups", "list+bncBCAAAAAAAAAxBBAAAAAAAAA@example.org", NULL,
	NULL},
    {"Gmail's forwarding", "joe+caf_=user=example.com@example.org", NULL, NULL},
    {"Exchange Online's rewriting", "joe+SRS=1a2b3=4C@example.org", NULL, NULL},
    {"base64", "bounce+dXNlckBleGFtcGxlLmNvbQ==@example.org", NULL, NULL},
    {"a number for a domain", "bounce+a=1.5@example.org", NULL, NULL},
    {"no dot in the domain", "bounce+user=localhost@example.org", NULL, NULL},
    {"no subscriber", "bounce+=example.com@example.org", NULL, NULL},
    {"no domain", "bounce+user=@example.org", NULL, NULL},
    {"an @ only", "@", NULL, NULL},
    {"an = only", "=@example.org", NULL, NULL},
    {"a + only", "+=@", NULL, NULL},
    {"hyphens only", "---=example.com@example.org", NULL, NULL},
    {"a bounce word only", "-bounces-=example.com@example.org", NULL, NULL},
    {"a number only", "list-return-42-=example.com@example.org", NULL, NULL},
    {"a quote in it", "bounces+a\"b=example.com@example.org", NULL, NULL},
    {"markup in it", "bounces+<b>=example.com@example.org", NULL, NULL},
    /* delimiters */
    {"= as delimiter", "bounce=user=example.com@example.org", "=",
	"user@example.com"},
    {"= is none unless asked for", "bounce=user=example.com@example.org", NULL,
	NULL},
    {"the first delimiter that fits",
	"list-bounces+user=example.com@example.org", "-+", "user@example.com"},
    {"# as delimiter", "bounce#user=example.com@example.org", "#",
	"user@example.com"},
    {"no delimiter means the default", "b+user=example.com@example.org", "",
	"user@example.com"},
    {"only + asked for", "list-return-1-user=example.com@example.org", "+",
	NULL},
    /* wrapped */
    {"BATV", "prvs=0123abcdef=bounces+user=example.com@example.org", NULL,
	"user@example.com"},
    {"BATV with the tag behind",
	"prvs=bounces+user=example.com=0123abcdef@example.org", NULL,
	"user@example.com"},
    {"SRS0", "SRS0=abcd=XY=example.org=bounces+user=example.com@fwd.example",
	NULL, "user@example.com"},
    {"SRS of BATV of VERP",
	"SRS0+abcd=XY=example.org=prvs=0123abcdef=bounces+user=example.com@"
	"fwd.example",
	NULL, "user@example.com"},
    {"BATV of SRS of VERP",
	"prvs=0123abcdef=SRS0=abcd=XY=example.org=l-return-1-user=example.com@"
	"fwd.example",
	NULL, "user@example.com"},
    {"SRS alone is no VERP", "SRS0=abcd=XY=example.org=user@fwd.example", NULL,
	NULL},
    {"BATV alone is no VERP", "prvs=0123abcdef=user@example.org", NULL, NULL},
};

START_TEST(test_decode)
{
	char *got = verp_decode(rows[_i].in, rows[_i].delimiters);

	assert_string(rows[_i].name, got, rows[_i].want);
	g_free(got);
}
END_TEST

static const struct {
	const char *name;
	const char *in;
	const char *want;
} wraps[] = {
    {"nothing", "", ""},
    {"no wrapping", "user@example.org", "user@example.org"},
    {"BATV", "prvs=0123abcdef=user@example.org", "user@example.org"},
    {"BATV in capitals", "PRVS=0123ABCDEF=User@example.org",
	"User@example.org"},
    {"BATV with the tag behind", "prvs=user=0123abcdef@example.org",
	"user@example.org"},
    {"BATV of the first draft", "prvs=user/0123abcdef@example.org",
	"user@example.org"},
    {"BATV with an = in the local part",
	"prvs=0123abcdef=b+user=example.com@example.org",
	"b+user=example.com@example.org"},
    {"BATV with a shorter tag", "prvs=1234abc=user@example.org",
	"user@example.org"},
    {"BATV without a tag", "prvs=user@example.org", "prvs=user@example.org"},
    {"BATV with a word for a tag", "prvs=joe=user@example.org",
	"prvs=joe=user@example.org"},
    {"BATV without a domain", "prvs=0123abcdef=user", "prvs=0123abcdef=user"},
    {"BATV and nothing", "prvs=", "prvs="},
    {"Barracuda", "btv1==0123abcdef==user@example.org", "user@example.org"},
    {"half of Barracuda", "btv1==0123abcdef=user@example.org",
	"btv1==0123abcdef=user@example.org"},
    {"SparkPost", "msprvs1=17900abCdEfG=bounces-1@example.org",
	"bounces-1@example.org"},
    {"SRS0", "SRS0=abcd=XY=example.com=user@fwd.example", "user@example.com"},
    {"SRS0 in lower case", "srs0=abcd=xy=example.com=user@fwd.example",
	"user@example.com"},
    {"SRS0 with +", "SRS0+abcd=XY=example.com=user@fwd.example",
	"user@example.com"},
    {"SRS0 with -", "SRS0-abcd=XY=example.com=user@fwd.example",
	"user@example.com"},
    {"SRS0 with + throughout", "SRS0+abcd+XY+example.com+user@fwd.example",
	"user@example.com"},
    {"SRS0 of a user with =", "SRS0=abcd=XY=example.com=a=b@fwd.example",
	"a=b@example.com"},
    {"SRS0 of a domain with hyphens",
	"SRS0=abcd=XY=my-host.example=user@fwd.example",
	"user@my-host.example"},
    {"SRS0 with a piece missing", "SRS0=abcd=example.com=user@fwd.example",
	"SRS0=abcd=example.com=user@fwd.example"},
    {"SRS0 without a local part", "SRS0=abcd=XY=example.com=@fwd.example",
	"SRS0=abcd=XY=example.com=@fwd.example"},
    {"SRS1", "SRS1=wxyz=fwd.example==abcd=XY=example.com=user@fwd2.example",
	"user@example.com"},
    {"SRS1 of SRS0 with +",
	"SRS1=wxyz=fwd.example=+abcd=XY=example.com=user@fwd2.example",
	"user@example.com"},
    {"SRS1 of SRS0 with -",
	"SRS1+wxyz=fwd.example=-abcd=XY=example.com=user@fwd2.example",
	"user@example.com"},
    {"SRS1 without SRS0", "SRS1=wxyz=fwd.example=user@fwd2.example",
	"SRS1=wxyz=fwd.example=user@fwd2.example"},
    {"SRS2 is none", "SRS2=abcd=XY=example.com=user@fwd.example",
	"SRS2=abcd=XY=example.com=user@fwd.example"},
    {"a user called srs", "srs@example.org", "srs@example.org"},
    {"SRS and nothing", "SRS", "SRS"},
    {"SRS0 and nothing", "SRS0", "SRS0"},
    {"SRS0= and nothing", "SRS0=", "SRS0="},
    {"SRS1= and nothing", "SRS1=", "SRS1="},
    {"SRS1 that ends early", "SRS1=a=b=", "SRS1=a=b="},
    {"layers", "SRS0=abcd=XY=example.com=prvs=0123abcdef=user@fwd.example",
	"user@example.com"},
    {"no more layers than five",
	"prvs=0123abcdef=prvs=0123abcdef=prvs=0123abcdef=prvs=0123abcdef="
	"prvs=0123abcdef=prvs=0123abcdef=user@example.org",
	"prvs=0123abcdef=user@example.org"},
};

START_TEST(test_unwrap)
{
	/* Not one byte behind the NUL may be read. */
	char *copy = exact(wraps[_i].in, strlen(wraps[_i].in) + 1);
	char *got = verp_unwrap(copy);

	assert_string(wraps[_i].name, got, wraps[_i].want);
	g_free(got);
	free(copy);
}
END_TEST

START_TEST(test_longer_than_any_address_is_none)
{
	char *user = g_strnfill(MAX_ADDRESS, 'a');
	char *in = g_strconcat("b+", user, "=example.com@example.org", NULL);

	ck_assert_ptr_null(verp_decode(in, NULL));
	g_free(in);
	g_free(user);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(t, test_decode, 0, ROWS(rows));
	tcase_add_loop_test(t, test_unwrap, 0, ROWS(wraps));
	tcase_add_test(t, test_longer_than_any_address_is_none);
}

int
main(void)
{
	return run_tests("verp", add_tests);
}
