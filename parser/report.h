/* report.h: what a mail reported, in the words of RFC 3464.
 *
 * Plain data: no GLib, GMime or SQLite type, so that store/ and ctl/ can use
 * it without knowing how it came about. All strings are valid UTF-8 without
 * NUL, or NULL for "the mail does not say"; all belong to the struct and are
 * freed with it. Times are seconds since 1970 UTC, 0 for "not given".
 */
#ifndef BOUNCED_PARSER_REPORT_H
#define BOUNCED_PARSER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What sort of mail it is; one per mail. The names are in the database, the
 * JSON and the manuals: append only. */
enum kind {
	KIND_OTHER,
	KIND_BOUNCE,
	KIND_DELAY,
	KIND_SUCCESS,
	KIND_AUTO_REPLY,
	KIND_FEEDBACK,
	KIND_COUNT
};

/* What happened to a recipient: RFC 3464 section 2.3.3. */
enum action {
	ACTION_NONE, /* the mail does not say, e.g. in an auto-reply */
	ACTION_FAILED,
	ACTION_DELAYED,
	ACTION_DELIVERED,
	ACTION_RELAYED,
	ACTION_EXPANDED,
	ACTION_COUNT
};

/* Why; one per recipient that failed or was delayed. The order is that of
 * the documentation, not of any precedence. */
enum bounce_class {
	CLASS_NONE, /* nothing failed */
	CLASS_USER_UNKNOWN,
	CLASS_USER_MOVED,
	CLASS_DOMAIN_UNKNOWN,
	CLASS_BAD_ADDRESS,
	CLASS_MAILBOX_DISABLED,
	CLASS_SUPPRESSED,
	CLASS_QUOTA_EXCEEDED,
	CLASS_SYSTEM_FULL,
	CLASS_SYSTEM_ERROR,
	CLASS_UNREACHABLE,
	CLASS_MAIL_LOOP,
	CLASS_EXPIRED,
	CLASS_GREYLISTED,
	CLASS_RATE_LIMITED,
	CLASS_BLACKLISTED,
	CLASS_RELAY_DENIED,
	CLASS_LOGIN_REQUIRED,
	CLASS_TLS_FAILED,
	CLASS_AUTHENTICATION_FAILED,
	CLASS_SENDER_REJECTED,
	CLASS_CLIENT_REJECTED,
	CLASS_SPAM,
	CLASS_VIRUS,
	CLASS_MESSAGE_TOO_LARGE,
	CLASS_CONTENT_REJECTED,
	CLASS_POLICY,
	CLASS_PROTOCOL_ERROR,
	CLASS_UNKNOWN,
	CLASS_COUNT
};

/* Which evidence decided the class. */
enum basis { BASIS_NONE, BASIS_TEXT, BASIS_STATUS, BASIS_CODE, BASIS_COUNT };

/* What a class means for the address. */
enum hardness {
	HARDNESS_NONE,   /* says nothing about the address */
	HARDNESS_COUNTS, /* not dead, but counts towards it */
	HARDNESS_HARD,   /* the address itself is dead */
};

/* A row of CLASSES: name as in JSON and SQL, one line of meaning, who acts
 * and what is to be done, for users. */
struct class_info {
	const char *name;
	enum hardness hardness;
	const char *meaning;
	const char *advice;
};

/* RFC 3463 enhanced status code "class.subject.detail" as three numbers;
 * class 0 means that there is none. */
struct enhanced {
	uint16_t class;
	uint16_t subject;
	uint16_t detail;
};

/* Room for the longest "c.sss.ddd" and its NUL. */
#define ENHANCED_MAX 20

struct recipient {
	char *address;            /* Final-Recipient: user@domain */
	char *original_recipient; /* what was asked for, when known */
	char *subscriber;         /* the address as the list knows it: VERP */
	enum action action;
	struct enhanced status; /* the most specific one in the report */
	int code;               /* SMTP reply 200..599 (or 101..), 0: none */
	char *diagnostic;       /* as given, unfolded, bounded */
	char *remote_mta;
	int64_t last_attempt;
	int64_t will_retry_until;
	enum bounce_class class;
	bool hard; /* class is hard and nothing temporary */
	enum basis basis;
	char *rule; /* "rules.conf:120", "codes.conf:7" or NULL */
};

struct report {
	enum kind kind;
	char *dialect; /* which format recognised it: "rfc3464", "qmail" */
	char *reporting_mta;
	int64_t arrival_date;
	int64_t date; /* Date: of the report itself */
	char *envelope_id;

	/* the returned mail */
	char *message_id; /* without <> */
	char *list_id;    /* the identifier between <>, else as given */
	char *from;       /* address only */
	char *subject;    /* decoded */
	int64_t sent_date;

	/* the address that the report was sent to: Delivered-To and kin */
	char *envelope_recipient;

	/* RFC 5965 */
	char *feedback_type; /* "abuse", "fraud", "auth-failure" ... */
	char *user_agent;
	char *source_ip;

	struct recipient *recipients;
	size_t n_recipients;
	size_t n_dropped; /* recipients above the limit: counted only */
};

/* Names. Never NULL for a value of the enum; out of range: "unknown". */
const char *kind_name(enum kind);
const char *action_name(enum action);      /* "" for ACTION_NONE */
const char *class_name(enum bounce_class); /* "" for CLASS_NONE */
const char *basis_name(enum basis);
const struct class_info *class_info(enum bounce_class);

/* The other way; false when NAME is no such word (case counts). */
bool kind_from_name(const char *name, enum kind *);
bool action_from_name(const char *name, enum action *);
bool class_from_name(const char *name, enum bounce_class *);
bool basis_from_name(const char *name, enum basis *);

/* "5.1.1", or "" when there is none. Returns BUF. */
const char *enhanced_format(struct enhanced, char buf[static ENHANCED_MAX]);

/* Hard: the class is, the recipient failed, and neither the status (4.x.x)
 * nor the code (4yz) calls it temporary. */
bool recipient_is_hard(const struct recipient *);

struct report *report_new(void);

/* Appends an empty recipient and returns it; the pointer is good until the
 * next call. */
struct recipient *report_add(struct report *);

/* Frees the strings of one recipient and zeroes it. */
void recipient_clear(struct recipient *);

/* Frees REPORT and everything in it; NULL is fine. */
void report_free(struct report *);

#endif
