/* json.h: JSON lines, with the keys and the order that scripts rely on. */
#ifndef BOUNCED_CTL_JSON_H
#define BOUNCED_CTL_JSON_H

#include "parser/classify.h"
#include "parser/report.h"
#include "store/store.h"

#include <jansson.h>
#include <stdio.h>

/* TEXT as a JSON string; NULL is "", bytes that are no UTF-8 become U+FFFD. */
json_t *json_text(const char *text);

/* Sets KEY of OBJECT to a text, and "550" or "" for a code, "5.1.1" or "" for
 * a status. */
void json_set_text(json_t *object, const char *key, const char *text);
void json_set_code(json_t *object, const char *key, int code);
void json_set_status(json_t *object, const char *key, struct enhanced);

/* "2026-11-01T12:00:00Z", or "" for 0. */
void json_set_time(json_t *object, const char *key, int64_t when);

/* Prints VALUE in one line, and drops the reference. Letters stay letters;
 * what would change a terminal's state or the direction of its text is
 * written \uXXXX, which means the same. */
void json_line(FILE *, json_t *value);

/* The object of `scan --json`. FILE is any bytes. */
json_t *json_report(const char *file, const struct report *);

/* The object of `list --json` and `show --json`: the columns of the view
 * `bounces`. */
json_t *json_bounce(const struct bounce_row *);

#endif
