/* walk.c: finds files. */
#include "ctl/walk.h"

#include <dirent.h>
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>

/* Names that are read from a directory at once and sorted. */
#define CHUNK 4096
/* Directories in directories: more is a loop of mounts. */
#define MAX_DEPTH 64

enum frame_kind {
	FRAME_PLAIN,      /* mails, mailboxes, directories */
	FRAME_MEMBERS,    /* new/ or cur/: nothing but mails */
	FRAME_SUBFOLDERS, /* a Maildir itself: .folders in it */
};

struct entry {
	ino_t inode;
	unsigned char type;
	char *name;
};

/* A directory that is being read. */
struct frame {
	enum frame_kind kind;
	char *path;
	DIR *dir;
	GPtrArray *chunk;
	guint next;
};

struct walk {
	char **paths;
	walk_problem *problem;
	void *context;
	GPtrArray *frames; /* the last one is read */
	char *path;
	uint64_t skipped;
};

static void
entry_free(void *data)
{
	struct entry *e = data;

	g_free(e->name);
	g_free(e);
}

static void
frame_free(void *data)
{
	struct frame *f = data;

	if (f->dir != NULL)
		closedir(f->dir);
	g_ptr_array_free(f->chunk, TRUE);
	g_free(f->path);
	g_free(f);
}

struct walk *
walk_open(char **paths, walk_problem *problem, void *context)
{
	struct walk *w = g_new0(struct walk, 1);

	w->paths = paths;
	w->problem = problem;
	w->context = context;
	w->frames = g_ptr_array_new_with_free_func(frame_free);
	return w;
}

void
walk_close(struct walk *w)
{
	if (w == NULL)
		return;
	g_ptr_array_free(w->frames, TRUE);
	g_free(w->path);
	g_free(w);
}

uint64_t
walk_skipped(const struct walk *w)
{
	return w->skipped;
}

static bool
has_directory(const char *path, const char *name)
{
	char *full = g_build_filename(path, name, NULL);
	struct stat st;
	bool has = lstat(full, &st) == 0 && S_ISDIR(st.st_mode);

	g_free(full);
	return has;
}

static bool
is_maildir(const char *path)
{
	return has_directory(path, "new") && has_directory(path, "cur");
}

/* Takes PATH. */
static void
push(struct walk *w, enum frame_kind kind, char *path)
{
	struct frame *f = g_new0(struct frame, 1);

	f->kind = kind;
	f->path = path;
	f->chunk = g_ptr_array_new_with_free_func(entry_free);
	g_ptr_array_add(w->frames, f);
}

/* The frame that is pushed last is read first. */
static void
push_directory(struct walk *w, const char *path)
{
	char *name;

	if (w->frames->len >= MAX_DEPTH) {
		w->problem(
		    path, "too many directories in each other", w->context);
		return;
	}
	if (is_maildir(path)) {
		push(w, FRAME_SUBFOLDERS, g_strdup(path));
		push(w, FRAME_MEMBERS, g_build_filename(path, "cur", NULL));
		push(w, FRAME_MEMBERS, g_build_filename(path, "new", NULL));
		return;
	}
	name = g_path_get_basename(path);
	push(w,
	    strcmp(name, "new") == 0 || strcmp(name, "cur") == 0 ? FRAME_MEMBERS
								 : FRAME_PLAIN,
	    g_strdup(path));
	g_free(name);
}

static gint
by_inode(gconstpointer a, gconstpointer b)
{
	const struct entry *x = *(struct entry *const *)a,
			   *y = *(struct entry *const *)b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static bool
is_wanted(const struct frame *f, const char *name)
{
	if (f->kind != FRAME_SUBFOLDERS)
		return name[0] != '.';
	return name[0] == '.' && name[1] != '\0' && strcmp(name, "..") != 0;
}

/* Reads the next names; false when there are none. */
static bool
read_chunk(struct walk *w, struct frame *f)
{
	struct dirent *d = NULL;

	g_ptr_array_set_size(f->chunk, 0);
	f->next = 0;
	if (f->dir == NULL)
		f->dir = opendir(f->path);
	while (f->dir != NULL && f->chunk->len < CHUNK) {
		struct entry *e;

		errno = 0; /* NULL is the end, or an error */
		d = readdir(f->dir);
		if (d == NULL)
			break;
		if (!is_wanted(f, d->d_name))
			continue;
		e = g_new(struct entry, 1);
		*e = (struct entry){d->d_ino, d->d_type, g_strdup(d->d_name)};
		g_ptr_array_add(f->chunk, e);
	}
	if ((f->dir == NULL || d == NULL) && errno != 0)
		w->problem(f->path, g_strerror(errno), w->context);
	g_ptr_array_sort(f->chunk, by_inode);
	return f->chunk->len > 0;
}

static unsigned char
type_of(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return DT_UNKNOWN;
	return S_ISDIR(st.st_mode)   ? DT_DIR
	       : S_ISREG(st.st_mode) ? DT_REG
				     : DT_LNK;
}

/* Looks at one name of F. True: it is a file that is wanted, w->path. */
static bool
take_entry(struct walk *w, enum frame_kind kind, unsigned char type)
{
	if (type == DT_UNKNOWN)
		type = type_of(w->path);
	if (type == DT_REG)
		return kind != FRAME_SUBFOLDERS;
	if (type == DT_DIR && kind == FRAME_PLAIN)
		push_directory(w, w->path);
	else if (type == DT_DIR && kind == FRAME_SUBFOLDERS) {
		if (is_maildir(w->path))
			push_directory(w, w->path);
	} else if (type != DT_DIR && type != DT_UNKNOWN)
		w->skipped++;
	return false;
}

/* The next file of the directories that are open. */
static bool
next_in_frames(struct walk *w, struct walk_file *file)
{
	while (w->frames->len > 0) {
		guint top = w->frames->len - 1;
		struct frame *f = w->frames->pdata[top];
		enum frame_kind kind = f->kind;
		const struct entry *e;

		if (f->next == f->chunk->len && !read_chunk(w, f)) {
			g_ptr_array_remove_index(w->frames, top);
			continue;
		}
		e = f->chunk->pdata[f->next++];
		g_free(w->path);
		w->path = g_build_filename(f->path, e->name, NULL);
		/* F may move, or have company, from here on. */
		if (take_entry(w, kind, e->type)) {
			*file = (struct walk_file){
			    w->path, kind == FRAME_MEMBERS, false};
			return true;
		}
	}
	return false;
}

bool
walk_next(struct walk *w, struct walk_file *file)
{
	for (;;) {
		const char *path;
		struct stat st;

		if (next_in_frames(w, file))
			return true;
		path = *w->paths;
		if (path == NULL)
			return false;
		w->paths++;
		if (stat(path, &st) < 0) {
			w->problem(path, g_strerror(errno), w->context);
		} else if (S_ISDIR(st.st_mode)) {
			push_directory(w, path);
		} else if (S_ISREG(st.st_mode)) {
			*file = (struct walk_file){path, false, true};
			return true;
		} else {
			w->problem(path, "is neither a file nor a directory",
			    w->context);
		}
	}
}
