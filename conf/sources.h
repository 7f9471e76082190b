/* sources.h: local rule and code files of a directory. */
#ifndef BOUNCED_CONF_SOURCES_H
#define BOUNCED_CONF_SOURCES_H

#include "parser/classify.h"

/* Bytes of one local file: these are written by hand. */
#define MAX_SOURCE_SIZE (16 * 1024 * 1024)

/* The content of the regular file PATH with a NUL behind it; free(). NULL and
 * *error ("PATH: No such file or directory") when it cannot be read, is too
 * large or holds a NUL. */
char *source_read(const char *path, size_t *length, char **error);

/* The files of DIRECTORY whose names end in SUFFIX (hidden ones not), in name
 * order, and SHIPPED behind them; *n is how many. Their names are
 * "rules.d/10-local.conf". NULL and *error when the directory or one file
 * cannot be read. DIRECTORY NULL: only SHIPPED. */
struct source *sources_load(const char *directory, const char *suffix,
    struct source shipped, size_t *n, char **error);

/* SHIPPED, the last one, is not freed. NULL is fine. */
void sources_free(struct source *, size_t n);

#endif
