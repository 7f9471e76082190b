"""Postfix: bounces come through its own bounce(8) and virtual(8)."""

import bed
import people
import world
from cases import Case, failed

MAIN = """
compatibility_level = 3.6
queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = {hostname}
mydestination = {hostname}, localhost
mynetworks = {prefix}0/24
inet_interfaces = all
inet_protocols = ipv4
smtp_bind_address = {ip}
alias_maps = hash:/etc/aliases
local_recipient_maps =
alias_database = hash:/etc/aliases
biff = no
recipient_delimiter =
virtual_mailbox_domains = {lists}
virtual_mailbox_base = /srv
virtual_mailbox_maps = regexp:/etc/postfix/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
{patience}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
# One dead host must not stop the mails of the others.
default_destination_concurrency_failed_cohort_limit = 0
smtp_connection_cache_on_demand = no
smtp_tls_security_level = none
"""

MASTER = """
{ip}:smtp inet n - n - -  smtpd
pickup    unix  n - n 1 1  pickup
cleanup   unix  n - n - 0  cleanup
qmgr      unix  n - n 1 1  qmgr
rewrite   unix  - - n - -  trivial-rewrite
bounce    unix  - - n - 0  bounce
defer     unix  - - n - 0  bounce
trace     unix  - - n - 0  bounce
verify    unix  - - n - 1  verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - -  proxymap
smtp      unix  - - n - -  smtp
error     unix  - - n - -  error
retry     unix  - - n - -  error
discard   unix  - - n - -  discard
local     unix  - n n - -  local
virtual   unix  - n n - -  virtual
anvil     unix  - - n - 1  anvil
scache    unix  - - n - 1  scache
tlsmgr    unix  - - n 1000? 1 tlsmgr
showq     unix  n - n - -  showq
postlog   unix-dgram n - n - 1 postlogd
"""

# When to give up: at once, or not before there was a warning.
PATIENCE = {
    "bounce": "maximal_queue_lifetime = 0\nbounce_queue_lifetime = 0",
    "delay": "maximal_queue_lifetime = 5d\ndelay_warning_time = 1s",
}

CASES = """
# Room in the mailbox for less than the largest mail.
message_size_limit = 50000
mailbox_size_limit = 51200
smtp_helo_timeout = 2s
"""

name = "postfix"
packages = ["postfix", "vacation"]
bare_status = {"4": "4.0.0", "5": "5.0.0"}  # of a reply without enhanced code
cannot = ("loop",)  # refused already when it comes in
says = {}
cases = [
    Case(
        "forward-loop",
        (f"anna@{world.HOSTNAME}",),
        (failed(f"anna@{world.HOSTNAME}", "mail-loop", "5.4.6"),),
        extra=f"Delivered-To: anna@{world.HOSTNAME}\n",
    ),
]


def configure(b):
    main = MAIN.format(
        hostname=world.HOSTNAME,
        prefix=world.PREFIX,
        ip=world.MTA_IP,
        lists=world.LISTS,
        uid=bed.MAILBOX_UID,
        patience=PATIENCE[b.phase],
    )
    b.write("/etc/postfix/main.cf", main + CASES)
    b.write("/etc/postfix/master.cf", MASTER.format(ip=world.MTA_IP))
    b.write("/etc/postfix/mailboxes", "/^list-bounces/ bounces/\n")
    people.settle(b)
    b.chroot("newaliases")
    for folder in ("active", "bounce", "defer", "deferred", "incoming", "maildrop"):
        spool = f"/var/spool/postfix/{folder}"
        b.chroot("find", spool, "-type", "f", "-delete", check=False)


def start(b):
    b.daemon("postfix", "start-fg")


def stop(b):
    b.chroot("postfix", "stop", check=False, capture_output=True)


def inject(client, sender, rcpts, message, **options):
    client.sendmail(sender, rcpts, message, **options)
