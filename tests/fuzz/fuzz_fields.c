/* Header blocks, their values, and encoded words. */
#include "parser/encoded_words.h"
#include "parser/fields.h"
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
check(const char *text, size_t size,
    size_t (*read)(struct fields *, const char *, size_t))
{
	struct fields f;
	size_t used = read(&f, text, size);

	PROMISE(used <= size);
	PROMISE(f.count <= MAX_FIELDS);
	for (size_t i = 0; i < f.count; i++) {
		const struct field *field = &f.list[i];
		char *value = field_value(field), *plain = field_text(field);

		PROMISE(field->name >= text && field->name_length > 0);
		PROMISE(field->value + field->value_length <= text + size);
		promise_string(value, 4 * MAX_FIELD_LENGTH);
		promise_string(plain, 16 * MAX_FIELD_LENGTH);
		PROMISE(strchr(value, '\n') == NULL);
		PROMISE(strchr(plain, '\n') == NULL);
		g_free(value);
		g_free(plain);
	}
	g_free(fields_text(&f, "Subject"));
	fields_free(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line;

	check((const char *)data, size, fields_read);
	check((const char *)data, size, fields_read_mail);
	line = g_strndup((const char *)data, size);
	if (g_utf8_validate(line, -1, NULL)) {
		char *words = encoded_words_decode(line);

		promise_string(words, 4 * size + 16);
		g_free(words);
	}
	g_free(line);
	return 0;
}
