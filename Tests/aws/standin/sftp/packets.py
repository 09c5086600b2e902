"""The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02): their fields, types and status codes."""

from __future__ import annotations

import os
import stat
import struct
import time
from typing import Any

# Packet types of draft-ietf-secsh-filexfer-02.
INIT, VERSION, STATUS, HANDLE, DATA, NAME, ATTRS = 1, 2, 101, 102, 103, 104, 105
# Status codes.
OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE, UNSUPPORTED = 0, 1, 2, 3, 4, 5, 8
# Flags of OPEN and of attributes.
READ, WRITE, APPEND, CREATE, TRUNCATE, EXCLUSIVE = 1, 2, 4, 8, 16, 32
SIZE, OWNER, PERMISSIONS, TIMES = 1, 2, 4, 8

LONGEST_PACKET = 1 << 18


class Refused(Exception):
    """A request that is answered with a status instead of an OSError's."""

    def __init__(self, code: int, text: str):
        super().__init__(text)
        self.code = code


class Fields:
    """The fields of a packet, read one after another."""

    def __init__(self, packet: memoryview):
        self._rest = packet

    def number(self) -> int:
        return self._take("!I")

    def offset(self) -> int:
        return self._take("!Q")

    def _take(self, layout: str) -> int:
        size = struct.calcsize(layout)
        if len(self._rest) < size:
            raise Refused(BAD_MESSAGE, "packet too short")
        value: int = struct.unpack_from(layout, self._rest)[0]
        self._rest = self._rest[size:]
        return value

    def data(self) -> memoryview:
        size = self.number()
        if len(self._rest) < size:
            raise Refused(BAD_MESSAGE, "packet too short")
        value, self._rest = self._rest[:size], self._rest[size:]
        return value

    def path(self) -> bytes:
        """A name; EFS takes only UTF-8, as NFS version 4 does."""
        value = bytes(self.data())
        try:
            value.decode()
        except UnicodeDecodeError:
            raise Refused(FAILURE, "file name is not UTF-8") from None
        if b"\0" in value:
            raise Refused(BAD_MESSAGE, "file name with NUL")
        return value or b"."

    def attributes(self) -> dict[int, Any]:
        flags = self.number()
        found: dict[int, Any] = {}
        if flags & SIZE:
            found[SIZE] = self.offset()
        if flags & OWNER:
            found[OWNER] = (self.number(), self.number())
        if flags & PERMISSIONS:
            found[PERMISSIONS] = self.number()
        if flags & TIMES:
            found[TIMES] = (self.number(), self.number())
        return found


def string(value: bytes) -> bytes:
    return struct.pack("!I", len(value)) + value


def attributes(status: os.stat_result) -> bytes:
    flags = SIZE | OWNER | PERMISSIONS | TIMES
    times = (int(status.st_atime) & 0xFFFFFFFF, int(status.st_mtime) & 0xFFFFFFFF)
    return struct.pack(
        "!IQIIIII", flags, status.st_size, status.st_uid, status.st_gid, status.st_mode, *times
    )


def long_name(name: bytes, status: os.stat_result) -> bytes:
    """The line that clients print for `ls -l`."""
    day = time.strftime("%b %d %H:%M", time.gmtime(status.st_mtime))
    head = (
        f"{stat.filemode(status.st_mode)} {status.st_nlink:>4} {status.st_uid:<8} "
        f"{status.st_gid:<8} {status.st_size:>8} {day} "
    )
    return head.encode() + name


def status(code: int, text: str = "") -> tuple[int, bytes]:
    return STATUS, struct.pack("!I", code) + string(text.encode()) + string(b"en")
