"""Makes each read of each command fail, and looks whether anything is deleted, made or claimed wrongly.

usage: campaign.py [--sample N] [--command NAME] PROGRAM

A scratch project of kind `data` has work to do: an edited input, a unit that left the definition, an older release. A first
pass of each command records what it reads below the project, by a library that is loaded before others (shim.c). Then the
command runs once for each call, path and error, from the same state, with that call failing. It may fail, naming the path;
then nothing of what is made or kept has changed but what it changes without a fault. If it succeeds, it has made and
told the same as without one. Without the fault the same command afterwards comes to the same end.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

FOLDER = os.path.dirname(os.path.abspath(__file__))

DEFINITION = """
project: faults
stages:
  compile:
    units:
      copy:
        matrix: {{ n: [1, 2] }}
        command: [cp, "{{input}}", "{{output}}"]
        inputs: "raw/{{n}}.txt"
        outputs: "data/{{n}}.txt"
      all: {{ command: [sh, join.sh, "{{output}}", "{{inputs}}"], inputs: raw/more, outputs: data/all.txt }}
{extra}
  sync:
    needs: [compile]
    data: [data]
"""
LEFT = '      gone: { command: [cp, raw/1.txt, "{output}"], outputs: data/gone.txt }'
ENVIRONMENT = "kind: data\ndata: { route: directory, root: slots, slots: 2 }\n"

COMMANDS: dict[str, list[str]] = {
    "run": ["run", "compile"],
    "plan": ["plan"],
    "status": ["status"],
    "why": ["why", "compile/all"],
    "gc-dry-run": ["gc", "--dry-run"],
    "gc": ["gc", "--yes"],
    "sync": ["run", "sync"],
    "verify": ["verify"],
    "releases": ["releases"],
}
ERRORS = (errno.EACCES, errno.EIO, errno.ESTALE)


@dataclass(frozen=True)
class Fault:
    call: str
    path: str
    number: int
    nth: int = 0

    def __str__(self) -> str:
        which = "each" if self.nth == 0 else f"no. {self.nth}"
        return f"{errno.errorcode[self.number]} at {which} {self.call} of {self.path or '.'}"


@dataclass
class Result:
    code: int
    text: str
    tree: dict[str, str]


class Campaign:
    def __init__(self, program: str, scratch: str) -> None:
        self.program = os.path.realpath(program)
        self.scratch = scratch
        self.root = os.path.join(scratch, "project")
        self.kept = os.path.join(scratch, "kept")
        self.shim = os.path.join(scratch, "shim.so")
        subprocess.run(
            ["cc", "-O2", "-U_FORTIFY_SOURCE", "-fno-builtin", "-shared", "-fPIC", "-o", self.shim,
             os.path.join(FOLDER, "shim.c"), "-ldl"], check=True)  # fmt: skip

    def write(self, path: str, text: str) -> None:
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def prepare(self) -> None:
        """A project with two releases and work to do; kept for all that follows."""
        self.write("pipeline/pipeline.yaml", DEFINITION.format(extra=LEFT))
        self.write("pipeline/environments/here.yaml", ENVIRONMENT)
        self.write("join.sh", '. ./lib.sh\nout=$1; shift; join "$@" > "$out"\n')
        self.write("lib.sh", 'join() { cat "$@"; }\n')
        for name in ("raw/1.txt", "raw/2.txt", "raw/more/a.txt", "raw/more/b.txt"):
            self.write(name, name + "\n")
        os.makedirs(os.path.join(self.root, "slots"))
        self.succeed("run")
        self.write("raw/2.txt", "second\n")
        self.succeed("run")
        self.write("raw/1.txt", "third\n")
        self.write("pipeline/pipeline.yaml", DEFINITION.format(extra=""))
        # Its recorded state fits no more, so that its content is read.
        os.utime(os.path.join(self.root, "data/gone.txt"))
        os.rename(self.root, self.kept)

    def succeed(self, *words: str) -> None:
        done = self.call(list(words), {})
        if done.code != 0:
            raise SystemExit(f"the project cannot be prepared: {done.text}")

    def restore(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(["cp", "-a", self.kept, self.root], check=True)

    def call(self, words: list[str], variables: dict[str, str]) -> Result:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FAULT_")}
        if variables:
            environment |= {"LD_PRELOAD": self.shim, "FAULT_ROOT": self.root} | variables
        done = subprocess.run(
            [self.program, *words], cwd=self.root, env=environment, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
        )  # fmt: skip
        return Result(done.returncode, plain(done.stdout), self.tree())

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

    def reads(self, words: list[str]) -> list[tuple[str, str]]:
        self.restore()
        log = os.path.join(self.scratch, "log")
        self.call(words, {"FAULT_LOG": log})
        with open(log, encoding="utf-8") as file:
            calls = dict.fromkeys(tuple(line.rstrip("\n").split("\t")) for line in file)
        os.remove(log)
        return [(call, path) for call, path in calls if not path.startswith("/.pipeline/lock")]


def plain(text: str) -> str:
    """Without what differs from one run to the next: durations, sizes of what is free, digests of states."""
    text = re.sub(r"(\d+h )?(\d+m )?\d+(\.\d+)?\s?(ms|s|m|h|[kMG]?B/s|MB|GB|MiB|GiB)\b", "N", text)
    return re.sub(r"\d\d:\d\d(:\d\d)?|\d{4}-\d\d-\d\d|just now", "T", text)


def judge(
    fault: Fault, before: dict[str, str], want: Result, got: Result, then: Result
) -> list[str]:
    """What is wrong; empty where all is as it should be."""
    wrong: list[str] = []
    for path in before.keys() - got.tree.keys():
        # A slot has no marker while it is filled, so that a filling that failed leaves none.
        if path in want.tree and not is_dated(path):
            wrong.append(f"deleted {path}")
    for path, digest in got.tree.items():
        # Markers tell when they were written, so their content differs from run to run.
        if is_dated(path) or digest in (before.get(path), want.tree.get(path)):
            continue
        if path not in before and path not in want.tree and path.startswith(".pipeline/store"):
            continue
        wrong.append(f"made {path}, which is neither as before nor as without the fault")
    # The files beside a ledger are SQLite's own: what a person knows is the ledger.
    name = re.sub(r"-(wal|shm|journal)$", "", os.path.basename(fault.path)) or "."
    names = name in got.text or ("cannot" in got.text and "cannot" not in want.text)
    if got.code == want.code:
        if content(got.tree) != content(want.tree):
            wrong.append("succeeded, and has not made the same")
        if got.text != want.text and not names:
            wrong.append("told something else, and not why")
    elif not names:
        wrong.append(f"exit {got.code}, and the message does not name {name}")
    if then.code != want.code or content(then.tree) != content(want.tree):
        wrong.append(f"afterwards, without the fault: exit {then.code}, another end")
    return wrong


def is_dated(path: str) -> bool:
    return ".pipeline" in path and not path.startswith(".pipeline/store")


def content(tree: dict[str, str]) -> dict[str, str]:
    """Without the store, in which more may be kept, and without markers."""
    return {path: digest for path, digest in tree.items() if ".pipeline" not in path}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sample", type=int, default=0, help="faults in all, spread evenly")
    parser.add_argument("--command", choices=sorted(COMMANDS), help="this command alone")
    parser.add_argument("program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pipeline-faults-") as scratch:
        campaign = Campaign(options.program, os.path.realpath(scratch))
        os.makedirs(campaign.root)
        campaign.prepare()
        cases: list[tuple[str, Fault]] = []
        for name, words in COMMANDS.items():
            if options.command in (None, name):
                for call, path in campaign.reads(words):
                    cases += [(name, Fault(call, path, number)) for number in ERRORS]
                    cases.append((name, Fault(call, path, errno.EIO, 2)))
        if options.sample and options.sample < len(cases):
            step = len(cases) / options.sample
            cases = [cases[int(position * step)] for position in range(options.sample)]
        return run(campaign, cases)


def run(campaign: Campaign, cases: list[tuple[str, Fault]]) -> int:
    wanted: dict[str, tuple[dict[str, str], Result]] = {}
    counts: dict[str, list[int]] = {}
    for name, fault in cases:
        words = COMMANDS[name]
        if name not in wanted:
            campaign.restore()
            wanted[name] = (campaign.tree(), campaign.call(words, {}))
        before, want = wanted[name]
        campaign.restore()
        variables = {
            "FAULT_CALL": fault.call, "FAULT_PATH": fault.path, "FAULT_ERRNO": str(fault.number),
            "FAULT_NTH": str(fault.nth),
        }  # fmt: skip
        try:
            got = campaign.call(words, variables)
            then = campaign.call(words, {})
        except subprocess.TimeoutExpired:
            wrong, got = ["does not end"], want
        else:
            wrong = judge(fault, before, want, got, then)
        count = counts.setdefault(name, [0, 0, 0, 0])
        count[0] += 1
        count[1] += got.code == want.code
        count[2] += got.code != want.code
        count[3] += bool(wrong)
        if wrong:
            print(f"{name}: {fault}: {'; '.join(wrong)}\n    {got.text.strip()[:400]!r}", flush=True)
    print(f"{'command':12} {'faults':>7} {'same':>7} {'refused':>8} {'wrong':>6}")
    for name, (all_, same, refused, bad) in counts.items():
        print(f"{name:12} {all_:7} {same:7} {refused:8} {bad:6}")
    return 1 if any(count[3] for count in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
