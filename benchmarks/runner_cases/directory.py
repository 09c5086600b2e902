"""One step that reads a folder of very many files: what looking at them costs when nothing has changed."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from growth import ledger_bytes
from peers import Peer
from trivial import hashed_files

_PER_FOLDER = 1000


def _prepare(name: str, folder: Path, count: int, tool: Path) -> Peer:
    paths = [f"in/{n // _PER_FOLDER}/{n % _PER_FOLDER}" for n in range(count)]
    for number in range((count + _PER_FOLDER - 1) // _PER_FOLDER):
        (folder / f"in/{number}").mkdir(parents=True)
    for path in paths:
        with open(folder / path, "w", encoding="ascii") as file:
            file.write(path)
    command = "find in -type f | wc -l > out"
    if name == "pipeline":
        (folder / "pipeline").mkdir()
        (folder / "pipeline/pipeline.yaml").write_text(
            "project: bench\nstages:\n  make:\n    kind: compile\n    units:\n      all:\n"
            '        command: [sh, -c, "find in -type f | wc -l > {output}"]\n'
            "        inputs: in\n        outputs: out\n"
        )
        return Peer(name, folder, [str(tool), "run"])
    lines = ["rule run", f"  command = {command}", "build out: run " + " ".join(paths)]
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")
    return Peer(name, folder, ["ninja", "--quiet"])


def _measure(name: str, folder: Path, count: int, repeat: int, tool: Path) -> dict[str, float]:
    peer = _prepare(name, folder, count, tool)
    found = {"first": peer.run()}
    peer.run()
    found["nothing to do"] = statistics.median(peer.run() for _ in range(repeat))
    if name == "pipeline":
        found["hashed"] = hashed_files(peer)
    time.sleep(1.05)
    (folder / "in/0/7").write_text("changed")
    if name == "pipeline":
        # Told by the same run that is timed: asking twice would ask about nothing.
        before = ledger_bytes(folder)
        began = time.monotonic()
        found["hashed with one change"] = hashed_files(peer)
        found["one change"] = time.monotonic() - began
        found["growth"] = ledger_bytes(folder) - before
    else:
        found["one change"] = peer.run()
    return found


def run(names: list[str], scratch: Path, tool: Path, files: int, repeat: int, **_: object) -> Mapping[str, object]:
    found: dict[str, dict[str, float]] = {}
    names = [name for name in names if name in ("pipeline", "ninja")]
    for name in names:
        folder = scratch / f"directory-{name}"
        try:
            found[name] = _measure(name, folder, files, repeat, tool)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{files} files in one input, median of {repeat}; for ninja they stand in its file by name\n")
    print("| | " + " | ".join(names) + " | pipeline / ninja |\n|---|" + "---:|" * (len(names) + 1))
    for case in ("first", "nothing to do", "one change"):
        ratio = f"{found['pipeline'][case] / found['ninja'][case]:.2f}" if len(names) == 2 else "–"
        print(f"| {case} | " + " | ".join(f"{found[name][case]:.2f} s" for name in names) + f" | {ratio} |")
    own = found["pipeline"]
    print(f"\npipeline, files hashed: {own['hashed']:.0f} with nothing to do, "
          f"{own['hashed with one change']:.0f} with one change, which adds {own['growth']:.0f} bytes to the ledger")
    return found
