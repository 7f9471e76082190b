"""The little Internet that the test mails live in: names, addresses, DNS
records, and the table of replies. Nothing outside loopback is ever asked.

In a network namespace of our own it has the documentation addresses of
RFC 5737; without one, a corner of 127/8.
"""

import os
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
PREFIX = os.environ.get("MTA_PREFIX", "192.0.2.")

HOSTNAME = "mail.example.org"  # the MTA under test
LISTS = "lists.example.net"  # the domain that bounces go to
LIST_ID = "news.lists.example.net"
DOMAIN = "example.com"  # refuses whatever the table says

EARLY = ("banner", "ehlo")  # stages before the recipient is known
FIRST_EARLY = 100


def ip(last):
    return f"{PREFIX}{last}"


CLIENT_IP = ip(1)  # who sends the list's mails
MTA_IP = ip(10)
DNS_IP = ip(53)

# host: (address, extensions)
PLENTY = ("PIPELINING", "SIZE 10240000", "8BITMIME", "ENHANCEDSTATUSCODES")
SERVERS = {
    "mx.example.com": (ip(25), PLENTY),
    "mx.lists.example.net": (ip(26), PLENTY),
    "mx.anemone.example.com": (ip(27), PLENTY + ("SMTPUTF8",)),
    "mx.poppy.example.com": (ip(28), ("SIZE 2000",)),
    "mx.rose.example.com": (ip(29), ()),
    "mx.clover.example.com": (ip(30), PLENTY + ("DSN",)),
}
REFUSED_IP = ip(99)  # nobody listens

# name: {type: [records]}; None: SERVFAIL; absent: NXDOMAIN
MX = {
    DOMAIN: "mx.example.com",
    LISTS: "mx.lists.example.net",
    "anemone.example.com": "mx.anemone.example.com",
    "poppy.example.com": "mx.poppy.example.com",
    "rose.example.com": "mx.rose.example.com",
    "clover.example.com": "mx.clover.example.com",
    "tulip.example.com": "mx.tulip.example.com",
    "iris.example.com": "",
    "dahlia.example.com": "mx.peony.example.com",
}
A = {
    HOSTNAME: MTA_IP,
    "client.example.org": CLIENT_IP,
    "mx.tulip.example.com": REFUSED_IP,
}
BROKEN = ("lilac.example.com",)


@dataclass
class Row:
    """One row of replies.tsv."""

    key: str
    stage: str
    reply: str
    classes: tuple
    status: str
    code: str
    number: int = 0

    @property
    def early(self):
        return self.stage in EARLY

    @property
    def domain(self):
        return f"{self.key}.{DOMAIN}" if self.early else DOMAIN

    @property
    def address(self):
        return f"{self.key}@{self.domain}"

    @property
    def ip(self):
        return ip(self.number)

    @property
    def lines(self):
        return self.reply.split("\\n")


def verp(address, localpart="list-bounces"):
    """The envelope sender that tells which address a bounce is about."""
    local, _, domain = address.rpartition("@")
    return f"{localpart}+{local}={domain}@{LISTS}"


def load(path):
    """Reads a table of replies; early rows get an address of their own."""
    rows, number = [], FIRST_EARLY
    with open(path, encoding="utf-8") as table:
        for n, line in enumerate(table, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            fields = line.split("\t")
            if len(fields) != 6:
                raise SystemExit(f"{path}:{n}: 6 columns wanted")
            key, stage, reply, classes, status, code = fields
            row = Row(key, stage, reply, tuple(classes.split("|")), status, code)
            if row.early:
                row.number, number = number, number + 1
            rows.append(row)
    keys = [row.key for row in rows]
    if len(set(keys)) != len(keys):
        raise SystemExit(f"{path}: a key stands twice")
    return rows


def zone(rows):
    """All DNS records: {(name, type): [data]}."""
    records = {}
    for name, exchange in MX.items():
        records[name, "MX"] = [exchange]
    for name, address in A.items():
        records[name, "A"] = [address]
    for name, (address, _) in SERVERS.items():
        records[name, "A"] = [address]
    for row in rows:
        if row.early:
            records[row.domain, "MX"] = [f"mx.{row.domain}"]
            records[f"mx.{row.domain}", "A"] = [row.ip]
    for (name, kind), data in list(records.items()):
        if kind == "A":
            tail = ".".join(reversed(data[0].split(".")))
            records[f"{tail}.in-addr.arpa", "PTR"] = [name]
    return records
