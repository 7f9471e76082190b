/* days.h: the evidence against one address, as it stands in one column:
 * a line for each failing day, in ascending order,
 *
 *     day weight class hard bounces first last [domain]
 *
 * first and last are seconds within the day; weight and bounces are 0 for what
 * failed before the address was last fresh. One line a day is one count a
 * day, and one column is one page of the database to read and write. */
#ifndef BOUNCED_STORE_DAYS_H
#define BOUNCED_STORE_DAYS_H

#include <glib.h>

#include "store/policy.h"

/* Days kept per address, the latest ones. Far more than any window. */
#define MAX_FAILING_DAYS 400

/* An array of struct failing_day. Domains are copied into NAMES. A line that
 * cannot be read is left out. */
GArray *days_parse(const char *text, GStringChunk *names);

/* The other way; NULL when there are none. g_free. */
char *days_format(const GArray *);

/* The verdict's input, as the array that policy_judge takes. */
struct failing_day *days_data(GArray *);

/* Adds one failure; one with 0 bounces is only remembered as hard. True when
 * it makes its day a hard one. */
bool days_add(GArray *, const struct failing_day *failure);

/* Days up to and including DAY weigh nothing any more; that they were hard
 * is remembered, so that their domain's day counts the address once. Gives
 * the last second of them that counted, 0 if none did. */
int64_t days_void(GArray *, int64_t day);

#endif
