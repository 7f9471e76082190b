/* move.c: renames that never overwrite, on file systems that help and on
 * those that do not. */
#include "daemon/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TWINS 1000 /* names tried when one is taken in the target */

/* Flags are in ASCII order, each once. */
static char *
add_seen(const char *name, size_t flags)
{
	size_t at = flags;

	if (strchr(name + flags, 'S') != NULL)
		return g_strdup(name);
	while (name[at] != '\0' && name[at] < 'S')
		at++;
	return g_strdup_printf("%.*sS%s", (int)at, name, name + at);
}

char *
move_seen_name(const char *name)
{
	const char *info = strstr(name, ":2,");
	char *seen;

	seen = info == NULL ? g_strconcat(name, ":2,S", NULL)
			    : add_seen(name, (size_t)(info - name) + 3);
	if (strlen(seen) <= NAME_MAX)
		return seen;
	g_free(seen);
	return g_strdup(name);
}

/* NAME with "_N" before its info, cut so that it still is a name. */
static char *
twin_name(const char *name, int n)
{
	const char *info = strstr(name, ":2,");
	char *suffix;
	size_t base = info == NULL ? strlen(name) : (size_t)(info - name);
	char *twin;

	suffix = g_strdup_printf("_%d%s", n, name + base);
	if (base + strlen(suffix) > NAME_MAX)
		base = NAME_MAX - strlen(suffix);
	twin = g_strdup_printf("%.*s%s", (int)base, name, suffix);
	g_free(suffix);
	return twin;
}

/* Without RENAME_NOREPLACE (NFS): a second name, then the first away. When we
 * died between the two, the target is the same file already. */
static int
link_and_unlink(int from, const char *name, int to, const char *target)
{
	struct stat a, b;

	if (linkat(from, name, to, target, 0) < 0) {
		if (errno != EEXIST)
			return -1;
		if (fstatat(from, name, &a, AT_SYMLINK_NOFOLLOW) < 0 ||
		    fstatat(to, target, &b, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		if (a.st_ino != b.st_ino || a.st_dev != b.st_dev) {
			errno = EEXIST;
			return -1;
		}
	}
	return unlinkat(from, name, 0);
}

static int
move_once(int from, const char *name, int to, const char *target)
{
	if (renameat2(from, name, to, target, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EINVAL || errno == ENOSYS || errno == EEXIST)
		return link_and_unlink(from, name, to, target);
	return -1;
}

enum mail_moved
move_result(int result)
{
	if (result == 0)
		return MAIL_MOVED;
	return errno == ENOENT ? MAIL_MOVE_GONE : MAIL_MOVE_FAILED;
}

enum mail_moved
move_mail(int from, const char *name, int to, const char *target)
{
	int result = move_once(from, name, to, target);

	for (int n = 1; result < 0 && errno == EEXIST && n < MAX_TWINS; n++) {
		char *twin = twin_name(target, n);

		result = move_once(from, name, to, twin);
		g_free(twin);
	}
	return move_result(result);
}
