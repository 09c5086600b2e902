"""kill -9 of a run and all its children at random moments, then the same command again: what is lost, corrupt, or
left behind. The same units for pipeline, ninja and make.

usage: benchmarks/kill_drill.py --tool .build/release/pipeline [--moments 100] [--peers pipeline,ninja,make]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

UNITS, SIZE, JOBS = 60, 300_000, 2

# Half a file, a pause, the other half: a file that is there need not be whole.
UNIT = """\
#!/bin/sh
echo "begin $1" >> log.txt
head -c 150000 /dev/zero > "$2"
sleep 0.02
head -c 150000 /dev/zero >> "$2"
echo "end $1" >> log.txt
"""

DEFINITION = f"""\
project: drill
stages:
  make:
    kind: compile
    jobs: {JOBS}
    units:
      u:
        matrix: {{ n: {{ from: 1, to: {UNITS} }} }}
        command: ./unit.sh {{n}} {{output}}
        outputs: out/{{n}}
"""


@dataclass
class Count:
    """Over all moments."""

    moments: int = 0
    corrupt: int = 0
    """Files that were not whole after the second run, which said that it was done."""
    lost: int = 0
    """Units that were complete, with their file under its name, and were run again."""
    unpublished: int = 0
    """Units that had ended, whose outputs had no names yet, and that were run again."""
    repeated: int = 0
    """Units that were running and ran again."""
    most: int = 0
    """The most of both at one moment."""
    by_hand: int = 0
    """Second runs that did not end well by themselves."""
    orphans: int = 0
    """Processes of the first run that were still there after the second."""
    problems: list[str] = field(default_factory=list)


def prepare(name: str, folder: Path, tool: Path) -> list[str]:
    (folder / "out").mkdir(parents=True)
    (folder / "unit.sh").write_text(UNIT)
    (folder / "unit.sh").chmod(0o755)
    numbers = range(1, UNITS + 1)
    if name == "pipeline":
        (folder / "pipeline").mkdir()
        (folder / "pipeline/pipeline.yaml").write_text(DEFINITION)
        return [str(tool), "run"]
    if name == "ninja":
        lines = ["rule unit", "  command = ./unit.sh $n $out"]
        for number in numbers:
            lines += [f"build out/{number}: unit", f"  n = {number}"]
        (folder / "build.ninja").write_text("\n".join(lines) + "\n")
        return ["ninja", "-j", str(JOBS), "--quiet"]
    names = " ".join(f"out/{number}" for number in numbers)
    (folder / "Makefile").write_text(f"all: {names}\nout/%:\n\t./unit.sh $* $@\n")
    return ["make", "-j", str(JOBS), "--silent"]


def kill_tree(pid: int) -> None:
    """Stops a process with all below it first, so that nothing slips through, and kills them."""
    found = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    children: dict[int, list[int]] = {}
    for line in found.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    waiting, tree = [pid], []
    while waiting:
        one = waiting.pop()
        tree.append(one)
        waiting += children.get(one, [])
    for one in tree:
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            pass


def living(mark: str) -> int:
    """Processes that carry a variable in their environment."""
    wanted, found = f"KILL_DRILL={mark}".encode(), 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found += wanted in (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
    return found


def moment(name: str, tool: Path, after: float, whole_tree: bool, count: Count) -> None:
    folder = Path(tempfile.mkdtemp(prefix=f"kill-{name}-"))
    try:
        command = prepare(name, folder, tool)
        mark = folder.name
        environment = {**os.environ, "KILL_DRILL": mark}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, cwd=folder, env=environment, **quiet)
        time.sleep(after)
        if whole_tree:
            kill_tree(process.pid)
        else:
            process.kill()
        process.wait()
        log = folder / "log.txt"
        before = log.read_text().split("\n") if log.exists() else []
        ended = {line[4:] for line in before if line.startswith("end ")}
        begun = {line[6:] for line in before if line.startswith("begin ")}
        named = {
            path.name for path in (folder / "out").iterdir() if path.stat().st_size == SIZE
        }
        done = subprocess.run(
            command, cwd=folder, env={**os.environ}, capture_output=True, text=True, timeout=120
        )
        count.moments += 1
        if done.returncode:
            count.by_hand += 1
            count.problems.append(done.stderr[-200:])
        again = log.read_text().split("\n")[len(before) - 1 if before else 0 :]
        repeated = {line[6:] for line in again if line.startswith("begin ")}
        count.lost += len(repeated & ended & named)
        count.unpublished += len(repeated & ended - named)
        count.repeated += len(repeated & (begun - ended))
        count.most = max(count.most, len(repeated & begun))
        sizes = {path.name: path.stat().st_size for path in (folder / "out").iterdir()}
        whole = sum(1 for number in range(1, UNITS + 1) if sizes.get(str(number)) == SIZE)
        count.corrupt += UNITS - whole if not done.returncode else 0
        count.orphans += living(mark)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tool", type=Path, required=True)
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--peers", default="pipeline,ninja,make")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"{UNITS} units, {JOBS} at once, killed at {arguments.moments} random moments;")
    print("half of them the tool alone, half with all its children\n")
    print("| | corrupt | complete under its name and run again | ended and not published, run again | running, run again "
          "| most run again at a moment | by hand | orphans |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for name in arguments.peers.split(","):
        choice = random.Random(arguments.seed)
        count = Count()
        for number in range(arguments.moments):
            moment(name, arguments.tool.resolve(), choice.uniform(0.02, 1.6), number % 2 == 0, count)
        print(
            f"| {name} | {count.corrupt} | {count.lost} | {count.unpublished} | {count.repeated} | {count.most} "
            f"| {count.by_hand} | {count.orphans} |",
            flush=True,
        )
        for problem in count.problems[:3]:
            print(f"<!-- {name}: {problem.strip()} -->")


if __name__ == "__main__":
    main()
