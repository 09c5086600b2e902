"""What a second sync costs: nothing to do, a little changed, all touched, changed without a trace."""

from __future__ import annotations

import os
from collections import Counter as Count
from pathlib import Path

import clients
import trees
from rig import Rig, digests
from tables import facts, show


def changes(rig: Rig, quick: bool) -> list[dict]:
    """10,000 files of 100 KB at 30 ms round trip."""
    count = 1000 if quick else 10_000
    tree = trees.many(rig.scratch / f"many-{count}", count)
    line = rig.line(30)
    peers = {
        "lftp 32": clients.lftp(32), "rclone 64": clients.rclone(64),
        "rsync (needs a shell)": clients.rsync,
    }
    remote = rig.fresh("ours")
    project = clients.Project(rig, "changes", tree, remote, line)
    project.sync()
    folders = {name: rig.fresh(f"peer-{number}") for number, name in enumerate(peers)}
    for name, client in peers.items():
        client(rig, tree, folders[name], line)

    results = [_timed(rig, f"nothing to do, {count:,} files, 30 ms", project, peers, folders, tree, line, None)]
    results.append(_requests(rig, tree))

    def change(turn: int) -> None:
        for number in range(turn, count, 100):
            path = tree / f"{number // 500:03}" / f"file-{number:05}.feather"
            path.write_bytes(os.urandom(100_000))

    results.append(
        _timed(rig, f"1 % of {count:,} files changed, 30 ms", project, peers, folders, tree, line, change))
    if digests(remote / "a" / "tree") != digests(tree):
        raise RuntimeError("ours: the tree on the server is not the source")
    results.append(_touched(rig, project, tree, count))
    results.append(_same(rig, project, remote, tree))
    return results


def _timed(rig, title, project, peers, folders, tree, line, change) -> dict:
    rows: dict[str, list[float]] = {"pipeline": [], **{name: [] for name in peers}}
    for turn in range(rig.repeat):
        if change:
            change(turn)
        rows["pipeline"].append(clients.timed(project.sync))
        for name, client in peers.items():
            rows[name].append(clients.timed(lambda: client(rig, tree, folders[name], line)))  # noqa: B023 - called before the loop goes on
    return show(title, rows)


def _requests(rig: Rig, tree: Path) -> dict:
    remote = rig.fresh("counted")
    project = clients.Project(rig, "counted", tree, remote, rig.counting_server())
    project.sync()
    rig.requests.unlink()
    project.sync()
    kinds = Count(rig.requests.read_text().split())
    names = {"1": "INIT", "3": "OPEN", "4": "CLOSE", "5": "READ", "200": "EXTENDED"}
    text = ", ".join(f"{number} {names.get(kind, kind)}" for kind, number in sorted(kinds.items()))
    return facts("requests with nothing to do", [("pipeline", f"{sum(kinds.values())}: {text}")])


def _touched(rig: Rig, project: clients.Project, tree: Path, count: int) -> dict:
    for number in range(count):
        os.utime(tree / f"{number // 500:03}" / f"file-{number:05}.feather")
    port, counter = rig.counted_line(0.01)
    environment = project.folder / "pipeline/environments/far.yaml"
    text = environment.read_text()
    lines = [f"  port: {port}" if line.startswith("  port:") else line for line in text.split("\n")]
    environment.write_text("\n".join(lines))
    project.sync()
    environment.write_text(text)
    return facts(
        "all files touched, none changed",
        [("pipeline, bytes to the server, login and all", f"{counter.up():,}")])


def _same(rig: Rig, project: clients.Project, remote: Path, tree: Path) -> dict:
    path = tree / "000" / "file-00000.feather"
    before = path.stat()
    path.write_bytes(os.urandom(before.st_size))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    project.sync()
    found = (remote / "a/tree/000/file-00000.feather").read_bytes() == path.read_bytes()
    rows = [("pipeline", "found" if found else "MISSED")]
    for name, client in {"rclone": clients.rclone(16), "lftp": clients.lftp(8), "rsync": clients.rsync}.items():
        folder = rig.fresh("same")
        small = rig.scratch / "same-tree"
        small.mkdir(exist_ok=True)
        file = small / "file"
        file.write_bytes(b"a" * 1000)
        client(rig, small, folder, rig.port)
        there = (folder / "tree/file").stat()
        file.write_bytes(b"b" * 1000)
        os.utime(file, ns=(there.st_atime_ns, there.st_mtime_ns))
        client(rig, small, folder, rig.port)
        found = (folder / "tree/file").read_bytes() == file.read_bytes()
        rows.append((name, "found" if found else "missed"))
    return facts("same size and time, other content", rows)
