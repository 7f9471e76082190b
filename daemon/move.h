/* move.h: a mail from one directory to another, under a name that is free. */
#ifndef BOUNCED_DAEMON_MOVE_H
#define BOUNCED_DAEMON_MOVE_H

enum mail_moved {
	MAIL_MOVED,
	MAIL_MOVE_GONE,  /* another program took it: normal */
	MAIL_MOVE_FAILED /* errno */
};

/* Moves NAME in the directory FROM to TARGET in the directory TO (both open
 * descriptors of one file system), or to a name like TARGET when that is
 * taken: no mail is ever overwritten. */
enum mail_moved move_mail(
    int from, const char *name, int to, const char *target);

/* The name under which NAME goes to cur/: with the info ":2,S", the flag S
 * among those it has already, or as it is when that takes more than 255
 * bytes. A new string; free(). */
char *move_seen_name(const char *name);

/* What RESULT (0, or -1 and errno) of a system call that takes a mail away
 * means. */
enum mail_moved move_result(int result);

#endif
