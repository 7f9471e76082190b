/* sources.c: reads the local rule and code files. */
#include "conf/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gint
by_name(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* Names in DIRECTORY that end in SUFFIX, sorted by bytes: the same order on
 * every machine, whatever its locale. */
static GPtrArray *
list_names(const char *directory, const char *suffix, char **error)
{
	GError *gerror = NULL;
	GDir *dir = g_dir_open(directory, 0, &gerror);
	GPtrArray *names;
	const char *name;

	if (dir == NULL) {
		*error = g_strdup(gerror->message);
		g_error_free(gerror);
		return NULL;
	}
	names = g_ptr_array_new_with_free_func(g_free);
	while ((name = g_dir_read_name(dir)) != NULL) {
		if (name[0] != '.' && g_str_has_suffix(name, suffix))
			g_ptr_array_add(names, g_strdup(name));
	}
	g_dir_close(dir);
	g_ptr_array_sort(names, by_name);
	return names;
}

static char *
read_all(int fd, size_t size, size_t *length)
{
	char *text = g_malloc(size + 1);
	ssize_t n;

	*length = 0;
	while (*length < size &&
	       (n = read(fd, text + *length, size - *length)) > 0)
		*length += (size_t)n;
	text[*length] = '\0';
	return text;
}

char *
source_read(const char *path, size_t *length, char **error)
{
	const char *wrong = NULL;
	struct stat st;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0)
		wrong = g_strerror(errno);
	else if (S_ISDIR(st.st_mode))
		wrong = g_strerror(EISDIR);
	else if (!S_ISREG(st.st_mode))
		wrong = "not a regular file";
	else if (st.st_size > MAX_SOURCE_SIZE)
		wrong = "too large to be written by hand";
	else
		text = read_all(fd, (size_t)st.st_size, length);
	if (text != NULL && strlen(text) != *length) {
		wrong = "holds a NUL byte: not a text file";
		g_free(text);
		text = NULL;
	}
	if (wrong != NULL)
		*error = g_strdup_printf("%s: %s", path, wrong);
	if (fd >= 0)
		close(fd);
	return text;
}

static bool
load_all(const char *directory, const GPtrArray *names, struct source *sources,
    size_t *n, char **error)
{
	char *folder = g_path_get_basename(directory);

	for (*n = 0; *n < names->len; ++*n) {
		const char *name = names->pdata[*n];
		char *path = g_build_filename(directory, name, NULL);
		struct source *s = &sources[*n];

		s->text = source_read(path, &s->length, error);
		g_free(path);
		if (s->text == NULL)
			break;
		s->name = g_build_filename(folder, name, NULL);
	}
	g_free(folder);
	return *n == names->len;
}

struct source *
sources_load(const char *directory, const char *suffix, struct source shipped,
    size_t *n, char **error)
{
	GPtrArray *names;
	struct source *sources;
	bool good;

	*n = 0;
	if (directory == NULL)
		names = g_ptr_array_new_with_free_func(g_free);
	else if ((names = list_names(directory, suffix, error)) == NULL)
		return NULL;
	sources = g_new0(struct source, names->len + 1);
	good =
	    directory == NULL || load_all(directory, names, sources, n, error);
	sources[(*n)++] = shipped;
	g_ptr_array_free(names, TRUE);
	if (good)
		return sources;
	sources_free(sources, *n);
	*n = 0;
	return NULL;
}

void
sources_free(struct source *sources, size_t n)
{
	for (size_t i = 0; sources != NULL && i + 1 < n; i++) {
		g_free((char *)sources[i].name);
		g_free((char *)sources[i].text);
	}
	g_free(sources);
}
