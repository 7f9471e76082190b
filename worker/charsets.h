/* charsets.h: the character sets that mail comes in, opened before a worker
 * may open no file any more. */
#ifndef BOUNCED_WORKER_CHARSETS_H
#define BOUNCED_WORKER_CHARSETS_H

#include <stddef.h>

/* Opens a converter from each known charset to UTF-8 and keeps it, so that
 * the C library has its module loaded for good. Returns how many of them this
 * machine has. Once per process. */
size_t charsets_open(void);

#endif
