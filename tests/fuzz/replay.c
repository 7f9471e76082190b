/* replay.c: a main for a harness that runs it over files and folders of
 * stored inputs, with any compiler.
 */
#include <dirent.h>
#include <errno.h>

#include "tests/fuzz/fuzz.h"

static unsigned long count;

static void
replay_file(const char *path)
{
	char *bytes;
	gsize length;
	uint8_t *copy;

	if (!g_file_get_contents(path, &bytes, &length, NULL)) {
		fprintf(stderr, "%s: cannot read\n", path);
		exit(EXIT_FAILURE);
	}
	/* Of exactly its size, so that the sanitizer sees its end. */
	copy = malloc(length > 0 ? length : 1);
	memcpy(copy, bytes, length);
	g_free(bytes);
	(void)LLVMFuzzerTestOneInput(copy, length);
	free(copy);
	count++;
}

static void
replay(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	if (dir == NULL) {
		replay_file(path);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		char *inner;

		if (e->d_name[0] == '.')
			continue;
		inner = g_build_filename(path, e->d_name, NULL);
		replay(inner);
		g_free(inner);
	}
	closedir(dir);
}

int
main(int argc, char **argv)
{
	(void)LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%s: %lu inputs\n", argv[0], count);
	return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
