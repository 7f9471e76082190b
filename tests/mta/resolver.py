#!/usr/bin/env python3
"""A name server for world.py's names, over UDP: A, MX and PTR, NXDOMAIN for
what is not there and SERVFAIL for what is broken."""

import asyncio
import ipaddress
import struct
import sys

import world

TYPES = {1: "A", 12: "PTR", 15: "MX"}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


def encode_name(name):
    labels = [part.encode("ascii") for part in name.split(".") if part]
    return b"".join(bytes([len(part)]) + part for part in labels) + b"\0"


def read_question(packet):
    """(name, type, the question's bytes), of the first question."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    (kind,) = struct.unpack_from("!H", packet, at + 1)
    return ".".join(labels).lower(), kind, packet[12 : at + 5]


def rdata(kind, data):
    if kind == "A":
        return ipaddress.IPv4Address(data).packed
    if kind == "MX":
        return struct.pack("!H", 10 if data else 0) + encode_name(data)
    return encode_name(data)


class Resolver(asyncio.DatagramProtocol):
    def __init__(self, records):
        self.records = records
        self.names = {name for name, _ in records}

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, packet, peer):
        try:
            self.transport.sendto(self.answer(packet), peer)
        except (IndexError, struct.error):
            pass

    def known(self, name):
        """Is there anything at or below NAME?"""
        return any(n == name or n.endswith("." + name) for n in self.names)

    def answer(self, packet):
        name, kind, question = read_question(packet)
        found = self.records.get((name, TYPES.get(kind)), [])
        rcode = NOERROR if self.known(name) else NXDOMAIN
        if any(name == b or name.endswith("." + b) for b in world.BROKEN):
            rcode = SERVFAIL
        flags = 0x8580 | (struct.unpack_from("!H", packet, 2)[0] & 0x0100)
        out = packet[:2] + struct.pack("!HHHHH", flags | rcode, 1, len(found), 0, 0)
        out += question
        for data in found:
            raw = rdata(TYPES[kind], data)
            out += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(raw)) + raw
        return out


async def main(table):
    records = world.zone(world.load(table))
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(
        lambda: Resolver(records), local_addr=(world.DNS_IP, 53)
    )
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
