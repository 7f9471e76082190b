"""The mails that golden fixtures are made of: each has a way to fail and a
truth that is known because we made it fail."""

from dataclasses import dataclass

import world


@dataclass
class Case:
    """One mail that goes out, and what must be said about what comes back.

    rcpts   whom it is sent to
    expect  a tuple per recipient reported on: address, action, class, status
            and code, as struct report has them; "" for none
    phase   how the MTA is set up. "bounce": it gives up at once; "delay": it
            warns and waits; a module may have more
    own     which MTAs can do it; () for all
    """

    name: str
    rcpts: tuple
    expect: tuple = ()
    kind: str = "bounce"
    phase: str = "bounce"
    own: tuple = ()
    sender: str = ""
    size: int = 0
    extra: str = ""
    body: str = ""
    to: str = ""
    mail_options: tuple = ()
    rcpt_options: tuple = ()
    utf8: bool = False
    words: tuple = ()  # tell the report where it quotes no Message-ID

    @property
    def envelope_sender(self):
        if self.sender:
            return self.sender
        if len(self.rcpts) == 1 and self.rcpts[0].isascii():
            return world.verp(self.rcpts[0])
        return f"list-bounces@{world.LISTS}"


def failed(address, why, status="", code=""):
    return (address, "failed", why, status, code)


def hops(n):
    """More Received fields than any MTA believes."""
    line = (
        "Received: from relay{0}.example.net (relay{0}.example.net [198.51.100.{0}])\n"
        "\tby relay{1}.example.net with ESMTP id 4QX7Z{0:03}; Sun, 01 Nov 2026\n"
        "\t08:00:00 +0000\n"
    )
    return "".join(line.format(i, i + 1) for i in range(n, 0, -1))


UNKNOWN = ("user-unknown", "5.1.1", "550")

CASES = [
    Case(
        "user-unknown",
        ("ulrich@example.com",),
        (failed("ulrich@example.com", *UNKNOWN),),
    ),
    Case(
        "several",
        ("ulrich@example.com", "clara@example.com", "frieda@example.com"),
        (
            failed("ulrich@example.com", *UNKNOWN),
            failed("frieda@example.com", "quota-exceeded", "5.2.2", "552"),
        ),
    ),
    Case(
        "blacklisted",
        ("bernd@example.com",),
        (failed("bernd@example.com", "blacklisted", "5.7.1", "554"),),
    ),
    Case(
        "spam",
        ("sven@example.com",),
        (failed("sven@example.com", "spam", "5.7.1", "550"),),
    ),
    Case(
        "moved",
        ("moritz@example.com",),
        (failed("moritz@example.com", "user-moved", "5.1.6", "551"),),
    ),
    Case(
        "no-enhanced-code",
        ("anke@example.com",),
        (failed("anke@example.com", "user-unknown", "5.0.0", "550"),),
    ),
    Case(
        "sender-verify",
        ("theo@example.com",),
        (failed("theo@example.com", "sender-rejected", "5.0.0", "550"),),
    ),
    Case(
        "gave-up-greylisted",
        ("grete@example.com",),
        (failed("grete@example.com", "greylisted", "4.7.1", "451"),),
    ),
    Case(
        "connection-refused",
        ("lotte@tulip.example.com",),
        (failed("lotte@tulip.example.com", "unreachable", "4.4.1"),),
    ),
    Case(
        "connection-dropped",
        ("dora@example.com",),
        (failed("dora@example.com", "unreachable", "4.4.2"),),
    ),
    Case(
        "timeout",
        ("hanna@hanna.example.com",),
        (failed("hanna@hanna.example.com", "unreachable", "4.4.2"),),
    ),
    Case(
        "no-such-domain",
        ("lotte@aster.example.com",),
        (failed("lotte@aster.example.com", "domain-unknown", "5.4.4"),),
    ),
    Case(
        "dns-broken",
        ("lotte@lilac.example.com",),
        (failed("lotte@lilac.example.com", "unreachable", "4.4.3"),),
    ),
    Case(
        "null-mx",
        ("lotte@iris.example.com",),
        (failed("lotte@iris.example.com", "domain-unknown", "5.1.0"),),
    ),
    Case(
        "too-large",
        ("lotte@poppy.example.com",),
        (failed("lotte@poppy.example.com", "message-too-large", "5.3.4"),),
        size=6000,
    ),
    Case(
        "local-unknown",
        (f"karl@{world.HOSTNAME}",),
        (failed(f"karl@{world.HOSTNAME}", "user-unknown", "5.1.1"),),
    ),
    Case(
        "alias",
        (f"sales@{world.HOSTNAME}",),
        (failed("ulrich@example.com", *UNKNOWN),),
        sender=world.verp(f"sales@{world.HOSTNAME}"),
    ),
    Case(
        "pipe-failed",
        (f"tickets@{world.HOSTNAME}",),
        (failed(f"tickets@{world.HOSTNAME}", "system-error", "5.3.0"),),
    ),
    Case(
        "pipe-says",
        (f"filter@{world.HOSTNAME}",),
        (failed(f"filter@{world.HOSTNAME}", "user-unknown", "5.1.1"),),
    ),
    Case(
        "mailbox-full",
        (f"frieda@{world.HOSTNAME}",),
        (failed(f"frieda@{world.HOSTNAME}", "quota-exceeded", "5.2.2"),),
        size=30000,
    ),
    Case(
        "loop",
        (f"anna@{world.HOSTNAME}",),
        (failed(f"anna@{world.HOSTNAME}", "mail-loop", "5.4.6"),),
        extra=hops(120),
    ),
    Case(
        "utf8",
        ("günther@anemone.example.com",),
        (failed("günther@anemone.example.com", *UNKNOWN),),
        utf8=True,
        own=("postfix", "exim"),
    ),
    Case(
        "utf8-refused",
        ("günther@example.com",),
        (failed("günther@example.com", "protocol-error", "5.6.7"),),
        utf8=True,
        own=("postfix", "exim"),
    ),
    Case(
        "headers-only",
        ("ulrich@example.com",),
        (failed("ulrich@example.com", *UNKNOWN),),
        mail_options=("RET=HDRS", "ENVID=news-20261101"),
        rcpt_options=(
            "NOTIFY=FAILURE,DELAY",
            "ORCPT=rfc822;Ulrich.Old+2Bnews@example.org",
        ),
    ),
    Case(
        "success",
        (f"anna@{world.HOSTNAME}",),
        ((f"anna@{world.HOSTNAME}", "delivered", "", "2.0.0", ""),),
        kind="success",
        rcpt_options=("NOTIFY=SUCCESS,FAILURE",),
    ),
    Case(
        "relayed",
        ("clara@example.com",),
        (("clara@example.com", "relayed", "", "2.0.0", "250"),),
        kind="success",
        rcpt_options=("NOTIFY=SUCCESS,FAILURE",),
    ),
    Case(
        "vacation",
        (f"vera@{world.HOSTNAME}",),
        (),
        kind="auto-reply",
        to=f"vera@{world.HOSTNAME}",
        words=("I am on the island",),
    ),
    Case(
        "delay",
        ("grete@example.com",),
        (("grete@example.com", "delayed", "greylisted", "4.7.1", "451"),),
        kind="delay",
        phase="delay",
    ),
    Case(
        "delay-connection-refused",
        ("lotte@tulip.example.com",),
        (("lotte@tulip.example.com", "delayed", "unreachable", "4.4.1", ""),),
        kind="delay",
        phase="delay",
    ),
]


def of(mta):
    """The cases that MTA can make, with what it says differently: a module
    has `cannot`, names it leaves out, and `says`, {case: expect}, and perhaps `kinds`, {case: kind}."""
    own = []
    for case in CASES + list(getattr(mta, "cases", ())):
        if case.own and mta.name not in case.own or case.name in mta.cannot:
            continue
        case.expect = mta.says.get(case.name, case.expect)
        case.kind = getattr(mta, "kinds", {}).get(case.name, case.kind)
        own.append(case)
    return own
