"""Packets of SFTP: how they are read, which paths they name, and wrong answers."""

from __future__ import annotations

import random

OPEN, WRITE, READDIR, RENAME, EXTENDED = 3, 6, 12, 18, 200
STATUS, NAME, ATTRS = 101, 104, 105


def read_packet(stream) -> bytes:
    head = stream.read(4)
    if len(head) < 4:
        return b""
    return stream.read(int.from_bytes(head, "big"))


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def paths_of(packet: bytes) -> list[bytes]:
    """Every path of a request; requests that name a handle have none."""
    kind, rest = packet[0], packet[5:]
    paths: list[bytes] = []
    count = {RENAME: 2, 20: 2}.get(kind, 1 if kind in (3, 7, 9, 11, 13, 14, 15, 16, 17, 19) else 0)
    if kind == EXTENDED:
        length = int.from_bytes(rest[:4], "big")
        name, rest = rest[4:4 + length].split(b"@")[0], rest[4 + length:]
        count = {b"posix-rename": 2, b"hardlink": 2, b"statvfs": 1}.get(name, 0)
    for _ in range(count):
        length = int.from_bytes(rest[:4], "big")
        paths.append(rest[4:4 + length])
        rest = rest[4 + length:]
    return paths


def lie(chance: random.Random, packet: bytes) -> bytes:
    """Another answer to the same request."""
    number = packet[1:5]
    vast = (2**63 - 1).to_bytes(8, "big")
    name = chance.choice([b"../../evil", b"/etc/evil", b"a/b", b"", b"twice", b"\xff", b"new\nline"])
    regular = (5).to_bytes(4, "big") + vast + (0o100644).to_bytes(4, "big")
    lies = [
        bytes([STATUS]) + number + chance.choice([0, 1, 2, 3, 4, 8, 99]).to_bytes(4, "big"),
        bytes([102]) + number + string(chance.randbytes(chance.randrange(0, 300))),
        bytes([102]) + number + string(bytes(4)),
        bytes([103]) + number + string(chance.randbytes(chance.randrange(0, 70_000))),
        bytes([NAME]) + number + (2).to_bytes(4, "big") + 2 * (string(name) + string(b"") + regular),
        bytes([NAME]) + number + bytes(4),
        bytes([ATTRS]) + number + regular,
        bytes([ATTRS]) + number + bytes(4),
        bytes([201]) + number + 11 * vast,
        packet[:chance.randrange(1, len(packet) + 1)],
        bytes([packet[0]]) + chance.randbytes(4) + packet[5:],
    ]
    place = chance.randrange(len(packet))
    lies.append(packet[:place] + chance.randbytes(1) + packet[place + 1:])
    return chance.choice(lies)


def folder_names(number: bytes, names: list[bytes], mode: int) -> bytes:
    attributes = (4).to_bytes(4, "big") + mode.to_bytes(4, "big")
    entries = b"".join(string(name) + string(b"") + attributes for name in names)
    return bytes([NAME]) + number + len(names).to_bytes(4, "big") + entries
