"""Run a command and write what it cost as JSON.

    measure.py FILE COMMAND...

Time and processor time are those of wait4(2), over the command and all its descendants. Bytes are
those of /proc/self/io, to which the kernel adds those of each child that has ended: `read` and
`written` went through system calls (cached or not; pages of mapped files are not among them),
`from_storage` and `to_storage` moved between memory and disk.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

_INTERVAL = 0.02


def measure(command: list[str]) -> tuple[int, dict[str, float]]:
    """Run the command; returns its exit status and its costs, in seconds and bytes."""
    before = _io()
    start = time.monotonic()
    child = os.posix_spawnp(command[0], command, os.environ)
    own_peak = 0
    while True:
        # Its own peak stands in /proc only while it runs; it never falls.
        own_peak = max(own_peak, _peak(child))
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            break
        time.sleep(_INTERVAL)
    wall = time.monotonic() - start
    after = _io()
    return os.waitstatus_to_exitcode(status), {
        "wall": wall,
        "user": usage.ru_utime,
        "system": usage.ru_stime,
        "tool_peak": own_peak,
        "largest_peak": usage.ru_maxrss * 1024,
        "read": after["rchar"] - before["rchar"],
        "written": after["wchar"] - before["wchar"],
        "from_storage": after["read_bytes"] - before["read_bytes"],
        "to_storage": after["write_bytes"] - before["write_bytes"],
    }


def _io() -> dict[str, int]:
    lines = Path("/proc/self/io").read_text().splitlines()
    return {name: int(value) for name, value in (line.split(": ") for line in lines)}


def _peak(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def main(arguments: list[str]) -> int:
    """Measure the command, and end as it did."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    code, costs = measure(arguments[1:])
    Path(arguments[0]).write_text(json.dumps(costs, indent=1) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
