/* mails.c: opens mails. */
#include "ctl/mails.h"
#include "ctl/mailfile.h"
#include "ctl/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a file that is no member of a Maildir which count as one unit of
 * progress: about a bounce. */
#define UNIT 8192
#define HEAD 1024

struct mails {
	struct walk *walk;
	size_t max_read;
	walk_problem *problem;
	void *context;
	/* the mbox that is being read */
	struct mbox *mbox;
	char *mbox_path;
	int64_t mbox_time;
	uint64_t done, skipped;
};

static uint64_t
units_of(const struct walk_file *file, uint64_t size)
{
	return file->is_member ? 1 : size / UNIT + 1;
}

struct mails *
mails_open(char **paths, size_t max_read, walk_problem *problem, void *context)
{
	struct mails *m = g_new0(struct mails, 1);

	m->walk = walk_open(paths, problem, context);
	m->max_read = max_read;
	m->problem = problem;
	m->context = context;
	return m;
}

static void
end_mbox(struct mails *m)
{
	if (m->mbox == NULL)
		return;
	if (mbox_errno(m->mbox) != 0)
		m->problem(
		    m->mbox_path, g_strerror(mbox_errno(m->mbox)), m->context);
	m->done += mbox_position(m->mbox) / UNIT + 1;
	mbox_close(m->mbox);
	m->mbox = NULL;
	g_free(m->mbox_path);
	m->mbox_path = NULL;
}

void
mails_close(struct mails *m)
{
	if (m == NULL)
		return;
	end_mbox(m);
	walk_close(m->walk);
	g_free(m);
}

/* The next mail of the mbox that is open. */
static bool
next_in_mbox(struct mails *m, struct mail *mail)
{
	struct mbox_mail found;
	char *base;

	if (m->mbox == NULL || !mbox_next(m->mbox, &found)) {
		end_mbox(m);
		return false;
	}
	mail->fd = mailfile_in_memory(found.bytes, found.length, found.size);
	if (mail->fd < 0) {
		m->problem(m->mbox_path, g_strerror(errno), m->context);
		end_mbox(m);
		return false;
	}
	base = g_path_get_basename(m->mbox_path);
	mail->name =
	    g_strdup_printf("%s:%" G_GUINT64_FORMAT, base, found.offset);
	g_free(base);
	mail->guessed = found.received == 0;
	mail->received = mail->guessed ? m->mbox_time : found.received;
	return true;
}

/* A file that vanished from a Maildir was moved by a mail reader: normal. */
static int
open_file(struct mails *m, const struct walk_file *file, struct stat *st)
{
	int follow = file->is_named ? 0 : O_NOFOLLOW;
	int fd = open(
	    file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | follow);

	if (fd < 0 || fstat(fd, st) < 0) {
		if (errno != ENOENT || file->is_named)
			m->problem(file->path, g_strerror(errno), m->context);
	} else if (!S_ISREG(st->st_mode)) {
		m->skipped++;
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

enum content { CONTENT_MAIL, CONTENT_MBOX, CONTENT_NOTHING };

static enum content
look_into(const struct walk_file *file, int fd)
{
	char head[HEAD];
	ssize_t n;

	/* A mail that was saved with its From_ line may return another one
	 * with its own. */
	if (file->is_member || g_str_has_suffix(file->path, ".eml"))
		return CONTENT_MAIL;
	n = pread(fd, head, sizeof(head), 0);
	if (n > 0 && mbox_looks_like(head, (size_t)n))
		return CONTENT_MBOX;
	return mailfile_look(fd) == LOOKS_LIKE_MAIL ? CONTENT_MAIL
						    : CONTENT_NOTHING;
}

/* Names in a Maildir begin with the time of delivery ("1793889020.M1P2.mx"),
 * which a copy of the file keeps and its mtime need not. */
static void
set_received(struct mail *mail, const struct walk_file *file, int64_t mtime)
{
	size_t digits = strspn(mail->name, "0123456789");
	int64_t named = 0;

	if (file->is_member && digits >= 9 && digits <= 11 &&
	    mail->name[digits] == '.')
		named = g_ascii_strtoll(mail->name, NULL, 10);
	mail->guessed = !file->is_member;
	mail->received = named > 0 && named < mtime ? named : mtime;
}

/* True: FILE is one mail. */
static bool
take_file(struct mails *m, const struct walk_file *file, struct mail *mail)
{
	struct stat st;
	int fd = open_file(m, file, &st);

	if (fd < 0)
		return false;
	switch (look_into(file, fd)) {
	case CONTENT_MAIL:
		m->done += units_of(file, (uint64_t)st.st_size);
		mail->fd = fd;
		mail->name = g_path_get_basename(file->path);
		set_received(mail, file, st.st_mtime);
		return true;
	case CONTENT_MBOX:
		m->mbox = mbox_open(fd, m->max_read);
		m->mbox_path = g_strdup(file->path);
		m->mbox_time = st.st_mtime;
		return false;
	case CONTENT_NOTHING:
		break;
	}
	close(fd);
	m->done += units_of(file, (uint64_t)st.st_size);
	if (file->is_named)
		m->problem(
		    file->path, "is neither a mail nor an mbox", m->context);
	else
		m->skipped++;
	return false;
}

bool
mails_next(struct mails *m, struct mail *mail)
{
	struct walk_file file;

	for (;;) {
		if (next_in_mbox(m, mail))
			return true;
		if (!walk_next(m->walk, &file))
			return false;
		if (take_file(m, &file, mail))
			return true;
	}
}

uint64_t
mails_done(const struct mails *m)
{
	return m->done + (m->mbox != NULL ? mbox_position(m->mbox) / UNIT : 0);
}

static void
no_problem(const char *path, const char *why, void *context)
{
	(void)path;
	(void)why;
	(void)context;
}

uint64_t
mails_total(char **paths)
{
	struct walk *walk = walk_open(paths, no_problem, NULL);
	struct walk_file file;
	uint64_t total = 0;

	while (walk_next(walk, &file)) {
		struct stat st = {0};

		if (!file.is_member && stat(file.path, &st) < 0)
			continue;
		total += units_of(&file, (uint64_t)st.st_size);
	}
	walk_close(walk);
	return total;
}

uint64_t
mails_skipped(const struct mails *m)
{
	return m->skipped + walk_skipped(m->walk);
}
