/* delivery.c: see delivery.h. */
#include "daemon/delivery.h"

#include <glib.h>

struct delivery *
delivery_new(struct maildir *m, const char *name)
{
	struct delivery *mail = g_new0(struct delivery, 1);

	mail->maildir = maildir_ref(m);
	mail->name = g_strdup(name);
	return mail;
}

void
delivery_free(struct delivery *mail)
{
	if (mail == NULL)
		return;
	maildir_unref(mail->maildir);
	report_free(mail->result.report);
	g_free(mail->name);
	g_free(mail);
}
