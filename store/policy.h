/* policy.h: when an address is dead. Pure arithmetic, no database. */
#ifndef BOUNCED_STORE_POLICY_H
#define BOUNCED_STORE_POLICY_H

#include "parser/report.h"

struct policy {
	/* what a failure weighs: for good, and with a temporary code */
	double weight[CLASS_COUNT];
	double temporary[CLASS_COUNT];
	/* table `threshold`, which explains each */
	double score;
	double storm_factor;
	int64_t days;
	int64_t window;
	int64_t stale;
	int64_t storm_addresses;
	int64_t storm_memory;
	int64_t storm_days;
};

/* One day on which an address failed. */
struct failing_day {
	int64_t day; /* since 1970 */
	double weight;
	enum bounce_class class;
	bool hard;
	bool storm; /* its domain had a storm on that day */
	bool held;  /* out: waits to be confirmed, does not count */
	int64_t bounces;
	int64_t first_at;
	int64_t last_at;
	const char *domain; /* that failed it; not looked at here */
};

struct judgement {
	bool dead;
	enum bounce_class class; /* of the heaviest day, the latest of such */
	int64_t bounces;
	int64_t days;
	double score; /* highest sum within a window */
	int64_t first_at;
	int64_t last_at; /* 0: nothing counts */
};

/* The defaults: hard classes 1.0, those that count 0.25; 2.0 on 2 days
 * within 60. */
struct policy policy_default(void);

/* What a failure with CLASS weighs. */
double policy_weight(const struct policy *, enum bounce_class, bool temporary);

/* The verdict over N days in ascending order, each day at most once.
 *
 * A hard day in a storm counts only if a later day was hard without one. A
 * pause of a window's length starts afresh. Dead is who reached the score
 * on enough days within any window since, and stays so until a pause or a
 * fresh start: a later soft failure is no sign of life. */
struct judgement policy_judge(
    const struct policy *, struct failing_day *, size_t n);

/* Whether ADDRESSES hard on one day are a storm where USUAL was the most on
 * any day before. How many addresses a domain has we cannot know, only how
 * many of them fail on its bad days. */
bool policy_is_storm(const struct policy *, int64_t addresses, int64_t usual);

#endif
