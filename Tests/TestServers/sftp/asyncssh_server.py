"""An SFTP server by asyncssh: asyncssh_server.py PORT FOLDER PROFILE.

Profiles:
    plain         the library as it is: it tells a missing folder at READDIR
    one-file      one open file at a time, whatever the session
    transfer-efs  what AWS Transfer Family refuses before EFS: no extensions, no opening for both reading and writing
    transfer-s3   before S3: besides, no SETSTAT, no opening of a file that exists without replacing it, writes in
                  order alone
"""

from __future__ import annotations

import asyncio
import os
import sys

import asyncssh
from asyncssh import sftp as library

PORT, FOLDER, PROFILE = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Plain(asyncssh.SFTPServer):
    """A folder as the root."""

    def __init__(self, chan: asyncssh.SSHServerChannel) -> None:
        super().__init__(chan, chroot=f"{FOLDER}/root".encode())


class OneFile(Plain):
    """One open file for all."""

    open_files = 0

    def open(self, *arguments):
        if OneFile.open_files >= 1:
            raise asyncssh.SFTPPermissionDenied("there is a file transfer in progress")
        file = super().open(*arguments)
        OneFile.open_files += 1
        return file

    def close(self, file):
        OneFile.open_files -= 1
        return super().close(file)


def refuse(*_arguments):
    raise asyncssh.SFTPOpUnsupported("unsupported operation")


class TransferEFS(Plain):
    """As documented for Transfer Family, or believed."""

    symlink = link = posix_rename = statvfs = fstatvfs = fsync = lock = unlock = refuse

    def scandir(self, path):
        os.listdir(self.map_path(path))
        return super().scandir(path)

    def open(self, path, pflags, attrs):
        if pflags & asyncssh.FXF_READ and pflags & asyncssh.FXF_WRITE:
            refuse()
        return super().open(path, pflags, attrs)


class TransferS3(TransferEFS):
    """The stricter one."""

    setstat = lsetstat = fsetstat = refuse

    def __init__(self, chan: asyncssh.SSHServerChannel) -> None:
        super().__init__(chan)
        self.ends: dict[object, int] = {}

    def open(self, path, pflags, attrs):
        if pflags & asyncssh.FXF_APPEND or (pflags & asyncssh.FXF_WRITE and not pflags & asyncssh.FXF_CREAT):
            raise asyncssh.SFTPFailure("cannot open a file for update")
        file = super().open(path, pflags, attrs)
        self.ends[file] = 0
        return file

    def write(self, file, offset, data):
        if offset != self.ends[file]:
            raise asyncssh.SFTPFailure("only sequential writes")
        self.ends[file] = offset + len(data)
        return super().write(file, offset, data)


PROFILES = {"plain": Plain, "one-file": OneFile, "transfer-efs": TransferEFS, "transfer-s3": TransferS3}


async def main() -> None:
    if PROFILE.startswith("transfer"):
        library.SFTPServerHandler._extensions = []
        library.SFTPServerHandler._vendor_id = b""
    await asyncssh.create_server(
        asyncssh.SSHServer,
        "127.0.0.1",
        PORT,
        server_host_keys=[f"{FOLDER}/host"],
        authorized_client_keys=f"{FOLDER}/id.pub",
        sftp_factory=PROFILES[PROFILE],
        allow_scp=False,
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
