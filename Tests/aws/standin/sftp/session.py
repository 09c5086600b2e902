"""The operations of an SFTP session, over the folder that is its root."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from standin.sftp.packets import (
    APPEND,
    ATTRS,
    CREATE,
    DATA,
    EOF,
    EXCLUSIVE,
    FAILURE,
    HANDLE,
    INIT,
    LONGEST_PACKET,
    NAME,
    NO_SUCH_FILE,
    OK,
    OWNER,
    PERMISSION_DENIED,
    PERMISSIONS,
    READ,
    SIZE,
    TIMES,
    TRUNCATE,
    UNSUPPORTED,
    VERSION,
    WRITE,
    Fields,
    Refused,
    attributes,
    long_name,
    status,
    string,
)

_NEW_FILE, _NEW_FOLDER = 0o644, 0o755
_NAMES_AT_ONCE = 100
_CODES = {
    errno.ENOENT: NO_SUCH_FILE,
    errno.ENOTDIR: NO_SUCH_FILE,
    errno.EBADF: NO_SUCH_FILE,
    errno.ELOOP: NO_SUCH_FILE,
    errno.EPERM: PERMISSION_DENIED,
    errno.EACCES: PERMISSION_DENIED,
}


@dataclass
class Folder:
    """An open folder: what is still to be listed."""

    path: bytes
    names: list[bytes]


@dataclass
class Limits:
    """Faults that a test asks for; None for none."""

    room: int | None = None
    """So many bytes can still be written; then writes fail, as when a quota is reached."""
    end_after: int | None = None
    """Each session ends without a word after so many bytes were written in it."""
    read_write: bool = False
    """Whether a file may be opened for reading and writing at once."""
    rename_replaces: bool = False
    """Whether a rename replaces a file that exists."""


@dataclass
class Session:
    """Answers requests; handles are numbers."""

    limits: Limits
    open: dict[bytes, int | Folder] = field(default_factory=dict)
    opened: int = 0
    written: int = 0

    def answer(self, packet: memoryview) -> bytes:
        """The reply to one packet, without its length."""
        kind = packet[0]
        fields = Fields(packet[1:])
        if kind == INIT:
            return struct.pack("!BI", VERSION, 3)
        identifier = struct.pack("!I", fields.number())
        try:
            operation = self.OPERATIONS.get(kind)
            if operation is None:
                raise Refused(UNSUPPORTED, "operation unsupported")
            reply, body = operation(self, fields)
        except Refused as refusal:
            reply, body = status(refusal.code, str(refusal))
        except OSError as error:
            code = _CODES.get(error.errno or 0, FAILURE)
            reply, body = status(code, os.strerror(error.errno or 0))
        return bytes([reply]) + identifier + body

    def _keep(self, value: int | Folder) -> tuple[int, bytes]:
        self.opened += 1
        handle = str(self.opened).encode()
        self.open[handle] = value
        return HANDLE, string(handle)

    def _file(self, fields: Fields) -> int:
        found = self.open.get(bytes(fields.data()))
        if not isinstance(found, int):
            raise Refused(FAILURE, "no such handle")
        return found

    def open_file(self, fields: Fields) -> tuple[int, bytes]:
        path, wanted, given = fields.path(), fields.number(), fields.attributes()
        if wanted & READ and wanted & WRITE and not self.limits.read_write:
            raise Refused(FAILURE, "a file is opened for reading or for writing, not for both")
        flags = os.O_RDONLY
        if wanted & WRITE:
            flags = os.O_RDWR if wanted & READ else os.O_WRONLY
        for asked, flag in (
            (APPEND, os.O_APPEND),
            (CREATE, os.O_CREAT),
            (TRUNCATE, os.O_TRUNC),
            (EXCLUSIVE, os.O_EXCL),
        ):
            flags |= flag if wanted & asked else 0
        return self._keep(os.open(path, flags, given.get(PERMISSIONS, _NEW_FILE) & 0o7777))

    def close(self, fields: Fields) -> tuple[int, bytes]:
        found = self.open.pop(bytes(fields.data()), None)
        if found is None:
            raise Refused(FAILURE, "no such handle")
        if isinstance(found, int):
            os.close(found)
        return status(OK)

    def read(self, fields: Fields) -> tuple[int, bytes]:
        descriptor, offset, size = self._file(fields), fields.offset(), fields.number()
        data = os.pread(descriptor, min(size, LONGEST_PACKET - 1024), offset)
        return (DATA, string(data)) if data else status(EOF)

    def write(self, fields: Fields) -> tuple[int, bytes]:
        descriptor, offset, data = self._file(fields), fields.offset(), fields.data()
        self.written += len(data)
        if self.limits.end_after is not None and self.written > self.limits.end_after:
            os._exit(1)
        if self.limits.room is not None and self.written > self.limits.room:
            raise Refused(FAILURE, os.strerror(errno.EDQUOT))
        while data:
            count = os.pwrite(descriptor, data, offset)
            data, offset = data[count:], offset + count
        return status(OK)

    def lstat(self, fields: Fields) -> tuple[int, bytes]:
        return ATTRS, attributes(os.lstat(fields.path()))

    def stat(self, fields: Fields) -> tuple[int, bytes]:
        return ATTRS, attributes(os.stat(fields.path()))

    def fstat(self, fields: Fields) -> tuple[int, bytes]:
        return ATTRS, attributes(os.fstat(self._file(fields)))

    def setstat(self, fields: Fields) -> tuple[int, bytes]:
        return self._set(fields.path(), fields.attributes())

    def fsetstat(self, fields: Fields) -> tuple[int, bytes]:
        return self._set(self._file(fields), fields.attributes())

    def _set(self, target: bytes | int, given: dict[int, Any]) -> tuple[int, bytes]:
        if SIZE in given:
            os.truncate(target, given[SIZE])
        if PERMISSIONS in given:
            os.chmod(target, given[PERMISSIONS] & 0o7777)
        if TIMES in given:
            os.utime(target, given[TIMES])
        if OWNER in given:
            os.chown(target, *given[OWNER])
        return status(OK)

    def open_folder(self, fields: Fields) -> tuple[int, bytes]:
        path = fields.path()
        return self._keep(Folder(path, [b".", b"..", *os.listdir(path)]))

    def read_folder(self, fields: Fields) -> tuple[int, bytes]:
        folder = self.open.get(bytes(fields.data()))
        if not isinstance(folder, Folder):
            raise Refused(FAILURE, "no such handle")
        found: list[bytes] = []
        while folder.names and len(found) < _NAMES_AT_ONCE:
            name = folder.names.pop(0)
            try:
                about = os.lstat(os.path.join(folder.path, name))
            except FileNotFoundError:
                continue
            found.append(string(name) + string(long_name(name, about)) + attributes(about))
        if not found:
            return status(EOF)
        return NAME, struct.pack("!I", len(found)) + b"".join(found)

    def remove(self, fields: Fields) -> tuple[int, bytes]:
        os.unlink(fields.path())
        return status(OK)

    def make_folder(self, fields: Fields) -> tuple[int, bytes]:
        path, given = fields.path(), fields.attributes()
        os.mkdir(path, given.get(PERMISSIONS, _NEW_FOLDER) & 0o7777)
        return status(OK)

    def remove_folder(self, fields: Fields) -> tuple[int, bytes]:
        os.rmdir(fields.path())
        return status(OK)

    def real_path(self, fields: Fields) -> tuple[int, bytes]:
        name = string(os.path.realpath(fields.path()))
        return NAME, struct.pack("!I", 1) + name + name + struct.pack("!I", 0)

    def rename(self, fields: Fields) -> tuple[int, bytes]:
        old, new = fields.path(), fields.path()
        # Version 3 of the protocol: "It is an error if there already exists a file with the name".
        if os.path.lexists(new) and not self.limits.rename_replaces:
            raise Refused(FAILURE, "the new name exists")
        os.rename(old, new)
        return status(OK)

    def read_link(self, fields: Fields) -> tuple[int, bytes]:
        name = string(os.readlink(fields.path()))
        return NAME, struct.pack("!I", 1) + name + name + struct.pack("!I", 0)

    def link(self, fields: Fields) -> tuple[int, bytes]:
        # The target comes first, as OpenSSH sends it and all servers have come to expect.
        target, path = fields.path(), fields.path()
        os.symlink(target, path)
        return status(OK)

    OPERATIONS: ClassVar[dict[int, Callable[[Session, Fields], tuple[int, bytes]]]] = {
        3: open_file,
        4: close,
        5: read,
        6: write,
        7: lstat,
        8: fstat,
        9: setstat,
        10: fsetstat,
        11: open_folder,
        12: read_folder,
        13: remove,
        14: make_folder,
        15: remove_folder,
        16: real_path,
        17: stat,
        18: rename,
        19: read_link,
        20: link,
    }


def serve(answer: Callable[[memoryview], bytes], source: int, target: int) -> None:
    """Answers packets until the client closes; replies to what came together go out together."""
    pending = bytearray()
    while block := os.read(source, 1 << 18):
        pending += block
        replies, start = bytearray(), 0
        with memoryview(pending) as view:
            while len(view) - start >= 4:
                size = int.from_bytes(view[start : start + 4], "big")
                if not 0 < size <= LONGEST_PACKET:
                    return
                if len(view) - start < 4 + size:
                    break
                with view[start + 4 : start + 4 + size] as packet:
                    reply = answer(packet)
                replies += struct.pack("!I", len(reply)) + reply
                start += 4 + size
        del pending[:start]
        while replies:
            del replies[: os.write(target, replies)]
