"""Exim: bounces come through its own appendfile transport."""

import shutil

import bed
import people
import world
from cases import Case, failed

CONFIG = r"""
primary_hostname = {hostname}
qualify_domain = {hostname}
domainlist local_domains = {hostname}
local_interfaces = {ip}
daemon_smtp_ports = 25
disable_ipv6

rfc1413_query_timeout = 0s
acl_smtp_rcpt = accept
acl_smtp_data = accept
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 10000
queue_run_max = 4
received_headers_max = 30
bounce_return_size_limit = 100K

trusted_users = root


keep_environment =
{patience}

begin routers

bounces:
  driver = accept
  domains = {lists}
  transport = bounces

remote:
  driver = dnslookup
  domains = ! +local_domains
  transport = remote
  ignore_target_hosts = 0.0.0.0
  no_more

aliases:
  driver = redirect
  allow_fail
  allow_defer
  data = ${{lookup{{$local_part}}lsearch{{/etc/aliases}}}}
  pipe_transport = pipe
  user = nobody

forward:
  driver = redirect
  check_local_user
  file = $home/.forward
  allow_filter
  allow_fail
  pipe_transport = pipe
  reply_transport = reply

users:
  driver = accept
  check_local_user
  transport = mailbox
  cannot_route_message = Unknown user

begin transports

remote:
  driver = smtp
  interface = {ip}
  connect_timeout = 2s
  command_timeout = 2s
  hosts_try_dane =
  hosts_try_chunking =
  hosts_avoid_tls = *

bounces:
  driver = appendfile
  directory = /srv/bounces
  maildir_format
  user = {uid}
  group = {uid}
  delivery_date_add
  envelope_to_add
  return_path_add

mailbox:
  driver = appendfile
  file = /var/mail/$local_part_data
  delivery_date_add
  envelope_to_add
  return_path_add
  mode = 0660
  mode_fail_narrower = false
  group = mail
  quota = 50K

pipe:
  driver = pipe
  return_fail_output

reply:
  driver = autoreply

begin retry

{retry}
"""

VACATION = """# Exim filter
unseen deliver vera
vacation to $return_path from "Vera <vera@mail.example.org>"
    subject "On holiday until the 15th"
"""

AWAY = "I am on the island and read no mail until the 15th.\n"

LEFT = """# Exim filter
fail text "carla has left the company; write to office@example.net"
"""

PATIENCE = {"bounce": "", "delay": "delay_warning = 1s\ndelay_warning_condition = true"}
RETRY = {"bounce": "", "delay": "* * F,5d,1s"}

name = "exim"
packages = ["exim4-daemon-light"]
bare_status = {"4": "5.0.0", "5": "5.0.0"}  # it never says more
cannot = ("utf8-refused",)  # it sends an A-label for the whole address


def given_up(address, why="expired"):
    """All that Exim tells of what went wrong on the way to an SMTP reply."""
    return (failed(address, why, "5.0.0"),)


HERE = "@" + world.HOSTNAME
says = {
    # "retry timeout exceeded", and no word of why
    "connection-refused": given_up("lotte@tulip.example.com"),
    "connection-dropped": given_up("dora@example.com"),
    "timeout": given_up("hanna@hanna.example.com"),
    "dns-broken": given_up("lotte@lilac.example.com"),
    "mailbox-full": given_up("frieda" + HERE, "quota-exceeded"),
    # no word at all
    "loop": given_up("anna" + HERE, "unknown"),
    "delay-connection-refused": (
        ("lotte@tulip.example.com", "delayed", "unknown|unreachable", "4.0.0", ""),
    ),
    # "Unrouteable address" is said of local parts and domains alike
    "no-such-domain": given_up("lotte@aster.example.com", "domain-unknown|user-unknown"),
    "null-mx": given_up("lotte@iris.example.com", "domain-unknown"),
    "local-unknown": given_up("karl" + HERE, "user-unknown"),
    "pipe-failed": given_up("tickets" + HERE, "system-error"),
    "pipe-says": given_up("filter" + HERE, "user-unknown|system-error"),
    "too-large": (failed("lotte@poppy.example.com", "message-too-large", "5.3.4", "552"),),
    # Final-Recipient is what was asked for; what it stood for is in the text
    "alias": (
        failed(f"sales{HERE}|ulrich@example.com", "user-unknown", "5.1.1", "550"),
    ),
    "relayed": (("clara@example.com", "delivered|relayed", "", "2.0.0", "250"),),
}
cases = [
    Case(
        "filter-fail",
        (f"carla@{world.HOSTNAME}",),
        (failed(f"carla@{world.HOSTNAME}", "user-moved|user-unknown", "5.0.0"),),
    ),
]


def configure(b):
    config = CONFIG.format(
        hostname=world.HOSTNAME,
        ip=world.MTA_IP,
        lists=world.LISTS,
        uid=bed.MAILBOX_UID,
        patience=PATIENCE[b.phase],
        retry=RETRY[b.phase],
    )
    b.write("/etc/exim4/exim4.conf", config)
    people.settle(b)
    b.write("/home/vera/.forward", VACATION, owner=2003)
    b.write("/home/vera/.vacation.msg", AWAY, owner=2003)
    b.write("/home/carla/.forward", LEFT, owner=2004)
    for folder in ("input", "msglog", "db"):
        b.chroot("find", f"/var/spool/exim4/{folder}", "-type", "f", "-delete")


def start(b):
    b.daemon("exim4", "-bdf")


def run_queue(b):
    b.chroot("exim4", "-qff", check=False)


def stop(b):
    for log in ("mainlog", "paniclog"):
        path = b.path("/var/log/exim4/" + log)
        try:
            shutil.move(path, f"{b.out}/{log}.{b.phase}")
        except FileNotFoundError:
            pass


def inject(client, sender, rcpts, message, **options):
    client.sendmail(sender, rcpts, message, **options)
