"""The programs that are measured, each as a function that makes a folder of the server hold a tree."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from rig import Rig

# Sends `tree` to the folder `remote` over `port`.
Client = Callable[[Rig, Path, Path, int], None]


class Project:
    """A project of the tool whose data is one folder."""

    def __init__(self, rig: Rig, name: str, tree: Path, remote: Path, port: int, more: str = "") -> None:
        self.rig, self.folder = rig, rig.scratch / "projects" / name
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "pipeline/environments").mkdir(parents=True)
        (self.folder / "tree").symlink_to(tree)
        (self.folder / "pipeline/pipeline.yaml").write_text(
            "project: bench\nstages:\n  sync: { kind: sync, data: [tree] }\n")
        (self.folder / "pipeline/environments/far.yaml").write_text(
            f"kind: data\ndata:\n  route: sftp\n  host: 127.0.0.1\n  port: {port}\n"
            f"  identity: {rig.identity}\n  known_hosts: {rig.known}\n  root: {remote}\n"
            f"  slots: 2\n{more}")

    def sync(self) -> None:
        """Run the sync; what went wrong is shown."""
        result = subprocess.run(
            [self.rig.tool, "run", "sync", "-e", "far"], cwd=self.folder, capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(result.stderr)

    def start(self) -> subprocess.Popen[bytes]:
        """Begin a sync in a group of its own."""
        return subprocess.Popen(
            [self.rig.tool, "run", "sync", "-e", "far"], cwd=self.folder, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def pipeline(rig: Rig, tree: Path, remote: Path, port: int) -> None:
    """Ours: hashing, journal, slot, marker, ledger and all. What it makes lies in slot a."""
    Project(rig, f"p{port}", tree, remote, port).sync()
    target = remote / "a" / "tree"
    target.rename(remote / "tree")
    for left in (remote / "a").iterdir():
        left.unlink()
    (remote / "a").rmdir()


def sftp(rig: Rig, tree: Path, remote: Path, port: int) -> None:
    """OpenSSH's own client, with its most requests and largest buffer."""
    words = ["sftp", "-q", "-R", "256", "-B", "261120", "-S", "ssh", "-P", str(port), "-b", "-"]
    options = rig.ssh(port)[1:]
    options = [word for word in options if word not in ("-a", "-x", "-p", str(port))]
    ciphers = ["-o", "Ciphers=aes128-gcm@openssh.com"]
    options = options[: options.index("-c")] + ciphers
    subprocess.run(
        [*words, *options, "127.0.0.1"], input=f'put -r "{tree}" "{remote}/tree"\n',
        text=True, check=True, capture_output=True)


def lftp(parallel: int) -> Client:
    """lftp's mirror with so many files at once."""

    def send(rig: Rig, tree: Path, remote: Path, port: int) -> None:
        ssh = " ".join(word for word in rig.ssh(port) if word not in ("-p", str(port)))
        script = (
            f"set sftp:auto-confirm yes; set net:max-retries 2; "
            f"set sftp:connect-program '{ssh}'; "
            f"mirror -R --parallel={parallel} {tree} {remote}/tree; exit")
        subprocess.run(
            ["lftp", "-e", script, f"sftp://x:x@127.0.0.1:{port}".replace("x:x", _user() + ":x")],
            check=True, capture_output=True)

    return send


def rclone(transfers: int) -> Client:
    """rclone's sftp backend with so many files at once."""

    def send(rig: Rig, tree: Path, remote: Path, port: int) -> None:
        subprocess.run(
            ["rclone", "copy", "--config", "/dev/null", "--sftp-host", "127.0.0.1", "--sftp-port",
             str(port), "--sftp-user", _user(), "--sftp-key-file", str(rig.identity),
             "--sftp-disable-hashcheck", "--transfers", str(transfers), "--checkers", str(transfers),
             str(tree), f":sftp:{remote}/tree"], check=True, capture_output=True)

    return send


def rsync(rig: Rig, tree: Path, remote: Path, port: int) -> None:
    """rsync, which needs a shell at the server: a server for SFTP alone cannot be used so."""
    subprocess.run(
        ["rsync", "-a", "-e", " ".join(rig.ssh(port)), f"{tree}/", f"{_user()}@127.0.0.1:{remote}/tree/"],
        check=True, capture_output=True)


def _user() -> str:
    return subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()


def timed(work: Callable[[], None]) -> float:
    """Seconds that it takes."""
    start = time.monotonic()
    work()
    return time.monotonic() - start
