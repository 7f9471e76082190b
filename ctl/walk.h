/* walk.h: the files below what a user named: Maildirs (new and cur, and the
 * subfolders of Maildir++), directories of anything, and files. Memory does
 * not grow with the number of files.
 */
#ifndef BOUNCED_CTL_WALK_H
#define BOUNCED_CTL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct walk;

struct walk_file {
	const char *path; /* good until the next call */
	bool is_member;   /* of a Maildir: one mail for certain */
	bool is_named;    /* by the user himself */
};

/* Called with a path that cannot be read, and why. */
typedef void walk_problem(const char *path, const char *why, void *context);

/* PATHS is NULL-terminated and not copied. */
struct walk *walk_open(char **paths, walk_problem *, void *context);
void walk_close(struct walk *);

/* False at the end. Within a directory the order is that in which the files
 * lie on the disk (inode numbers): cold files are read a third faster so.
 * Hidden files are left out, links below the named directory not followed;
 * new/ comes before cur/, so that a mail that is moved there meanwhile is
 * not missed. */
bool walk_next(struct walk *, struct walk_file *);

/* Links, sockets and the like that were passed over. */
uint64_t walk_skipped(const struct walk *);

#endif
