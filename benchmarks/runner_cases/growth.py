"""Two hundred runs of a thousand units with one change each: what the ledger grows by, and whether looking slows down."""

from __future__ import annotations

import shutil
import statistics
import subprocess
from collections.abc import Mapping
from pathlib import Path

from trivial import prepare


def ledger_bytes(folder: Path) -> int:
    """Bytes of the ledger, with what stands in its log."""
    subprocess.run(
        ["sqlite3", str(folder / ".pipeline/ledger.sqlite"), "PRAGMA wal_checkpoint(TRUNCATE)"],
        capture_output=True, check=True,
    )
    return (folder / ".pipeline/ledger.sqlite").stat().st_size


def run(scratch: Path, tool: Path, jobs: int, repeat: int, runs: int, **_: object) -> Mapping[str, object]:
    folder = scratch / "growth"
    try:
        peer = prepare("pipeline", folder, 1000, jobs, tool)
        peer.run()

        def nothing() -> float:
            return statistics.median(peer.run() for _ in range(5 * repeat))

        peer.run()
        before, size = nothing(), ledger_bytes(folder)
        for number in range(runs):
            (folder / f"in/{number % 1000 + 1}").write_text(f"changed {number}\n")
            peer.run()
        grown = ledger_bytes(folder) - size
        peer.run()
        after = nothing()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{runs} runs of 1,000 units with one change each\n")
    print("| ledger, for each changed unit | nothing to do, before | after | after / before |\n|---:|---:|---:|---:|")
    print(f"| {grown / runs:.0f} bytes | {before * 1000:.1f} ms | {after * 1000:.1f} ms | {after / before:.2f} |")
    return {"bytes": grown / runs, "before": before, "after": after}
