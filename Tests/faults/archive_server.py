"""An SFTP server for an archive, behind a line that can be long, cut or stalled."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import socket
import subprocess
import threading
import time

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
        # What is read and written of each file, for `closed`.
        with open(f"{folder}/serve", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec {SFTP_SERVER} -e -l INFO 2>>{folder}/log\n")
        os.chmod(f"{folder}/serve", 0o700)
        with open(f"{folder}/config", "w", encoding="utf-8") as file:
            file.write(
                f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
                "UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                f"PermitRootLogin yes\nMaxStartups 100\nAuthorizedKeysFile {folder}/id.pub\nSubsystem sftp {folder}/serve\n"
            )
        self.sshd = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", f"{folder}/config"], stderr=subprocess.DEVNULL, process_group=0
        )
        await_port(self.port)
        self.line = Line(self.port)
        self.know(self.line.port)

    def know(self, port: int) -> None:
        """Has clients take what answers at a port for this server."""
        with open(f"{self.folder}/host.pub", encoding="utf-8") as key:
            kind, text = key.read().split()[:2]
        with open(f"{self.folder}/known_hosts", "a", encoding="utf-8") as file:
            file.write(f"[127.0.0.1]:{port} {kind} {text}\n")

    def settings(self, root: str, port: int | None = None, key: str = "transport") -> str:
        """Keys of an archive, or of an environment's data with `route` for a key."""
        more = ", sign: none" if key == "transport" else ""
        return (
            f"{key}: sftp, host: 127.0.0.1, port: {port or self.line.port}, identity: {self.folder}/id, "
            f"known_hosts: {self.folder}/known_hosts, root: {root}{more}"
        )

    def closed(self) -> list[tuple[str, int]]:
        """Each file that was open for reading since the last call, as often as it was, with the bytes that were read."""
        with open(f"{self.folder}/log", "r+", encoding="utf-8", errors="replace") as file:
            text = file.read()
            file.truncate(0)
        found = re.findall(r'close "(.*)" bytes read (\d+) written 0', text)
        return [(path, int(read)) for path, read in found if read != "0"]

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
    """Passes bytes on to a port of this machine, each `delay` seconds later. `limit` bytes after it began, each connection is
    cut; while it is not `is_open`, connections are accepted and nothing passes."""

    def __init__(self, target: int, delay: float = 0, listener: socket.socket | None = None) -> None:
        self.target = target
        self.delay = delay
        self.limit: int | None = None
        self.is_open = threading.Event()
        self.is_open.set()
        self.passed = 0
        self.cuts = 0
        self.listener = listener or socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                pair = Pair(self, near, far)
                pair.begin(near, far)
                pair.begin(far, near)

    def close(self) -> None:
        self.is_open.set()
        self.listener.close()


class Pair:
    # Parts of 64 KiB that are on their way at once.
    under_way = 1024

    def __init__(self, line: Line, near: socket.socket, far: socket.socket) -> None:
        self.line, self.ends, self.passed, self.is_cut = line, (near, far), 0, False

    def begin(self, source: socket.socket, target: socket.socket) -> None:
        parts: queue.Queue[tuple[float, bytes]] = queue.Queue(self.under_way)
        threading.Thread(target=self.take, args=(source, parts), daemon=True).start()
        threading.Thread(target=self.give, args=(parts, target), daemon=True).start()

    def take(self, source: socket.socket, parts: queue.Queue[tuple[float, bytes]]) -> None:
        part = b"-"
        while part:
            try:
                part = source.recv(1 << 16)
            except OSError:
                part = b""
            parts.put((time.monotonic() + self.line.delay, part))

    def give(self, parts: queue.Queue[tuple[float, bytes]], target: socket.socket) -> None:
        is_whole = True
        while True:
            due, part = parts.get()
            if not part:
                break
            self.line.is_open.wait()
            if self.line.delay:
                time.sleep(max(0, due - time.monotonic()))
            # What comes after a cut is lost.
            is_whole = is_whole and self.pass_on(part, target)
        self.end()

    def pass_on(self, part: bytes, target: socket.socket) -> bool:
        """Whether the connection holds."""
        try:
            target.sendall(part)
        except OSError:
            return False
        self.passed += len(part)
        self.line.passed += len(part)
        if self.line.limit and self.passed > self.line.limit and not self.is_cut:
            self.is_cut = True
            self.line.cuts += 1
            self.end()
        return not self.is_cut

    def end(self) -> None:
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
