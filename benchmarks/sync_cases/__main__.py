"""Measure syncs of `pipeline` beside sftp, lftp, rclone and rsync over a real OpenSSH server.

The line is made long by a proxy that delays the bytes in both directions. After every run the tree on
the server is compared with the source by SHA-256. Everything lies in a scratch folder that is removed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from cases import CASES
from rig import Rig


def main() -> int:
    """Run the chosen cases and print their tables."""
    parser = argparse.ArgumentParser(prog="benchmarks/sync", description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"which: {', '.join(CASES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="fewer files, smaller ones, one round trip")
    parser.add_argument("--without", action="append", default=[], metavar="CLIENT", help="leave out a client, such as rclone")
    parser.add_argument("--large", type=int, default=2_000_000_000, metavar="BYTES", help="size of a large file")
    parser.add_argument("--startups", type=int, default=10, metavar="N", help="the server's MaxStartups (default: 10)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--scratch", default=None, help="where to work; needs 20 GB for all cases")
    parser.add_argument("--tool", help="the built pipeline to measure (default: a release build, made here)")
    parser.add_argument("--wire", help="the built `wire`, the long line; goes with --tool")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name in ("tool", "wire"):
        program = getattr(options, name)
        if program and not os.access(program, os.X_OK):
            parser.error(f"--{name} names no program: {program}")
    if bool(options.tool) != bool(options.wire):
        parser.error("--tool and --wire go together")
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"unknown case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    if options.check:
        return 0
    if not options.tool:
        parser.error("--tool is missing")
    # Not world-writable on the way: sshd looks at the folders of keys.
    scratch = Path(tempfile.mkdtemp(prefix="pipeline-sync-", dir=options.scratch or "/var/tmp"))
    results: dict[str, object] = {}
    try:
        with Rig(scratch, options.tool, options.wire, options.repeat, options.startups) as rig:
            rig.without, rig.large = options.without, options.large
            results["versions"] = rig.versions()
            print("\n".join(f"{name}: {text}" for name, text in rig.versions().items()))
            for name in options.cases or CASES:
                results[name] = CASES[name](rig, options.quick)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    output = Path("artifacts/benchmarks/sync.json")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nfigures as JSON: {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
