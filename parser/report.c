/* report.c: names of kinds, actions, classes and bases; life and death of a
 * report. */
#include "parser/report.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    [KIND_OTHER] = "other",
    [KIND_BOUNCE] = "bounce",
    [KIND_DELAY] = "delay",
    [KIND_SUCCESS] = "success",
    [KIND_AUTO_REPLY] = "auto-reply",
    [KIND_FEEDBACK] = "feedback",
};
_Static_assert(sizeof(kinds) / sizeof(*kinds) == KIND_COUNT, "a name each");

static const char *const actions[] = {
    [ACTION_NONE] = "",
    [ACTION_FAILED] = "failed",
    [ACTION_DELAYED] = "delayed",
    [ACTION_DELIVERED] = "delivered",
    [ACTION_RELAYED] = "relayed",
    [ACTION_EXPANDED] = "expanded",
};
_Static_assert(
    sizeof(actions) / sizeof(*actions) == ACTION_COUNT, "a name each");

static const char *const bases[] = {
    [BASIS_NONE] = "none",
    [BASIS_TEXT] = "text",
    [BASIS_STATUS] = "status",
    [BASIS_CODE] = "code",
};
_Static_assert(sizeof(bases) / sizeof(*bases) == BASIS_COUNT, "a name each");

static const struct class_info classes[] = {
    [CLASS_NONE] = {"", HARDNESS_NONE, "nothing failed", ""},
    [CLASS_USER_UNKNOWN] = {"user-unknown", HARDNESS_HARD,
	"no such mailbox, user or alias at the destination, or it was "
	"deleted for good",
	"Remove the address."},
    [CLASS_USER_MOVED] = {"user-moved", HARDNESS_HARD,
	"the user has a new address", "Update the address, or remove it."},
    [CLASS_DOMAIN_UNKNOWN] = {"domain-unknown", HARDNESS_HARD,
	"the recipient's domain does not exist or takes no mail at all",
	"Check the domain for a typing error, else remove the address."},
    [CLASS_BAD_ADDRESS] = {"bad-address", HARDNESS_HARD,
	"the recipient address is malformed",
	"Correct the address, or remove it."},
    [CLASS_MAILBOX_DISABLED] = {"mailbox-disabled", HARDNESS_COUNTS,
	"the mailbox exists but is disabled, suspended, inactive or locked",
	"Keep it for now; remove it when this goes on."},
    [CLASS_SUPPRESSED] = {"suppressed", HARDNESS_COUNTS,
	"the sending service refuses to try: the address is on its "
	"suppression list",
	"Look at the service's suppression list; remove the address when "
	"it stays there."},
    [CLASS_QUOTA_EXCEEDED] = {"quota-exceeded", HARDNESS_COUNTS,
	"the recipient's mailbox is over its storage limit",
	"Wait; remove the address when the mailbox stays full."},
    [CLASS_SYSTEM_FULL] = {"system-full", HARDNESS_NONE,
	"the receiving system is out of disk space or memory",
	"Wait: the receiving side has to make room."},
    [CLASS_SYSTEM_ERROR] = {"system-error", HARDNESS_NONE,
	"a local error, misconfiguration or failed delivery program at the "
	"receiving or our own side",
	"Wait; if it is our own server, read its log."},
    [CLASS_UNREACHABLE] = {"unreachable", HARDNESS_NONE,
	"no connection: refused, timed out, dropped, no route, or a "
	"temporary DNS failure",
	"Wait; check our own network when it concerns many domains."},
    [CLASS_MAIL_LOOP] = {"mail-loop", HARDNESS_NONE,
	"the mail went in a circle or over too many hops",
	"Tell the receiving admin; check forwards of our own."},
    [CLASS_EXPIRED] = {"expired", HARDNESS_NONE,
	"delivery was given up after retrying, with no cause told",
	"Wait; look for an earlier delay report that tells the cause."},
    [CLASS_GREYLISTED] = {"greylisted", HARDNESS_NONE,
	"refused for now by greylisting",
	"Nothing: a later attempt gets through. Check that our server does "
	"retry from the same address."},
    [CLASS_RATE_LIMITED] = {"rate-limited", HARDNESS_NONE,
	"too many messages, connections or recipients from us, or a sending "
	"quota is used up",
	"Send more slowly to this destination."},
    [CLASS_BLACKLISTED] = {"blacklisted", HARDNESS_NONE,
	"our address, host or domain is on a block list, banned or of bad "
	"reputation",
	"Find the list in the text, end the cause, then ask for removal."},
    [CLASS_RELAY_DENIED] = {"relay-denied", HARDNESS_NONE,
	"the server does not take mail for this domain from us",
	"Check our routing and the domain's MX records."},
    [CLASS_LOGIN_REQUIRED] = {"login-required", HARDNESS_NONE,
	"SMTP authentication is missing or failed, or the sender is not the "
	"login's own",
	"Check user name, password and sender address of our relay."},
    [CLASS_TLS_FAILED] = {"tls-failed", HARDNESS_NONE,
	"encryption is required, or its handshake or certificate failed",
	"Check TLS settings and certificates on both sides."},
    [CLASS_AUTHENTICATION_FAILED] = {"authentication-failed", HARDNESS_NONE,
	"the mail failed SPF, DKIM, DMARC or ARC",
	"Check our SPF record, DKIM signing and DMARC alignment."},
    [CLASS_SENDER_REJECTED] = {"sender-rejected", HARDNESS_NONE,
	"our sender address or its domain is refused",
	"Check that the sender's domain exists and takes mail."},
    [CLASS_CLIENT_REJECTED] = {"client-rejected", HARDNESS_NONE,
	"our host's reverse DNS or HELO name is refused",
	"Set a PTR record that matches our HELO name."},
    [CLASS_SPAM] = {"spam", HARDNESS_NONE,
	"the content was judged spam, bulk or phishing",
	"Change the content; check what else leaves our server."},
    [CLASS_VIRUS] = {"virus", HARDNESS_NONE, "malware was found",
	"Scan the machine that sent it."},
    [CLASS_MESSAGE_TOO_LARGE] = {"message-too-large", HARDNESS_NONE,
	"the message is over a size limit", "Send a smaller message."},
    [CLASS_CONTENT_REJECTED] = {"content-rejected", HARDNESS_NONE,
	"refused for other reasons of content: attachment type, malformed "
	"header, banned words",
	"Change the message: the text tells what is not liked."},
    [CLASS_POLICY] = {"policy", HARDNESS_NONE,
	"refused by policy and nothing more specific, or by the recipient's "
	"own filter",
	"Read the text; ask the recipient or his admin."},
    [CLASS_PROTOCOL_ERROR] = {"protocol-error", HARDNESS_NONE,
	"an SMTP syntax or sequence error, or an unsupported extension",
	"Check our server and what stands between it and theirs."},
    [CLASS_UNKNOWN] = {"unknown", HARDNESS_NONE,
	"a failure whose cause the report does not tell",
	"Read the mail; teach us a rule for it."},
};
_Static_assert(sizeof(classes) / sizeof(*classes) == CLASS_COUNT, "a row each");

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char *
name_at(const char *const names[], size_t n, unsigned i)
{
	return i < n ? names[i] : "unknown";
}

/* *INDEX stays as it is when NAME is none of them. */
static bool
index_of(const char *const names[], size_t n, const char *name, unsigned *index)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

const char *
kind_name(enum kind k)
{
	return name_at(kinds, COUNT(kinds), k);
}

const char *
action_name(enum action a)
{
	return name_at(actions, COUNT(actions), a);
}

const char *
basis_name(enum basis b)
{
	return name_at(bases, COUNT(bases), b);
}

const struct class_info *
class_info(enum bounce_class c)
{
	return &classes[c < CLASS_COUNT ? c : CLASS_UNKNOWN];
}

const char *
class_name(enum bounce_class c)
{
	return class_info(c)->name;
}

bool
kind_from_name(const char *name, enum kind *k)
{
	return index_of(kinds, COUNT(kinds), name, k);
}

bool
action_from_name(const char *name, enum action *a)
{
	return index_of(actions, COUNT(actions), name, a);
}

bool
basis_from_name(const char *name, enum basis *b)
{
	return index_of(bases, COUNT(bases), name, b);
}

bool
class_from_name(const char *name, enum bounce_class *c)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		if (strcmp(classes[i].name, name) == 0) {
			*c = i;
			return true;
		}
	}
	return false;
}

const char *
enhanced_format(struct enhanced e, char buf[static ENHANCED_MAX])
{
	if (e.class == 0)
		buf[0] = '\0';
	else
		snprintf(buf, ENHANCED_MAX, "%u.%u.%u", e.class, e.subject,
		    e.detail);
	return buf;
}

bool
recipient_is_hard(const struct recipient *r)
{
	return class_info(r->class)->hardness == HARDNESS_HARD &&
	       r->action == ACTION_FAILED && r->status.class != 4 &&
	       r->code / 100 != 4;
}

struct report *
report_new(void)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		err(71, "out of memory");
	return r;
}

struct recipient *
report_add(struct report *r)
{
	struct recipient *grown;

	/* Room is 2(n+1) at n = 0, 1, 3, 7 ...: no field for it. */
	if ((r->n_recipients & (r->n_recipients + 1)) == 0) {
		size_t room = 2 * (r->n_recipients + 1);

		grown = reallocarray(r->recipients, room, sizeof(*grown));
		if (grown == NULL)
			err(71, "out of memory");
		r->recipients = grown;
	}
	grown = &r->recipients[r->n_recipients++];
	memset(grown, 0, sizeof(*grown));
	return grown;
}

void
recipient_clear(struct recipient *r)
{
	free(r->address);
	free(r->original_recipient);
	free(r->subscriber);
	free(r->diagnostic);
	free(r->remote_mta);
	free(r->rule);
	memset(r, 0, sizeof(*r));
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n_recipients; i++)
		recipient_clear(&r->recipients[i]);
	free(r->recipients);
	free(r->dialect);
	free(r->reporting_mta);
	free(r->envelope_id);
	free(r->message_id);
	free(r->list_id);
	free(r->from);
	free(r->subject);
	free(r->envelope_recipient);
	free(r->feedback_type);
	free(r->user_agent);
	free(r->source_ip);
	free(r);
}
