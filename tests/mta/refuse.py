#!/usr/bin/env python3
"""A scripted SMTP server: what it answers is looked up in a table.

    refuse.py TABLE [MAILDIR]

A row's key is found by the local part of the recipient; at MAIL FROM by the
VERP address of the sender, and at the banner and EHLO, before anybody is
named, by the address that was called. A reply may have several lines ("\\n"
between them) and the placeholders {rcpt}, {sender}, {client} and {helo};
"DROP" closes the connection and "HANG" never answers. Recipients that the
table does not know are accepted; mail for the lists' domain is delivered to
MAILDIR.
"""

import asyncio
import os
import re
import socket
import sys
import time

import world

TOO_LONG = 64 * 1024


class Closed(Exception):
    """The conversation is over."""


class Maildir:
    """Delivers as Postfix does: written below tmp/, then moved to new/."""

    def __init__(self, path):
        self.path, self.count = path, 0
        for folder in ("new", "cur", "tmp"):
            os.makedirs(os.path.join(path, folder), exist_ok=True)

    def deliver(self, sender, rcpt, content):
        self.count += 1
        name = f"{time.time():.6f}.{self.count}.{world.HOSTNAME}"
        head = f"Return-Path: <{sender}>\nDelivered-To: {rcpt}\n"
        tmp = os.path.join(self.path, "tmp", name)
        with open(tmp, "wb") as out:
            out.write(head.encode() + content.replace(b"\r\n", b"\n"))
        os.rename(tmp, os.path.join(self.path, "new", name))


class Session:
    """One SMTP conversation."""

    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        here = writer.get_extra_info("sockname")[0]
        self.name, self.extensions = server.hosts[here]
        self.early = server.by_ip.get(here)
        self.client = writer.get_extra_info("peername")[0]
        self.helo = ""
        self.reset()

    def reset(self):
        self.sender, self.rcpts, self.row = "", [], None

    async def say(self, *lines):
        for i, line in enumerate(lines):
            if len(lines) > 1:
                dash = "-" if i < len(lines) - 1 else " "
                line = line[:3] + dash + line[4:]
            self.writer.write(line.encode("utf-8") + b"\r\n")
        await self.writer.drain()

    async def refuse(self, row, rcpt=""):
        """Answers what the table says."""
        if row.reply == "DROP":
            raise Closed
        if row.reply == "HANG":
            await self.reader.read()
            raise Closed
        words = {
            "rcpt": rcpt or row.address,
            "sender": self.sender,
            "client": self.client,
            "helo": self.helo,
        }
        await self.say(*[line.format(**words) for line in row.lines])
        if row.lines[-1].startswith("421"):
            raise Closed

    def stops(self, row, stage):
        return row is not None and row.stage == stage

    async def hello(self, verb, rest):
        self.helo = rest.strip()
        if self.stops(self.early, "ehlo"):
            return await self.refuse(self.early)
        self.reset()
        if verb == "HELO":
            return await self.say(f"250 {self.name}")
        await self.say(*[f"250 {w}" for w in (self.name, *self.extensions)])

    async def mail(self, rest):
        self.reset()
        self.sender = bracketed(rest)
        inner = re.match(r"[^+@]*\+([^@]*)=[^@=]*@", self.sender)
        row = self.server.rows.get(inner.group(1).lower()) if inner else None
        if self.stops(row, "mail"):
            return await self.refuse(row)
        limit = self.size_limit()
        size = re.search(r"\bSIZE=(\d+)", rest)
        if limit and size and int(size.group(1)) > limit:
            return await self.say("552 5.3.4 Message size exceeds fixed limit")
        await self.say("250 2.1.0 Ok")

    def size_limit(self):
        for word in self.extensions:
            if word.startswith("SIZE "):
                return int(word[5:])
        return 0

    async def rcpt(self, rest):
        rcpt = bracketed(rest)
        local = rcpt.rpartition("@")[0].strip('"').lower()
        row = self.server.rows.get(local)
        if self.stops(row, "rcpt"):
            return await self.refuse(row, rcpt)
        self.rcpts.append(rcpt)
        self.row = self.row or row
        await self.say("250 2.1.5 Ok")

    async def data(self):
        if not self.rcpts:
            return await self.say("503 5.5.1 Error: need RCPT command")
        if self.stops(self.row, "data"):
            await self.refuse(self.row)
            return self.reset()
        await self.say("354 End data with <CR><LF>.<CR><LF>")
        content = await self.read_content()
        row, rcpts, sender = self.row, self.rcpts, self.sender
        if self.stops(row, "end"):
            await self.refuse(row)
            return self.reset()
        self.server.deliver(sender, rcpts, content)
        self.reset()
        await self.say("250 2.0.0 Ok: queued as 4QX7Z91mKlz")

    async def read_content(self):
        lines = []
        while (line := await self.line()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    async def line(self):
        line = await self.reader.readline()
        if not line.endswith(b"\n"):
            raise Closed
        return line.rstrip(b"\r\n") + b"\r\n"

    async def command(self, line):
        verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
        verb = verb.upper()
        if verb in ("EHLO", "HELO"):
            await self.hello(verb, rest)
        elif verb == "MAIL":
            await self.mail(rest)
        elif verb == "RCPT":
            await self.rcpt(rest)
        elif verb == "DATA":
            await self.data()
        elif verb == "RSET":
            self.reset()
            await self.say("250 2.0.0 Ok")
        elif verb == "NOOP":
            await self.say("250 2.0.0 Ok")
        elif verb == "QUIT":
            await self.say("221 2.0.0 Bye")
            raise Closed
        else:
            await self.say("502 5.5.2 Error: command not recognized")

    async def run(self):
        if self.stops(self.early, "banner"):
            await self.refuse(self.early)
            # RFC 5321 section 3.1: after a 554 greeting wait for QUIT.
            while (await self.line()).strip().upper() != b"QUIT":
                await self.say("503 5.5.1 bad sequence of commands")
            raise Closed
        await self.say(f"220 {self.name} ESMTP")
        while True:
            await self.command(await self.line())


def bracketed(rest):
    """The address in "FROM:<a@b> SIZE=1"."""
    found = re.search(r":\s*<([^>]*)>", rest) or re.search(r":\s*(\S+)", rest)
    return found.group(1) if found else ""


class Server:
    def __init__(self, rows, maildir=None):
        self.rows = {row.key: row for row in rows}
        self.maildir = maildir
        self.hosts = dict(
            (address, (name, words)) for name, (address, words) in world.SERVERS.items()
        )
        self.by_ip = {row.ip: row for row in rows if row.early}
        for row in self.by_ip.values():
            self.hosts[row.ip] = (f"mx.{row.domain}", world.PLENTY)

    def deliver(self, sender, rcpts, content):
        for rcpt in rcpts:
            if self.maildir and rcpt.endswith("@" + world.LISTS):
                self.maildir.deliver(sender, rcpt, content)

    async def serve(self, reader, writer):
        try:
            await Session(self, reader, writer).run()
        except (Closed, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def run(self):
        for address in self.hosts:
            await asyncio.start_server(
                self.serve, address, 25, limit=TOO_LONG, family=socket.AF_INET
            )
        print("ready", flush=True)
        await asyncio.Event().wait()


def main():
    maildir = Maildir(sys.argv[2]) if len(sys.argv) > 2 else None
    asyncio.run(Server(world.load(sys.argv[1]), maildir).run())


if __name__ == "__main__":
    main()
