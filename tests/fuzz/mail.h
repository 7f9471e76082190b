/* mail.h: reads a mail whole and holds the parser to its promises. */
#ifndef BOUNCED_TESTS_FUZZ_MAIL_H
#define BOUNCED_TESTS_FUZZ_MAIL_H

#include "parser/parser.h"
#include "tests/fuzz/fuzz.h"

/* The parser with the shipped rules; one for all inputs, as in a worker. */
struct parser *mail_parser(void);

void mail_check(struct parser *, const char *text, size_t length);

#endif
