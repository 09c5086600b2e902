"""Clones of the example for team.py: under users of their own, in networks of their own, with one archive."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/bin/python"
# Numbers without a name, so that no account has to be made.
USERS, GROUP = {"a": 61001, "b": 61002}, 61000
UNITS = ("compile", "stamp")

# After the stage `compile` of the example: a small file that makes each release another, and one of any size.
STAGES = """
  stamp:
    kind: compile
    units:
      stamp: {{ command: [cp, "{{input}}", "{{output}}"], inputs: data/release.txt, outputs: data/compiled/release.txt }}
      large: {{ command: [python3, large.py, "{{output}}", "{large}"], inputs: large.py, outputs: data/intermediate/large }}
  sync: {{ kind: sync, needs: [compile, stamp], data: data/compiled }}
  deploy: {{ kind: deploy, needs: sync }}
"""
# Slower to make than to fetch.
LARGE = """import hashlib, sys
with open(sys.argv[1], "wb") as file:
    for number in range(int(sys.argv[2]) // 64):
        file.write(hashlib.pbkdf2_hmac("sha512", b"%d" % number, b"large", 4))
"""
ENVIRONMENT = """kind: static
data: {{ {place}, slots: 3 }}
static: {{ folder: data/compiled }}
site: {{ health: {{ path: /release.txt, within: 5s }} }}
"""


@dataclass
class Done:
    """A command that has ended."""

    code: int
    output: str
    errors: str
    seconds: float
    # Bytes that it and all its children have read by system calls.
    read: int

    @property
    def text(self) -> str:
        return self.output + self.errors

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    def units(self, outcome: str) -> int:
        """How many units ended so."""
        return sum(
            event["event"] == "unit-ended" and event["stage"] in UNITS and event["outcome"] == outcome for event in self.events)

    def stage(self, name: str) -> dict[str, Any]:
        """How a stage ended; empty where it never began."""
        found = [event for event in self.events if event["event"] == "stage-ended" and event["stage"] == name]
        return found[-1] if found else {}

    @property
    def hashed(self) -> int:
        return sum(self.stage(name).get("hashed_files", 0) for name in UNITS)

    @property
    def sent(self) -> dict[str, int]:
        """What the sync sent; zeros where there was nothing to do."""
        return self.stage("sync").get("sent") or {"files": 0, "bytes": 0, "linked": 0, "copied": 0}


@dataclass
class Clone:
    folder: Path
    program: str
    # What runs a command as the clone's user, or in its network.
    prefix: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    # The name, or the number of a user without one.
    user: str = ""

    def call(self, *words: str) -> Done:
        before, began = bytes_read(), time.monotonic()
        done = subprocess.run(
            [*self.prefix, self.program, *words], cwd=self.folder, env=os.environ | self.variables, text=True,
            errors="replace", stdin=subprocess.DEVNULL, capture_output=True, timeout=7200,
        )  # fmt: skip
        took = time.monotonic() - began
        return Done(done.returncode, done.stdout, done.stderr, took, bytes_read() - before)

    def succeed(self, *words: str) -> Done:
        done = self.call(*words)
        if done.code != 0:
            raise SystemExit(f"{self.folder.name}: {' '.join(words)} ended with {done.code}: {done.text[-3000:]}")
        return done

    def stamp(self, release: str) -> None:
        """Makes the next release another one."""
        (self.folder / "data/release.txt").write_text(f"{release}\n")

    def address(self, settings: str) -> None:
        """Where this clone finds the archive, as a flow mapping without its braces."""
        (self.folder / "pipeline/archive.yaml").write_text("".join(f"{pair}\n" for pair in settings.split(", ")))

    def environment(self, name: str, place: str) -> None:
        (self.folder / f"pipeline/environments/{name}.yaml").write_text(ENVIRONMENT.format(place=place))


class World:
    """A repository with the example's compile, raw data, an archive, and a place where releases lie; all below `root`."""

    def __init__(self, root: Path, program: str, size: str, large: int) -> None:
        self.root, self.program, self.size = root, program, size
        self.has_users = os.getuid() == 0
        for name in ("archive", "place"):
            self.folder(name)
        origin = root / "origin"
        shell("git", "clone", "-q", "--depth", "1", f"file://{ROOT}", origin)
        definition = origin / "pipeline/pipeline.yaml"
        kept, mark, _ = definition.read_text().partition("\n  image:\n")
        if not mark:
            raise SystemExit(f"{definition} has no stage \"image\" where the example's compile ends")
        kept = kept.replace("default_environment: local", "default_environment: team")
        definition.write_text(kept + STAGES.format(large=large))
        (origin / "pipeline/environments/team.yaml").write_text(ENVIRONMENT.format(place=f"root: {root}/place"))
        (origin / "large.py").write_text(LARGE)
        shell("git", "-C", origin, "add", "-A")
        shell("git", "-C", origin, "-c", "user.name=team", "-c", "user.email=team@localhost", "commit", "-qm", "team")
        subprocess.run(
            [PYTHON, "-m", "generate", "--size", size, "--output", root / "raw"], cwd=ROOT, check=True,
            env=os.environ | {"PYTHONPATH": "site", "PYTHONDONTWRITEBYTECODE": "1"}, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def folder(self, name: str) -> Path:
        """A folder that the group may write in."""
        made = self.root / name
        made.mkdir()
        if self.has_users:
            os.chown(made, 0, GROUP)
        made.chmod(0o2775)
        return made

    def remove(self, name: str) -> Path:
        """Makes room."""
        shutil.rmtree(self.root / name, ignore_errors=True)
        return self.root / name

    def clone(self, name: str, settings: str = "", user: int | None = None, prefix: list[str] | None = None) -> Clone:
        """A new clone, instead of one of that name.

        - `settings`: of the archive; without them it is the folder.
        - `user`: whose clone it is; nobody else's where users cannot be changed.
        """
        folder = self.remove(name)
        shell("git", "clone", "-q", self.root / "origin", folder)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        clone = Clone(folder, self.program, prefix or [], user=own_name())
        clone.address(settings or f"root: {self.root}/archive, sign: none")
        clone.stamp("1")
        if user is not None and self.has_users:
            clone.prefix = ["setpriv", f"--reuid={user}", f"--regid={GROUP}", "--clear-groups", *clone.prefix]
            clone.variables["HOME"], clone.user = str(folder), str(user)
            shell("chown", "-Rh", f"{user}:{GROUP}", folder)
        shell("cp", "-al", self.root / "raw", folder / "data/raw")
        return clone

    def live(self, place: str = "place") -> str:
        """What the live release says that it is."""
        return (self.root / place / "current/data/compiled/release.txt").read_text().strip()

    def contents(self, place: str = "place") -> set[tuple[str, int, int, int]]:
        """Every file that holds content: the same again where none was written."""
        found = set()
        for top in ("archive/objects", "archive/packs", place):
            for folder, _, names in os.walk(self.root / top):
                for name in names:
                    if not name.startswith(".pipeline"):
                        state = os.lstat(os.path.join(folder, name))
                        found.add((f"{folder}/{name}", state.st_ino, state.st_mtime_ns, state.st_size))
        return found

    def copy(self) -> float:
        """Seconds for a plain copy of all that the archive holds of contents, onto the disk."""
        target, archive = self.root / "copy", self.root / "archive"
        target.mkdir()
        shell("sync")
        began = time.monotonic()
        shell("cp", "-r", *(archive / name for name in ("objects", "packs") if (archive / name).exists()), target)
        shell("sync", "-f", target)
        took = time.monotonic() - began
        shutil.rmtree(target)
        return took


class Network:
    """A network whose only device is a loopback. What is in it gets out by the sockets that are made for it."""

    def __init__(self) -> None:
        self.holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        if self.holder.stdout.readline() != "up\n":
            raise SystemExit("no network namespace can be made here")
        self.prefix = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net"]

    def listener(self, port: int) -> socket.socket:
        """A socket that listens in the network, for this process outside of it."""
        near, far = socket.socketpair()
        script = (
            "import socket, sys\n"
            "server = socket.create_server(('127.0.0.1', int(sys.argv[2])))\n"
            "socket.send_fds(socket.socket(fileno=int(sys.argv[1])), [b'x'], [server.fileno()])\n"
        )
        with near, far:
            subprocess.run(
                [*self.prefix, sys.executable, "-c", script, str(far.fileno()), str(port)], pass_fds=[far.fileno()], check=True)
            return socket.socket(fileno=socket.recv_fds(near, 1, 1)[1][0])

    def close(self) -> None:
        self.holder.stdin.close()
        self.holder.wait()


def shell(*words: str | Path) -> None:
    subprocess.run(words, check=True)


def own_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def bytes_read() -> int:
    """By this process and its children that have ended."""
    return int(Path("/proc/self/io").read_text().splitlines()[0].removeprefix("rchar: "))


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(os.lstat(os.path.join(top, name)).st_size for top, _, names in os.walk(folder) for name in names)
