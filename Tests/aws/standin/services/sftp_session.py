"""One SFTP session as AWS Transfer Family serves it over EFS: version 3, no extensions.

    python -I -S sftp_session.py USERS

sshd runs it as root for the user that has logged in (`USER`), in a mount namespace of its own.
USERS/NAME.json says what the user sees and as whom; see `sshd.write_user`. The session builds that
view, changes root into it, becomes the POSIX user and speaks SFTP on its standard streams.

OpenSSH's own internal-sftp cannot do this: it refuses to change root into a folder that is not
root's, as the home of a user with a POSIX profile is. It would also offer extensions
(posix-rename@openssh.com, statvfs@openssh.com) that the real service does not promise.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import stat
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

# Packet types of draft-ietf-secsh-filexfer-02.
INIT, VERSION, STATUS, HANDLE, DATA, NAME, ATTRS = 1, 2, 101, 102, 103, 104, 105
# Status codes.
OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE, UNSUPPORTED = 0, 1, 2, 3, 4, 5, 8
# Flags of OPEN and of attributes.
READ, WRITE, APPEND, CREATE, TRUNCATE, EXCLUSIVE = 1, 2, 4, 8, 16, 32
SIZE, OWNER, PERMISSIONS, TIMES = 1, 2, 4, 8

_LONGEST_PACKET = 1 << 18
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
        data = os.pread(descriptor, min(size, _LONGEST_PACKET - 1024), offset)
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


def status(code: int, text: str = "") -> tuple[int, bytes]:
    return STATUS, struct.pack("!I", code) + string(text.encode()) + string(b"en")


def serve(answer: Callable[[memoryview], bytes], source: int, target: int) -> None:
    """Answers packets until the client closes; replies to what came together go out together."""
    pending = bytearray()
    while block := os.read(source, 1 << 18):
        pending += block
        replies, start = bytearray(), 0
        with memoryview(pending) as view:
            while len(view) - start >= 4:
                size = int.from_bytes(view[start : start + 4], "big")
                if not 0 < size <= _LONGEST_PACKET:
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


_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_NEW_MOUNTS = 0x00020000


def enter(user: dict[str, Any], mount_point: Path) -> None:
    """Makes the user's view the root of this process, and this process the user's.

    The mounts are in a namespace of this process and go away with it.
    """
    system = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *arguments: Any) -> None:
        if getattr(system, name)(*arguments) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"{name}: {os.strerror(code)}")

    def mount(source: Path, target: Path, kind: bytes | None, flags: int) -> None:
        call("mount", os.fsencode(source), os.fsencode(target), kind, flags, None)

    call("unshare", _NEW_MOUNTS)
    mount(Path("none"), Path("/"), None, _RECURSIVE | _PRIVATE)
    mount(Path("tmpfs"), mount_point, b"tmpfs", 0)
    os.chmod(mount_point, 0o755)
    for entry, target in sorted(user["view"].items()):
        place = mount_point / entry.strip("/")
        place.mkdir(parents=True, exist_ok=True)
        mount(Path(target), place, None, _BIND)
    os.chroot(mount_point)
    os.setgroups(user["groups"])
    os.setgid(user["gid"])
    os.setuid(user["uid"])
    os.umask(0o022)
    os.chdir(user["home"])


def main() -> int:
    users = Path(sys.argv[1])
    if not os.environ.get("SSH_ORIGINAL_COMMAND", "").endswith(" sftp"):
        print("This service allows sftp connections only.")
        return 1
    user = json.loads((users / f"{os.environ['USER']}.json").read_text())
    try:
        enter(user, users.parent / "root")
    except OSError as error:
        print(f"the home directory cannot be entered: {error}", file=sys.stderr)
        return 1
    serve(Session(Limits(**user["limits"])).answer, 0, 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
