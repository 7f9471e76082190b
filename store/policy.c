/* policy.c: when an address is dead. */
#include "store/policy.h"

/* Sums of weights like 0.1 do not come out even. */
#define EPSILON 1e-9

#define WEIGHT_HARD 1.0
#define WEIGHT_COUNTS 0.25

struct policy
policy_default(void)
{
	struct policy p = {.score = 2.0,
	    .days = 2,
	    .window = 60,
	    .stale = 60,
	    .storm_addresses = 10,
	    .storm_factor = 3.0,
	    .storm_memory = 30,
	    .storm_days = 2};

	for (unsigned c = 0; c < CLASS_COUNT; c++) {
		enum hardness hardness = class_info(c)->hardness;

		if (hardness == HARDNESS_NONE)
			continue;
		p.weight[c] =
		    hardness == HARDNESS_HARD ? WEIGHT_HARD : WEIGHT_COUNTS;
		p.temporary[c] = WEIGHT_COUNTS;
	}
	return p;
}

double
policy_weight(const struct policy *p, enum bounce_class c, bool temporary)
{
	if (c >= CLASS_COUNT)
		return 0;
	return temporary ? p->temporary[c] : p->weight[c];
}

/* Marks the hard days of storms that no later day confirms. A pause ends the
 * search: what lies behind it belongs to another story. */
static void
hold_storms(const struct policy *p, struct failing_day *d, size_t n)
{
	bool confirmed = false;

	for (size_t i = n; i-- > 0;) {
		if (i + 1 < n && d[i + 1].day - d[i].day >= p->window)
			confirmed = false;
		d[i].held = d[i].hard && d[i].storm && !confirmed;
		if (d[i].hard && !d[i].storm && d[i].weight > 0)
			confirmed = true;
	}
}

static bool
counts(const struct failing_day *d)
{
	return d->weight > 0 && !d->held;
}

static void
count_day(struct judgement *j, const struct failing_day *d, double *heaviest)
{
	j->bounces += d->bounces;
	j->days++;
	if (j->first_at == 0 || d->first_at < j->first_at)
		j->first_at = d->first_at;
	if (d->last_at > j->last_at)
		j->last_at = d->last_at;
	if (d->weight >= *heaviest) {
		*heaviest = d->weight;
		j->class = d->class;
	}
}

struct judgement
policy_judge(const struct policy *p, struct failing_day *d, size_t n)
{
	struct judgement j = {0};
	double sum = 0, heaviest = 0;
	int64_t days = 0, last = 0;
	size_t tail = 0;

	hold_storms(p, d, n);
	for (size_t i = 0; i < n; i++) {
		if (!counts(&d[i]))
			continue;
		if (j.days > 0 && d[i].day - last >= p->window) {
			j = (struct judgement){0};
			heaviest = 0;
		}
		/* Take out what the window has left behind. */
		for (; tail < i && d[i].day - d[tail].day >= p->window;
		     tail++) {
			if (!counts(&d[tail]))
				continue;
			sum -= d[tail].weight;
			days--;
		}
		sum += d[i].weight;
		days++;
		last = d[i].day;
		count_day(&j, &d[i], &heaviest);
		if (sum > j.score)
			j.score = sum;
		if (days >= p->days && sum >= p->score - EPSILON)
			j.dead = true;
	}
	return j;
}

bool
policy_is_storm(const struct policy *p, int64_t addresses, int64_t usual)
{
	return addresses > 0 && addresses >= p->storm_addresses &&
	       (double)addresses > p->storm_factor * (double)usual;
}
