/* ctl.h: what the commands of bouncectl share. */
#ifndef BOUNCED_CTL_CTL_H
#define BOUNCED_CTL_CTL_H

#include "conf/config.h"
#include "ctl/terminal.h"
#include "store/store.h"

struct command;

/* One run of bouncectl. */
struct ctl {
	const char *config_file; /* -c; NULL: the default one */
	const char *database;    /* --database; NULL: the configuration's */
	bool version;            /* --version */
	const char *command;     /* its name, for messages; NULL: none yet */
	struct config *config;   /* loaded by ctl_config */
	struct terminal out;     /* standard output */
};

/* "bouncectl: scan: ..." on standard error; hostile text in arguments is made
 * harmless. The second one hints at --help and returns EX_USAGE. */
void ctl_warn(const struct ctl *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int ctl_usage(const struct ctl *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The configuration, read at the first call; NULL: said what is wrong with
 * it, exit with EX_CONFIG. */
const struct config *ctl_config(struct ctl *);

/* Opens the database that options and configuration name; NULL: said why
 * not, exit with *status. */
struct store *ctl_store(struct ctl *, enum store_mode, int *status);

/* Says what failed, and gives the exit status for RESULT. */
int ctl_store_failed(
    const struct ctl *, const struct store *, enum store_result);

/* The sysexits.h status for RESULT; EX_OK for STORE_OK. */
int ctl_exit_status(enum store_result);

/* False when standard output cannot be written any more: stop printing. */
bool ctl_can_print(void);

/* Flushes standard output; STATUS, or EX_IOERR when it could not be written.
 * A reader that went away is no reason for a message. */
int ctl_close_output(const struct ctl *, int status);

/* All of bouncectl behind worker_main_if_asked(); the exit status. */
int ctl_main(int argc, char **argv);

#endif
