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
    {.name = "fml", .phrase = {"Duplicated Message-ID in"}, .sure = true},
    /* words of sendmail in other mouths first */
    {.name = "activehunter", .header = "X-AHMAILID", .value = ""},
    {.name = "zmailer",
	.phrase = {"collection of reports about email delivery"}},
    {.name = "sendmail",
	.phrase = {"----- Transcript of session follows -----"},
	.decode = sendmail_read},
    {.name = "sendmail",
	.phrase = {"----- The following addresses had "},
	.decode = sendmail_read},
    {.name = "sendmail",
	.phrase = {"----- Transcript of the session follows -----"},
	.decode = sendmail_read},
    {.name = "axigen", .phrase = {"mail delivery agent at AXIGEN mail server"}},
    {.name = "postfix", .phrase = {"This is the Postfix"}},
    {.name = "postfix", .phrase = {"This is the mail system at host"}},
    {.name = "postfix",
	.from = "Mail Delivery System",
	.subject = "Undelivered Mail Returned to Sender"},
    {.name = "postfix",
	.from = "Mail Delivery System",
	.subject = "Delayed Mail (still being retried)"},
    {.name = "qmail", .phrase = {"This is the qmail-send program"}},
    /* Exim's opening is much copied */
    {.name = "gmx", .from = "GMX Mailer Daemon"},
    {.name = "gmx", .from = "WEB.DE Mailer Daemon"},
    {.name = "1and1",
	.phrase = {"created automatically by mail delivery software",
	    "For the following reason", "error-messages?ip="}},
    {.name = "mxlogic", .header = "X-MX-Bounce", .value = ""},
    {.name = "mailru", .from = "@corp.mail.ru"},
    {.name = "zoho", .header = "X-Mailer", .value = "Zoho Mail"},
    {.name = "facebook", .phrase = {"created automatically by Facebook"}},
    {.name = "google-groups",
	.phrase = {"group you tried to contact", "Google Groups"}},
    {.name = "exim",
	.phrase = {"message was created automatically by mail delivery"}},
    {.name = "exim",
	.header = "X-Failed-Recipients",
	.value = "",
	.phrase = {"could not be delivered"}},
    {.name = "exim", .phrase = {"has been frozen", "have yet to be delivered"}},
    {.name = "google", .from = "mailer-daemon@googlemail.com"},
    {.name = "google", .from = "mailer-daemon@google.com"},
    {.name = "google",
	.phrase = {"Delivery to the following recipient", "----- "}},
    {.name = "yahoo",
	.from = "MAILER-DAEMON@",
	.subject = "Failure Notice",
	.phrase = {"we were unable to deliver your message to the following"}},
    {.name = "yahoo", .from = "yahoo", .phrase = {"Unable to deliver message"}},
    {.name = "hotmail",
	.from = "hotmail",
	.phrase = {"Unable to deliver message to the following recipients"}},
    /* Microsoft's many voices */
    {.name = "exchange", .phrase = {"did not reach the following recipient"}},
    {.name = "exchange", .phrase = {"Generating server:"}},
    {.name = "exchange", .phrase = {"Delivery has failed to these recipients"}},
    {.name = "exchange", .phrase = {"Generierender Server:"}},
    {.name = "exchange", .phrase = {"Serveur de génération"}},
    {.name = "exchange", .phrase = {"Servidor de generación"}},
    {.name = "exchange", .phrase = {"Servidor de geração"}},
    {.name = "exchange", .phrase = {"Server di generazione"}},
    {.name = "exchange", .phrase = {"Genererende server"}},
    {.name = "exchange", .phrase = {"Создающий сервер"}},
    {.name = "exchange", .phrase = {"生成服务器"}},
    {.name = "exchange", .phrase = {"生成サーバー"}},
    {.name = "exchange", .phrase = {"Remote Server returned"}},
    {.name = "hmailserver", .phrase = {"hMailServer sent:"}},
    {.name = "hmailserver", .phrase = {"Error Type: SMTP", "issued an error"}},
    {.name = "exchange",
	.phrase = {"did not reach some or all of the intended recipients"}},
    {.name = "mailenable", .phrase = {"MailEnable: Message could not be"}},
    {.name = "iis",
	.from = "postmaster@",
	.phrase = {"This is an automatically generated Delivery Status "
		   "Notification"}},
    {.name = "iis",
	.from = "postmaster@",
	.phrase = {"automatisch erstellte Benachrichtigung über den "
		   "Zustell*status"}},
    {.name = "iis",
	.from = "postmaster@",
	.phrase = {"notification automatique d'état de remise"}},
    {.name = "iis",
	.from = "postmaster@",
	.phrase = {"notificación de estado de entrega generada "
		   "automáticamente"}},
    {.name = "iis",
	.from = "postmaster@",
	.phrase = {"notificação de status de entrega gerada automaticamente"}},
    {.name = "iis",
	.from = "postmaster@",
	.phrase = {"notifica sullo stato del recapito generata "
		   "automaticamente"}},
    /* mail servers by the name they give themselves */
    {.name = "opensmtpd",
	.phrase = {"This is the MAILER-DAEMON, please DO NOT REPLY"}},
    {.name = "dma", .phrase = {"This is the DragonFly Mail Agent"}},
    {.name = "courier",
	.phrase = {"delivery status notification from",
	    "running the Courier mail server"}},
    {.name = "nullmailer",
	.phrase = {"message at the end of this email could not be delivered"}},
    {.name = "james", .phrase = {"This is the James mail server"}},
    {.name = "mdaemon", .from = "MDaemon"},
    {.name = "mdaemon", .header = "X-Mailer", .value = "MDaemon"},
    {.name = "imail", .header = "X-Mailer", .value = "<SMTP32"},
    {.name = "imail", .header = "X-Mailer", .value = "<IMail"},
    {.name = "imail", .header = "X-Mailer", .value = "<IMAIL32"},
    {.name = "argosoft", .phrase = {"ArGoSoft Mail Server could not deliver"}},
    {.name = "communigate", .header = "X-Mailer", .value = "CommuniGate Pro"},
    {.name = "communigate", .phrase = {"Failed to deliver to", "reports:"}},
    {.name = "kerio", .header = "X-Mailer", .value = "Kerio"},
    {.name = "xmail", .header = "X-MailServer", .value = "XMail"},
    {.name = "smartermail",
	.phrase = {"Could not deliver message to the following recipient(s)",
	    "Failed Recipient:"}},
    {.name = "domino", .phrase = {"was not delivered to:", "because:"}},
    {.name = "domino", .phrase = {"wurde nicht zugestellt an:", "weil:"}},
    {.name = "domino", .phrase = {"n'a pas été (distribué|remis) à", "car :"}},
    {.name = "notes", .phrase = {"------- Failure Reasons"}},
    {.name = "groupwise", .header = "X-Mailer", .value = "GroupWise"},
    {.name = "groupwise",
	.phrase = {"message that you sent was undeliverable to the following"}},
    {.name = "mercury", .phrase = {"Mercury Mail Transport System"}},
    {.name = "mercury",
	.phrase = {"message has failed delivery and has been referred"}},
    {.name = "smail",
	.phrase = {"Message log follows", "Failed addresses follow"}},
    {.name = "mmdf", .from = "mmdf@"},
    {.name = "pmdf",
	.phrase = {"report relates to a message you sent with the following "
		   "header fields"}},
    {.name = "openwave",
	.phrase = {"recipients was rejected by a remote mail server",
	    "undeliverable due to the following reason"}},
    {.name = "kddi", .from = "ezweb.ne.jp"},
    {.name = "kddi", .from = "dion.ne.jp"},
    {.name = "kddi", .from = "auone-net.jp"},
    {.name = "netscape",
	.phrase = {"Message was undeliverable due to the following reason"}},
    {.name = "netscape",
	.phrase = {"The following recipients did not receive your message"}},
    {.name = "criticalpath",
	.phrase = {"message from the Critical Path mail server"}},
    {.name = "lsmtp", .from = "L-Soft SMTP"},
    {.name = "lsmtp", .from = "LSMTP"},
    {.name = "listserv",
	.from = "LISTSERV",
	.phrase = {"could not be delivered to the following recipient"}},
    {.name = "vms", .from = "SMTP delivery agent"},
    {.name = "x400",
	.phrase = {"This report relates to your message", "not delivered to"}},
    {.name = "ccmail", .from = "cc:Mail"},
    {.name = "eims", .phrase = {"Eudora Internet Mail Server was unable"}},
    {.name = "firstclass", .subject = "NDN:"},
    {.name = "scalix", .phrase = {"Reason: [MU-"}},
    {.name = "unisys", .from = "@unisys"},
    {.name = "docomo", .from = "docomo"},
    {.name = "verizon", .from = "@vtext"},
    {.name = "verizon", .from = "@vzwpix"},
    /* gateways, filters and services */
    {.name = "mailmarshal",
	.phrase = {"Could not be delivered because of",
	    "The following recipients were affected"}},
    {.name = "mcafee", .header = "X-NAI-Header", .value = ""},
    {.name = "trendmicro", .from = "InterScan"},
    {.name = "trendmicro", .phrase = {"InterScan"}},
    {.name = "barracuda", .phrase = {"blocked by our Spam Firewall"}},
    {.name = "barracuda", .from = "Barracuda"},
    {.name = "messagelabs", .from = "messagelabs"},
    {.name = "ironport",
	.phrase = {"was undeliverable", "The reason for the problem"}},
    {.name = "surfcontrol", .header = "X-Mailer", .value = "SurfControl"},
    {.name = "mailfoundry",
	.phrase = {"Unable to deliver message to",
	    "Delivery failed for the following reason", "failed with:"}},
    {.name = "powermta",
	.phrase = {"delivery failed; will not continue "
		   "trying"}},
    {.name = "sendgrid",
	.phrase = {"automatically generated message from SendGrid"}},
    {.name = "mfilter", .header = "X-Mailer", .value = "m-FILTER"},
    {.name = "qq", .from = "@qq."},
    {.name = "qq", .from = "@exmail."},
    {.name = "netease", .from = "@163."},
    {.name = "netease", .from = "@126."},
    /* what is left of the much copied */
    {.name = "exim", .phrase = {"SMTP error from remote mail server after"}},
    {.name = "qmail", .phrase = {"Below this line is a copy of the message"}},
    {.name = "qmail", .from = "MAILER-DAEMON@", .subject = "failure notice"},
};

const struct format *
format_at(size_t i)
{
	return i < G_N_ELEMENTS(formats) ? &formats[i] : NULL;
}

size_t
format_count(void)
{
	return G_N_ELEMENTS(formats);
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
	for (size_t i = 0; i < FORMAT_PHRASES && f->phrase[i] != NULL; i++) {
		if (!l->format_hits[(size_t)(f - formats) * FORMAT_PHRASES + i])
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
