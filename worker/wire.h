/* wire.h: struct report <-> bytes, for the socket between parent and worker.
 *
 * The parent trusts nothing that comes back: a worker may have been taken
 * over by the mail it read. Decoding checks every length and enum value,
 * bounds the number of recipients and refuses strings that are not UTF-8 or
 * hold NUL. Native byte order: both ends are the same program.
 */
#ifndef BOUNCED_WORKER_WIRE_H
#define BOUNCED_WORKER_WIRE_H

#include "parser/report.h"

/* Bounds that encoding keeps and decoding enforces: bytes of one string
 * (longer ones are cut), recipients, and bytes of a whole report. Recipients
 * above a bound are left out and added to n_dropped. */
#define WIRE_MAX_STRING 65536
#define WIRE_MAX_RECIPIENTS 100000
#define WIRE_MAX (16 * 1024 * 1024)

/* Appends REPORT to a fresh buffer; *length is set. free() it. Never fails. */
uint8_t *wire_encode(const struct report *, size_t *length);

/* NULL when BYTES is not exactly one well-formed report. */
struct report *wire_decode(const void *bytes, size_t length);

#endif
