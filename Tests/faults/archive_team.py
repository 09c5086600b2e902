"""A project whose clones share an archive in a folder and deploy to one environment: the world of archive.py."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field

DEFINITION = """
project: team
archive: { ARCHIVE }
stages:
  compile:
    units:
      page: { command: [sh, -c, 'cat "$2" > "$1"', x, "{output}", "{input}"], inputs: raw.txt, outputs: out/index.html }
      large:
        command: [sh, -c, 'yes "$(cat "$2")" | head -c LARGE > "$1"', x, "{output}", "{input}"]
        inputs: raw.txt
        outputs: out/large
      part:
        matrix: { n: [1, 2, 3, 4, 5] }
        command: [sh, -c, 'yes "{n} $(cat "$2")" | head -c 40000 > "$1"', x, "{output}", "{input}"]
        inputs: raw.txt
        outputs: "out/part-{n}"
  sync: { kind: sync, needs: compile, data: out }
  deploy: { kind: deploy, needs: sync }
"""
ENVIRONMENT = """
kind: static
data: { root: ROOT/place, slots: 3 }
static: { folder: out }
site: { health: { within: 5s } }
"""


@dataclass
class Result:
    code: int
    text: str

    @property
    def is_told(self) -> bool:
        """Whether a person was shown that something of the archive is wrong."""
        words = ("not used", "did not arrive", "damaged", "put back", "error[", "cannot be", "has another size", "lost")
        return any(word in self.text for word in words)


@dataclass
class Team:
    """Clones are folders below `root`; the archive is `root/archive`, unless `settings` says otherwise."""

    program: str
    root: str
    settings: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    # Bytes of the largest output.
    large: int = 1_500_000

    def __post_init__(self) -> None:
        os.makedirs(f"{self.root}/place")
        self.settings = self.settings or f"root: {self.root}/archive, sign: none"
        self.define()
        self.write("origin/pipeline/environments/web.yaml", ENVIRONMENT.replace("ROOT", self.root))
        self.write("origin/.gitignore", ".pipeline/\nout/\n")
        self.write("origin/raw.txt", "one\n")

    def write(self, path: str, text: str) -> None:
        path = f"{self.root}/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def define(self) -> None:
        text = DEFINITION.replace("ARCHIVE", self.settings).replace("LARGE", str(self.large))
        self.write("origin/pipeline/pipeline.yaml", text)

    def sign(self) -> None:
        """Has all clones sign with one key, and trust that alone."""
        key = f"{self.root}/key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        with open(f"{key}.pub", encoding="utf-8") as file:
            self.write("origin/pipeline/allowed_signers", f"ada@lab {file.read()}")
        self.settings = self.settings.replace("sign: none", f"sign: {key}")
        self.define()

    def clone(self, name: str) -> str:
        shutil.rmtree(f"{self.root}/{name}", ignore_errors=True)
        subprocess.run(["cp", "-r", f"{self.root}/origin", f"{self.root}/{name}"], check=True)
        return name

    def start(self, clone: str, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.program, *words],
            cwd=f"{self.root}/{clone}",
            env=os.environ | self.variables,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )

    def call(self, clone: str, *words: str, timeout: float = 120) -> Result:
        with self.start(clone, *words) as child:
            try:
                text, _ = child.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                child.kill()
                return Result(-1, f"{words} did not end in {timeout} s: {child.communicate()[0]}")
        return Result(child.returncode, text)

    def succeed(self, clone: str, *words: str) -> Result:
        done = self.call(clone, *words)
        if done.code != 0:
            raise SystemExit(f"{clone}: {words} ended with {done.code}: {done.text}")
        return done

    def release(self, clone: str, text: str) -> None:
        self.write(f"{clone}/raw.txt", f"{text}\n")
        self.succeed(clone, "run", "deploy")

    def page(self) -> str:
        """What the live page shows; empty where there is none."""
        try:
            with open(f"{self.root}/place/current/out/index.html", encoding="utf-8") as file:
                return file.read().strip()
        except OSError:
            return ""

    def outputs(self, clone: str) -> dict[str, str]:
        return tree(f"{self.root}/{clone}/out")

    def ran(self, clone: str) -> int:
        """How many units have run in a clone."""
        query = (
            "SELECT count(*) FROM attempts a JOIN units u ON u.id = a.unit_id "
            "WHERE u.stage = 'compile' AND a.outcome = 'done' AND a.origin IS NULL"
        )
        ledger = f"{self.root}/{clone}/.pipeline/ledger.sqlite"
        return int(subprocess.run(["sqlite3", ledger, query], text=True, capture_output=True, check=True).stdout)

    def keep(self, *names: str) -> None:
        """Keeps the state of folders, for `restore`."""
        for name in names:
            shutil.rmtree(f"{self.root}/kept-{name}", ignore_errors=True)
            subprocess.run(["cp", "-a", f"{self.root}/{name}", f"{self.root}/kept-{name}"], check=True)

    def restore(self, *names: str) -> None:
        for name in names:
            shutil.rmtree(f"{self.root}/{name}", ignore_errors=True)
            subprocess.run(["cp", "-a", f"{self.root}/kept-{name}", f"{self.root}/{name}"], check=True)


def flip(path: str, bit: int) -> None:
    """Flips a bit of a file, counted over and over from its beginning."""
    with open(path, "r+b") as file:
        bit %= os.path.getsize(path) * 8
        file.seek(bit // 8)
        byte = file.read(1)[0] ^ (1 << bit % 8)
        file.seek(bit // 8)
        file.write(bytes([byte]))


def files(root: str) -> list[str]:
    found = [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]
    return sorted(os.path.relpath(path, root) for path in found)


def tree(root: str) -> dict[str, str]:
    digests = {}
    for name in files(root):
        with open(os.path.join(root, name), "rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def plain(releases: str) -> str:
    """What every clone shows of releases: not the sizes of data that it does not have, nor who made those of others, nor a
    release of its own whose deployment was killed before it was sent."""
    text = "\n".join(line for line in releases.splitlines() if "CREATED" not in line)
    text = re.sub(r"^.*\n +never deployed(\n|$)", "", text, flags=re.MULTILINE)
    return re.sub(r" +\d+ +[\d.]+ .?B$|, by .*$", "", text, flags=re.MULTILINE)
