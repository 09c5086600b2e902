"""An SFTP server for an archive, behind a line that can be cut or stalled."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading

from worlds import SFTP_SERVER, SSHD, await_port, free_port


class Server:
    """A real sshd on this machine, with keys of its own in `folder`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.port = free_port()
        os.makedirs(folder, mode=0o700)
        for name in ("host", "id"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"], check=True
            )
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        with open(f"{folder}/config", "w", encoding="utf-8") as file:
            file.write(
                f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
                "UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                f"PermitRootLogin yes\nAuthorizedKeysFile {folder}/id.pub\nSubsystem sftp {SFTP_SERVER}\n"
            )
        self.sshd = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", f"{folder}/config"], stderr=subprocess.DEVNULL, process_group=0
        )
        await_port(self.port)
        self.line = Line(self.port)
        with open(f"{folder}/host.pub", encoding="utf-8") as key:
            kind, text = key.read().split()[:2]
        with open(f"{folder}/known_hosts", "w", encoding="utf-8") as file:
            file.write(f"[127.0.0.1]:{self.line.port} {kind} {text}\n")

    def settings(self, root: str) -> str:
        return (
            f"transport: sftp, host: 127.0.0.1, port: {self.line.port}, identity: {self.folder}/id, "
            f"known_hosts: {self.folder}/known_hosts, root: {root}, sign: none"
        )

    def stop(self) -> None:
        """Every process of the server stands still."""
        os.killpg(self.sshd.pid, signal.SIGSTOP)

    def proceed(self) -> None:
        os.killpg(self.sshd.pid, signal.SIGCONT)

    def close(self) -> None:
        self.line.close()
        self.proceed()
        self.sshd.terminate()
        self.sshd.wait()


class Line:
    """Passes bytes on to a port of this machine. `limit` bytes after it began, each connection is cut; while `is_stalled`,
    connections are accepted and nothing passes."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.limit: int | None = None
        self.is_open = threading.Event()
        self.is_open.set()
        self.passed = 0
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                pair = Pair(self, near, far)
                threading.Thread(target=pair.pump, args=(near, far), daemon=True).start()
                threading.Thread(target=pair.pump, args=(far, near), daemon=True).start()

    def close(self) -> None:
        self.is_open.set()
        self.listener.close()


class Pair:
    def __init__(self, line: Line, near: socket.socket, far: socket.socket) -> None:
        self.line, self.ends, self.passed, self.is_cut = line, (near, far), 0, False

    def pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(1 << 16):
                self.line.is_open.wait()
                target.sendall(part)
                self.passed += len(part)
                self.line.passed += len(part)
                if self.line.limit and self.passed > self.line.limit and not self.is_cut:
                    self.is_cut = True
                    self.line.cuts += 1
                    break
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
