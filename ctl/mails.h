/* mails.h: every mail below what a user named, one open file after the
 * other, whether it is a file of its own or a part of an mbox. A file whose
 * name ends in ".eml" is one mail, also when it begins with a From_ line.
 */
#ifndef BOUNCED_CTL_MAILS_H
#define BOUNCED_CTL_MAILS_H

#include "ctl/walk.h"

struct mails;

struct mail {
	int fd;     /* the caller closes it; position 0 */
	char *name; /* without folder; "archive.mbox:1234" (the byte at which
		     * it begins) in an mbox; g_free() */
	int64_t received;
	bool guessed; /* the time is that of a file which may be a copy */
};

/* PATHS is NULL-terminated and not copied; at most MAX_READ bytes of a mail
 * in an mbox can be read from its fd (its size is right all the same). */
struct mails *mails_open(
    char **paths, size_t max_read, walk_problem *, void *context);
void mails_close(struct mails *);

/* False at the end. */
bool mails_next(struct mails *, struct mail *);

/* How much of all is done, and how much there is, in units that take about
 * the same time. The total walks over all directories. */
uint64_t mails_done(const struct mails *);
uint64_t mails_total(char **paths);

/* Files that were passed over: links, and what is no mail in a directory
 * that is no Maildir. */
uint64_t mails_skipped(const struct mails *);

#endif
