"""Makes each read of each operation fail, and looks whether anything is deleted, made or claimed wrongly.

usage: campaign.py [--sample N] [--operation NAME]... [--table FILE] PROGRAM

Scratch projects (worlds.py, site_worlds.py) have work to do: an edited input, a unit that left the definition, an older
release. A first pass of each operation records what it reads below the project, by a library that is loaded before
others (shim.c); with an SFTP server, what the server reads. Then the operation runs once for each call, path and error,
from the same state, with that call failing. It may fail, naming the path; then nothing of what is made, kept or served
has changed but what changes without a fault. If it succeeds, it has made and told the same as without one. Without the
fault the same operation afterwards comes to the same end. Everything else is WRONG, and the exit code 1.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass

from site_worlds import Container, Site
from worlds import FOLDER, Result, Server, World

WORLDS: dict[str, type[World]] = {"folder": World, "sftp": Server, "preview": Site, "local": Container}

EACH = (errno.EACCES, errno.EIO, errno.ESTALE)


@dataclass(frozen=True)
class Operation:
    world: str
    words: tuple[str, ...]
    # Deployments take seconds: one error each.
    numbers: tuple[int, ...] = EACH
    # What is done before, without a fault.
    first: tuple[str, ...] = ()
    # Calls whose failure OpenSSH's server hides: it leaves out names that it cannot look at, and takes a readdir(3) that
    # fails for the end of the folder.
    hidden: tuple[str, ...] = ()

    def prepare(self, world: World) -> None:
        world.restore()
        if self.first:
            world.succeed(*self.first)


# What is young goes too.
ALL = ("--days", "0", "--keep", "1")

OPERATIONS: dict[str, Operation] = {
    "run": Operation("folder", ("run", "compile")),
    "plan": Operation("folder", ("plan",)),
    "status": Operation("folder", ("status",)),
    "why": Operation("folder", ("why", "compile/all")),
    "gc-dry-run": Operation("folder", ("gc", "--dry-run", *ALL)),
    "gc": Operation("folder", ("gc", "--yes", *ALL)),
    "sync": Operation("folder", ("run", "sync")),
    "verify": Operation("folder", ("verify",)),
    "releases": Operation("folder", ("releases",)),
    "sftp-plan": Operation("sftp", ("plan", "sync")),
    "sftp-sync": Operation("sftp", ("run", "sync")),
    "sftp-verify": Operation("sftp", ("verify", "--remote")),
    "sftp-list": Operation("sftp", ("data", "list"), hidden=("readdir", "stat")),
    "deploy": Operation("preview", ("run", "deploy"), (errno.EIO,), ("up",)),
    "rollback": Operation("preview", ("rollback", "--to", "1"), (errno.EIO,), ("up",)),
    "up": Operation("preview", ("up",), (errno.EIO,)),
    "preview-gc": Operation("preview", ("gc", "--yes", *ALL), (errno.EIO,)),
    "local-deploy": Operation("local", ("run", "deploy"), (errno.EIO,), ("up",)),
    "local-rollback": Operation("local", ("rollback", "--to", "1"), (errno.EIO,), ("up",)),
    "local-up": Operation("local", ("up",), EACH),
    "local-gc": Operation("local", ("gc", "--yes", *ALL), (errno.EIO,)),
}


@dataclass(frozen=True)
class Fault:
    call: str
    path: str
    number: int
    nth: int = 0

    @property
    def kind(self) -> str:
        return f"{errno.errorcode[self.number]}, {'each' if self.nth == 0 else f'no. {self.nth}'}"

    def __str__(self) -> str:
        which = "each" if self.nth == 0 else f"no. {self.nth}"
        return f"{errno.errorcode[self.number]} at {which} {self.call} of {self.path or '.'}"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "FAULT_CALL": self.call, "FAULT_PATH": self.path, "FAULT_ERRNO": str(self.number),
            "FAULT_NTH": str(self.nth),
        }  # fmt: skip


def reads(world: World, operation: Operation) -> Counter[tuple[str, str]]:
    """What is called on which paths, and how often."""
    operation.prepare(world)
    log = os.path.join(world.scratch, "log")
    world.call(list(operation.words), {"FAULT_LOG": log})
    if not os.path.exists(log):
        raise SystemExit(f"nothing was read by {operation.words}: the library is not loaded")
    with open(log, encoding="utf-8") as file:
        calls = Counter(tuple(line.rstrip("\n").split("\t")) for line in file)
    os.remove(log)
    return Counter(
        {
            (call, path): count
            for (call, path), count in calls.items()
            if not path.startswith("/.pipeline/lock")
        }
    )


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
    if got.code == want.code:
        if content(got.tree) != content(want.tree):
            wrong.append("succeeded, and has not made the same")
        if got.text != want.text and not names(fault, got, want):
            wrong.append("told something else, and not why")
    elif not names(fault, got, want):
        wrong.append(f"exit {got.code}, and the message does not name {fault.path}")
    if then.code != want.code or content(then.tree) != content(want.tree):
        wrong.append(f"afterwards, without the fault: exit {then.code}, another end")
    return wrong


def names(fault: Fault, got: Result, want: Result) -> bool:
    """Whether the message says what could not be read. The files beside a ledger are SQLite's own: what a person knows is
    the ledger."""
    name = re.sub(r"-(wal|shm|journal)$", "", os.path.basename(fault.path)) or "."
    return name in got.text or ("cannot" in got.text and "cannot" not in want.text)


def is_dated(path: str) -> bool:
    return ".pipeline" in path and not path.startswith(".pipeline/store")


def content(tree: dict[str, str]) -> dict[str, str]:
    """Without the store, in which more may be kept, and without markers."""
    return {path: digest for path, digest in tree.items() if ".pipeline" not in path}


def faults(operation: Operation, calls: Counter[tuple[str, str]]) -> list[Fault]:
    found: list[Fault] = []
    for (call, path), count in calls.items():
        if call in operation.hidden:
            continue
        found += [Fault(call, path, number) for number in operation.numbers]
        if count > 1:
            found.append(Fault(call, path, errno.EIO, 2))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sample", type=int, default=0, help="faults in all, spread evenly")
    parser.add_argument("--operation", action="append", choices=OPERATIONS, help="these alone")
    parser.add_argument("--table", help="write the table to this file as well")
    parser.add_argument("program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pipeline-faults-") as scratch:
        scratch = os.path.realpath(scratch)
        shim = os.path.join(scratch, "shim.so")
        subprocess.run(
            ["cc", "-O2", "-U_FORTIFY_SOURCE", "-fno-builtin", "-shared", "-fPIC", "-o", shim,
             os.path.join(FOLDER, "shim.c"), "-ldl"], check=True)  # fmt: skip
        worlds: dict[str, World] = {}
        cases: list[tuple[str, Fault]] = []
        try:
            for name, operation in OPERATIONS.items():
                if options.operation and name not in options.operation:
                    continue
                kind = WORLDS[operation.world]
                if reason := kind.missing():
                    print(f"{name}: left out: {reason}", flush=True)
                    continue
                if operation.world not in worlds:
                    world = kind(os.path.realpath(options.program), scratch, operation.world, shim)
                    worlds[operation.world] = world
                    os.makedirs(world.root)
                    world.prepare()
                calls = reads(worlds[operation.world], operation)
                cases += [(name, fault) for fault in faults(operation, calls)]
            if options.sample and options.sample < len(cases):
                step = len(cases) / options.sample
                cases = [cases[int(position * step)] for position in range(options.sample)]
            counts = run(worlds, cases)
        finally:
            for world in worlds.values():
                world.close()
    text = table(counts)
    print(text)
    if options.table:
        with open(options.table, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    return 1 if any(outcome == "WRONG" for _, _, outcome in counts) else 0


def run(
    worlds: dict[str, World], cases: list[tuple[str, Fault]]
) -> Counter[tuple[str, str, str]]:
    """How many faults of each kind each operation met, and how it did."""
    wanted: dict[str, tuple[dict[str, str], Result]] = {}
    counts: Counter[tuple[str, str, str]] = Counter()
    for name, fault in cases:
        operation = OPERATIONS[name]
        world, words = worlds[operation.world], list(operation.words)
        if name not in wanted:
            operation.prepare(world)
            wanted[name] = (world.tree() | world.outside(), world.call(words, {}))
        before, want = wanted[name]
        operation.prepare(world)
        try:
            got = world.call(words, fault.variables)
            then = world.call(words, {})
        except subprocess.TimeoutExpired:
            wrong, got = ["does not end"], want
        else:
            wrong = judge(fault, before, want, got, then)
        if wrong:
            said = got.text.strip()[-600:]
            print(f"{name}: {fault}: {'; '.join(wrong)}\n    {said!r}", flush=True)
        outcome = "WRONG" if wrong else "continued right" if got.code == want.code else "failed"
        counts[name, fault.kind, outcome] += 1
    return counts


def table(counts: Counter[tuple[str, str, str]]) -> str:
    outcomes = ("failed", "continued right", "WRONG")
    lines = ["| operation | fault | failed, naming it | continued right | WRONG |", "|---|---|---:|---:|---:|"]
    for name, kind in dict.fromkeys((name, kind) for name, kind, _ in counts):
        cells = " | ".join(str(counts[name, kind, outcome]) for outcome in outcomes)
        lines.append(f"| {name} | {kind} | {cells} |")
    totals = " | ".join(str(sum(n for key, n in counts.items() if key[2] == o)) for o in outcomes)
    return "\n".join([*lines, f"| all | | {totals} |"])


if __name__ == "__main__":
    sys.exit(main())
