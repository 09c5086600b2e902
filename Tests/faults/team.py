"""What a team shares, from end to end: two operators of the example, a long line, a line that breaks, a lost clone.

usage: team.py [--size toy|tenth|full] [--rounds N] [--line MS] [--cuts MB] [--releases N] [--scratch FOLDER] PROGRAM

A compiles the example and deploys it; B, another user in another folder, deploys the same, then a release of its own; both go
back and forth. With the options the same by SFTP over a long line, a fetch whose connections are cut, and a clone that is lost
after so many releases. The folder that the scratch projects are made in is removed. Prints a line for each claim; the exit code
is 1 where one does not hold. As root the clones belong to two users of a group, and who is far away is in a network of its own;
otherwise they are two folders of one user.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from archive_server import Server
from team_scenario import Claims, Scenario
from team_world import PYTHON, World
from worlds import SFTP_SERVER, SSHD

# GB on the disk, for the raw data, three clones, an archive and a place at once.
ROOM = {"toy": 1, "tenth": 4, "full": 32}


def missing(options: argparse.Namespace) -> str | None:
    """Why it cannot be done here; nil where it can."""
    is_root, is_remote = os.getuid() == 0, bool(options.line or options.cuts)
    programs = {"git", "sync", *({"setpriv", "chown"} if is_root else set())}
    programs |= {"unshare", "nsenter", "ip"} if options.line and is_root else set()
    lacking = sorted(name for name in programs if shutil.which(name) is None)
    lacking += [path for path in (SSHD, SFTP_SERVER) if is_remote and not os.path.exists(path)]
    if lacking:
        return f"{', '.join(lacking)}: not installed"
    if not os.access(options.program, os.X_OK) or os.path.isdir(options.program):
        return f"\"{options.program}\" is no program"
    if not PYTHON.exists():
        return f"{PYTHON}: missing; scripts/test and benchmarks/compile make it"
    if not os.path.isdir(options.scratch):
        return f"\"{options.scratch}\" is no folder"
    free = shutil.disk_usage(options.scratch).free / 1e9
    if free < ROOM[options.size]:
        return f"{ROOM[options.size]} GB are needed in {options.scratch}, and {free:.0f} are free"
    return None


def number(low: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdigit() or int(text) < low:
            raise argparse.ArgumentTypeError(f"\"{text}\" is no whole number from {low}")
        return int(text)

    return parse


def main() -> int:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[2].partition("\n\n")[2])
    parser.add_argument("--size", choices=ROOM, default="tenth", help="of the example's data (default: tenth)")
    parser.add_argument("--rounds", type=number(1), default=3, metavar="N", help="how often a time is taken (default: 3)")
    parser.add_argument("--line", type=number(1), metavar="MS", help="also over a line of so many milliseconds there and back")
    parser.add_argument("--cuts", type=number(1), metavar="MB", help="also with connections that are cut after so many MB")
    parser.add_argument("--releases", type=number(4), metavar="N", help="also so many releases, and a lost clone")
    parser.add_argument("--scratch", default=tempfile.gettempdir(), metavar="FOLDER", help=f"default: {tempfile.gettempdir()}")
    parser.add_argument("program", metavar="PROGRAM", help="a built pipeline")
    options = parser.parse_args()
    if reason := missing(options):
        parser.error(reason)
    if os.getuid() != 0:
        print("Not root: the clones are two folders of one user, in one network.", flush=True)
    claims = Claims()
    scratch = Path(tempfile.mkdtemp(prefix="pipeline-team-", dir=os.path.realpath(options.scratch)))
    server = None
    try:
        scratch.chmod(0o755)
        world = World(scratch, os.path.realpath(options.program), options.size, (options.cuts or 0) * 2_500_000)
        scenario = Scenario(world, claims, options.rounds)
        a, b = scenario.share()
        scenario.forth_and_back(a, b, "place")
        world.remove("b")
        if options.releases:
            scenario.releases(options.releases, a)
        for name in ("a", "place"):
            world.remove(name)
        if options.line or options.cuts:
            server = Server(str(scratch / "server"))
            if options.line:
                scenario.line(options.line, server)
            if options.cuts:
                scenario.cuts(options.cuts, server)
    finally:
        if server:
            server.close()
        shutil.rmtree(scratch)
    print(claims.table())
    return 1 if any(row[2] == "NO" for row in claims.rows) else 0


if __name__ == "__main__":
    sys.exit(main())
