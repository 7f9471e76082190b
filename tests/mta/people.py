"""Who lives on the host of the MTA under test: mailboxes, aliases and the
programs behind them, the same for every MTA."""

ALIASES = """
postmaster: anna
MAILER-DAEMON: anna
sales: ulrich@example.com
tickets: "|/usr/local/bin/tickets"
filter: "|/usr/local/bin/filter"
"""

# What a broken ticket system says (EX: 1) ...
TICKETS = """#!/bin/sh
cat >/dev/null
echo "tickets: cannot connect to the database: connection refused"
exit 1
"""

# ... and a delivery program that knows sysexits.h.
FILTER = """#!/bin/sh
cat >/dev/null
echo "filter: nobody of that name has an account here"
exit 67
"""

VACATION = """From: Vera <vera@mail.example.org>
Subject: On holiday until the 15th
Precedence: bulk

I am on the island and read no mail until the 15th. Your mail about
"$SUBJECT" waits for me.
"""

FULL = 45000  # bytes of mail that Frieda has already


PEOPLE = {"anna": 2001, "frieda": 2002, "vera": 2003, "carla": 2004}


def settle(b, **more):
    """Users, aliases, programs; MORE users by name."""
    b.users(PEOPLE | {name.replace("_", "-"): uid for name, uid in more.items()})
    frieda, vera = PEOPLE["frieda"], PEOPLE["vera"]
    old = "From anna Sun Nov  1 09:00:00 2026\nSubject: hello\n\n"
    b.write("/var/mail/frieda", old + "x" * 70 + "\n" * (FULL - 70), 0o600, frieda)
    b.write("/etc/aliases", ALIASES)
    b.write("/usr/local/bin/tickets", TICKETS, 0o755)
    b.write("/usr/local/bin/filter", FILTER, 0o755)
    b.write("/home/vera/.vacation.msg", VACATION, owner=vera)
    b.write("/home/vera/.forward", '\\vera, "|/usr/bin/vacation vera"\n', owner=vera)
