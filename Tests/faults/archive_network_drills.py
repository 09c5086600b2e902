"""Drills in which the server of an archive is cut off or stalled, or is lost: each returns what went wrong."""

from __future__ import annotations

import os
import shutil
import time

from archive_drills import Findings, fetched, sound
from archive_server import Server
from archive_team import Team, files, tree


def cuts(team: Team, count: int, seed: int) -> Findings:
    """Every connection to the archive is cut after some bytes; what is there is not sent again."""
    found = Findings()
    server = Server(f"{team.root}/server")
    try:
        team = Team(team.program, f"{team.root}/cut", server.settings(f"{team.root}/cut/archive"), large=30_000_000)
        team.clone("a")
        team.succeed("a", "run", "compile")
        for number, limit in enumerate((5_000_000, 10_000_000, 20_000_000)):
            server.line.limit, server.line.cuts, server.line.passed = limit, 0, 0
            text = f"cut {number}"
            team.write("a/raw.txt", f"{text}\n")
            before = size(f"{team.root}/archive")
            done = team.call("a", "run", "compile", timeout=300)
            found.expect(done.code == 0, f"cut each {limit} bytes: the compile failed", done.text)
            runs = 1
            while "not sent" in done.text and runs < 10:
                done = team.call("a", "run", "compile", timeout=300)
                runs += 1
            added, passed, n = size(f"{team.root}/archive") - before, server.line.passed, server.line.cuts
            # What was on its way when the line was cut is sent again.
            found.expect(passed < added + n * 4_000_000 + 1_000_000, f"{passed} bytes passed for {added}")
            fetched(team, text, team.outputs("a"), found)
            print(f"cut each {limit} bytes: {n} cuts, {runs} runs, {added} bytes added, {passed} passed")
        server.line.limit = None
        sound(team, "a", found)
    finally:
        server.close()
    return found


def size(root: str) -> int:
    return sum(os.path.getsize(os.path.join(root, name)) for name in files(root))


def stalls(team: Team, count: int, seed: int) -> Findings:
    """A server that is connected to and passes nothing, and one whose processes stand still in the middle."""
    found = Findings()
    server = Server(f"{team.root}/server")
    try:
        team = Team(team.program, f"{team.root}/stall", server.settings(f"{team.root}/stall/archive"))
        team.clone("a")
        team.succeed("a", "run", "deploy")

        def timed(bound: float, *words: str, code: int = 0, says: str = "") -> None:
            began = time.monotonic()
            done = team.call("a", *words, timeout=bound + 60)
            took = time.monotonic() - began
            print(f"{' '.join(words)}: {took:.1f} s, exit {done.code}", flush=True)
            found.expect(took < bound, f"{words} took {took:.1f} s", done.text)
            found.expect(done.code == code and says in done.text, f"{words}: exit {done.code}", done.text)

        silent = "has not answered for"
        for name, begin, end in (
            ("passes nothing", server.line.is_open.clear, server.line.is_open.set),
            ("stands still", server.stop, server.proceed),
        ):
            print(f"a server that {name}")
            begin()
            timed(8, "plan", says=silent)
            for words in (("status",), ("releases",), ("why", "--release", "1")):
                timed(3, *words, says="is asked again after a minute" if words[0] != "why" else "")
            team.write("a/raw.txt", f"{name}\n")
            timed(30, "run", "compile", says=silent)
            timed(30, "recover", code=1, says=silent)
            timed(30, "gc", "--archive", "--yes", code=1, says=silent)
            timed(30, "run", "deploy", code=1, says="environment-unlocked")
            end()
            timed(30, "run", "deploy")
            found.expect(team.page() == name, "not caught up")
        # In the middle of what is sent.
        for number in range(3):
            team.write("a/raw.txt", f"middle {number}\n")
            child = team.start("a", "run", "compile")
            time.sleep(0.3 + 0.3 * number)
            server.line.is_open.clear()
            began = time.monotonic()
            text, _ = child.communicate(timeout=400)
            print(f"stalled in the middle: {time.monotonic() - began:.1f} s more, exit {child.returncode}", flush=True)
            found.expect(child.returncode == 0, "stalled in the middle", text)
            server.line.is_open.set()
            team.succeed("a", "run", "compile")
        sound(team, "a", found)
        fetched(team, "middle 2", team.outputs("a"), found)
    finally:
        server.close()
    return found


def recovery(team: Team, count: int, seed: int) -> Findings:
    """Twenty releases; the clone is lost; the first release comes back out of the archive."""
    found = Findings()
    team.clone("a")
    for number in range(1, 21):
        team.release("a", f"release {number}")
    wanted = team.outputs("a")
    for folder in ("a", "place"):
        shutil.rmtree(f"{team.root}/{folder}")
    os.makedirs(f"{team.root}/place")
    began = time.monotonic()
    team.clone("new")
    recovered = team.call("new", "recover")
    found.expect(recovered.code == 0 and "20 releases" in recovered.text, "recover", recovered.text)
    back = team.call("new", "rollback", "--to", "1")
    took = time.monotonic() - began
    found.expect(back.code == 0 and team.page() == "release 1", "rollback to the first", back.text)
    forward = team.call("new", "rollback", "--to", "20")
    live = tree(f"{team.root}/place/current/out")
    found.expect(forward.code == 0 and live == wanted, "rollback to the last", forward.text)
    remote = team.call("new", "verify", "--remote")
    found.expect(remote.code == 0, "verify --remote", remote.text)
    sound(team, "new", found)
    found.expect(team.ran("new") == 0, "units ran")
    print(f"20 releases: recover and rollback to the first in {took:.1f} s")
    return found
