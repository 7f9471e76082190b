/* bench_store.c: rows a second of the store alone, durable.
 *
 *   make bench-programs
 *   build/bench/bench_store [-d DIRECTORY] [-n ROWS] [-b BATCH] [-s DAYS]
 *
 * DIRECTORY is /tmp, ROWS 100,000, BATCH 100, DAYS (that the bounces are
 * spread over) 90; BENCH_KEEP=1 keeps the database.
 *
 * Settles ROWS one-recipient bounces in batches of BATCH into a new database
 * and prints the rate, the longest commit, the size, and how long the
 * questions of `dead`, `show`, `status` and `report` take on it. Addresses,
 * domains and classes are drawn with a fixed seed, skewed as real ones are.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

#define TEXT_MAX 256

/* What one mail needs; filled again and again. */
struct slot {
	struct report report;
	struct recipient recipient;
	char address[TEXT_MAX], original[TEXT_MAX], verp[TEXT_MAX];
	char diagnostic[2 * TEXT_MAX], remote[TEXT_MAX], message_id[TEXT_MAX];
	char file[TEXT_MAX];
};

struct bench {
	const char *directory;
	uint64_t rows, addresses;
	size_t batch;
	int64_t days;
	uint64_t random;
	struct slot *slots;
	struct settlement *mails;
};

static double
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* xorshift: the same numbers everywhere. */
static uint64_t
draw(struct bench *b, uint64_t below)
{
	b->random ^= b->random << 13;
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return b->random % below;
}

/* Half of all mail is at five domains, the rest is spread out. */
static void
write_domain(uint64_t address, char text[static 64])
{
	uint64_t h = address * 2654435761u % 1000;

	if (h < 500)
		snprintf(text, 64, "big%u.example.com", (unsigned)(h % 5));
	else
		snprintf(text, 64, "d%u.example.net",
		    (unsigned)(address * 40503u % 200000));
}

static enum bounce_class
draw_class(struct bench *b, uint64_t address)
{
	static const enum bounce_class soft[] = {CLASS_QUOTA_EXCEEDED,
	    CLASS_RATE_LIMITED, CLASS_BLACKLISTED, CLASS_SPAM,
	    CLASS_UNREACHABLE, CLASS_AUTHENTICATION_FAILED, CLASS_POLICY,
	    CLASS_MAILBOX_DISABLED};

	/* An address that is dead stays dead. */
	if (address * 2246822519u % 100 < 35)
		return CLASS_USER_UNKNOWN;
	return soft[draw(b, sizeof(soft) / sizeof(*soft))];
}

static void
fill(struct bench *b, size_t i, uint64_t serial, int64_t start)
{
	struct slot *s = &b->slots[i];
	struct settlement *m = &b->mails[i];
	struct recipient *r = &s->recipient;
	uint64_t address = draw(b, b->addresses);
	char domain[64];

	write_domain(address, domain);
	snprintf(
	    s->address, TEXT_MAX, "user.name.%u@%s", (unsigned)address, domain);
	snprintf(s->original, TEXT_MAX, "%s", s->address);
	snprintf(s->verp, TEXT_MAX,
	    "news-bounces+user.name.%u=%s@lists.example.org", (unsigned)address,
	    domain);
	snprintf(
	    s->remote, TEXT_MAX, "mx%u.%s", (unsigned)(address % 4), domain);
	snprintf(s->message_id, TEXT_MAX, "%u.%u@lists.example.org",
	    (unsigned)serial, (unsigned)address);
	snprintf(s->file, TEXT_MAX, "1700000000.M%uP1234.mail.example.org",
	    (unsigned)serial);
	r->class = draw_class(b, address);
	snprintf(s->diagnostic, sizeof(s->diagnostic),
	    "smtp; 550 5.1.1 <%s>: Recipient address rejected: %s in "
	    "virtual mailbox table (in reply to RCPT TO command)",
	    s->address, class_name(r->class));
	r->address = s->address;
	r->original_recipient = s->original;
	r->subscriber = s->address;
	r->action = ACTION_FAILED;
	r->status = (struct enhanced){5, 1, 1};
	r->code = 550;
	r->diagnostic = s->diagnostic;
	r->remote_mta = s->remote;
	r->hard = recipient_is_hard(r);
	r->basis = BASIS_TEXT;
	r->rule = (char *)"rules.conf:120";
	s->report = (struct report){.kind = KIND_BOUNCE,
	    .dialect = (char *)"rfc3464",
	    .reporting_mta = (char *)"mail.example.org",
	    .message_id = s->message_id,
	    .list_id = (char *)"news.lists.example.org",
	    .from = (char *)"news@lists.example.org",
	    .subject = (char *)"News of the week, with all that happened",
	    .envelope_recipient = s->verp,
	    .recipients = r,
	    .n_recipients = 1};
	/* Time goes by as rows are added. */
	m->received = start + (int64_t)((double)serial / (double)b->rows *
					(double)b->days * 86400.0);
	s->report.date = m->received - 60;
	memset(m->digest, 0, sizeof(m->digest));
	for (size_t k = 0; k < sizeof(m->digest); k += 8) {
		uint64_t word = draw(b, UINT64_MAX);

		memcpy(m->digest + k, &word, sizeof(word));
	}
	m->file = s->file;
	m->size = 4400;
	m->report = &s->report;
}

static void
check(enum store_result r, struct store *s, const char *what)
{
	if (r != STORE_OK)
		errx(1, "%s: %s", what, store_error(s));
}

static void
insert_all(struct bench *b, struct store *s)
{
	int64_t start = (int64_t)time(NULL) - b->days * 86400;
	double began = now_seconds(), inside = 0, longest = 0, mark = began;
	uint64_t done = 0, step = b->rows / 10 > 0 ? b->rows / 10 : 1;

	while (done < b->rows) {
		size_t n = 0;
		double t;

		while (n < b->batch && done + n < b->rows) {
			fill(b, n, done + n, start);
			n++;
		}
		t = now_seconds();
		check(store_settle(s, b->mails, n), s, "settle");
		t = now_seconds() - t;
		inside += t;
		longest = t > longest ? t : longest;
		if (done / step != (done + n) / step) {
			printf("  after %9llu rows: last tenth %6.0f rows/s\n",
			    (unsigned long long)(done + n),
			    (double)step / (now_seconds() - mark));
			mark = now_seconds();
		}
		done += n;
	}
	printf("batch %zu: %.0f rows/s, longest settle %.0f ms\n", b->batch,
	    (double)b->rows / inside, longest * 1e3);
}

struct counter {
	uint64_t rows;
};

static bool
count_bounce(const struct bounce_row *row, void *context)
{
	(void)row;
	((struct counter *)context)->rows++;
	return true;
}

static bool
count_dead(const struct dead_row *row, void *context)
{
	(void)row;
	((struct counter *)context)->rows++;
	return true;
}

static bool
count_tally(const struct tally_row *row, void *context)
{
	(void)row;
	((struct counter *)context)->rows++;
	return true;
}

static void
say(const char *what, double began, uint64_t rows)
{
	printf("  %-34s %8.1f ms  %llu rows\n", what,
	    (now_seconds() - began) * 1e3, (unsigned long long)rows);
}

static void
ask(struct bench *b, struct store *s)
{
	static const char *const names[] = {[TALLY_CLASS] = "class",
	    [TALLY_DOMAIN] = "domain",
	    [TALLY_DAY] = "day",
	    [TALLY_LIST] = "list",
	    [TALLY_SENDER] = "sender"};
	struct bounce_filter by_address = {.newest_first = true};
	struct bounce_filter by_class = {
	    .class = "quota-exceeded", .newest_first = true, .limit = 50};
	struct store_summary sum;
	struct counter c = {0};
	char address[TEXT_MAX], domain[64], label[64];
	int64_t today = (int64_t)time(NULL);
	double t = now_seconds();

	check(store_summary(s, &sum), s, "summary");
	say("status", t, sum.bounces);
	printf("  %llu dead, %.0f MB\n", (unsigned long long)sum.dead,
	    (double)sum.bytes / 1e6);
	write_domain(b->addresses / 2, domain);
	snprintf(address, sizeof(address), "user.name.%u@%s",
	    (unsigned)(b->addresses / 2), domain);
	by_address.address = address;
	t = now_seconds();
	check(store_bounces(s, &by_address, count_bounce, &c), s, "show");
	say("show ADDRESS", t, c.rows);
	c.rows = 0;
	t = now_seconds();
	check(store_bounces(s, &by_class, count_bounce, &c), s, "list");
	say("list --class, newest 50", t, c.rows);
	c.rows = 0;
	t = now_seconds();
	check(store_dead(s, NULL, count_dead, &c), s, "dead");
	say("dead", t, c.rows);
	for (enum tally i = TALLY_CLASS; i <= TALLY_SENDER; i++) {
		c.rows = 0;
		t = now_seconds();
		check(store_tally(s, i, 0, 0, 20, count_tally, &c), s, "tally");
		snprintf(label, sizeof(label), "by %s, all times", names[i]);
		say(label, t, c.rows);
		c.rows = 0;
		t = now_seconds();
		check(store_tally(
			  s, i, today - 7 * 86400, today, 20, count_tally, &c),
		    s, "tally");
		snprintf(label, sizeof(label), "by %s, seven days", names[i]);
		say(label, t, c.rows);
	}
}

static void
run(struct bench *b)
{
	char path[4096];
	struct store *s;
	char *error;
	struct rusage usage;
	double t;

	snprintf(path, sizeof(path), "%s/bench-%ld.db", b->directory,
	    (long)getpid());
	if (store_open(path, STORE_WRITE, &s, &error) != STORE_OK)
		errx(1, "%s", error);
	insert_all(b, s);
	t = now_seconds();
	check(store_checkpoint(s), s, "checkpoint");
	say("checkpoint", t, 0);
	getrusage(RUSAGE_SELF, &usage);
	printf("  peak memory %ld kB\n", usage.ru_maxrss);
	store_close(s);
	if (store_open(path, STORE_READ, &s, &error) != STORE_OK)
		errx(1, "%s", error);
	ask(b, s);
	store_close(s);
	if (getenv("BENCH_KEEP") != NULL) {
		printf("  kept %s\n", path);
		return;
	}
	for (const char *const *x =
		 (const char *const[]){"", "-wal", "-shm", "-lock", NULL};
	     *x != NULL; x++) {
		char name[4200];

		snprintf(name, sizeof(name), "%s%s", path, *x);
		unlink(name);
	}
}

int
main(int argc, char **argv)
{
	struct bench b = {.directory = "/tmp",
	    .rows = 100000,
	    .batch = 100,
	    .days = 90,
	    .random = 88172645463325252u};
	int option;

	while ((option = getopt(argc, argv, "d:n:b:s:")) != -1) {
		switch (option) {
		case 'd':
			b.directory = optarg;
			break;
		case 'n':
			b.rows = strtoull(optarg, NULL, 10);
			break;
		case 'b':
			b.batch = strtoull(optarg, NULL, 10);
			break;
		case 's':
			b.days = strtoll(optarg, NULL, 10);
			break;
		default:
			errx(64, "usage: bench_store [-d DIRECTORY] [-n ROWS] "
				 "[-b BATCH] [-s SPREAD-DAYS]");
		}
	}
	if (b.rows == 0 || b.batch == 0 || b.days <= 0)
		errx(64, "rows, batch and days are numbers above 0");
	b.addresses = b.rows / 4 + 1;
	b.slots = calloc(b.batch, sizeof(*b.slots));
	b.mails = calloc(b.batch, sizeof(*b.mails));
	if (b.slots == NULL || b.mails == NULL)
		err(71, "no memory");
	run(&b);
	free(b.slots);
	free(b.mails);
	return 0;
}
