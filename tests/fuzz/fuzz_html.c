#include "parser/charset.h"
#include "parser/html.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	complaints_are_fatal();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n;
	char *raw = html_to_text((const char *)data, size);
	char *utf8 = charset_to_utf8((const char *)data, size, "utf-8", &n);
	/* Without the NUL: the text ends where its length says. */
	char *exact = g_memdup2(utf8, n), *text;

	text = html_to_text(exact != NULL ? exact : "", n);
	PROMISE(strlen(raw) <= 2 * size + 16);
	promise_string(text, 2 * n + 16);
	g_free(text);
	g_free(exact);
	g_free(utf8);
	g_free(raw);
	return 0;
}
