/* intake.c: passes over new/. */
#include "daemon/intake.h"

#include "daemon/hold.h"
#include "util/log.h"

#include <errno.h>
#include <glib.h>

#define LISTING_MAX 4000   /* names at a time: flat memory, one short sort */
#define LOOKS_PER_CALL 200 /* names looked at before the loop turns */
#define MAX_PAUSE_MS 1000  /* between passes that find nothing to do */
#define PAUSE_FACTOR 20    /* of the time that such a pass took */
#define BUSY_PAUSE_MS 250  /* for a mail that is being written */
#define ODD_PAUSE_MS 60000 /* for what will not change by itself */

struct intake {
	struct maildir *maildir; /* NULL: none at present */
	GHashTable *busy;        /* set of struct delivery by name */
	struct hold *hold;
	struct listing listing;
	size_t next; /* in listing */
	bool passing, last_piece;
	int64_t began;  /* of the present pass, ms */
	int64_t due;    /* of the next pass; INT64_MAX: none asked for */
	int64_t rested; /* no pass before */
	bool fruitful;  /* the present pass found a mail to read */
};

struct intake *
intake_new(void)
{
	struct intake *in = g_new0(struct intake, 1);

	in->busy = g_hash_table_new(g_str_hash, g_str_equal);
	in->hold = hold_new();
	in->due = INT64_MAX;
	return in;
}

static void
forget_busy(gpointer name, gpointer mail, gpointer context)
{
	(void)name;
	(void)context;
	delivery_free(mail);
}

void
intake_free(struct intake *in)
{
	if (in == NULL)
		return;
	g_hash_table_foreach(in->busy, forget_busy, NULL);
	g_hash_table_destroy(in->busy);
	hold_free(in->hold);
	listing_clear(&in->listing);
	maildir_unref(in->maildir);
	g_free(in);
}

void
intake_use(struct intake *in, struct maildir *m)
{
	listing_clear(&in->listing);
	in->next = 0;
	in->passing = false;
	maildir_unref(in->maildir);
	in->maildir = m == NULL ? NULL : maildir_ref(m);
}

void
intake_wake(struct intake *in, int64_t now)
{
	in->due = MIN(in->due, MAX(now, in->rested));
}

void
intake_release(struct intake *in, const char *name)
{
	hold_release(in->hold, name);
}

int64_t
intake_due(const struct intake *in, int64_t now)
{
	if (in->maildir == NULL)
		return INT64_MAX;
	if (in->passing)
		return now;
	return MIN(in->due, MAX(hold_next(in->hold), in->rested));
}

static void
begin_pass(struct intake *in, int64_t now)
{
	in->passing = true;
	in->last_piece = false;
	in->fruitful = false;
	in->began = now;
	in->due = INT64_MAX;
	hold_begin_pass(in->hold);
}

/* A new/ full of mails that we cannot take must not cost a listing for each
 * event: the slower a fruitless pass, the longer the rest. */
static void
end_pass(struct intake *in, int64_t now)
{
	int64_t took = MAX(now - in->began, 0);

	in->passing = false;
	hold_end_pass(in->hold);
	in->rested =
	    in->fruitful ? now : now + MIN(took * PAUSE_FACTOR, MAX_PAUSE_MS);
	if (in->due != INT64_MAX)
		in->due = MAX(in->due, in->rested);
}

static const char *
reason(enum mail_opened opened)
{
	switch (opened) {
	case MAIL_BUSY:
		return "is being written";
	case MAIL_ODD:
		return "is no regular file";
	default:
		return g_strerror(errno);
	}
}

/* MAIL could not be opened; it stays where it is. */
static void
leave(
    struct intake *in, struct delivery *mail, enum mail_opened why, int64_t now)
{
	int64_t pause = why == MAIL_BUSY ? BUSY_PAUSE_MS : ODD_PAUSE_MS;
	const char *text = reason(why);

	if (why != MAIL_GONE && hold_put(in->hold, mail->name, now, pause) &&
	    why != MAIL_BUSY)
		log_warnx("%s/new/%s is left alone: %s",
		    maildir_path(in->maildir), mail->name, text);
	delivery_free(mail);
}

/* One name: true when *mail is to be returned with *result. */
static bool
look_at(struct intake *in, const char *name, int64_t now,
    struct delivery **mail, int *fd, enum intake_result *result)
{
	enum mail_opened opened;

	if (g_hash_table_contains(in->busy, name) ||
	    hold_has(in->hold, name, now))
		return false;
	*mail = delivery_new(in->maildir, name);
	opened = maildir_open_mail(in->maildir, name, fd, &(*mail)->id);
	switch (opened) {
	case MAIL_OPENED:
		g_hash_table_insert(in->busy, (*mail)->name, *mail);
		in->fruitful = true;
		*result = INTAKE_MAIL;
		return true;
	case MAIL_NO_ROOM:
		delivery_free(*mail);
		in->next--; /* this one again */
		*result = INTAKE_NO_ROOM;
		return true;
	default:
		leave(in, *mail, opened, now);
		return false;
	}
}

/* The next piece of the listing; false and errno on an error. */
static bool
list_more(struct intake *in)
{
	bool ok;
	int saved;

	listing_clear(&in->listing);
	in->next = 0;
	ok = maildir_list(
	    in->maildir, LISTING_MAX, &in->listing, &in->last_piece);
	saved = errno;
	if (!ok)
		in->passing = false;
	errno = saved;
	return ok;
}

enum intake_result
intake_next(struct intake *in, int64_t now, struct delivery **mail, int *fd)
{
	enum intake_result result;

	if (in->maildir == NULL)
		return INTAKE_DONE;
	if (!in->passing)
		begin_pass(in, now);
	for (int looks = 0; looks < LOOKS_PER_CALL; looks++) {
		if (in->next == in->listing.n) {
			if (in->last_piece) {
				end_pass(in, now);
				return INTAKE_DONE;
			}
			if (!list_more(in))
				return errno == EMFILE || errno == ENFILE
					   ? INTAKE_NO_ROOM
					   : INTAKE_ERROR;
			continue;
		}
		if (look_at(in, in->listing.names[in->next++], now, mail, fd,
			&result))
			return result;
	}
	return INTAKE_MORE;
}

void
intake_settled(struct intake *in, struct delivery *mail)
{
	g_hash_table_remove(in->busy, mail->name);
	delivery_free(mail);
}

bool
intake_hold(
    struct intake *in, struct delivery *mail, int64_t now, int64_t pause_ms)
{
	bool first = hold_put(in->hold, mail->name, now, pause_ms);

	intake_settled(in, mail);
	return first;
}

size_t
intake_busy(const struct intake *in)
{
	return g_hash_table_size(in->busy);
}

size_t
intake_held(const struct intake *in)
{
	return hold_count(in->hold);
}
