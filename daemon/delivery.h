/* delivery.h: one mail on its way from new/ to cur/. */
#ifndef BOUNCED_DAEMON_DELIVERY_H
#define BOUNCED_DAEMON_DELIVERY_H

#include "daemon/maildir.h"
#include "worker/pool.h"

struct delivery {
	struct maildir *maildir; /* a reference */
	char *name;              /* in new/ */
	struct file_id id;
	struct job_result result; /* when a worker is done with it */
	bool recorded;            /* committed, and not known before */
};

/* NAME is copied, MAILDIR referenced. */
struct delivery *delivery_new(struct maildir *, const char *name);
void delivery_free(struct delivery *); /* NULL is fine */

#endif
