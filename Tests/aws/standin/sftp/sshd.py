"""The SSH side of a Transfer server: OpenSSH's sshd, one process for each connection.

The listening socket is ours, so that a port is never lost between choosing and binding it, and so
that a server that is not ONLINE does not listen at all. sshd(8) takes an accepted connection by
`-i`. It gets a private /etc/passwd in a mount namespace of its own, which is what lets it accept
every user name that the control plane knows; a PID namespace makes the end of a server the end of
all its sessions.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from standin.children import Children

_SSHD = "/usr/sbin/sshd"
_SESSION = Path(__file__).with_name("sftp_session.py")
_CONFIGURATION = """\
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin yes
StrictModes no
AuthorizedKeysFile {folder}/keys/%u
DisableForwarding yes
PermitTTY no
PermitUserRC no
PrintMotd no
MaxSessions 10
LoginGraceTime 30
Subsystem sftp {session} sftp
ForceCommand {session}
"""


def make_key(path: Path, kind: str) -> None:
    """A host key without a passphrase; `kind` as ssh-keygen names it."""
    size = ["-b", "2048"] if kind == "rsa" else []
    command = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def import_key(path: Path, body: str) -> None:
    """Writes a private key that the caller brought, and the public one beside it.

    Raises ValueError if it is none.
    """
    path.touch(mode=0o600)
    path.write_text(body if body.endswith("\n") else body + "\n")
    found = subprocess.run(
        ["ssh-keygen", "-y", "-P", "", "-f", str(path)], capture_output=True, text=True
    )
    if found.returncode != 0:
        path.unlink()
        raise ValueError("not a private key")
    path.with_suffix(".pub").write_text(found.stdout)


def fingerprint(path: Path) -> str:
    """SHA256 of the public key beside a private key, without padding, as ssh-keygen prints it."""
    command = ["ssh-keygen", "-l", "-E", "sha256", "-f", str(path.with_suffix(".pub"))]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]


class Endpoint:
    """Serves SFTP for one Transfer server from `start` to `close`.

    `is_online` is asked again and again: the endpoint listens while it says yes.
    """

    def __init__(self, folder: Path, children: Children, is_online: Callable[[], bool]):
        self.folder = folder
        self._children = children
        self._is_online = is_online
        self._sessions: list[subprocess.Popen[bytes]] = []
        self._closing = threading.Event()
        for name in ("keys", "users", "root"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "passwd").write_bytes(Path("/etc/passwd").read_bytes())
        self._listener = _bound_socket()
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name=f"sftp {folder.name}", daemon=True)

    def start(self, host_keys: list[Path]) -> None:
        """Begins to watch whether the server is online."""
        if os.geteuid() != 0:
            raise RuntimeError("the Transfer stand-in needs root for its namespaces")
        session = f"{sys.executable} -I -S {_SESSION} {self.folder / 'users'}"
        lines = _CONFIGURATION.format(folder=self.folder, session=session)
        lines += "".join(f"HostKey {path}\n" for path in host_keys)
        (self.folder / "sshd_config").write_text(lines)
        # sshd changes into this folder, which a boot script makes elsewhere (sshd(8)).
        Path("/run/sshd").mkdir(exist_ok=True)
        self._thread.start()

    def write_user(self, name: str, keys: list[str], record: dict[str, Any]) -> None:
        """Lets a user in with these public keys.

        `record` is read by sftp_session: "view" (path in the session to folder here), "home",
        "uid", "gid", "groups", "limits".
        """
        users = self.folder / "users"
        _replace(users / f"{name}.json", json.dumps(record))
        passwd = self.folder / "passwd"
        if f"\n{name}:" not in passwd.read_text():
            # In place, since the file is mounted by itself; one write, so that nobody reads half.
            with passwd.open("ab", buffering=0) as file:
                file.write(f"{name}:*:0:0::/:/bin/sh\n".encode())
        _replace(self.folder / "keys" / name, "".join(f"restrict {key}\n" for key in keys))

    def remove_user(self, name: str) -> None:
        """Lets a user in no more; sessions that are open go on, as at the real service."""
        (self.folder / "keys" / name).unlink(missing_ok=True)

    def end_sessions(self) -> None:
        """Cuts every connection."""
        sessions, self._sessions = self._sessions, []
        for session in sessions:
            self._children.end(session, signal.SIGKILL)

    def close(self) -> None:
        """Stops listening and ends all sessions."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()
        self.end_sessions()

    def _serve(self) -> None:
        listening = False
        while not self._closing.is_set():
            online = self._is_online()
            if online and not listening:
                self._listener.listen(128)
            elif listening and not online:
                with contextlib.suppress(OSError):
                    self._listener.shutdown(socket.SHUT_RDWR)
                self.end_sessions()
            listening = online
            if not listening:
                self._closing.wait(0.02)
            elif select.select([self._listener], [], [], 0.05)[0]:
                connection, _ = self._listener.accept()
                with connection:
                    self._sessions = [each for each in self._sessions if each.poll() is None]
                    self._sessions.append(self._session(connection))

    def _session(self, connection: socket.socket) -> subprocess.Popen[bytes]:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with (self.folder / "log").open("ab") as log:
            return self._children.start(
                [
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                    *("--propagation", "private", "sh", "-c"),
                    'mount --bind "$1" /etc/passwd && exec "$2" -i -e -f "$3"',
                    *("sh", str(self.folder / "passwd"), _SSHD, str(self.folder / "sshd_config")),
                ],
                stdin=connection,
                stdout=connection,
                stderr=log,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            )


def _bound_socket() -> socket.socket:
    """A socket on a port that the system chose and that it keeps when it stops listening.

    Linux lets go of a port by shutdown(2) unless it was asked for by its number.
    """
    with socket.socket() as chosen:
        chosen.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        chosen.bind(("127.0.0.1", 0))
        kept = socket.socket()
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(chosen.getsockname())
    return kept


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    new.replace(path)
