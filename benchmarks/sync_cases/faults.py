"""Lines that break, and a tool that is killed."""

from __future__ import annotations

import os
import random
import signal
import time

import clients
import trees
from rig import Rig, digests
from tables import facts, show


def drops(rig: Rig, quick: bool) -> list[dict]:
    """A connection that is reset every 200 MB of a large file, beside a line that holds."""
    size = 1_000_000_000 if quick else 2_000_000_000
    tree = trees.large(rig.scratch / "one-large", 1, size)
    holds = rig.line(0.01)
    port, counter = rig.counted_line(0.01, "--reset-after", "200000000")
    rows: dict[str, list[float]] = {"line holds": [], "reset every 200 MB": []}
    wanted = digests(tree)
    sent = []
    for _ in range(rig.repeat):
        for name, line in (("line holds", holds), ("reset every 200 MB", port)):
            remote = rig.fresh("drops")
            before = counter.up()
            rows[name].append(clients.timed(lambda: clients.pipeline(rig, tree, remote, line)))  # noqa: B023 - called before the loop goes on
            if line == port:
                sent.append(counter.up() - before)
            if digests(remote / "tree") != wanted:
                raise RuntimeError("the file on the server is not the source")
    result = show(f"one file of {size / 1e9:.0f} GB, a connection reset every 200 MB", rows, ours="line holds")
    longer = result["medians"]["reset every 200 MB"] / result["medians"]["line holds"] - 1
    again = [max(0, bytes_ - size) for bytes_ in sent]
    return [result, facts("what the resets cost", [
        ("time", f"{longer:+.1%}"),
        ("bytes beyond the file's, protocol and all", f"{max(again):,} at most of {size:,}"),
    ])]


def kills(rig: Rig, quick: bool) -> list[dict]:
    """kill -9 at random moments of a sync; a slot that is live is looked at after each."""
    moments = 10 if quick else 50
    size = 300_000_000
    tree = trees.large(rig.scratch / "killed", 2, size)
    trees.many(rig.scratch / "killed" / "many", 300)
    port, counter = rig.counted_line(0.01, )
    remote = rig.fresh("kills")
    # What is live lies in slot b, where nothing but a sync of its own may write.
    live = remote / "b"
    live.mkdir()
    (live / "live").write_text("this is what visitors see")
    wanted = digests(tree)
    total = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())
    chance = random.Random(1)
    project = clients.Project(rig, "killed", tree, remote, port)
    duration = clients.timed(project.sync)
    spoilt = lies = 0
    worst = 0
    kills_done = 0
    while kills_done < moments:
        remote = rig.fresh("kills")
        (remote / "b").mkdir()
        (remote / "b" / "live").write_text("this is what visitors see")
        project = clients.Project(rig, "killed", tree, remote, port)
        before = counter.up()
        kills_here = 0
        while kills_done < moments and kills_here < 5:
            child = project.start()
            time.sleep(chance.uniform(0.05, duration))
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                kills_done += 1
                kills_here += 1
            child.wait()
            spoilt += (remote / "b" / "live").read_text() != "this is what visitors see"
            if (remote / "a" / ".pipeline-release.json").exists():
                lies += digests(remote / "a" / "tree") != wanted
                break
        project.sync()
        if digests(remote / "a" / "tree") != wanted:
            raise RuntimeError("after all, the tree on the server is not the source")
        again = counter.up() - before - total
        if kills_here:
            worst = max(worst, again // kills_here)
    return [facts(f"kill -9 at {moments} random moments", [
        ("live slot touched", str(spoilt)), ("slots that said what is not so", str(lies)),
        ("bytes sent again for each kill, protocol and all", f"{worst:,} at most of {total:,}"),
        ("other commands needed", "0"),
    ])]
