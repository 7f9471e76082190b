/* mail.h: one mail on its way from new/ to cur/. */
#ifndef BOUNCED_DAEMON_MAIL_H
#define BOUNCED_DAEMON_MAIL_H

#include "daemon/maildir.h"
#include "worker/pool.h"

struct mail {
	struct maildir *maildir; /* a reference */
	char *name;              /* in new/ */
	struct file_id id;
	struct job_result result; /* when a worker is done with it */
	bool recorded;            /* committed, and not known before */
};

/* NAME is copied, MAILDIR referenced. */
struct mail *mail_new(struct maildir *, const char *name);
void mail_free(struct mail *); /* NULL is fine */

#endif
