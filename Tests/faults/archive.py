"""Drills on a project's archive: it is damaged, filled, cut off, killed and collected while clones use it.

usage: archive.py [--drill NAME]... [--count N] [--seed N] PROGRAM

Each drill makes a scratch project (archive_team.py) and prints a table. What is wrong is printed as it is found, and the
exit code is 1 then.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable

from archive_drills import collections, full, kills
from archive_flips import Flips
from archive_network_drills import cuts, recovery, stalls
from archive_task_flips import TaskFlips
from archive_team import Team


def flips(team: Team, count: int, seed: int) -> list[str]:
    """A bit is flipped in every kind of file, evenly: also in what tasks of a cluster leave there for a while."""
    drill = Flips(team, seed)
    print(drill.run(count))
    return drill.wrong + tasks(team, count * 3 // 8, seed)


def tasks(team: Team, count: int, seed: int) -> list[str]:
    """The same in what the tasks of a cluster and the side that submits hand each other."""
    if os.geteuid() != 0 or not os.path.exists("/usr/sbin/slurmctld"):
        print("no flips in files of tasks: no Slurm is installed, or this is not root")
        return []
    drill = TaskFlips(team.program, f"{team.root}-tasks", seed)
    print(drill.run(count))
    return drill.wrong


DRILLS: dict[str, Callable[[Team, int, int], list[str]]] = {
    drill.__name__: drill for drill in (flips, kills, collections, full, cuts, stalls, recovery)
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--drill", action="append", choices=DRILLS, help="these alone")
    parser.add_argument("--count", type=int, default=200, help="places or moments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("program")
    options = parser.parse_args()
    wrong: list[str] = []
    for name in options.drill or DRILLS:
        with tempfile.TemporaryDirectory(prefix="pipeline-archive-") as scratch:
            print(f"\n{name}: seed {options.seed}, {options.count} times", flush=True)
            team = Team(os.path.realpath(options.program), os.path.join(os.path.realpath(scratch), "team"))
            wrong += DRILLS[name](team, options.count, options.seed)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
