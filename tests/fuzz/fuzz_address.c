/* Addresses in text and in fields, and what VERP makes of them. */
#include "parser/address.h"
#include "parser/verp.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	complaints_are_fatal();
	return 0;
}

static void
check_value(const char *value)
{
	static const char *const delimiters[] = {NULL, "+", "-", "=", "+-=#"};
	bool valid = g_utf8_validate(value, -1, NULL);
	char *clean = address_clean(value), *xtext, *fold, *inner;

	PROMISE(clean == NULL || *clean != '\0');
	PROMISE(clean == NULL || strlen(clean) <= MAX_ADDRESS);
	PROMISE(!valid || clean == NULL || g_utf8_validate(clean, -1, NULL));
	PROMISE(!address_is_valid(value) || address_equal(value, value));
	fold = address_fold(value);
	PROMISE(address_domain(value) != NULL);
	PROMISE(address_equal(value, clean) == address_equal(clean, value));
	xtext = address_decode_xtext(value);
	PROMISE(strlen(xtext) <= strlen(value));
	inner = verp_unwrap(value);
	PROMISE(strlen(inner) <= strlen(value));
	for (size_t i = 0; i < G_N_ELEMENTS(delimiters); i++) {
		char *user = verp_decode(value, delimiters[i]);

		PROMISE(user == NULL || address_is_valid(user));
		g_free(user);
	}
	g_free(inner);
	g_free(xtext);
	g_free(fold);
	g_free(clean);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	bool valid = g_utf8_validate(text, (gssize)size, NULL);
	struct span s = {0, 0};
	char *value;

	while (address_next(text, size, s.end, &s)) {
		PROMISE(s.start < s.end && s.end <= size);
		PROMISE(s.end - s.start <= MAX_ADDRESS);
		PROMISE(memchr(text + s.start, '@', s.end - s.start) != NULL);
		PROMISE(!valid || g_utf8_validate(text + s.start,
				      (gssize)(s.end - s.start), NULL));
	}
	value = g_strndup(text, size);
	check_value(value);
	g_free(value);
	return 0;
}
