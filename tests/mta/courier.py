"""Courier: its bounces go out by SMTP like any mail, and the lists' server
puts them into the Maildir."""

import contextlib
import os


import people
import world
from cases import failed

CONFIG = """prefix="/usr"
exec_prefix="/usr"
PATH=/usr/bin:/bin
SHELL=/bin/sh
DSNTOAUTHADDR=0
DYNAMICDELIVERIES=1
DEFAULTDELIVERY=./Maildir
MAILDROPDEFAULT=./Maildir
ESMTP_BLOCKBACKSCATTER=none
ESMTP_USE_STARTTLS=0
ESMTP_PREFER_IPV6_MX=0
SOURCE_ADDRESS={ip}
"""

# In Courier's words: how long mail is kept, and when it warns.
PATIENCE = {"bounce": {"queuetime": "1s"}, "delay": {"warntime": "1s"}}
SHORT = {
    "retryalpha": "1s",
    "retrybeta": "1",
    "retrygamma": "1s",
    "retrymaxdelta": "0",
    "esmtptimeout": "2s",
    "esmtptimeouthelo": "2s",
    "esmtptimeoutconnect": "2s",
    "esmtpdelay": "0",
    "me": world.HOSTNAME,
    "defaultdomain": world.HOSTNAME,
    "locals": world.HOSTNAME,
    "hosteddomains/none": "",
}

name = "courier"
packages = ["courier-mta"]
bare_status = {"4": "5.0.0", "5": "5.0.0"}
command = ["sendmail"]
cannot = (
    # Local delivery wants a running authdaemon.
    "local-unknown",
    "alias",
    "pipe-failed",
    "pipe-says",
    "mailbox-full",
    "loop",
    "vacation",
    "success",
    "relayed",
    "headers-only",
)


def unknown(address, why):
    """What failed before an SMTP reply: "unknown; Connection refused"."""
    return (failed(address, why, "5.0.0"),)


says = {
    "connection-refused": unknown("lotte@tulip.example.com", "unreachable"),
    "connection-dropped": unknown("dora@example.com", "unreachable"),
    "timeout": unknown("hanna@hanna.example.com", "unknown"),  # not a word
    "delay-connection-refused": (
        ("lotte@tulip.example.com", "delayed", "unreachable", "4.0.0", ""),
    ),
    "no-such-domain": unknown("lotte@aster.example.com", "domain-unknown"),
    "dns-broken": unknown("lotte@lilac.example.com", "unreachable"),
    "null-mx": unknown("lotte@iris.example.com", "domain-unknown"),
    "too-large": (failed("lotte@poppy.example.com", "message-too-large", "5.3.4", "552"),),
}


def configure(b):
    b.write("/etc/courier/courierd", CONFIG.format(ip=world.MTA_IP))
    for file in ("queuetime", "warntime"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(b.path("/etc/courier/" + file))
    for file, text in (SHORT | PATIENCE[b.phase]).items():
        b.write("/etc/courier/" + file, text + "\n")
    people.settle(b)
    b.chroot("sh", "-c", "rm -rf /var/lib/courier/msgs/* /var/lib/courier/msgq/*")
    b.chroot("sh", "-c", "mkdir -p /run/courier; chown courier:courier /run/courier")
    b.chroot("makealiases")
    b.chroot("makehosteddomains")


def start(b):
    run = "set -a; . /etc/courier/courierd; exec /usr/lib/courier/courier/courierd"
    b.daemon("env", "-i", "sh", "-c", run)


def stop(b):
    b.chroot("courier", "stop", check=False, capture_output=True)


def run_queue(b):
    b.chroot("courier", "flush", check=False, capture_output=True)


def connect(b):
    return b


def inject(client, sender, rcpts, message, **options):
    client.submit(sender, rcpts, message)
