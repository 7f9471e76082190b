/* mbox.h: takes an mbox apart, as a stream: memory does not grow with the
 * file, nor with the longest mail or line in it.
 *
 * A mail begins at a line "From ... hh:mm ..." that is the first or follows
 * an empty one. The quoting of mboxrd is undone: one > is taken from lines
 * that begin with any number of > and "From ". The empty line before the
 * next From_ line (or the end) belongs to the mbox, not to the mail.
 */
#ifndef BOUNCED_CTL_MBOX_H
#define BOUNCED_CTL_MBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mbox;

/* One mail. BYTES are the first ones, good until the next call. */
struct mbox_mail {
	const void *bytes;
	size_t length;    /* at most max_keep */
	uint64_t size;    /* of the whole mail, without From_ line */
	uint64_t offset;  /* of its From_ line in the file */
	int64_t received; /* the date of the From_ line; 0: none there */
};

/* True when the first bytes of a file are those of an mbox. */
bool mbox_looks_like(const char *bytes, size_t length);

/* Reads from FD, which the mbox closes at the end, at its present position.
 */
struct mbox *mbox_open(int fd, size_t max_keep);
void mbox_close(struct mbox *);

/* False at the end of the file, or when reading failed: mbox_errno. */
bool mbox_next(struct mbox *, struct mbox_mail *);

/* Bytes read so far; what read() failed with, or 0. */
uint64_t mbox_position(const struct mbox *);
int mbox_errno(const struct mbox *);

#endif
