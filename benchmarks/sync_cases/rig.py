"""A real sshd of the benchmark's own, and long lines to it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

_HERE = Path(__file__).resolve().parent


class Rig:
    """A server on loopback with keys of its own; ends with the `with` block."""

    def __init__(self, scratch: Path, tool: str, wire: str, repeat: int, startups: int) -> None:
        self.scratch, self.tool, self.wire, self.repeat = scratch, tool, wire, repeat
        self.without: list[str] = []
        self.large = 2_000_000_000
        # As many sessions on a connection as OpenSSH allows by default.
        self.startups = startups
        self.identity = scratch / "id"
        self.known = scratch / "known_hosts"
        self.requests = scratch / "requests"
        self._children: list[subprocess.Popen[str]] = []
        self._ports: dict[tuple[str, ...], int] = {}

    def __enter__(self) -> Rig:
        for name in ("host", "id"):
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.scratch / name)])
        self.port = _free_port()
        config = self.scratch / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.scratch}/host\n"
            f"PidFile none\nUsePAM no\nPasswordAuthentication no\nStrictModes no\n"
            f"AuthorizedKeysFile {self.scratch}/id.pub\nPermitRootLogin yes\n"
            f"MaxStartups {self.startups}\nSubsystem sftp internal-sftp\n"
        )
        os.makedirs("/run/sshd", exist_ok=True)
        self._start(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], log="sshd.log")
        _await_port(self.port)
        self._know(self.port)
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.send_signal(signal.SIGTERM)
        for child in self._children:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()

    def _start(self, command: list[str], log: str) -> subprocess.Popen[str]:
        # Ended by the kernel when the benchmark dies, however it does.
        child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE, stderr=open(self.scratch / log, "a"),
        )
        self._children.append(child)
        return child

    def line(self, round_trip: float, *faults: str) -> int:
        """The port of a line with this round trip in milliseconds; 0 without faults is no proxy."""
        if not round_trip and not faults:
            return self.port
        key = (str(round_trip), *faults)
        if key not in self._ports:
            child = self._start(
                [self.wire, "--to", str(self.port), "--delay-ms", str(round_trip / 2), *faults],
                log="wire.log")
            assert child.stdout
            self._ports[key] = int(child.stdout.readline())
            self._know(self._ports[key])
        return self._ports[key]

    def counted_line(self, round_trip: float, *faults: str) -> tuple[int, Counter]:
        """As `line`, always a new one, with what has passed through it."""
        path = self.scratch / f"count-{len(self._ports)}"
        port = self.line(round_trip, "--count", str(path), *faults)
        return port, Counter(path)

    def counting_server(self) -> int:
        """The port of a second server that counts the requests of each session."""
        port = _free_port()
        text = (self.scratch / "sshd_config").read_text()
        text = text.replace(f"Port {self.port}", f"Port {port}").replace(
            "Subsystem sftp internal-sftp",
            f"Subsystem sftp /usr/bin/python3 {_HERE}/count_requests.py {self.requests}")
        config = self.scratch / "sshd_count"
        config.write_text(text)
        self._start(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], log="sshd.log")
        _await_port(port)
        self._know(port)
        return port

    def _know(self, port: int) -> None:
        key = (self.scratch / "host.pub").read_text().split()[:2]
        with open(self.known, "a") as file:
            file.write(f"[127.0.0.1]:{port} {' '.join(key)}\n")

    def ssh(self, port: int) -> list[str]:
        """The ssh command line that all peers use: the same cipher for all."""
        return [
            "ssh", "-a", "-x", "-p", str(port), "-i", str(self.identity), "-o", "BatchMode=yes",
            "-o", f"UserKnownHostsFile={self.known}", "-o", "IdentitiesOnly=yes",
            "-c", "aes128-gcm@openssh.com",
        ]

    def fresh(self, name: str) -> Path:
        """An empty folder on the server."""
        folder = self.scratch / "remote" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def versions(self) -> dict[str, str]:
        """What is measured."""
        commands = {
            "pipeline": [self.tool, "--version"], "OpenSSH": ["ssh", "-V"],
            "lftp": ["lftp", "--version"], "rclone": ["rclone", "version"],
            "rsync": ["rsync", "--version"],
        }
        return {
            name: subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0]
            or subprocess.run(command, capture_output=True, text=True).stderr.strip()
            for name, command in commands.items()
        }


class Counter:
    """Bytes that went through a line, as it writes them down when connections end."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def up(self) -> int:
        """Bytes from the client so far."""
        time.sleep(0.3)
        return int(self.path.read_text().split()[0]) if self.path.exists() else 0


def run(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
    """Run a program that must succeed."""
    return subprocess.run(command, check=True, capture_output=True, text=True, **more)


def digests(tree: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its path; the tool's own files are left out."""
    found = {}
    for folder, _, names in os.walk(os.fsencode(tree)):
        for name in names:
            path = os.path.join(folder, name)
            short = os.path.relpath(path, os.fsencode(tree))
            if short.startswith(b".pipeline-"):
                continue
            hasher = hashlib.sha256()
            with open(path, "rb") as file:
                while piece := file.read(1 << 20):
                    hasher.update(piece)
            found[os.fsdecode(short)] = hasher.hexdigest()
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await_port(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"nobody listens at port {port}")
