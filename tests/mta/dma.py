"""dma, the DragonFly Mail Agent: no daemon; its bounces go out by SMTP like
any mail, and the lists' server puts them into the Maildir."""

import os
import time


import people
import world
from cases import failed

GIVES_UP_AFTER = 6 * 24 * 3600  # seconds; dma's constant is five days

name = "dma"
packages = ["dma"]
HERE = "@" + world.HOSTNAME
bare_status = {"4": "", "5": ""}
# "Could not deliver for the last 432000 seconds", whatever the reply was.
temporary = {"classes": ("expired",), "status": "", "code": ""}
# A refused EHLO has an "unknown bounce reason".
rows = {"s03": {"classes": ("unknown",), "status": "", "code": ""}}
cannot = (
    "several",  # one bounce for each
    "headers-only",
    "connection-dropped",  # waits, and warns of nothing
    "timeout",
    "too-large",  # knows no SIZE
    "local-unknown",
    "pipe-failed",
    "pipe-says",
    "mailbox-full",
    "loop",
    "success",
    "relayed",
    "vacation",
    "delay",
    "delay-connection-refused",
    "dns-broken",  # as gave-up-greylisted
    "null-mx",
)
says = {
    "no-enhanced-code": (failed("anke@example.com", "user-unknown", "", "550"),),
    "sender-verify": (failed("theo@example.com", "sender-rejected", "", "550"),),
    "gave-up-greylisted": (failed("grete@example.com", "expired"),),
    "connection-refused": (failed("lotte@tulip.example.com", "expired"),),
    "no-such-domain": (failed("lotte@aster.example.com", "domain-unknown"),),
}


def configure(b):
    b.write("/etc/dma/dma.conf", f"MAILNAME {world.HOSTNAME}\n")
    people.settle(b)
    spool = b.path("/var/spool/dma")
    for file in os.listdir(spool):
        os.unlink(os.path.join(spool, file))


def start(b):
    pass


def stop(b):
    b.sweep()


def connect(b):
    return b


def inject(client, sender, rcpts, message, **options):
    client.submit(sender, rcpts, message)


def run_queue(b):
    """Makes what waits look as old as dma needs it to be to give up."""
    b.sweep()
    spool = b.path("/var/spool/dma")
    old = time.time() - GIVES_UP_AFTER
    for file in os.listdir(spool):
        if b.phase == "bounce":
            os.utime(os.path.join(spool, file), (old, old))
    b.chroot("dma", "-q", check=False)
