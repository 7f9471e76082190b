/* setup.c: a worker's options and rules in a memfd. */
#include "worker/setup.h"

#include "worker/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x424E5331 /* "BNS1" */
#define MAX_NAME 4096
#define MAX_SOURCES 10000
#define MAX_SETUP (256 * 1024 * 1024)

static void
pack_sources(struct pack *p, const struct source *sources, size_t n)
{
	pack_u32(p, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		pack_string(p, sources[i].name, MAX_NAME);
		pack_i64(p, (int64_t)sources[i].length);
		pack_raw(p, sources[i].text, sources[i].length);
	}
}

static void
pack_setup(struct pack *p, const struct setup *s)
{
	pack_u32(p, MAGIC);
	pack_i64(p, (int64_t)s->max_read);
	pack_i64(p, (int64_t)s->memory_limit);
	pack_u32(p, s->in_flight);
	pack_i64(p, s->parent);
	pack_u32(p, s->unconfined);
	pack_string(p, s->parser.verp_delimiters, MAX_NAME);
	pack_i64(p, (int64_t)s->parser.max_recipients);
	pack_sources(p, s->rules, s->n_rules);
	pack_sources(p, s->codes, s->n_codes);
}

static bool
write_all(int fd, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

int
setup_write(const struct setup *setup)
{
	struct pack p = {0};
	int fd = memfd_create("bounced-setup", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	pack_setup(&p, setup);
	if (!write_all(fd, p.bytes, p.length) ||
	    fcntl(fd, F_ADD_SEALS,
		F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		fd = -1;
	}
	g_free(p.bytes);
	return fd;
}

/* A new array of *N sources, each with its own texts. */
static struct source *
unpack_sources(struct unpack *u, size_t *n)
{
	size_t count = unpack_below(u, MAX_SOURCES);
	struct source *sources = g_new0(struct source, count + 1);

	for (size_t i = 0; i < count && !u->bad; i++) {
		const uint8_t *text;

		sources[i].name = unpack_string(u, MAX_NAME);
		sources[i].length = (size_t)unpack_i64(u);
		text = unpack_raw(u, sources[i].length);
		if (text != NULL)
			sources[i].text =
			    g_strndup((const char *)text, sources[i].length);
	}
	*n = count;
	return sources;
}

static struct setup *
unpack_setup(struct unpack *u)
{
	struct setup *s = g_new0(struct setup, 1);

	if (unpack_u32(u) != MAGIC)
		u->bad = true;
	s->max_read = (size_t)unpack_i64(u);
	s->memory_limit = (size_t)unpack_i64(u);
	s->in_flight = unpack_u32(u);
	s->parent = (pid_t)unpack_i64(u);
	s->unconfined = unpack_below(u, 2);
	s->parser.verp_delimiters = unpack_string(u, MAX_NAME);
	s->parser.max_recipients = (size_t)unpack_i64(u);
	s->rules = unpack_sources(u, &s->n_rules);
	s->codes = unpack_sources(u, &s->n_codes);
	if (unpack_done(u))
		return s;
	setup_free(s);
	return NULL;
}

struct setup *
setup_read(int fd)
{
	struct stat st;
	struct unpack u = {0};
	struct setup *setup;
	void *map;

	if (fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > MAX_SETUP)
		return NULL;
	u.left = (size_t)st.st_size;
	map = mmap(NULL, u.left, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return NULL;
	u.at = map;
	setup = unpack_setup(&u);
	munmap(map, (size_t)st.st_size);
	return setup;
}

static void
free_sources(const struct source *sources, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((char *)sources[i].name);
		free((char *)sources[i].text);
	}
	free((struct source *)sources);
}

void
setup_free(struct setup *s)
{
	if (s == NULL)
		return;
	free_sources(s->rules, s->n_rules);
	free_sources(s->codes, s->n_codes);
	free((char *)s->parser.verp_delimiters);
	free(s);
}
