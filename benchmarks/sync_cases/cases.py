"""What is measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import changes
import clients
import faults
import names
import trees
from rig import Rig, digests
from tables import show


def many(rig: Rig, quick: bool) -> list[dict]:
    """1,000 and 10,000 files of 100 KB."""
    results = []
    for count in (1000,) if quick else (1000, 10_000):
        tree = trees.many(rig.scratch / f"many-{count}", count)
        for round_trip in (0, 30):
            chosen = {
                "pipeline": clients.pipeline, "lftp 32": clients.lftp(32),
                "rclone 64": clients.rclone(64), "rsync (needs a shell)": clients.rsync,
            }
            # Which setting is a client's best is seen with the smaller tree.
            if count == 1000:
                chosen |= {
                    "lftp 8": clients.lftp(8), "lftp 16": clients.lftp(16),
                    "rclone 16": clients.rclone(16),
                }
            # One request at a time: 100 s for 1,000 files at 30 ms, a quarter of an hour for 10,000.
            if round_trip == 0 or count == 1000:
                chosen["sftp put -r"] = clients.sftp
            title = f"{count:,} files of 100 KB at {round_trip} ms round trip"
            results.append(_compare(rig, title, tree, chosen, round_trip))
    return results


def large(rig: Rig, quick: bool) -> list[dict]:
    """4 files of 2 GB."""
    size = 200_000_000 if quick else rig.large
    tree = trees.large(rig.scratch / "large", 4, size)
    results = []
    for round_trip in (0, 30) if quick else (0, 30, 80):
        chosen = {
            "pipeline": clients.pipeline, "lftp 4": clients.lftp(4), "rclone 4": clients.rclone(4),
        }
        if round_trip == 0:
            chosen |= {"sftp put -r": clients.sftp, "rsync (needs a shell)": clients.rsync}
        title = f"4 files of {size / 1e9:.1f} GB at {round_trip} ms round trip"
        result = _compare(rig, title, tree, chosen, round_trip, repeat=1)
        for name, seconds in result["medians"].items():
            print(f"    {name:22} {4 * size / seconds / 1e6:7.0f} MB/s")
        results.append(result)
    return results


def _compare(
    rig: Rig, title: str, tree: Path, chosen: dict[str, clients.Client], round_trip: float,
    repeat: int | None = None,
) -> dict:
    chosen = {
        name: client for name, client in chosen.items()
        if not any(name.startswith(word) for word in rig.without)
    }
    port = rig.line(round_trip)
    wanted = digests(tree)
    rows: dict[str, list[float]] = {name: [] for name in chosen}
    # In turn, so that what else the machine does meets all of them.
    for _ in range(repeat or rig.repeat):
        for name, client in chosen.items():
            remote = rig.fresh("tree")
            rows[name].append(clients.timed(lambda: client(rig, tree, remote, port)))  # noqa: B023 - called before the loop goes on
            if digests(remote / "tree") != wanted:
                raise RuntimeError(f"{name}: the tree on the server is not the source")
    return show(title, rows)


CASES: dict[str, Callable[[Rig, bool], object]] = {
    "many": many, "large": large, "changes": changes.changes, "drops": faults.drops,
    "kills": faults.kills, "names": names.names,
}
