/* formats.c: which software wrote this text. First match wins, so rows with
 * more clues stand before rows with fewer. */
#include "parser/formats.h"

#include <string.h>

static const struct format formats[] = {
    /* JSON in a mail: Amazon's notification service */
    {.name = "amazon-ses",
	.phrase = {"notificationType", "complainedRecipients"},
	.decode = notification_read,
	.sure = true,
	.kind = KIND_FEEDBACK},
    {.name = "amazon-ses",
	.phrase = {"notificationType", "bouncedRecipients"},
	.decode = notification_read,
	.sure = true},
    {.name = "amazon-ses",
	.phrase = {"notificationType", "smtpResponse"},
	.decode = notification_read,
	.sure = true},
    {.name = "postfix-smtpd",
	.subject = "Postfix SMTP server: errors from",
	.decode = postfix_smtpd_read},
    {.name = "fml", .phrase = {"Duplicated Message-ID in <"}},
    {.name = "postfix", .phrase = {"This is the Postfix"}},
    {.name = "postfix", .phrase = {"This is the mail system at host"}},
    {.name = "sendmail",
	.phrase = {"----- Transcript of session follows -----"},
	.decode = sendmail_read},
    {.name = "sendmail",
	.phrase = {"----- The following addresses had "},
	.decode = sendmail_read},
    {.name = "sendmail",
	.phrase = {"----- Transcript of the session follows -----"},
	.decode = sendmail_read},
    {.name = "qmail", .phrase = {"This is the qmail-send program"}},
    {.name = "exim",
	.phrase = {"message was created automatically by mail delivery"}},
    {.name = "exim",
	.header = "X-Failed-Recipients",
	.value = "",
	.phrase = {"could not be delivered"}},
    {.name = "google", .from = "mailer-daemon@googlemail.com"},
    {.name = "google",
	.phrase = {"Delivery to the following recipient", "----- "}},
    {.name = "google-groups",
	.phrase = {"Google Groups"},
	.header = "X-Failed-Recipients",
	.value = ""},
    {.name = "yahoo",
	.from = "MAILER-DAEMON@",
	.subject = "Failure Notice",
	.phrase = {"we were unable to deliver your message to the following"}},
    {.name = "yahoo", .from = "yahoo", .phrase = {"Unable to deliver message"}},
    {.name = "exchange", .phrase = {"did not reach the following recipient"}},
    {.name = "exchange", .phrase = {"Generating server:"}},
    {.name = "exchange", .phrase = {"Delivery has failed to these recipients"}},
    {.name = "opensmtpd",
	.phrase = {"This is the MAILER-DAEMON, please DO NOT REPLY"}},
    {.name = "dma", .phrase = {"This is the DragonFly Mail Agent"}},
    {.name = "courier",
	.phrase = {"This is a delivery status notification from"}},
    {.name = "mdaemon", .from = "MDaemon"},
    {.name = "imail", .header = "X-Mailer", .value = "<SMTP32"},
    {.name = "domino", .phrase = {"was not delivered to:", "because:"}},
    {.name = "kddi", .from = "ezweb.ne.jp"},
    {.name = "kddi", .from = "dion.ne.jp"},
    {.name = "mailru", .from = "@corp.mail.ru"},
    {.name = "zoho", .header = "X-Mailer", .value = "Zoho Mail"},
    {.name = "trendmicro", .phrase = {"InterScan"}},
    {.name = "netscape",
	.phrase = {"The following recipients did not receive your message"}},
    {.name = "qmail", .phrase = {"Below this line is a copy of the message"}},
    {.name = "qmail", .from = "MAILER-DAEMON@", .subject = "failure notice"},
};

const struct format *
format_at(size_t i)
{
	return i < G_N_ELEMENTS(formats) ? &formats[i] : NULL;
}

static bool
fits(const struct format *f, const struct letter *l)
{
	if (f->from != NULL &&
	    text_find(l->from, strlen(l->from), f->from) == NULL)
		return false;
	if (f->subject != NULL &&
	    text_find(l->subject, strlen(l->subject), f->subject) == NULL)
		return false;
	if (f->header != NULL && !letter_header(l, f->header, f->value))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(f->phrase) && f->phrase[i] != NULL;
	     i++) {
		if (!letter_has(l, f->phrase[i]))
			return false;
	}
	return true;
}

const struct format *
format_find(const struct letter *l)
{
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (fits(&formats[i], l))
			return &formats[i];
	}
	return NULL;
}
