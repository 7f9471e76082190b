"""Reads a bounce of the test bed the plain way, with Python's email package,
so that truth.json can be held against what the MTA really wrote. It knows
RFC 3464 and no judgement: that is the parser's work, not this one's."""

import email
import email.policy
import re

ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([245]\d\d)(?=[ -])")


def groups(part):
    """The field groups of a delivery-status part."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload
    text = part.get_payload(decode=True).decode("utf-8", "replace")
    return [email.message_from_string(g) for g in re.split(r"\n\n+", text) if g]


def more_specific(a, b):
    """x.0.0 loses to everything, x.y.0 to x.y.z; on a draw A stays."""

    def rank(code):
        return 0 if not code else 1 if code[1:] == ".0.0" else (3, 2)[code.endswith(".0")]

    return b if rank(b) > rank(a) else a


def first(pattern, text):
    found = pattern.search(text)
    return found.group(1) if found else ""


def read(path):
    """[{address, action, status, code, diagnostic}] and the returned mail's
    {message_id, list_id}, and who the report was sent to."""
    with open(path, "rb") as mail:
        message = email.message_from_binary_file(mail)
    to = message.get("Delivered-To") or message.get("Envelope-To")
    to = to or message.get("To", "")
    recipients, returned, text = [], {}, ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "text/plain" and not text:
            text = part.get_payload(decode=True).decode("utf-8", "replace")
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            for group in groups(part):
                final = group.get("Final-Recipient")
                if final:
                    recipients.append(recipient(group, final, text))
        elif part.get("Message-ID") and part.get("List-Id") and part is not message:
            returned = headers(part)
        elif kind == "text/rfc822-headers":
            returned = headers(email.message_from_string(part.get_payload()))
    if not recipients:
        recipients, returned = dma(text)
    return to.strip("<> "), recipients, returned


def dma(text):
    """The DragonFly Mail Agent writes no RFC 3464."""
    found = re.search(r"delivering your mail to <(.*)>\.\n\n(.*?)\n\n", text, re.S)
    if not found:
        return [], {}
    address, reason = found.groups()
    reason = re.sub(r"\s+", " ", reason.partition(" did not like our ")[2])
    mail = text.partition("follow.\n\n")[2] or text.partition("follows.\n\n")[2]
    row = {
        "address": address,
        "original": "",
        "action": "failed",
        "status": first(ENHANCED, reason),
        "code": first(REPLY, reason),
        "diagnostic": reason,
    }
    return [row], headers(email.message_from_string(mail))


def headers(part):
    return {
        "message_id": part.get("Message-ID", "").strip("<> \n"),
        "list_id": first(re.compile(r"<([^>]*)>"), part.get("List-Id", "")),
    }


def recipient(group, final, text):
    address = final.partition(";")[2].strip(" <>")
    diagnostic = group.get("Diagnostic-Code")
    if diagnostic is None:  # OpenSMTPD: "u@example.com: 550 no"
        line = re.compile(rf"^{re.escape(address)}: (.*(?:\n[^\n]+)*)", re.M)
        diagnostic = first(line, text)
    diagnostic = re.sub(r"\s+", " ", diagnostic)
    field = first(ENHANCED, group.get("Status", ""))
    return {
        "address": address,
        "original": group.get("Original-Recipient", "").partition(";")[2].strip(),
        "action": group.get("Action", "").strip().lower(),
        "status": more_specific(first(ENHANCED, diagnostic), field),
        "code": first(REPLY, diagnostic),
        "diagnostic": diagnostic,
    }
