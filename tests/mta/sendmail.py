"""sendmail: bounces come through procmail, its local mailer."""

import re

import bed
import people
import world
from cases import failed

CONFIG = """divert(-1)
include(`/usr/share/sendmail/cf/m4/cf.m4')
VERSIONID(`bounced')
OSTYPE(`debian')
define(`confDOMAIN_NAME', `{hostname}')
define(`confQUEUE_LA', `1000')
define(`confREFUSE_LA', `1000')
define(`confDELAY_LA', `0')
define(`confMAX_DAEMON_CHILDREN', `0')
define(`confMIN_QUEUE_AGE', `0')
define(`confTO_IDENT', `0')
define(`confHOST_STATUS_DIRECTORY', `')
define(`confTO_INITIAL', `2s')
define(`confTO_CONNECT', `2s')
define(`confTO_QUEUERETURN', `{queuereturn}')
define(`confTO_QUEUEWARN', `{queuewarn}')

define(`confPRIVACY_FLAGS', `')
define(`confMESSAGE_TIMEOUT', `{queuereturn}/{queuewarn}')
define(`ALIAS_FILE', `/etc/aliases')
FEATURE(`accept_unresolvable_domains')
FEATURE(`accept_unqualified_senders')
FEATURE(`promiscuous_relay')
FEATURE(`nouucp', `reject')
FEATURE(`use_cw_file')
FEATURE(`no_default_msa')
FEATURE(`local_procmail')
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=smtp, Addr={ip}')
CLIENT_OPTIONS(`Family=inet, Addr={ip}')
MAILER(`local')
MAILER(`smtp')
"""

PROCMAIL = "DEFAULT=/srv/bounces/\n"

PATIENCE = {"bounce": ("1s", "0"), "delay": ("5d", "1s")}

name = "sendmail"
packages = ["sendmail-bin", "sendmail-cf", "vacation", "procmail"]
# The reply decides the status where it gives none itself: smtptodsn(). Having
# given up, it says 4.4.7 for all of them; the reply is in Diagnostic-Code.
bare_status = {
    "4": "4.4.7",
    "5": "5.0.0",
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "504": "5.5.4",
    "550": "5.1.1",
    "551": "5.1.6",
    "552": "5.2.2",
    "553": "5.1.3",
}
rows = {
    # an empty Diagnostic-Code, or none: the reply is in the transcript only
    "s02": {"status": "4.4.7|4.7.0", "code": "421|"},
    "s04": {"status": "5.7.1|5.5.0", "code": "550|"},
    # "Connection reset by"
    "c421": {"classes": ("system-error", "unreachable"), "code": "421|"},
    # its own 5.1.6
    "c551": {"classes": ("relay-denied", "user-moved")},
    "e4-2-0": {
        "classes": ("unknown", "mailbox-disabled", "system-error", "expired"),
        "status": "4.4.7|4.2.0",
    },
    "e4-3-0": {"status": "4.4.7|4.3.0"},
}
command = ["sendmail-mta", "-Am", "-oi", "-oem"]
cannot = ("mailbox-full",)  # procmail knows no quota
HERE = "@" + world.HOSTNAME
UNKNOWN = ("user-unknown", "5.1.1", "550")
says = {
    "no-enhanced-code": (failed("anke@example.com", *UNKNOWN),),
    # Status is 4.4.7; what happened is in the transcript.
    "connection-refused": (failed("lotte@tulip.example.com", "unreachable", "4.4.7"),),
    "connection-dropped": (failed("dora@example.com", "unreachable", "4.4.1", "421"),),
    "timeout": (
        failed("hanna@hanna.example.com", "unreachable", "4.4.7|4.4.1", "|451"),
    ),
    "dns-broken": (failed("lotte@lilac.example.com", "unreachable", "4.4.7", "|451"),),
    "no-such-domain": (
        failed("lotte@aster.example.com", "domain-unknown", "5.1.2", "550"),
    ),
    "null-mx": (failed("lotte@iris.example.com", "domain-unknown", "5.1.10", "556"),),
    "too-large": (failed("lotte@poppy.example.com", "message-too-large", "5.3.4", "552"),),
    "local-unknown": (failed("karl" + HERE, *UNKNOWN),),
    # Final-Recipient is what was asked for, X-Actual-Recipient what it meant
    "alias": (failed(f"sales{HERE}|ulrich@example.com", *UNKNOWN),),
    "pipe-failed": (failed("tickets" + HERE, "system-error", "5.0.0|5.3.0", "|554"),),
    "pipe-says": (failed("filter" + HERE, "user-unknown", "5.1.1", "|550"),),
    "loop": (failed("anna" + HERE, "mail-loop", "5.4.6", "554"),),
    "success": (("anna" + HERE, "delivered", "", "2.1.5", ""),),
    "relayed": (("clara@example.com", "relayed", "", "2.1.5", "250"),),
}


def configure(b):
    queuereturn, queuewarn = PATIENCE[b.phase]
    config = CONFIG.format(
        hostname=world.HOSTNAME,
        ip=world.MTA_IP,
        queuereturn=queuereturn,
        queuewarn=queuewarn,
    )
    b.write("/etc/mail/bed.mc", config)
    made = b.chroot("m4", "/etc/mail/bed.mc", capture_output=True, text=True)
    b.write("/etc/mail/sendmail.cf", made.stdout)
    b.write("/etc/mail/local-host-names", f"{world.HOSTNAME}\n{world.LISTS}\n")
    people.settle(b, list_bounces=bed.MAILBOX_UID)
    b.write("/home/list-bounces/.procmailrc", PROCMAIL, owner=bed.MAILBOX_UID)
    with open(b.path("/etc/mail/submit.cf"), encoding="utf-8") as old:
        submit = re.sub(r"(?m)^D{MTAHost}.*", f"D{{MTAHost}}[{world.MTA_IP}]", old.read())
    b.write("/etc/mail/submit.cf", submit)
    b.empty("/var/spool/mqueue")
    b.chroot("sendmail", "-bi", capture_output=True)


def start(b):
    b.daemon("sendmail-mta", "-bD")


def run_queue(b):
    b.chroot("sendmail-mta", "-q", check=False)


def stop(b):
    pass


def inject(client, sender, rcpts, message, **options):
    client.sendmail(sender, rcpts, message, **options)
