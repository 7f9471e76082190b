"""OpenSMTPD: bounces come through its own mail.maildir."""

import shutil

import bed
import people
import world
from cases import Case, failed

CONFIG = """
queue ttl {ttl}
bounce warn-interval {warn}
smtp max-message-size 100K
mta limit conn-delay-route 0
mta limit conn-delay-relay 0
mta limit reconn-delay-route 0
table aliases file:/etc/aliases
table addresses {{ {ip} }}
table names {{ {ip} = {hostname} }}
listen on {ip}
listen on socket
action bounces maildir "/srv/bounces"
action "users" mbox alias <aliases>
action "remote" relay src <addresses> helo-src <names>
match from any for domain "{lists}" action bounces
match from any for domain "{hostname}" action "users"
match from any for any action "remote"
"""

PATIENCE = {"bounce": ("4d", "1s"), "delay": ("4d", "1s"), "expire": ("2s", "4h")}

name = "opensmtpd"
packages = ["opensmtpd", "vacation"]
bare_status = {"4": "4.0.0", "5": "5.0.0"}
# What it says when it gives up names no reply ("Envelope expired"), so for
# temporary ones the warnings are taken.
warns = True
# "Network error on destination MXs" is all that is told of a refused greeting.
REFUSED_EARLY = {
    "kind": "delay",
    "action": "delayed",
    "classes": ("unreachable",),
    "status": "4.0.0",
    "code": "",
}
rows = {
    "s01": REFUSED_EARLY,
    "s02": REFUSED_EARLY,
    "s03": REFUSED_EARLY,
}
cannot = (
    "timeout",  # only after five minutes
    "local-unknown",  # refused at the door, and at the command line
    "loop",
    "mailbox-full",  # knows no quota
    "connection-refused",  # as delay-connection-refused
    "gave-up-greylisted",  # as delay
)
HERE = "@" + world.HOSTNAME
kinds = {"connection-dropped": "delay", "dns-broken": "delay", "null-mx": "delay"}


def waits(address, why):
    return ((address, "delayed", why, "4.0.0", ""),)


says = {
    "connection-dropped": waits("dora@example.com", "unreachable"),
    "dns-broken": waits("lotte@lilac.example.com", "unreachable"),
    "null-mx": waits("lotte@iris.example.com", "domain-unknown"),
    "no-such-domain": (failed("lotte@aster.example.com", "domain-unknown", "5.0.0"),),
    "too-large": (failed("lotte@poppy.example.com", "message-too-large", "5.0.0"),),
    "pipe-says": (failed("filter" + HERE, "user-unknown|system-error", "5.3.0"),),
    "relayed": (("clara@example.com", "relayed", "", "2.0.0", ""),),
    "delay-connection-refused": waits("lotte@tulip.example.com", "unreachable"),
}
cases = [
    # It gives up for good, says "Envelope expired", and calls that delayed.
    Case(
        "expired",
        ("grete@example.com",),
        (("grete@example.com", "failed|delayed", "expired", "4.4.7", ""),),
        kind="bounce|delay",
        phase="expire",
    ),
]


def configure(b):
    ttl, warn = PATIENCE[b.phase]
    config = CONFIG.format(
        hostname=world.HOSTNAME, ip=world.MTA_IP, lists=world.LISTS, ttl=ttl, warn=warn
    )
    b.write("/etc/smtpd.conf", config)
    people.settle(b, list_bounces=bed.MAILBOX_UID)
    # Made anew, with the right owners, when smtpd starts.
    shutil.rmtree(b.path("/var/spool/smtpd"), ignore_errors=True)


def start(b):
    b.daemon("smtpd", "-d")


def run_queue(b):
    b.chroot("smtpctl", "schedule", "all", check=False, capture_output=True)


def stop(b):
    pass


def inject(client, sender, rcpts, message, **options):
    client.sendmail(sender, rcpts, message, **options)
