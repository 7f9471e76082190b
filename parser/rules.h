/* rules.h: the text of rule files -> rules. The format is in classify.h. */
#ifndef BOUNCED_PARSER_RULES_H
#define BOUNCED_PARSER_RULES_H

#include "parser/classify.h"
#include "parser/phrases.h"

/* In a rule's status: this number may be anything. */
#define STATUS_ANY UINT16_MAX

struct rule {
	enum bounce_class class;
	bool weak, near;
	bool any_code, any_status;
	uint16_t code_low, code_high;
	struct enhanced status;
	uint32_t hosts; /* in strings: "a.org,b.org"; 0: any */
	uint32_t name;  /* in strings: "rules.conf:120" */
};

/* All rules of all sources, in their order; the phrase of rules[i] is
 * phrase i. */
struct rules {
	GArray *rows;     /* struct rule */
	GString *strings; /* NUL-separated; offset 0 is "" */
	struct phrases *phrases;
};

struct rules *rules_new(void);
void rules_free(struct rules *);

/* Appends the rules of SOURCE. False and *error (free()) on a bad line. */
bool rules_read(struct rules *, const struct source *, char **error);

/* Do the rule's limits hold? HOST may be NULL. CODES and STATUSES are all
 * that the evidence has; absent ones are 0. */
struct known {
	const char *host; /* lower case or not, no trailing dot */
	size_t host_length;
	int codes[2];
	struct enhanced statuses[3];
};
bool rule_allows(
    const struct rules *, const struct rule *, const struct known *);

/* A line of a data file, continuation lines joined, without comment lines,
 * empty ones and blanks at its ends. */
struct line {
	char *text; /* in LINES' buffer, NUL-terminated; may be cut up */
	size_t length;
	unsigned number; /* of its first line, from 1 */
};

struct lines {
	const struct source *source;
	size_t at;
	unsigned number;
	GString *buffer;
};

bool lines_next(struct lines *, struct line *);

/* "NAME:LINE: message", for free(). */
char *line_error(const struct source *, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
