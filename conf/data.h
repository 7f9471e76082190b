/* data.h: the files that are carried inside the programs. Each text has a
 * NUL behind it that LENGTH does not count. */
#ifndef BOUNCED_CONF_DATA_H
#define BOUNCED_CONF_DATA_H

#include "parser/classify.h"

struct source shipped_rules(void);  /* rules.conf */
struct source shipped_codes(void);  /* codes.conf */
struct source shipped_config(void); /* bounced.conf, commented */

#endif
