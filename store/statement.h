/* statement.h: every statement that is prepared, by name. */
#ifndef BOUNCED_STORE_STATEMENT_H
#define BOUNCED_STORE_STATEMENT_H

enum statement {
	/* settling */
	ST_MAIL_ADD,
	ST_BOUNCE_ADD,
	ST_MAIL_DAY_ADD,
	ST_TALLY_ADD,
	ST_TALLY_ADD_HARD, /* where it may become a storm */
	/* evidence */
	ST_ADDRESS_GET,
	ST_ADDRESS_PUT,
	ST_LIST_ADD,
	ST_EVIDENCE_AFTER,
	ST_DEATHS_GET,
	ST_DEATHS_PUT,
	/* storms */
	ST_STORM_ANY,
	ST_STORM_GET,
	ST_STORM_USUAL,
	ST_STORM_PUT,
	ST_STORM_END,
	ST_STORMS_AFTER,
	ST_STORM_ADDRESSES,
	/* words */
	ST_CLASS_PUT,
	ST_POLICY_PUT,
	ST_POLICY_ALL,
	ST_THRESHOLD_ALL,
	ST_CODE_PUT,
	ST_CODE_ALL,
	ST_CODE_REMOVE,
	/* reading; each list also from the newest */
	ST_LIST_TIME,
	ST_LIST_TIME_NEWEST,
	ST_LIST_ADDRESS,
	ST_LIST_ADDRESS_NEWEST,
	ST_LIST_DOMAIN,
	ST_LIST_DOMAIN_NEWEST,
	ST_LIST_CLASS,
	ST_LIST_CLASS_NEWEST,
	ST_LIST_LIST,
	ST_LIST_LIST_NEWEST,
	ST_DEAD_ALL,
	ST_DEAD_LIST,
	ST_DEAD_COUNT,
	ST_TALLY_TOTAL,
	ST_TALLY_CLASS,
	ST_TALLY_DOMAIN,
	ST_TALLY_DAY,
	ST_TALLY_LIST,
	ST_TALLY_SENDER,
	ST_SUM_MAILS,
	ST_SUM_FAILED,
	ST_FIRST_AT,
	ST_LAST_AT,
	ST_VERSION,
	ST_COUNT
};

/* The SQL of a statement; parameters are ?1, ?2 ... in the order in which
 * they are bound. */
const char *statement_sql(enum statement);

#endif
