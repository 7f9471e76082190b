/* postfix_smtpd.c: "Postfix SMTP server: errors from HOST", the transcript of
 * an incoming session that notify_classes sends to the postmaster. Nothing was
 * returned: after a 4yz the client tries again.
 */
#include "parser/formats.h"
#include "parser/general.h"
#include "parser/reply.h"

bool
postfix_smtpd_read(const struct letter *l, struct found_list *out)
{
	if (!general_read(l, out))
		return false;
	for (size_t i = 0; i < out->count; i++) {
		struct found *f = &out->list[i];
		struct reply r = reply_read(
		    f->diagnostic != NULL ? f->diagnostic->str : NULL);

		f->action = r.code / 100 == 5 ? ACTION_FAILED : ACTION_DELAYED;
	}
	return true;
}
