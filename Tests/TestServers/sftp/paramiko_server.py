"""An SFTP server by paramiko: paramiko_server.py PORT FOLDER. A thread for each connection, an answer after the other."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading

import paramiko
from paramiko import SFTP_OK, SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]


def answer(call, *arguments) -> int:
    """The status of a call of the system."""
    try:
        call(*arguments)
    except OSError as error:
        return SFTPServer.convert_errno(error.errno or errno.EIO)
    return SFTP_OK


class OpenFile(SFTPHandle):
    """A file by its own descriptor."""

    def __init__(self, descriptor: int, flags: int) -> None:
        super().__init__(flags)
        self.descriptor = descriptor

    def close(self) -> None:
        os.close(self.descriptor)

    def read(self, offset, length):
        try:
            return os.pread(self.descriptor, length, offset)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno)

    def write(self, offset, data):
        return answer(os.pwrite, self.descriptor, data, offset)

    def stat(self):
        return SFTPAttributes.from_stat(os.fstat(self.descriptor))

    def chattr(self, attr):
        return answer(os.fchmod, self.descriptor, attr.st_mode & 0o7777) if attr.st_mode is not None else SFTP_OK


class Folder(SFTPServerInterface):
    """The folder as the root."""

    def place(self, path: str) -> str:
        return f"{FOLDER}/root" + self.canonicalize(path)

    def list_folder(self, path):
        place = self.place(path)
        try:
            names = os.listdir(place)
            return [SFTPAttributes.from_stat(os.lstat(f"{place}/{name}"), name) for name in names]
        except OSError as error:
            return SFTPServer.convert_errno(error.errno)

    def look(self, call, path):
        try:
            return SFTPAttributes.from_stat(call(self.place(path)))
        except OSError as error:
            return SFTPServer.convert_errno(error.errno)

    def stat(self, path):
        return self.look(os.stat, path)

    def lstat(self, path):
        return self.look(os.lstat, path)

    def open(self, path, flags, attr):
        mode = 0o666 if attr.st_mode is None else attr.st_mode & 0o7777
        try:
            return OpenFile(os.open(self.place(path), flags, mode), flags)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno)

    def remove(self, path):
        return answer(os.remove, self.place(path))

    def rename(self, oldpath, newpath):
        if os.path.lexists(self.place(newpath)):
            return paramiko.SFTP_FAILURE
        return answer(os.rename, self.place(oldpath), self.place(newpath))

    def posix_rename(self, oldpath, newpath):
        return answer(os.rename, self.place(oldpath), self.place(newpath))

    def mkdir(self, path, attr):
        return answer(os.mkdir, self.place(path), 0o777 if attr.st_mode is None else attr.st_mode & 0o7777)

    def rmdir(self, path):
        return answer(os.rmdir, self.place(path))

    def chattr(self, path, attr):
        return answer(os.chmod, self.place(path), attr.st_mode & 0o7777) if attr.st_mode is not None else SFTP_OK


class Login(paramiko.ServerInterface):
    """The one key, and sessions."""

    with open(f"{FOLDER}/id.pub") as file:
        key = file.read().split()[1]

    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL if key.get_base64() == self.key else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username):
        return "publickey"

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def serve(connection: socket.socket) -> None:
    transport = paramiko.Transport(connection)
    transport.add_server_key(paramiko.Ed25519Key.from_private_key_file(f"{FOLDER}/host"))
    transport.set_subsystem_handler("sftp", SFTPServer, Folder)
    try:
        transport.start_server(server=Login())
    except (paramiko.SSHException, EOFError):
        # Somebody who only looked whether the port answers.
        return
    # A channel that nobody holds is closed.
    channels = []
    while transport.is_active():
        channels.append(transport.accept(5))


with socket.socket() as place:
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", PORT))
    place.listen(10)
    while True:
        threading.Thread(target=serve, args=(place.accept()[0],), daemon=True).start()
