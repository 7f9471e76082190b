/* gmime_bare.c: what GMime alone needs to parse the mails whose names stand
 * one a line in a file: read into a buffer, construct the message, free it.
 * No report, no database: the yardstick of `make bench`.
 *
 * usage: gmime_bare PROCESSES LIST
 */
#include <err.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
parse(GMimeParser *parser, const char *file)
{
	char *bytes;
	gsize n;
	GMimeStream *stream;
	GMimeMessage *message;

	if (!g_file_get_contents(file, &bytes, &n, NULL))
		errx(66, "%s: cannot read", file);
	stream = g_mime_stream_mem_new_with_buffer(bytes, n);
	g_free(bytes);
	g_mime_parser_init_with_stream(parser, stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message != NULL)
		g_object_unref(message);
	g_object_unref(stream);
}

int
main(int argc, char **argv)
{
	char *text, **files;
	int processes, status, bad = 0;

	if (argc != 3 || (processes = atoi(argv[1])) < 1)
		errx(64, "usage: gmime_bare PROCESSES LIST");
	if (!g_file_get_contents(argv[2], &text, NULL, NULL))
		errx(66, "%s: cannot read", argv[2]);
	files = g_strsplit(text, "\n", -1);
	for (int p = 0; p < processes; p++) {
		GMimeParser *parser;

		if (fork() != 0)
			continue;
		g_mime_init();
		parser = g_mime_parser_new();
		for (int i = 0; files[i] != NULL; i++) {
			if (i % processes == p && *files[i] != '\0')
				parse(parser, files[i]);
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	return bad != 0;
}
