"""Scratch projects of the campaign: one whose data goes to a folder, and one whose data goes to an SFTP server."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
from dataclasses import dataclass, field

FOLDER = os.path.dirname(os.path.abspath(__file__))
SSHD = "/usr/sbin/sshd"
SFTP_SERVER = "/usr/lib/openssh/sftp-server"

DEFINITION = """
project: faults
stages:
  compile:
    units:
      copy:
        matrix: { n: [1, 2] }
        command: [cp, "{input}", "{output}"]
        inputs: "raw/{n}.txt"
        outputs: "data/{n}.txt"
      all: { command: [sh, join.sh, "{output}", "{inputs}"], inputs: raw/more, outputs: data/all.txt }
EXTRA
  sync:
    needs: [compile]
    data: [data]
"""
LEFT = '      gone: { command: [cp, raw/1.txt, "{output}"], outputs: data/gone.txt }'


@dataclass
class Result:
    code: int
    text: str
    tree: dict[str, str]


@dataclass
class World:
    """A project with two releases and work to do; kept, so that each case begins with the same."""

    program: str
    scratch: str
    name: str
    shim: str
    root: str = ""
    kept: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    environment = "kind: data\ndata: { route: directory, root: slots, slots: 2 }\n"
    # The program whose calls fail.
    faulty = "pipeline"

    def __post_init__(self) -> None:
        self.root = os.path.join(self.scratch, self.name)
        self.kept = os.path.join(self.scratch, self.name + "-kept")

    @staticmethod
    def missing() -> str | None:
        """Why there can be no such world on this machine."""
        return None

    def write(self, path: str, text: str) -> None:
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def definition(self, extra: str) -> str:
        return DEFINITION.replace("EXTRA", extra)

    def prepare(self) -> None:
        self.write("pipeline/pipeline.yaml", self.definition(LEFT))
        self.write("pipeline/environments/here.yaml", self.environment)
        self.write("join.sh", '. ./lib.sh\nout=$1; shift; join "$@" > "$out"\n')
        self.write("lib.sh", 'join() { cat "$@"; }\n')
        for name in ("raw/1.txt", "raw/2.txt", "raw/more/a.txt", "raw/more/b.txt"):
            self.write(name, name + "\n")
        os.makedirs(os.path.join(self.root, "slots"))
        self.succeed("run")
        self.write("raw/2.txt", "second\n")
        self.succeed("run")
        self.write("raw/1.txt", "third\n")
        self.write("pipeline/pipeline.yaml", self.definition(""))
        # Its recorded state fits no more, so that its content is read.
        os.utime(os.path.join(self.root, "data/gone.txt"))
        self.stop()
        os.rename(self.root, self.kept)

    def succeed(self, *words: str) -> None:
        done = self.call(list(words), {})
        if done.code != 0:
            raise SystemExit(f"the project \"{self.name}\" cannot be prepared: {done.text}")

    def restore(self) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(["cp", "-a", self.kept, self.root], check=True)

    def stop(self) -> None:
        """Ends what a call has left running."""

    def close(self) -> None:
        self.stop()

    def faults(self, variables: dict[str, str]) -> dict[str, str]:
        """What has the calls of the program fail, or be logged."""
        return {"LD_PRELOAD": self.shim, "FAULT_ROOT": self.root} | variables

    def call(self, words: list[str], variables: dict[str, str]) -> Result:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FAULT_")}
        environment |= self.variables | (self.faults(variables) if variables else {})
        done = subprocess.run(
            [self.program, *words], cwd=self.root, env=environment, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90,
        )  # fmt: skip
        return Result(done.returncode, plain(done.stdout), self.tree() | self.outside())

    def outside(self) -> dict[str, str]:
        """What counts beside files."""
        return {}

    def tree(self) -> dict[str, str]:
        """What counts: files of the project, outputs, slots and the store, by content."""
        found: dict[str, str] = {}
        for folder, folders, files in os.walk(self.root):
            relative = os.path.relpath(folder, self.root)
            if relative == ".pipeline":
                folders[:] = [name for name in folders if name == "store"]
                continue
            for name in files:
                path = os.path.normpath(os.path.join(relative, name))
                with open(os.path.join(self.root, path), "rb") as file:
                    found[path] = hashlib.sha256(file.read()).hexdigest()
        return found


class Server(World):
    """The data goes to a real sshd; it is the server's own calls that fail."""

    faulty = "sftp-server"

    @staticmethod
    def missing() -> str | None:
        there = all(os.path.exists(path) for path in (SSHD, SFTP_SERVER))
        return None if there else "OpenSSH's server is not installed"

    def prepare(self) -> None:
        self.port = free_port()
        self.folder = os.path.join(self.scratch, self.name + "-server")
        os.makedirs(self.folder, mode=0o700)
        for name in ("host", "id"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{self.folder}/{name}"],
                check=True)  # fmt: skip
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        with open(f"{self.folder}/serve", "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\n[ ! -e {self.folder}/faults ] || . {self.folder}/faults\n'
                       f"exec {SFTP_SERVER}\n")  # fmt: skip
        os.chmod(f"{self.folder}/serve", 0o700)
        with open(f"{self.folder}/config", "w", encoding="utf-8") as file:
            file.write(
                f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.folder}/host\nPidFile none\n"
                "UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                f"PermitRootLogin yes\nAuthorizedKeysFile {self.folder}/id.pub\n"
                f"Subsystem sftp {self.folder}/serve\n"
            )
        with open(f"{self.folder}/host.pub", encoding="utf-8") as key:
            kind, text = key.read().split()[:2]
        with open(f"{self.folder}/known_hosts", "w", encoding="utf-8") as file:
            file.write(f"[127.0.0.1]:{self.port} {kind} {text}\n")
        self.sshd = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", f"{self.folder}/config"], stderr=subprocess.DEVNULL
        )
        self.environment = (
            "kind: data\ndata:\n  route: sftp\n  host: 127.0.0.1\n"
            f"  port: {self.port}\n  identity: {self.folder}/id\n  known_hosts: {self.folder}/known_hosts\n"
            f"  root: {self.root}/slots\n  slots: 2\n"
        )
        await_port(self.port)
        super().prepare()

    def close(self) -> None:
        super().close()
        self.sshd.terminate()
        self.sshd.wait()

    def faults(self, variables: dict[str, str]) -> dict[str, str]:
        lines = {
            "LD_PRELOAD": self.shim, "FAULT_ROOT": self.root, "FAULT_PROGRAM": self.faulty,
        } | variables  # fmt: skip
        with open(f"{self.folder}/faults", "w", encoding="utf-8") as file:
            file.writelines(f"export {name}='{value}'\n" for name, value in lines.items())
        return {}

    def call(self, words: list[str], variables: dict[str, str]) -> Result:
        try:
            return super().call(words, variables)
        finally:
            if os.path.exists(f"{self.folder}/faults"):
                os.remove(f"{self.folder}/faults")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def await_port(port: int) -> None:
    while True:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return


def plain(text: str) -> str:
    """Without what differs from one run to the next: durations, sizes of what is free, times."""
    text = re.sub(r"(\d+h )?(\d+m )?\d+(\.\d+)?\s?(ms|s|m|h|[kMG]?B/s|MB|GB|MiB|GiB)\b", "N", text)
    return re.sub(r"\d\d:\d\d(:\d\d)?|\d{4}-\d\d-\d\d|just now", "T", text)
