"""The processes that a unit starts: which of them still run, and their end."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time


def descendants() -> list[int]:
    """The processes below this one that run, each after its parent.

    None where the system does not tell (CONFIG_PROC_CHILDREN).
    """
    found: dict[int, None] = {}
    waiting = [os.getpid()]
    while waiting:
        tasks = f"/proc/{waiting.pop()}/task"
        with contextlib.suppress(OSError):
            for task in os.listdir(tasks):
                with open(f"{tasks}/{task}/children", "rb") as file:
                    children = [int(child) for child in file.read().split()]
                waiting += [child for child in children if child not in found]
                found |= dict.fromkeys(children)
    return [process for process in found if _is_running(process)]


def _is_running(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def end(processes: list[int]) -> None:
    """End what a unit has left running: it could write to what the unit has made.

    Parents come first: one that waits for a child would go on once the child has ended.
    """
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    spared = getattr(getattr(tracker, "_resource_tracker", None), "_pid", None)
    processes = [process for process in processes if process != spared]
    for process in processes:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)
    until = time.monotonic() + 2
    while any(map(_is_running, processes)) and time.monotonic() < until:
        time.sleep(0.002)
    if processes:
        print(f"pipeline: ended {len(processes)} processes left running", file=sys.stderr)
