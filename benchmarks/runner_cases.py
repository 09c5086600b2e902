"""Units that do next to nothing, so that what is measured is who runs them: the same work described for
pipeline, ninja and make, in one run, medians and ratios.

Each unit copies a small file of its own: one input, one output, one process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

DEFINITION = """\
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


class Runner:
    """A peer in a folder of its own."""

    def __init__(self, name: str, folder: Path, count: int, jobs: int, tool: Path):
        self.name, self.folder, self.count = name, folder, count
        (folder / "in").mkdir(parents=True)
        for number in range(1, count + 1):
            (folder / f"in/{number}").write_text(f"{number}\n")
        if name == "pipeline":
            self.command = [str(tool), "run"]
            (folder / "pipeline").mkdir()
            text = DEFINITION.format(count=count, jobs=jobs)
            (folder / "pipeline/pipeline.yaml").write_text(text)
        elif name == "ninja":
            self.command = ["ninja", "-j", str(jobs), "--quiet"]
            lines = ["rule cp", "  command = cp $in $out"]
            lines += [f"build out/{n}: cp in/{n}" for n in range(1, count + 1)]
            (folder / "build.ninja").write_text("\n".join(lines) + "\n")
        else:
            (folder / "out").mkdir()
            self.command = ["make", "-j", str(jobs), "--silent"]
            names = " ".join(f"out/{n}" for n in range(1, count + 1))
            text = f"all: {names}\nout/%: in/%\n\tcp $< $@\n"
            (folder / "Makefile").write_text(text)

    def run(self, *more: str) -> float:
        """Seconds; the output tree is looked at afterwards."""
        began = time.monotonic()
        done = subprocess.run(
            self.command + list(more), cwd=self.folder, capture_output=True, text=True, check=False
        )
        took = time.monotonic() - began
        if done.returncode:
            raise SystemExit(f"{self.name} failed: {done.stderr[-500:]}")
        made = len(os.listdir(self.folder / "out"))
        if made != self.count:
            raise SystemExit(f"{self.name} made {made} of {self.count} files")
        return took

    def change(self, text: str) -> None:
        (self.folder / "in/7").write_text(text)

    def check(self, text: str) -> None:
        if (self.folder / "out/7").read_text() != text:
            raise SystemExit(f"{self.name} did not bring the change")


def hashed_files(runner: Runner) -> int:
    """How many files pipeline hashes when there is nothing to do."""
    done = subprocess.run(
        [*runner.command, "--json"], cwd=runner.folder, capture_output=True, text=True, check=True
    )
    return sum(
        json.loads(line).get("hashed_files", 0) for line in done.stdout.splitlines() if line
    )


def measure(name: str, folder: Path, arguments: argparse.Namespace) -> dict[str, float]:
    runner = Runner(name, folder, arguments.units, arguments.jobs, arguments.tool)
    found = {"cold": runner.run()}
    runner.run()
    found["nothing to do"] = statistics.median(runner.run() for _ in range(arguments.repeat))
    times = []
    for number in range(arguments.repeat):
        text = f"changed {number}\n"
        # Whole seconds are all that some of them look at.
        time.sleep(1.05)
        runner.change(text)
        times.append(runner.run())
        runner.check(text)
    found["one change"] = statistics.median(times)
    if name == "pipeline":
        found["hashed"] = hashed_files(runner)
        ledger = folder / ".pipeline/ledger.sqlite"
        found["ledger"] = ledger.stat().st_size / arguments.units
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--tool", type=Path, required=True)
    parser.add_argument("--peers", default="pipeline,ninja,make")
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="bench-runner-"))
    try:
        peers = arguments.peers.split(",")
        found = {name: measure(name, scratch / name, arguments) for name in peers}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{arguments.units} units, {arguments.jobs} at once, median of {arguments.repeat}\n")
    print("| | " + " | ".join(peers) + " | pipeline / ninja |")
    print("|---|" + "---:|" * (len(peers) + 1))
    for case in ("cold", "nothing to do", "one change"):
        cells = [f"{found[name][case]:.2f} s" for name in peers]
        ratio = "-"
        if "ninja" in found and "pipeline" in found:
            ratio = f"{found['pipeline'][case] / found['ninja'][case]:.2f}"
        print(f"| {case} | " + " | ".join(cells) + f" | {ratio} |")
    if "pipeline" in found:
        own = found["pipeline"]
        print(f"\nFiles hashed with nothing to do: {own['hashed']:.0f}.")
        print(f"Ledger: {own['ledger']:.0f} bytes for each unit.")


if __name__ == "__main__":
    main()
