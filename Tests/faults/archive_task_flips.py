"""A flipped bit in what the tasks of a cluster and the side that submits hand each other in an archive."""

from __future__ import annotations

import os
import random
import re
import select
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType

from archive_team import files, flip

SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "TestServers", "slurm_cluster.sh")
DEFINITION = """
project: tasks
archive: { root: ROOT/archive, sign: none }
stages:
  compile:
    executor: slurm
    slurm: { data: archive, program: PROGRAM, scratch: ROOT/scratch, tasks: 2 }
    units:
      part:
        matrix: { n: { from: 1, to: 4 } }
        command: [sh, unit.sh, "{n}", "{input}", "{output}"]
        inputs: raw.txt
        outputs: "out/{n}"
"""
# The last unit's output is an object of its own, the others lie in packs.
UNIT = """
echo "$1" >> ROOT/begun
while ! test -e ROOT/gate; do sleep 0.02; done
if test "$1" = 4; then yes "$(cat "$2")" | head -c 1500000 > "$3"; else echo "$1 $(cat "$2")" > "$3"; fi
"""
KINDS = {
    "description of tasks": r"tasks/.*\.(json|jsonl)",
    "record of a task": r"tasks/.*\.record",
    "content of a task": r"(objects|packs)/.*",
}


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 90
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"it never came to this: {what}")
        time.sleep(0.02)


class Cluster:
    """A real Slurm whose node does not see `hidden`."""

    def __init__(self, folder: str, hidden: str) -> None:
        self.environment = os.environ | {"SLURM_CONF": f"{folder}/slurm.conf"}
        words = ["bash", SCRIPT, folder, "2", hidden]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Cluster:
        assert self.process.stdout
        # The script gives up by itself before that.
        said, _, _ = select.select([self.process.stdout], [], [], 90)
        if not said or self.process.stdout.readline() != "ready\n":
            self.end()
            raise SystemExit("Slurm is not up" + ("" if said else " after 90 seconds"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit("Slurm does not end within a minute") from None

    def ask(self, *words: str) -> str:
        return subprocess.run(words, env=self.environment, text=True, capture_output=True, check=True).stdout

    def turn(self, state: str) -> None:
        self.ask("scontrol", "update", "PartitionName=main", f"State={state}")

    @property
    def is_empty(self) -> bool:
        return not self.ask("squeue", "--noheader")


class TaskFlips:
    """Below `root`: clones in `projects`, the archive, and what both sides see."""

    def __init__(self, program: str, root: str, seed: int) -> None:
        self.program = program
        self.root = root
        self.random = random.Random(seed)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []
        self.expected = {str(n): f"{n} one\n".encode() for n in (1, 2, 3)}
        self.expected["4"] = (b"one\n" * 375_000)[:1_500_000]

    def clone(self, name: str) -> str:
        folder = f"{self.root}/projects/{name}"
        os.makedirs(f"{folder}/pipeline")
        text = DEFINITION.replace("ROOT", self.root).replace("PROGRAM", self.program)
        for path, content in (("pipeline/pipeline.yaml", text), ("raw.txt", "one\n"), ("unit.sh", UNIT)):
            with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
                file.write(content.replace("ROOT", self.root))
        return folder

    def start(self, folder: str, cluster: Cluster) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.program, "run", "--json"],
            cwd=folder,
            env=cluster.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def outputs(self, folder: str) -> dict[str, bytes]:
        found = {}
        for name in files(f"{folder}/out"):
            with open(f"{folder}/out/{name}", "rb") as file:
                found[name] = file.read()
        return found

    def places(self, kind: str) -> set[str]:
        return {name for name in files(f"{self.root}/archive") if re.fullmatch(KINDS[kind], name)}

    def damage(self, kind: str, without: set[str] | frozenset[str] = frozenset()) -> str:
        name = self.random.choice(sorted(self.places(kind) - without))
        flip(f"{self.root}/archive/{name}", self.random.getrandbits(60))
        return name

    def begin(self, kind: str, folder: str, cluster: Cluster) -> tuple[str, subprocess.Popen[str]]:
        """A run that meets the damage, and where that is."""
        if kind == "description of tasks":
            cluster.turn("DOWN")
            run = self.start(folder, cluster)
            until(lambda: not cluster.is_empty, "tasks wait")
            name = self.damage(kind)
            self.open_gate()
            cluster.turn("UP")
            return name, run
        killed = self.start(folder, cluster)
        until(lambda: os.path.exists(f"{self.root}/begun"), "a unit begins")
        before = self.places("content of a task")
        killed.kill()
        killed.communicate()
        self.open_gate()
        until(lambda: cluster.is_empty, "all tasks have ended")
        return self.damage(kind, before), self.start(folder, cluster)

    def open_gate(self) -> None:
        with open(f"{self.root}/gate", "w", encoding="utf-8"):
            pass

    def one(self, kind: str, cluster: Cluster) -> None:
        for name in ("projects/a", "projects/b", "archive"):
            shutil.rmtree(f"{self.root}/{name}", ignore_errors=True)
        for name in ("begun", "gate"):
            if os.path.exists(f"{self.root}/{name}"):
                os.remove(f"{self.root}/{name}")
        folder = self.clone("a")
        place, run = self.begin(kind, folder, cluster)
        text, _ = run.communicate(timeout=300)
        problems = []
        if self.outputs(folder) != self.expected or run.returncode != 0:
            problems.append(f"ended with {run.returncode}, and other outputs or none")
        other = self.clone("b")
        fetched, _ = self.start(other, cluster).communicate(timeout=300)
        if self.outputs(other) != self.expected:
            problems.append("another clone has other outputs")
        is_told = "submitted again" in text or "is not used" in text
        if not is_told and text.count('"outcome":"ran"') != 4:
            problems.append("nothing was reported, and not all units ran")
        for problem in problems:
            line = f"{kind} {place}: {problem}\n    {text.strip()[-900:]!r} {fetched.strip()[-300:]!r}"
            self.wrong.append(line)
            print(line, flush=True)
        self.counts[kind, "WRONG"] += bool(problems)
        self.counts[kind, "told" if is_told else "made again"] += 1

    def run(self, count: int) -> str:
        os.makedirs(f"{self.root}/scratch")
        os.makedirs(f"{self.root}/projects")
        with Cluster(f"{self.root}/slurm", f"{self.root}/projects") as cluster:
            for number in range(count):
                self.one(list(KINDS)[number % len(KINDS)], cluster)
        columns = ("told", "made again", "WRONG")
        lines = ["| handed over by tasks | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
        lines += [
            f"| {kind} | " + " | ".join(str(self.counts[kind, column]) for column in columns) + " |" for kind in KINDS
        ]
        return "\n".join(lines)
