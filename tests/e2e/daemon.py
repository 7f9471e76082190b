#!/usr/bin/env python3
"""The real daemon on a real Maildir: nothing lost, nothing doubled, whatever
happens to it. The programs are taken from $BUILD."""

import os
import random
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
BOUNCED = os.path.join(BUILD, "bounced")
SANITIZED = "address" in BUILD
PATIENCE = 120 if SANITIZED else 60  # seconds until a test gives up waiting

EX_OK, EX_USAGE, EX_DATAERR, EX_NOINPUT = 0, 64, 65, 66
EX_NOPERM, EX_TEMPFAIL, EX_CONFIG = 77, 75, 78


def dsn(n, recipients=1, extra=""):
    """A Postfix-like report, the n-th of its kind."""
    groups = "".join(
        f"""
Final-Recipient: rfc822; user{n}.{i}@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 <user{n}.{i}@example.net>: Recipient address
    rejected: User unknown in virtual mailbox table
"""
        for i in range(recipients)
    )
    return f"""Return-Path: <>
Date: Mon, 2 Nov 2026 10:00:00 +0000 (UTC)
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: news-bounces@example.org
Auto-Submitted: auto-replied
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B{n}.1/mail.example.org"
Message-Id: <{n}@mail.example.org>

--B{n}.1/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B{n}.1/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Mon, 2 Nov 2026 09:59:59 +0000 (UTC)
{groups}
--B{n}.1/mail.example.org
Content-Description: Undelivered Message
Content-Type: text/rfc822-headers

From: news@example.org
To: user{n}.0@example.net
Subject: News {n}
Message-ID: <news{n}@example.org>
List-Id: News <news.example.org>

--B{n}.1/mail.example.org--
""".encode()


def wait_until(condition, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.005)
    raise AssertionError("waited in vain: " + what)


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(name))
    return found


class Manager:
    """A service manager's notification socket."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(0.01)
        self.lines = []

    def said(self, line):
        try:
            while True:
                self.lines += self.socket.recv(4096).decode().split("\n")
        except (socket.timeout, BlockingIOError):
            pass
        return line in self.lines


class Case(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="bounced-e2e-")
        os.chmod(self.top, 0o755)
        self.maildir = self.top + "/Maildir"
        self.db = self.top + "/bounces.db"
        self.log = self.top + "/log"
        self.conf = self.top + "/bounced.conf"
        self.make_maildir()
        self.configure()
        self.manager = Manager(self.top + "/notify")
        self.running = []
        self.serial = 0

    def tearDown(self):
        for p in self.running:
            if p.poll() is None:
                p.kill()
                p.wait()
        self.manager.socket.close()
        shutil.rmtree(self.top)

    # ---- the world

    def make_maildir(self):
        for d in ("tmp", "new", "cur"):
            os.makedirs(f"{self.maildir}/{d}")

    def configure(self, bounced="", limits="", raw=""):
        with open(self.conf, "w") as f:
            f.write(f"[bounced]\n{bounced}\n[limits]\n{limits}\n{raw}\n")

    def deliver(self, content, name=None, how="link"):
        """As an MTA does: written in tmp/, then linked or renamed."""
        self.serial += 1
        if name is None:
            name = f"1700000000.M{self.serial}P{os.getpid()}.host"
        name = os.fsencode(name)
        tmp = os.fsencode(self.maildir) + b"/tmp/x%d" % self.serial
        new = os.fsencode(self.maildir) + b"/new/" + name
        with open(tmp, "wb") as f:
            f.write(content)
        if how == "link":
            os.link(tmp, new)
            os.unlink(tmp)
        else:
            os.rename(tmp, new)
        return os.fsdecode(name)

    def ls(self, folder):
        return sorted(os.listdir(f"{self.maildir}/{folder}"))

    # ---- the daemon

    def arguments(self, *more):
        return [BOUNCED, "-c", self.conf, "--maildir", self.maildir,
                "--database", self.db, *more]

    def start(self, *more, env=None, ready=True):
        e = dict(os.environ, NOTIFY_SOCKET=self.manager.path, **(env or {}))
        e.pop("JOURNAL_STREAM", None)
        self.manager.said("")
        self.manager.lines = []
        with open(self.log, "ab") as log:
            p = subprocess.Popen(self.arguments(*more), env=e,
                                 stdin=subprocess.DEVNULL, stderr=log)
        self.running.append(p)
        if ready:
            wait_until(lambda: self.manager.said("READY=1")
                       or p.poll() is not None, "READY=1")
            self.assertIsNone(p.poll(), self.logged())
        return p

    def stop(self, p, sig=signal.SIGTERM):
        p.send_signal(sig)
        return p.wait(PATIENCE)

    def once(self, *more):
        with open(self.log, "ab") as log:
            return subprocess.run(self.arguments("--once", *more), stderr=log,
                                  timeout=PATIENCE).returncode

    def logged(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def preload(self):
        shim = self.top + "/shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE",
                        "-o", shim, os.path.join(os.path.dirname(
                            os.path.abspath(__file__)), "shim.c"), "-ldl"],
                       check=True)
        e = {"LD_PRELOAD": shim}
        if SANITIZED:
            e["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + \
                ":verify_asan_link_order=0"
        return e

    # ---- the database

    def query(self, sql, *values):
        try:
            c = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        except sqlite3.OperationalError:
            return []
        try:
            return c.execute(sql, values).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            c.close()

    def addresses(self):
        return sorted(r[0] for r in self.query("SELECT address FROM bounces"))

    def settled(self):
        return not self.ls("new")


class Settling(Case):
    def test_a_thousand_mails_are_recorded_and_moved(self):
        p = self.start()
        wanted, names = [], []
        for n in range(1000):
            recipients = 1 + n % 3
            how = "link" if n % 2 else "rename"
            names.append(self.deliver(dsn(n, recipients), how=how) + ":2,S")
            wanted += [f"user{n}.{i}@example.net" for i in range(recipients)]
        wait_until(self.settled, "1,000 mails")
        self.assertEqual(self.addresses(), sorted(wanted))
        self.assertEqual(self.ls("cur"), sorted(names))
        row = self.query("SELECT class, status, code, hard, kind, action, "
                         "list_id, message_id, dialect FROM bounces "
                         "WHERE address = 'user7.0@example.net'")
        self.assertEqual(row, [("user-unknown", "5.1.1", "550", 1, "bounce",
                                "failed", "news.example.org",
                                "news7@example.org", "rfc3464")])
        self.assertEqual(self.stop(p), EX_OK)

    def test_a_single_mail_is_visible_within_300_ms(self):
        p = self.start()
        times = []
        for n in range(9):
            time.sleep(0.2)
            began = time.monotonic()
            self.deliver(dsn(n))
            wait_until(lambda: self.query(
                "SELECT 1 FROM bounces WHERE address = ?",
                f"user{n}.0@example.net"), "a single mail")
            times.append(time.monotonic() - began)
        times.sort()
        print(f"one mail visible after {times[4] * 1000:.0f} ms (median)")
        self.assertLess(times[4], 3 if SANITIZED else 0.3)
        self.assertEqual(self.stop(p), EX_OK)

    def test_once_settles_what_is_there_and_exits(self):
        for n in range(700):
            self.deliver(dsn(n))
        self.assertEqual(self.once(), EX_OK)
        self.assertEqual(self.ls("new"), [])
        self.assertEqual(len(self.addresses()), 700)
        self.assertEqual(self.once(), EX_OK)
        self.assertEqual(len(self.addresses()), 700)

    def test_the_same_mail_twice_is_one_row(self):
        self.deliver(dsn(1))
        self.deliver(dsn(1))
        self.assertEqual(self.once(), EX_OK)
        self.deliver(dsn(1).replace(b"\n", b"\r\n"))
        self.assertEqual(self.once(), EX_OK)
        self.assertEqual(self.addresses(), ["user1.0@example.net"])
        self.assertEqual(len(self.ls("cur")), 3)

    def test_an_ordinary_mail_stays_readable_in_cur(self):
        self.deliver(b"From: a@example.org\nTo: b@example.org\n"
                     b"Subject: lunch\n\nAt noon?\n")
        self.assertEqual(self.once(), EX_OK)
        self.assertEqual(len(self.ls("cur")), 1)
        self.assertEqual(self.addresses(), [])
        self.assertEqual(self.query("SELECT count(*) FROM mail"), [(1,)])

    def test_done_delete_removes_what_is_recorded(self):
        self.configure(bounced="done = delete")
        self.deliver(dsn(1))
        self.assertEqual(self.once(), EX_OK)
        self.assertEqual(self.ls("new") + self.ls("cur"), [])
        self.assertEqual(self.addresses(), ["user1.0@example.net"])

    def test_a_mail_written_in_place_is_read_when_it_is_whole(self):
        p = self.start()
        content = dsn(1)
        with open(self.maildir + "/new/slow", "wb", buffering=0) as f:
            for i in range(0, len(content), 200):
                f.write(content[i:i + 200])
                time.sleep(0.02)
        wait_until(self.settled, "a slow mail")
        self.assertEqual(self.addresses(), ["user1.0@example.net"])
        self.assertEqual(self.query("SELECT count(*) FROM mail"), [(1,)])
        self.stop(p)

    def test_odd_things_in_new_hurt_nobody(self):
        new = self.maildir + "/new/"
        os.mkfifo(new + "fifo")
        os.mkdir(new + "directory")
        os.symlink("/etc/passwd", new + "link")
        os.symlink("nowhere", new + "broken")
        s = socket.socket(socket.AF_UNIX)
        s.bind(new + "socket")
        names = ["with\nnewline", os.fsdecode(b"bytes\xff\xfe"), "-rf", "*",
                 "x" * 255, "colon:H1.host", "flagged:2,F"]
        for n, name in enumerate(names):
            self.deliver(dsn(n), name=name)
        self.deliver(b"", name="empty")
        p = self.start()
        wait_until(lambda: len(self.ls("new")) == 5, "odd names")
        self.assertEqual(self.ls("new"), ["broken", "directory", "fifo",
                                          "link", "socket"])
        self.assertEqual(len(self.addresses()), len(names))
        cur = self.ls("cur")
        for name in ("with\nnewline:2,S", "x" * 255, "colon:H1.host:2,S",
                     "flagged:2,FS", "empty:2,S", "-rf:2,S"):
            self.assertIn(name, cur)
        self.assertEqual(self.stop(p), EX_OK)
        s.close()
        # No name makes a line or an escape sequence of its own in the log.
        self.assertNotIn("\nnewline", self.logged())

    def test_many_mails_at_once_need_little_memory(self):
        n = 2000 if SANITIZED else 20000
        for i in range(n):
            with open(f"{self.maildir}/new/{i}", "wb") as f:
                f.write(b"Subject: %d\n\n" % i)
        p = self.start()
        peak = 0
        while not self.settled():
            try:
                with open(f"/proc/{p.pid}/status") as f:
                    text = f.read()
            except OSError:
                break
            peak = max(peak, int(text.split("VmRSS:")[1].split()[0]))
            time.sleep(0.05)
        wait_until(self.settled, "many mails")
        self.assertEqual(self.query("SELECT count(*) FROM mail"), [(n,)])
        print(f"parent's memory over {n} mails: {peak} kB")
        if not SANITIZED:
            self.assertLess(peak, 64 * 1024)
        self.assertEqual(self.stop(p), EX_OK)


class Dying(Case):
    def test_sigterm_finishes_and_leaves_no_process(self):
        for sig in (signal.SIGTERM, signal.SIGINT):
            p = self.start()
            workers = children(p.pid)
            self.assertTrue(workers)
            for n in range(50):
                self.deliver(dsn(n))
            self.assertEqual(self.stop(p, sig), EX_OK, self.logged())
            for w in workers:
                wait_until(lambda: not os.path.exists(f"/proc/{w}"),
                           "the end of a worker")
            self.assertTrue(self.manager.said("STOPPING=1"))
        self.assertEqual(self.once(), EX_OK)
        self.assertEqual(len(self.addresses()), 50)

    def test_kill_9_at_any_moment_loses_and_doubles_nothing(self):
        rnd = random.Random(1)
        wanted = []
        for n in range(1500):
            self.deliver(dsn(n))
            wanted.append(f"user{n}.0@example.net")
        for kill in range(12):
            p = self.start()
            time.sleep(rnd.uniform(0, 0.06))
            victims = [p.pid]
            if kill % 3 == 2:  # a worker, and the daemon goes on
                victims = children(p.pid)[:1]
            for v in victims:
                try:
                    os.kill(v, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if kill % 3 == 2:
                time.sleep(0.05)
                p.kill()
            p.wait()
        self.assertEqual(self.once(), EX_OK, self.logged())
        self.assertEqual(self.addresses(), sorted(wanted))
        self.assertEqual(self.ls("new"), [])
        self.assertEqual(len(self.ls("cur")), 1500)
        self.assertFalse(os.path.exists(self.maildir + "/.Failed"))

    def test_workers_that_are_killed_are_replaced_and_cost_nothing(self):
        p = self.start()
        for n in range(600):
            self.deliver(dsn(n))
            if n % 20 == 0:
                for w in children(p.pid):
                    try:
                        os.kill(w, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
        wait_until(self.settled, "600 mails")
        self.assertEqual(len(self.addresses()), 600)
        self.assertFalse(os.path.exists(self.maildir + "/.Failed"))
        self.assertEqual(self.stop(p), EX_OK)

    def test_a_stopped_worker_is_replaced(self):
        self.configure(limits="time_limit_ms = 300", bounced="workers = 1")
        p = self.start()
        os.kill(children(p.pid)[0], signal.SIGSTOP)
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail behind a stopped worker")
        self.assertEqual(self.addresses(), ["user1.0@example.net"])
        self.assertEqual(self.stop(p), EX_OK)

    def test_a_mail_that_kills_workers_is_set_aside_with_its_reason(self):
        p = self.start(env=self.preload())
        for n in range(20):
            self.deliver(dsn(n))
        bad = self.deliver(dsn(100, extra="X-Test: crash\n"))
        for n in range(20, 40):
            self.deliver(dsn(n))
        wait_until(self.settled, "mails around one that kills")
        self.assertEqual(self.ls(".Failed/new"), [bad])
        for part in ("cur", "tmp", "maildirfolder"):
            self.assertTrue(os.path.exists(f"{self.maildir}/.Failed/{part}"))
        self.assertEqual(len(self.addresses()), 40)
        self.assertEqual(len(self.ls("cur")), 40)
        failure = self.query("SELECT failure FROM mail WHERE file = ?", bad)
        self.assertEqual(failure, [("crashed",)])
        self.assertEqual(self.stop(p), EX_OK)
        # Put back when it can be read, it is read.
        os.rename(f"{self.maildir}/.Failed/new/{bad}",
                  f"{self.maildir}/new/{bad}")
        self.assertEqual(self.once(), EX_OK)
        self.assertIn("user100.0@example.net", self.addresses())


class Signals(Case):
    def test_sighup_reads_a_new_configuration_and_refuses_a_bad_one(self):
        p = self.start()
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail")
        self.assertEqual(len(self.ls("cur")), 1)
        self.configure(bounced="done = perhaps")
        p.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old configuration stays" in self.logged(),
                   "the refusal")
        self.deliver(dsn(2))
        wait_until(self.settled, "a mail")
        self.assertEqual(len(self.ls("cur")), 2)
        self.configure(bounced="done = delete")
        p.send_signal(signal.SIGHUP)
        wait_until(lambda: "is read again" in self.logged(), "the reload")
        self.deliver(dsn(3))
        wait_until(self.settled, "a mail")
        self.assertEqual(len(self.ls("cur")), 2)
        self.assertEqual(len(self.addresses()), 3)
        self.assertEqual(self.stop(p), EX_OK)
        self.assertTrue(self.manager.said("RELOADING=1"))
        self.assertTrue(any(line.startswith("MONOTONIC_USEC=")
                            for line in self.manager.lines))

    def test_a_storm_of_sighup_loses_nothing(self):
        p = self.start()
        for n in range(200):
            self.deliver(dsn(n))
            p.send_signal(signal.SIGHUP)
        wait_until(self.settled, "mails in a storm")
        self.assertEqual(len(self.addresses()), 200)
        self.assertEqual(self.stop(p), EX_OK)

    def test_sigusr1_logs_a_line_of_figures(self):
        p = self.start()
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail")
        p.send_signal(signal.SIGUSR1)
        wait_until(lambda: "1 mails settled" in self.logged(), "the line")
        self.assertEqual(self.stop(p), EX_OK)

    def test_idle_it_sleeps(self):
        p = self.start()
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail")
        time.sleep(3)  # it tidies up after two seconds

        def wakeups():
            total = 0
            for pid in [p.pid] + children(p.pid):
                with open(f"/proc/{pid}/status") as f:
                    text = f.read()
                total += int(
                    text.split("\nvoluntary_ctxt_switches:")[1].split()[0])
            return total

        before = wakeups()
        time.sleep(5)
        self.assertLessEqual(wakeups() - before, 1)
        self.assertEqual(self.stop(p), EX_OK)

    def test_the_watchdog_is_fed_when_asked_for(self):
        p = self.start(env={"WATCHDOG_USEC": "400000"})
        wait_until(lambda: self.manager.said("WATCHDOG=1"), "WATCHDOG=1")
        self.assertEqual(self.stop(p), EX_OK)


class World(Case):
    def test_a_maildir_that_goes_and_comes_back(self):
        p = self.start()
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail")
        os.rename(self.maildir, self.maildir + ".away")
        wait_until(lambda: "is gone" in self.logged(), "the notice")
        os.rename(self.maildir + ".away", self.maildir)
        self.deliver(dsn(2))
        wait_until(self.settled, "a mail after it came back")
        shutil.rmtree(self.maildir)
        wait_until(lambda: self.logged().count("is gone") == 2, "the notice")
        self.make_maildir()
        self.deliver(dsn(3))
        wait_until(self.settled, "a mail in the new Maildir")
        self.assertEqual(len(self.addresses()), 3)
        self.assertEqual(self.stop(p), EX_OK)

    def test_a_new_directory_in_place_of_the_old_one(self):
        p = self.start()
        os.rename(self.maildir + "/new", self.maildir + "/old")
        os.mkdir(self.maildir + "/new")
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail in the new directory")
        self.assertEqual(self.stop(p), EX_OK)

    def test_without_inotify_the_rescan_finds_mail(self):
        self.configure(bounced="rescan_seconds = 1")
        p = self.start(env=dict(self.preload(), TEST_NO_INOTIFY="1"))
        self.assertIn("inotify does not watch", self.logged())
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail without inotify")
        self.assertEqual(self.addresses(), ["user1.0@example.net"])
        self.assertEqual(self.stop(p), EX_OK)

    def test_a_database_deleted_under_it_costs_no_mail(self):
        p = self.start()
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail")
        for suffix in ("", "-wal", "-shm"):
            try:
                os.unlink(self.db + suffix)
            except FileNotFoundError:
                pass
        self.deliver(dsn(2))
        wait_until(self.settled, "a mail after the deletion")
        self.assertEqual(self.addresses(), ["user2.0@example.net"])
        self.assertIn("deleted or replaced", self.logged())
        self.assertEqual(self.stop(p), EX_OK)

    def test_a_database_directory_that_is_away_keeps_mail_in_new(self):
        os.mkdir(self.top + "/db")
        self.db = self.top + "/db/bounces.db"
        p = self.start()
        self.deliver(dsn(1))
        wait_until(self.settled, "a mail")
        os.rename(self.top + "/db", self.top + "/away")
        self.deliver(dsn(2))
        wait_until(lambda: "mail stays in new/" in self.logged(), "the notice")
        self.assertEqual(len(self.ls("new")), 1)
        os.rename(self.top + "/away", self.top + "/db")
        wait_until(self.settled, "the mail that waited")
        self.assertEqual(len(self.addresses()), 2)
        self.assertIn("takes mail again", self.logged())
        self.assertEqual(self.stop(p), EX_OK)

    @unittest.skipIf(os.geteuid() == 0 and not shutil.which("chattr"),
                     "root may move anything")
    def test_a_mail_that_cannot_be_moved_is_recorded_once(self):
        name = self.deliver(dsn(1))
        path = f"{self.maildir}/new/{name}"
        if os.geteuid() == 0:
            if subprocess.run(["chattr", "+i", path],
                              stderr=subprocess.DEVNULL).returncode != 0:
                self.skipTest("this file system knows no chattr +i")
        else:
            os.chmod(self.maildir + "/cur", 0o555)
        try:
            p = self.start()
            wait_until(lambda: "cannot move" in self.logged(), "the notice")
            self.deliver(dsn(2))
            wait_until(lambda: len(self.addresses()) == 2, "the next mail")
            self.assertEqual(self.stop(p), EX_OK)
            # cron hears of what is left behind
            self.assertEqual(self.once(), EX_TEMPFAIL)
        finally:
            if os.geteuid() == 0:
                subprocess.run(["chattr", "-i", path])
            else:
                os.chmod(self.maildir + "/cur", 0o755)
        self.assertEqual(self.once(), EX_OK)
        self.assertEqual(self.ls("new"), [])
        self.assertEqual(len(self.addresses()), 2)

    def test_two_daemons_do_not_share_a_maildir_or_a_database(self):
        p = self.start()
        self.assertEqual(self.once(), EX_TEMPFAIL)
        self.assertIn("another bounced watches", self.logged())
        first = self.maildir
        self.maildir = self.top + "/Second"
        self.make_maildir()
        self.assertEqual(self.once(), EX_TEMPFAIL)
        self.maildir = first
        p.kill()
        p.wait()
        self.assertEqual(self.once(), EX_OK, self.logged())


class CommandLine(Case):
    def status(self, *arguments):
        p = subprocess.run([BOUNCED, *arguments], capture_output=True,
                           text=True, timeout=PATIENCE)
        self.output = p.stdout + p.stderr
        return p.returncode

    def test_bad_use_gets_a_clear_error_and_its_status(self):
        self.assertEqual(self.status("--nonsense"), EX_USAGE)
        self.assertIn("unknown option --nonsense", self.output)
        self.assertEqual(self.status("-c", "/nonexistent"), EX_CONFIG)
        self.assertIn("/nonexistent", self.output)
        self.assertEqual(self.status("-c", self.conf), EX_USAGE)
        self.assertIn("no Maildir", self.output)
        self.assertEqual(self.status(
            "-c", self.conf, "--maildir", self.top + "/none",
            "--database", self.db), EX_NOINPUT)
        self.assertIn(self.top + "/none", self.output)
        os.rmdir(self.maildir + "/new")
        self.assertEqual(self.once(), EX_NOINPUT)
        os.mkdir(self.maildir + "/new")
        with open(self.db, "w") as f:
            f.write("This is a letter and no database at all.\n" * 100)
        self.assertEqual(self.once(), EX_DATAERR)
        self.assertIn(self.db, self.logged())
        self.db = self.top + "/none/bounces.db"
        self.assertEqual(self.once(), EX_NOPERM)

    def test_a_bad_configuration_is_named(self):
        self.configure(bounced="nonsense = 1")
        self.assertEqual(self.once(), EX_CONFIG)
        self.assertIn("nonsense", self.logged())
        self.assertEqual(
            self.status("-c", self.conf, "--check-config"), EX_CONFIG)
        self.configure()
        self.assertEqual(
            self.status("-c", self.conf, "--check-config"), EX_OK)
        self.assertIn("is fine", self.output)

    def test_help_and_version(self):
        self.assertEqual(self.status("--help"), EX_OK)
        self.assertIn("--once", self.output)
        self.assertEqual(self.status("--version"), EX_OK)
        self.assertRegex(self.output, r"^bounced \d+\.\d+")

    def test_the_worker_is_nothing_to_start_by_hand(self):
        self.assertEqual(self.status("--worker"), EX_USAGE)

    def test_the_database_is_for_owner_and_group(self):
        self.assertEqual(self.once(), EX_OK)
        mode = stat.S_IMODE(os.stat(self.db).st_mode)
        self.assertEqual(mode, 0o640)


if __name__ == "__main__":
    unittest.main(verbosity=2 if sys.stdout.isatty() else 1)
