/* The first line is the label, the rest the bytes. */
#include "parser/charset.h"
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
	const char *p = (const char *)data;
	const char *nl = size > 0 ? memchr(p, '\n', size) : NULL;
	size_t label = nl != NULL ? (size_t)(nl - p) : 0;
	char *charset = label > 0 ? g_strndup(p, label) : NULL;
	size_t used = nl != NULL ? label + 1 : 0, n;
	char *out = charset_to_utf8(p + used, size - used, charset, &n);

	PROMISE(strlen(out) == n);
	PROMISE(g_utf8_validate(out, -1, NULL));
	PROMISE(n <= 8 * size + 16);
	for (size_t max = 0; max < MIN(n, 8); max++) {
		size_t cut = charset_cut(out, n, max);

		PROMISE(cut <= max && max - cut <= 3);
		PROMISE(g_utf8_validate(out, (gssize)cut, NULL));
	}
	g_free(out);
	g_free(charset);
	return 0;
}
