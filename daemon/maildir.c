/* maildir.c: opening a Maildir and listing, opening and moving its mail. All
 * by directory descriptors: a rename of a parent changes nothing under us. */
#include "daemon/maildir.h"

#include "daemon/move.h"
#include "util/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define FAILED_FOLDER ".Failed"
#define YOUNG_SECONDS 60

struct maildir {
	char *path;
	unsigned references;
	int root, new, cur;
	DIR *list; /* NULL: not in the middle of a listing */
};

/* ---- opening ---- */

static int
open_directory(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int
exit_status(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return EX_NOPERM;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return EX_TEMPFAIL;
	default:
		return EX_NOINPUT;
	}
}

static bool
open_parts(struct maildir *m, int *status, char **error)
{
	const char *missing = "";
	struct stat st;

	m->root = open_directory(AT_FDCWD, m->path);
	if (m->root >= 0) {
		missing = "/new";
		m->new = open_directory(m->root, "new");
	}
	if (m->new >= 0) {
		missing = "/cur";
		/* Some clean-up tools remove empty directories. */
		if (fstat(m->new, &st) == 0)
			mkdirat(m->root, "cur", st.st_mode & 0777);
		m->cur = open_directory(m->root, "cur");
	}
	if (m->cur < 0) {
		*status = exit_status(errno);
		*error = g_strdup_printf("cannot open the Maildir %s: %s%s: %s",
		    m->path, m->path, missing, g_strerror(errno));
		return false;
	}
	return true;
}

static bool
lock(struct maildir *m, int *status, char **error)
{
	if (flock(m->root, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return true; /* NFS cannot lock what is open for reading */
	*status = EX_TEMPFAIL;
	*error = g_strdup_printf(
	    "another bounced watches the Maildir %s (it holds the lock)",
	    m->path);
	return false;
}

struct maildir *
maildir_open(const char *path, int *status, char **error)
{
	struct maildir *m = g_new0(struct maildir, 1);

	m->path = g_strdup(path);
	m->references = 1;
	m->root = m->new = m->cur = -1;
	if (open_parts(m, status, error) && lock(m, status, error))
		return m;
	maildir_unref(m);
	return NULL;
}

struct maildir *
maildir_ref(struct maildir *m)
{
	m->references++;
	return m;
}

void
maildir_unref(struct maildir *m)
{
	if (m == NULL || --m->references > 0)
		return;
	if (m->list != NULL)
		closedir(m->list);
	if (m->cur >= 0)
		close(m->cur);
	if (m->new >= 0)
		close(m->new);
	if (m->root >= 0)
		close(m->root);
	g_free(m->path);
	g_free(m);
}

const char *
maildir_path(const struct maildir *m)
{
	return m->path;
}

/* Is PATH/NAME still the directory FD? */
static bool
is_same(const struct maildir *m, const char *name, int fd)
{
	struct stat here, there;
	char *path = g_strconcat(m->path, "/", name, NULL);
	bool same = fstat(fd, &here) == 0 && stat(path, &there) == 0 &&
		    here.st_dev == there.st_dev && here.st_ino == there.st_ino;

	g_free(path);
	return same;
}

bool
maildir_in_place(const struct maildir *m)
{
	return is_same(m, "new", m->new) && is_same(m, "cur", m->cur);
}

/* ---- listing ---- */

struct found {
	ino_t inode;
	char *name;
};

static int
by_inode(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

/* Starts a listing: by a descriptor of its own, for the offset is shared. */
static bool
start_list(struct maildir *m)
{
	int fd = open_directory(m->new, ".");

	if (fd < 0)
		return false;
	m->list = fdopendir(fd);
	if (m->list == NULL)
		close(fd);
	return m->list != NULL;
}

bool
maildir_list(struct maildir *m, size_t max, struct listing *l, bool *end)
{
	GArray *found;
	struct dirent *e = NULL;
	int error = 0;

	*l = (struct listing){0};
	*end = true;
	if (m->list == NULL && !start_list(m))
		return false;
	found = g_array_new(FALSE, FALSE, sizeof(struct found));
	while (found->len < max) {
		/* Only errno tells an I/O error from the end. */
		errno = 0;
		e = readdir(m->list);
		error = errno;
		if (e == NULL)
			break;
		if (e->d_name[0] != '.') {
			struct found f = {e->d_ino, g_strdup(e->d_name)};

			g_array_append_val(found, f);
		}
	}
	*end = e == NULL;
	if (*end) {
		closedir(m->list);
		m->list = NULL;
	}
	g_array_sort(found, by_inode);
	l->n = found->len;
	l->names = g_new(char *, l->n + 1);
	for (size_t i = 0; i < l->n; i++)
		l->names[i] = g_array_index(found, struct found, i).name;
	g_array_free(found, TRUE);
	errno = error;
	return error == 0;
}

void
listing_clear(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		g_free(l->names[i]);
	g_free(l->names);
	*l = (struct listing){0};
}

/* ---- a mail ---- */

static struct file_id
identify(const struct stat *st)
{
	return (struct file_id){st->st_ino, st->st_size, st->st_mtim};
}

/* NFS and SMB refuse most leases, whoever writes. */
static bool
is_remote(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) < 0 || fs.f_type == NFS_SUPER_MAGIC ||
	       fs.f_type == SMB_SUPER_MAGIC || fs.f_type == SMB2_SUPER_MAGIC ||
	       fs.f_type == CIFS_SUPER_MAGIC;
}

/* Is somebody writing the young file FD? A read lease is refused while a file
 * is open for writing. It can be asked for own files only (or with
 * CAP_LEASE); for others there are the checks of size and time. */
static bool
is_being_written(int fd, const struct stat *st)
{
	if (time(NULL) - st->st_mtim.tv_sec > YOUNG_SECONDS || is_remote(fd))
		return false;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		fcntl(fd, F_SETLEASE, F_UNLCK);
		return false;
	}
	return errno == EAGAIN;
}

static enum mail_opened
why_not_opened(int error)
{
	switch (error) {
	case ENOENT:
		return MAIL_GONE;
	case ELOOP: /* a symbolic link */
	case ENXIO: /* a socket, a device without a driver */
	case ENODEV:
		return MAIL_ODD;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return MAIL_NO_ROOM;
	default:
		return MAIL_UNREADABLE;
	}
}

enum mail_opened
maildir_open_mail(
    struct maildir *m, const char *name, int *fd, struct file_id *id)
{
	enum mail_opened opened = MAIL_OPENED;
	struct stat st;

	*fd = openat(m->new, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0)
		return why_not_opened(errno);
	if (fstat(*fd, &st) < 0)
		opened = MAIL_UNREADABLE;
	else if (!S_ISREG(st.st_mode))
		opened = MAIL_ODD;
	else if (is_being_written(*fd, &st))
		opened = MAIL_BUSY;
	if (opened == MAIL_OPENED) {
		*id = identify(&st);
	} else {
		int saved = errno;

		close(*fd);
		errno = saved;
		*fd = -1;
	}
	return opened;
}

bool
maildir_unchanged(struct maildir *m, const char *name, const struct file_id *id)
{
	struct stat st;

	if (fstatat(m->new, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return true; /* gone: what was read of it still holds */
	return st.st_ino == id->inode && st.st_size == id->size &&
	       st.st_mtim.tv_sec == id->mtime.tv_sec &&
	       st.st_mtim.tv_nsec == id->mtime.tv_nsec;
}

/* ---- moving ---- */

enum mail_moved
maildir_done(struct maildir *m, const char *name)
{
	char *seen = move_seen_name(name);
	enum mail_moved result = move_mail(m->new, name, m->cur, seen);

	g_free(seen);
	return result;
}

enum mail_moved
maildir_remove(struct maildir *m, const char *name)
{
	return move_result(unlinkat(m->new, name, 0));
}

/* Makes and opens the directory NAME in AT; who may read new/ may read it. */
static int
make_directory(int at, const char *name, mode_t mode)
{
	bool made = mkdirat(at, name, mode) == 0;
	int fd;

	if (!made && errno != EEXIST)
		return -1;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && made && fchmod(fd, mode) < 0)
		log_warn("%s gets the permissions of our umask", name);
	return fd;
}

/* The folder's new/, made on the way there if need be (Maildir++: a file
 * named maildirfolder marks it). -1 and errno. */
static int
open_failed_folder(struct maildir *m)
{
	static const char *const parts[] = {"tmp", "cur", "new"};
	struct stat st;
	int folder, part = -1, mark;

	if (fstat(m->new, &st) < 0)
		return -1;
	folder = make_directory(m->root, FAILED_FOLDER, st.st_mode & 0777);
	if (folder < 0)
		return -1;
	mark = openat(folder, "maildirfolder",
	    O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (mark >= 0)
		close(mark);
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (part >= 0)
			close(part);
		part = make_directory(folder, parts[i], st.st_mode & 0777);
		if (part < 0)
			break;
	}
	close(folder);
	return part;
}

enum mail_moved
maildir_fail(struct maildir *m, const char *name)
{
	int folder = open_failed_folder(m);
	enum mail_moved result;
	int saved;

	/* ENOENT here says that the Maildir itself is gone. */
	if (folder < 0)
		return move_result(-1);
	result = move_mail(m->new, name, folder, name);
	saved = errno;
	close(folder);
	errno = saved;
	return result;
}
