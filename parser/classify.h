/* classify.h: from evidence to a class.
 *
 * The knowledge is data: rules ("this phrase means that class") and the code
 * table, given as text when the classifier is made. Nothing here opens a
 * file. A classifier is immutable after classifier_new and may be used from
 * several threads, each with its own struct matcher.
 *
 * RULE FILES. One rule a line; empty lines and lines starting with # are
 * skipped; a line that ends in \ goes on in the next.
 *
 *     class [limit ...]: phrase
 *
 * e.g.   blacklisted: blocked using * spamhaus
 *        user-unknown host=outlook.com status=5.4.1: access denied
 *
 * The phrase matches case-insensitively, with runs of white space equal to
 * one space and Latin letters without their accents. Articles and forms of
 * "to be" do not count, and mail addresses are taken out of the text, a lone
 * "@" stays for each (fold.h tells all). "*" is a gap of any length, also
 * none; "(a|b|c)" is one of several, "(a|)" also none of them; brackets
 * without "|" are plain text. A phrase that begins or ends with a letter or
 * digit matches only at a word boundary there, unless a * stands right at
 * it: "spam*" finds "spamming", "spam * score" does not. Limits, all of which
 * must hold: code=550 (or 5yz-style "5xx"), status=5.7.1 (or "5.7.*",
 * "*.1.1"), host=DOMAIN (the remote MTA is DOMAIN or below it; several with
 * commas), "near" (only in the closest text), "weak" (matches only count when
 * no other text of the evidence has a match that is not weak, and no code says
 * more). First match in file order
 * wins; sources are read in the order given.
 *
 * CODE TABLES. One row a line: key, class and perhaps "weak", then "|" and
 * two texts:
 *
 *     550     user-unknown   | meaning | advice
 *     5.1.1   user-unknown   | meaning | advice
 *     x.1.1   user-unknown   | ...      any of 2, 4, 5
 *     5.7.1   policy weak    | ...      says so little that text comes first
 *     220     -              | ...      information, no class
 *
 * A row with a digit for its class goes before the "x." one, an own row
 * before the general x.y.0. Of two rows with one key the first read counts.
 *
 * ORDER OF EVIDENCE (CLASSES.md). The closest text with a rule that is not
 * weak; an enhanced code that a text gives itself (or a Status field that no
 * reply code stands behind) whose row is not weak; a weak rule; the best
 * enhanced code there is; the reply code; nothing.
 */
#ifndef BOUNCED_PARSER_CLASSIFY_H
#define BOUNCED_PARSER_CLASSIFY_H

#include "parser/report.h"

struct classifier;
struct matcher;

/* A text that rules or codes are read from. NAME appears in struct verdict's
 * rule as "NAME:LINE". Nothing is kept of it after classifier_new. */
struct source {
	const char *name;
	const char *text;
	size_t length;
};

#define MAX_EVIDENCE_TEXTS 8

/* What is known about one recipient's failure. */
struct evidence {
	/* UTF-8 texts, closest first: the diagnostic, the human text near
	 * the address, X-Supplementary-Info and the like; NULL-terminated
	 * unless all are used. */
	const char *texts[MAX_EVIDENCE_TEXTS];
	struct enhanced status; /* the Status: field */
	int code;               /* a reply known from elsewhere than texts */
	/* Host that said it, for host=: as a Remote-MTA field has it, with
	 * or without "dns;", a trailing dot and a comment. NULL: a text that
	 * says "host mx.example.org[192.0.2.1] said" is believed. */
	const char *remote_mta;
	/* Delivered, relayed, expanded: the class is CLASS_NONE. None: taken
	 * for failed. */
	enum action action;
};

struct verdict {
	enum bounce_class class;
	bool hard;
	enum basis basis;
	const char *rule;       /* owned by the classifier; NULL: none */
	struct enhanced status; /* the most specific one of all evidence */
	int code;               /* 0: none anywhere */
};

/* One row of the code table. */
struct code_info {
	const char *key;         /* "550" or "x.1.1" as written */
	enum bounce_class class; /* CLASS_NONE: information */
	bool weak;               /* says so little that any text comes first */
	const char *meaning;
	const char *advice;
	const char *rule; /* "codes.conf:12" */
};

/* Compiles RULES and CODES. On a bad line returns NULL and sets *error to a
 * message that names source and line ("rules.conf:12: unknown class
 * 'user-unknwon'"); free it with free(). */
struct classifier *classifier_new(const struct source *rules, size_t n_rules,
    const struct source *codes, size_t n_codes, char **error);
void classifier_free(struct classifier *);

/* Scratch memory for classify(); reusable, one per thread. */
struct matcher *matcher_new(const struct classifier *);
void matcher_free(struct matcher *);

/* The class that EVIDENCE speaks for: CLASSES.md order of evidence. Time is
 * linear in the length of the texts. Always answers. */
struct verdict classify(
    const struct classifier *, struct matcher *, const struct evidence *);

/* For `explain` and `scan --explain`: every rule that matches TEXT with its
 * limits holding, in file order, as "rules.conf:120"; returns how many there
 * are, writing at most MAX. */
size_t classify_matches(const struct classifier *, struct matcher *,
    const struct evidence *, const char **rules, size_t max);

/* Rows of the code table: by reply code, by enhanced status ("x." rows
 * apply; falls back to x.y.0, then NULL), and by index for listing. */
const struct code_info *code_info_reply(const struct classifier *, int code);
const struct code_info *code_info_status(
    const struct classifier *, struct enhanced);
size_t code_count(const struct classifier *);
const struct code_info *code_at(const struct classifier *, size_t i);

#endif
