/* kind.c: reports, answering machines, and everything else. */
#include "parser/kind.h"

#include <string.h>

static bool
has_any(const char *text, const char *const words[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strstr(text, words[i]) != NULL)
			return true;
	}
	return false;
}

#define HAS_ANY(text, words) has_any(text, words, G_N_ELEMENTS(words))

bool
kind_is_mail_system(const char *from)
{
	static const char *const names[] = {"mailer-daemon", "mailer_daemon",
	    "mailerdaemon", "mail-daemon", "maildaemon", "mail daemon",
	    "postmaster", "mail delivery", "mail.delivery", "mdaemon",
	    "mail administrator", "mail admin", "mailmaster", "postoffice",
	    "mail system", "mail service", "mail_service",
	    "system administrator", "bounce", "delivery subsystem",
	    "delivery system", "delivery notification", "double-bounce",
	    "smtp_mail", "smtpd", "mail router", "mailrouter",
	    "microsoft exchange", "microsoftexchange", "systemadministrator",
	    "email system", "mail-system", "mta ", "internet mail delivery",
	    "mailgate", "mail gateway"};
	char *lower = g_utf8_strdown(from, -1);
	bool found = HAS_ANY(lower, names);

	g_free(lower);
	return found;
}

static bool
subject_reports(const char *subject)
{
	static const char *const words[] = {"undeliver", "un-deliver",
	    "delivery fail", "delivery status", "returned mail",
	    "returned email", "returned e-mail", "mail delivery",
	    "email delivery", "failure notice", "failure notification",
	    "failure delivery", "failed delivery", "delivery notification",
	    "non-deliver", "nondeliver", "not deliver", "delivery problem",
	    "delivery report", "delivery error", "delivery warning",
	    "delivery has failed", "delivery has been delayed",
	    "delivery delayed", "be delivered", "been delivered",
	    "mail system error", "returned to sender", "return to sender",
	    "returning message", "message returned", "mail returned",
	    "error sending your mail", "mail error", "mail could not",
	    "message could not", "bounce", "mail failure", "mail failed",
	    "message delay", "warning: message", "warning: could not",
	    "message undelivered", "nachricht konnte nicht", "unzustellbar",
	    "nicht zugestellt", "nicht zustellbar", "zustellung fehl",
	    "zustellfehler", "fehlgeschlagen", "non remis", "non délivr",
	    "échec de", "echec de", "non distribu", "no entregado",
	    "no se puede entregar", "no se ha podido entregar", "devuelto",
	    "fallo en la entrega", "não entregue", "nao entregue",
	    "falha na entrega", "não é possível entregar", "devolvid",
	    "mancato recapito", "mancata consegna", "non recapitabil",
	    "non consegnat", "onbestelbaar", "niet bezorgd", "niet afgeleverd",
	    "niedostarcz", "nie dostarcz", "nedoruč", "недостав",
	    "не доставлен", "не удалось доставить", "не может быть доставлен",
	    "iletilemedi", "teslim edilemedi", "配信不能", "配信でき",
	    "配信エラー", "送信エラー", "送信でき", "エラー", "不達", "未達",
	    "退信", "无法投递", "無法傳遞", "未传递", "投递失败", "发送失败",
	    "전달 실패", "배달 실패", "반송", "배달되지", "발송 실패",
	    "failure"};
	char *lower = g_utf8_strdown(subject, -1);
	bool found = HAS_ANY(lower, words);

	g_free(lower);
	return found;
}

/* Openings that only delivery reports have. */
static bool
text_reports(const struct letter *l)
{
	static const char *const phrases[] = {
	    "message that you sent could not be delivered",
	    "wasn't able to deliver your message",
	    "was unable to deliver your message",
	    "unable to deliver your message",
	    "unable to deliver message",
	    "delivery to the following recipient",
	    "delivery has failed to these recipients",
	    "could not be delivered to one or more",
	    "could not be delivered to the following",
	    "could not be delivered to:",
	    "did not reach the following recipient",
	    "following recipients did not receive",
	    "following addresses had permanent",
	    "following addresses had transient",
	    "following address(es) failed",
	    "following address failed",
	    "following addresses failed",
	    "your message could not be delivered",
	    "your mail could not be delivered",
	    "your email could not be delivered",
	    "your message was not delivered",
	    "message was not delivered to",
	    "was not delivered to the following",
	    "was not delivered to:",
	    "could not be delivered. ",
	    "this is a permanent error",
	    "address you entered couldn't be found",
	    "message was undeliverable",
	    "message is undeliverable",
	    "delivery failed",
	    "failed recipient",
	    "undeliverable to",
	    "undelivered message",
	    "non-delivery report",
	    "delivery failure",
	    "konnte nicht zugestellt werden",
	    "n'a pas pu etre delivre",
	    "n'a pas pu être",
	    "no pudo ser entregado",
	    "não pôde ser entregue",
	    "non è stato possibile recapitare",
	    "kon niet worden afgeleverd",
	    "не может быть доставлено",
	    "не удалось доставить",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
		if (letter_has(l, phrases[i]))
			return true;
	}
	return false;
}

/* Null or daemon's return path: RFC 5321 section 6.1. */
static bool
has_null_return_path(const struct letter *l)
{
	char *path = fields_value(&l->mail->headers, "Return-Path");
	bool is_null = path != NULL && (strncmp(path, "<>", 2) == 0 ||
					   kind_is_mail_system(path));

	g_free(path);
	return is_null;
}

int
kind_report_weight(const struct letter *l)
{
	int weight = 0;

	if (l->named->len > 0)
		weight += 3;
	if (l->from[0] == '\0' || strcmp(l->from, "<>") == 0 ||
	    kind_is_mail_system(l->from))
		weight += 2;
	if (has_null_return_path(l))
		weight += 1;
	if (subject_reports(l->subject))
		weight += 2;
	if (text_reports(l))
		weight += 2;
	if (strcmp(l->mail->type, "multipart/report") == 0)
		weight += 1;
	/* A person's answer, or a thread on a list. */
	if (letter_header(l, "In-Reply-To", ""))
		weight -= 2;
	else if (text_starts(l->subject, strlen(l->subject), "re:") ||
		 letter_header(l, "List-Id", "") ||
		 letter_header(l, "List-Post", ""))
		weight -= 1;
	return weight;
}

bool
kind_is_challenge(const struct letter *l)
{
	static const char *const phrases[] = {"guest list", "allowed list",
	    "approved sender", "approved senders", "to prove you are human",
	    "prove that you are a human", "confirm that you are human",
	    "confirm you are not a spammer", "verify that you are a human",
	    "request authentication", "verify your email so that",
	    "protected by a challenge", "challenge/response", "spam arrest",
	    "spamarrest", "boxbe", "tmda", "bluebottle", "active spam killer",
	    "added to the recipient's", "click the link below to have your",
	    "click here to have your message delivered",
	    "message will be delivered once you",
	    "your email will be delivered as soon as you",
	    "reply to this message to confirm", "one-time confirmation",
	    "is being held because you are not",
	    "held because the address you sent it from"};

	for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
		if (letter_has(l, phrases[i]))
			return true;
	}
	return false;
}

static bool
subject_answers(const char *subject)
{
	static const char *const words[] = {"auto reply", "autoreply",
	    "auto-reply", "automatic reply", "automated reply", "autoresp",
	    "auto resp", "auto-resp", "automatic response",
	    "automated response", "out of office", "out of the office",
	    "out-of-office", "ooo:", "vacation", "away from", "away until",
	    "i am away", "on leave", "on holiday", "abwesen",
	    "automatische antwort", "automatische rückantwort",
	    "réponse automatique", "reponse automatique", "absence du bureau",
	    "message d'absence", "respuesta automática", "respuesta automatica",
	    "fuera de la oficina", "fuera de oficina", "resposta automática",
	    "ausência", "risposta automatica", "fuori ufficio",
	    "automatisch antwoord", "afwezig", "automatyczna odpowiedź",
	    "nieobecn", "automatická odpověď", "автоответ",
	    "автоматический ответ", "otomatik yanıt", "自動応答", "自動返信",
	    "自动回复", "自動回覆", "자동 응답", "자동응답", "부재중",
	    "autosvar", "automaattinen", "[auto",
	    "auto:", "automatic acknowledg", "ticket #", "ticket id",
	    "ticket received", "[ticket", "case #", "request received",
	    "your request has been received", "we have received your",
	    "we received your", "thank you for contacting",
	    "thank you for your email", "thank you for your message",
	    "message received",
	    "read:", "gelesen:", "lu :", "leído:", "lido:", "letto:"};
	char *lower = g_utf8_strdown(subject, -1);
	bool found = HAS_ANY(lower, words);

	g_free(lower);
	return found;
}

bool
kind_is_auto_reply(const struct letter *l)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
	    {"Auto-Submitted", "auto-replied"},
	    {"X-Autoreply", ""},
	    {"X-Autorespond", ""},
	    {"X-Autoresponder", ""},
	    {"X-Auto-Reply", ""},
	    {"X-Auto-Reply-From", ""},
	    {"X-Mail-Autoreply", ""},
	    {"X-Vacation", ""},
	    {"X-Out-Of-Office", ""},
	    {"Precedence", "auto_reply"},
	    {"Precedence", "auto-reply"},
	    {"X-POST-MessageClass", "autoresponder"},
	    {"Delivered-To", "autoresponder"},
	    {"X-Mailer", "vacation"},
	    {"X-Mailer", "autorespond"},
	    {"X-Mailer", "autoreply"},
	    {"X-Cron-Env", "vacation"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
		if (letter_header(l, headers[i].name, headers[i].value))
			return true;
	}
	return subject_answers(l->subject) || kind_is_challenge(l);
}

enum action
kind_action(const struct letter *l)
{
	static const char *const delayed[] = {"not yet been delivered",
	    "warning message only", "do not need to resend",
	    "still being retried", "will be retried", "will keep trying",
	    "will continue to try", "attempts will continue",
	    "continue trying to deliver", "has been delayed",
	    "delivery is delayed", "is delayed", "non-fatal errors",
	    "has been deferred", "is still in the queue", "queued for further",
	    "temporarily undeliverable", "verzögert", "se ha retrasado",
	    "a été retardé", "è in ritardo", "está atrasad", "is vertraagd",
	    "opóźnion", "задерж", "遅延", "遅れて", "延迟", "지연"};
	static const char *const failed[] = {"permanent", "gave up",
	    "giving up", "given up", "has failed", "delivery failed",
	    "was not delivered", "no further attempts", "will not be retried",
	    "been returned", "could not be delivered", "fatal errors -----"};
	static const char *const done[] = {"successfully delivered",
	    "successful delivery", "was delivered to the following",
	    "relayed to the following", "has been delivered to"};
	char *lower = g_utf8_strdown(l->human, -1);
	char *subject = g_utf8_strdown(l->subject, -1);
	enum action action = ACTION_FAILED;

	if (HAS_ANY(lower, delayed) ||
	    (HAS_ANY(subject, delayed) || strstr(subject, "delay") != NULL ||
		strstr(subject, "warning") != NULL)) {
		if (!HAS_ANY(lower, failed) || strstr(subject, "delay") ||
		    strstr(lower, "warning message only"))
			action = ACTION_DELAYED;
	} else if (HAS_ANY(lower, done) && !HAS_ANY(lower, failed)) {
		action = ACTION_DELIVERED;
	}
	g_free(lower);
	g_free(subject);
	return action;
}
