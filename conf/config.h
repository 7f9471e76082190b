/* config.h: bounced.conf (GKeyFile, read once and checked whole). */
#ifndef BOUNCED_CONF_CONFIG_H
#define BOUNCED_CONF_CONFIG_H

#include "parser/classify.h"

/* What happens to a mail once it is recorded. */
enum done_action { DONE_MOVE, DONE_DELETE };

/* Each field is one key; units are in the name or beside it. Strings are
 * allocated and may be replaced (free() the old one). */
struct config {
	char *file; /* the configuration's own name, NULL: defaults */
	/* [bounced] */
	char *maildir;  /* Maildir that is watched; NULL: none given */
	char *database; /* default DEFAULT_DATABASE */
	enum done_action done;
	char *rules_dir; /* *.conf there are read before the shipped rules,
			  * *.codes before the shipped codes; in name order;
			  * NULL: none */
	int workers;     /* 0: one per CPU */
	int rescan_seconds;
	char *log_level; /* error, warning, info, debug */
	/* [limits] */
	int64_t max_read; /* bytes; "1M" style suffixes */
	int max_recipients;
	int time_limit_ms;
	int64_t memory_limit;
	/* [verp] */
	char *verp_delimiters; /* NULL: the parser's default */
	/* Local ones first, then the shipped one. */
	struct source *rules, *codes;
	size_t n_rules, n_codes;
};

#define DEFAULT_CONFIG BOUNCED_SYSCONFDIR "/bounced/bounced.conf"
#define DEFAULT_RULES_DIR BOUNCED_SYSCONFDIR "/bounced/rules.d"
#define DEFAULT_DATABASE "/var/lib/bounced/bounces.db"

/* Reads FILE; NULL: DEFAULT_CONFIG if it exists, else built-in defaults.
 * An unknown or repeated group or key, a bad value, a missing rules
 * directory, an unreadable rule file or a bad rule gives NULL and *error:
 * "bounced.conf: [limits] max_read: ..."; free(). The Maildir and the
 * database are not looked at: bouncectl reads the same file and needs
 * neither. */
struct config *config_load(const char *file, char **error);
void config_free(struct config *);

/* The classifier of this configuration's rules and codes; NULL and *error as
 * classifier_new. */
struct classifier *config_classifier(const struct config *, char **error);

#endif
