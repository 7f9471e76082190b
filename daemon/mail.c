/* mail.c: see mail.h. */
#include "daemon/mail.h"

#include <glib.h>

struct mail *
mail_new(struct maildir *m, const char *name)
{
	struct mail *mail = g_new0(struct mail, 1);

	mail->maildir = maildir_ref(m);
	mail->name = g_strdup(name);
	return mail;
}

void
mail_free(struct mail *mail)
{
	if (mail == NULL)
		return;
	maildir_unref(mail->maildir);
	report_free(mail->result.report);
	g_free(mail->name);
	g_free(mail);
}
