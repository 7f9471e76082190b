/* Whole mails. */
#include "tests/fuzz/mail.h"

static struct parser *parser;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	complaints_are_fatal();
	parser = mail_parser();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	mail_check(parser, (const char *)data, size);
	return 0;
}
