"""Units that do next to nothing, so that what is measured is who runs them. Each copies a small file of its own."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from peers import OUTPUT, Peer, Step, make

_DEFINITION = """\
project: bench
stages:
  make:
    kind: compile
    jobs: {jobs}
    units:
      u:
        matrix: {{ n: {{ from: 1, to: {count} }} }}
        command: cp {{input}} {{output}}
        inputs: in/{{n}}
        outputs: out/{{n}}
"""


def prepare(name: str, folder: Path, count: int, jobs: int, tool: Path) -> Peer:
    (folder / "in").mkdir(parents=True)
    for number in range(1, count + 1):
        (folder / f"in/{number}").write_text(f"{number}\n")
    if name == "pipeline":
        (folder / "pipeline").mkdir()
        (folder / "pipeline/pipeline.yaml").write_text(_DEFINITION.format(count=count, jobs=jobs))
        return Peer(name, folder, [str(tool), "run"])
    if name == "ninja":
        lines = ["rule cp", "  command = cp $in $out"]
        lines += [f"build out/{n}: cp in/{n}" for n in range(1, count + 1)]
        (folder / "build.ninja").write_text("\n".join(lines) + "\n")
        return Peer(name, folder, ["ninja", "-j", str(jobs), "--quiet"])
    if name == "make":
        (folder / "out").mkdir()
        names = " ".join(f"out/{n}" for n in range(1, count + 1))
        (folder / "Makefile").write_text(f"all: {names}\nout/%: in/%\n\tcp $< $@\n")
        return Peer(name, folder, ["make", "-j", str(jobs), "--silent"])
    steps = [Step(f"u{n}", f"cp in/{n} {OUTPUT}", [f"in/{n}"], f"out/{n}") for n in range(1, count + 1)]
    return make(name, folder, steps, jobs, tool)


def hashed_files(peer: Peer) -> int:
    """How many files pipeline hashes in a run."""
    done = subprocess.run(
        [*peer.command, "--json"], cwd=peer.folder, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if line]
    return sum(json.loads(line).get("hashed_files", 0) for line in lines)


def _peak(peer: Peer) -> float:
    """Megabytes that a run with nothing to do holds at most."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], check=True, "
         "capture_output=True)\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", *peer.command],
        cwd=peer.folder, capture_output=True, text=True, check=True,
    )
    return int(done.stdout) / 1024


def _check(peer: Peer, count: int) -> None:
    made = len([name for name in os.listdir(peer.folder / "out") if not name.startswith(".")])
    if made != count:
        raise SystemExit(f"{peer.name} made {made} of {count} files")


def _measure(name: str, folder: Path, count: int, jobs: int, repeat: int, tool: Path) -> dict[str, float]:
    peer = prepare(name, folder, count, jobs, tool)
    found = {"cold": peer.run()}
    _check(peer, count)
    peer.run()
    found["nothing to do"] = statistics.median(peer.run() for _ in range(repeat))
    if name == "pipeline":
        found["hashed with nothing to do"] = hashed_files(peer)
        ledger = folder / ".pipeline/ledger.sqlite"
        found["ledger bytes for each unit"] = ledger.stat().st_size / count
    found["peak"] = _peak(peer)
    times = []
    for number in range(repeat):
        text = f"changed {number}\n"
        # Whole seconds are all that some of them look at.
        time.sleep(1.05)
        (folder / "in/7").write_text(text)
        times.append(peer.run())
        if (folder / "out/7").read_text() != text:
            raise SystemExit(f"{name} did not bring the change")
    found["one change"] = statistics.median(times)
    if name == "pipeline":
        time.sleep(1.05)
        (folder / "in/7").write_text("changed at last\n")
        found["hashed with one change"] = hashed_files(peer)
    return found


def run(
    names: list[str], scratch: Path, tool: Path, units: int, jobs: int, repeat: int, **_: object
) -> Mapping[str, object]:
    found: dict[str, dict[str, float]] = {}
    try:
        for name in names:
            found[name] = _measure(name, scratch / name, units, jobs, repeat, tool)
    finally:
        # Not one after the other: on ext4 the one who comes next would pay for the files that were just removed, by looking
        # past each of them whenever it makes one.
        for name in names:
            shutil.rmtree(scratch / name, ignore_errors=True)
    print(f"{units} units, {jobs} at once, median of {repeat}\n")
    print("| | " + " | ".join(names) + " | pipeline / ninja |\n|---|" + "---:|" * (len(names) + 1))
    for case in ("cold", "nothing to do", "one change", "peak"):
        unit = "MB" if case == "peak" else "s"
        digits = 0 if case == "peak" else 2
        cells = [f"{found[name][case]:.{digits}f} {unit}" for name in names]
        ratio = "–"
        if {"ninja", "pipeline"} <= set(names):
            ratio = f"{found['pipeline'][case] / found['ninja'][case]:.2f}"
        title = "peak memory, nothing to do" if case == "peak" else case
        print(f"| {title} | " + " | ".join(cells) + f" | {ratio} |")
    for case in ("hashed with nothing to do", "hashed with one change", "ledger bytes for each unit"):
        if case in found.get("pipeline", {}):
            print(f"\npipeline, {case}: {found['pipeline'][case]:.0f}")
    return found
