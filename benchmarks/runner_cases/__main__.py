"""Measure the runner beside ninja, make and doit: the same work, in one run, medians and ratios.

Everything lies in a scratch folder that is removed. What was timed is checked.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import archive
import directory
import growth
import hashing
import peers
import slurm
import trivial
import truth
import workers

CASES: dict[str, Callable[..., Mapping[str, object]]] = {
    "truth": truth.run,
    "archive": archive.run,
    "trivial": trivial.run,
    "directory": directory.run,
    "workers": workers.run,
    "hashing": hashing.run,
    "growth": growth.run,
    "slurm": slurm.run,
}


def main() -> int:
    """Run the chosen cases and print their tables."""
    parser = argparse.ArgumentParser(prog="benchmarks/runner", description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"which: {', '.join(CASES)}; default: all")
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=1_000_000, help="files of the folder that is one input")
    parser.add_argument("--runs", type=int, default=200, help="runs over which the ledger grows")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--peers", default="pipeline,ninja,make,doit,dvc")
    parser.add_argument("--scratch", default=None, help="where to work")
    parser.add_argument("--tool", type=Path, help="the built pipeline to measure (default: a release build, made here)")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.tool and not os.access(options.tool, os.X_OK):
        parser.error(f"--tool names no program: {options.tool}")
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"unknown case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    if options.check:
        return 0
    if not options.tool:
        parser.error("--tool is missing")
    scratch = Path(tempfile.mkdtemp(prefix="bench-runner-", dir=options.scratch))
    results: dict[str, object] = {"versions": peers.versions(options.tool)}
    print(results["versions"])
    try:
        for name in options.cases or CASES:
            print(f"\n## {name}\n", flush=True)
            results[name] = CASES[name](
                names=options.peers.split(","),
                scratch=scratch,
                tool=options.tool.resolve(),
                units=options.units,
                files=options.files,
                runs=options.runs,
                jobs=options.jobs,
                repeat=options.repeat,
            )
            sys.stdout.flush()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    output = Path("artifacts/benchmarks/runner.json")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nfigures as JSON: {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
