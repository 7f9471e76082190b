"""The bed that an MTA is laid in: a network of its own where that is
permitted, a chroot with its packages, the scripted servers beside it, a log,
and the mails that go in and the bounces that come out."""

import ctypes
import fcntl
import os
import shutil
import signal
import smtplib
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib

import world

SKIPPED = 77  # exit status, as of the GNU test drivers
INSIDE = "MTA_BED_INSIDE"
ROOTS = os.path.join(world.HERE, "root")
OUT = os.path.join(world.HERE, "out")
TABLE = os.path.join(world.HERE, "replies.tsv")
MAILBOX_UID = 38  # Debian's user "list"


def skip(why):
    print(f"SKIPPED: {why}", flush=True)
    sys.exit(SKIPPED)


def become_root():
    if os.geteuid() == 0:
        return
    sudo = shutil.which("sudo")
    if not sudo or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode:
        skip("needs root, or sudo without a password, for chroot")
    os.execv(sudo, [sudo, "-n", "-E", sys.executable, *sys.argv])


def make_root(name, packages):
    command = [os.path.join(world.HERE, "make-root"), name, *packages]
    subprocess.run(command, check=True)


def raise_loopback():
    """Gives lo its addresses, without needing iproute2."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:

        def ask(request, name, rest):
            data = struct.pack("16s", name) + rest
            fcntl.ioctl(sock, request, data.ljust(40, b"\0"))

        def inet(address):
            return struct.pack("HH", socket.AF_INET, 0) + socket.inet_aton(address)

        set_flags, set_address, set_mask, up = 0x8914, 0x8916, 0x891C, 0x1
        ask(set_flags, b"lo", struct.pack("h", up))
        ask(set_address, b"lo:1", inet(world.ip(1)))
        ask(set_mask, b"lo:1", inet("255.255.255.0"))


def enter():
    """Goes on inside namespaces of our own: no other network than loopback,
    a host name that is nobody's, and every process gone at the end. Where
    that is not permitted (in some containers; or MTA_BED=host asks for it), a
    corner of 127/8 must do."""
    if os.environ.get(INSIDE):
        if os.environ[INSIDE] == "namespace":
            raise_loopback()
            socket.sethostname(world.HOSTNAME)
        return
    own = ["unshare", "--net", "--uts", "--mount", "--pid", "--fork"]
    own += ["--kill-child", "--mount-proc"]
    probe = subprocess.run([*own, "true"], capture_output=True)
    if os.environ.get("MTA_BED") != "host" and probe.returncode == 0:
        os.environ[INSIDE] = "namespace"
        os.execvp("unshare", [*own, sys.executable, *sys.argv])
    os.environ[INSIDE] = "host"
    os.environ["MTA_PREFIX"] = "127.0.77."
    os.execv(sys.executable, [sys.executable, *sys.argv])


def die_with_parent():
    """For Popen: no server of ours outlives us."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Log(threading.Thread):
    """Reads what the chroot's programs send to syslog."""

    def __init__(self, root, path):
        super().__init__(daemon=True)
        device = os.path.join(root, "dev/log")
        if os.path.lexists(device):
            os.unlink(device)
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(device)
        os.chmod(device, 0o666)
        self.out = open(path, "ab", buffering=0)
        self.start()

    def run(self):
        while True:
            line = self.sock.recv(65536)
            self.out.write(line.rstrip(b"\n\0") + b"\n")


class Bed:
    """One MTA in its chroot with the world around it; one at a time, a
    second waits until the first is gone."""

    def __init__(self, mta, name):
        os.makedirs(OUT, exist_ok=True)
        self.lock = open(os.path.join(OUT, f".{mta.name}.lock"), "w", encoding="ascii")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.mta = mta
        self.root = os.path.join(ROOTS, mta.name)
        self.out = os.path.join(OUT, name)
        self.children = []
        self.phase = "bounce"
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)

    def path(self, inside):
        return os.path.join(self.root, inside.lstrip("/"))

    def write(self, inside, text, mode=0o644, owner=0):
        """A new file in the chroot; never writes through a hard link."""
        path = self.path(inside)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.unlink(path)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(path, mode)
        os.chown(path, owner, owner)

    def empty(self, inside, mode=0o755, owner=0):
        """An empty directory in the chroot."""
        path = self.path(inside)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        os.chown(path, owner, owner)
        os.chmod(path, mode)

    def users(self, people):
        """Gives PEOPLE, {name: uid}, a home and a mailbox in the chroot."""
        for kind in ("passwd", "group"):
            with open(self.path("/etc/" + kind), encoding="utf-8") as old:
                lines = [l for l in old if l.split(":")[0] not in people]
            for name, uid in people.items():
                fields = f"{name}:x:{uid}"
                fields += f":{uid}::/home/{name}:/bin/sh" if kind == "passwd" else ":"
                lines.append(fields + "\n")
            self.write("/etc/" + kind, "".join(lines))
        for name, uid in people.items():
            self.empty("/home/" + name, owner=uid)
            self.write("/var/mail/" + name, "", mode=0o600, owner=uid)

    def chroot(self, *command, **options):
        options.setdefault("check", True)
        options.setdefault("stdin", subprocess.DEVNULL)
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
        return subprocess.run(["chroot", self.root, *command], env=env, **options)

    def submit(self, sender, rcpts, message):
        """Sends a mail by the MTA's sendmail command."""
        command = getattr(self.mta, "command", ["sendmail", "-oi"])
        text = message.replace(b"\r\n", b"\n")
        self.chroot(
            *command, "-f", sender, *rcpts, input=text, stdin=None, check=False
        )

    def launch(self, command, ready=None, log="server.log"):
        """Starts a program that stays; waits until it says READY."""
        with open(os.path.join(self.out, log), "ab") as err:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if ready else err,
                stderr=err,
                preexec_fn=die_with_parent,
                start_new_session=True,
            )
        self.children.append(child)
        if ready and child.stdout.readline().strip() != ready:
            with open(os.path.join(self.out, log), encoding="utf-8") as text:
                raise SystemExit(f"{command[1]} did not start:\n{text.read()}")
        return child

    def daemon(self, *command):
        """The MTA itself, in the foreground."""
        return self.launch(["chroot", self.root, *command], log="daemon.log")

    def start(self, rows_table=TABLE):
        for name in ("resolv.conf", "hosts", "hostname", "mailname"):
            text = {
                "resolv.conf": f"nameserver {world.DNS_IP}\noptions timeout:2\n",
                "hosts": f"127.0.0.1 localhost\n{world.MTA_IP} {world.HOSTNAME} mail\n",
            }.get(name, world.HOSTNAME + "\n")
            self.write("/etc/" + name, text)
        self.maildir = self.path("/srv/bounces")
        self.empty("/srv", owner=MAILBOX_UID)
        for folder in ("", "/new", "/cur", "/tmp"):
            self.empty("/srv/bounces" + folder, owner=MAILBOX_UID)
        self.log = Log(self.root, os.path.join(self.out, "mail.log"))
        here = [sys.executable, os.path.join(world.HERE, "resolver.py"), rows_table]
        self.launch(here, ready=b"ready")
        here = [sys.executable, os.path.join(world.HERE, "refuse.py"), rows_table]
        self.launch([*here, self.maildir], ready=b"ready")
        self.mta.configure(self)
        self.mta.start(self)

    def wait_for(self, wanted, quiet=15, longest=120):
        """Until WANTED mails are in the Maildir, or none came for QUIET
        seconds. An MTA that gives up only when it tries again (it has
        `run_queue`) is made to try every second in which none came. Answers
        how many came."""
        began = last = tried = time.monotonic()
        count = 0
        while count < wanted:
            time.sleep(0.1)
            seen = len(os.listdir(os.path.join(self.maildir, "new")))
            now = time.monotonic()
            if seen != count:
                count, last = seen, now
            if now - last > quiet or now - began > longest:
                break
            if now - max(last, tried) > 1 and hasattr(self.mta, "run_queue"):
                self.mta.run_queue(self)
                tried = time.monotonic()
        return count

    def stop(self):
        self.mta.stop(self)
        for child in self.children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
        self.sweep()

    def sweep(self):
        """Ends what still runs inside the chroot: daemons that left our
        process groups. Their root directory tells them."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/root") == os.path.realpath(self.root):
                    os.kill(int(pid), signal.SIGKILL)
            except OSError:
                continue

    def keep(self, folder=""):
        """Copies the Maildir out of the chroot."""
        target = os.path.join(self.out, folder)
        for name in ("new", "cur", "tmp"):
            shutil.rmtree(os.path.join(target, name), ignore_errors=True)
            shutil.copytree(
                os.path.join(self.maildir, name), os.path.join(target, name)
            )
        give_back(self.out)


def give_back(path):
    """To the user who called sudo."""
    uid = int(os.environ.get("SUDO_UID", "0"))
    gid = int(os.environ.get("SUDO_GID", "0"))
    if uid:
        for folder, _, files in os.walk(path):
            for name in ["", *files]:
                os.chown(os.path.join(folder, name), uid, gid)


def smtp(address=None, patience=15):
    """A connection to the MTA under test, as soon as it answers."""
    end = time.monotonic() + patience
    while True:
        try:
            client = smtplib.SMTP(
                local_hostname="client.example.org",
                timeout=30,
                source_address=(world.CLIENT_IP, 0),
            )
            client.connect(address or world.MTA_IP, 25)
            client.ehlo()
            return client
        except (OSError, smtplib.SMTPException):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def list_mail(key, rcpt, subject="News of the week", extra="", body=None):
    """A mail of the list, its Message-ID made of KEY."""
    body = body or (
        "Dear reader,\n\nthe tulips are out, and the ferry runs twice a day again.\n"
        "\nWrite to us at news@example.net.\n"
    )
    return (
        "From: Example News <news@example.net>\n"
        f"To: {rcpt}\n"
        f"Subject: {subject}\n"
        "Date: Sun, 01 Nov 2026 09:00:00 +0000\n"
        f"Message-ID: <{message_id(key)}>\n"
        f"List-Id: Example News <{world.LIST_ID}>\n"
        f"{extra}"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        f"\n{body}"
    ).replace("\n", "\r\n").encode("utf-8")


def message_id(key):
    """Made of KEY, but telling nothing of it: its words might be judged."""
    return f"20261101.{zlib.crc32(key.encode()):08x}@{world.LISTS}"
