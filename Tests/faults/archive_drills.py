"""Drills in which an archive is killed, collected or filled: each returns what went wrong."""

from __future__ import annotations

import difflib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from archive_team import Team, files, plain


class Findings(list[str]):
    """What went wrong, each printed as it is found."""

    def expect(self, holds: bool, what: str, text: str = "") -> None:
        if not holds:
            self.append(what)
            print(f"WRONG {what}\n    {text.strip()[:900]!r}", flush=True)


def sound(team: Team, clone: str, found: Findings) -> None:
    done = team.call(clone, "verify", "--archive", "--read", "full")
    found.expect(done.code == 0, f"{clone}: the archive does not verify", done.text)


def fetched(team: Team, text: str, wanted: dict[str, str], found: Findings, name: str = "new") -> None:
    """A clone that knows nothing fetches everything that was made of `text`."""
    team.clone(name)
    team.write(f"{name}/raw.txt", f"{text}\n")
    done = team.call(name, "run", "compile")
    found.expect(done.code == 0 and team.ran(name) == 0, f"not all made of {text!r} was fetched", done.text)
    found.expect(team.outputs(name) == wanted, f"other outputs of {text!r}", done.text)


def kill(child: subprocess.Popen[str]) -> None:
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def kills(team: Team, count: int, seed: int) -> Findings:
    """Two clones write at the same time; one of them, or both, are killed at random moments."""
    found, chance = Findings(), random.Random(seed)
    for clone in ("a", "b"):
        team.clone(clone)
    began = time.monotonic()
    team.succeed("a", "run", "deploy")
    whole = time.monotonic() - began
    texts: dict[str, list[str]] = {"a": [], "b": []}
    done = 0
    while done < count:
        children = {}
        for clone, command in (("a", "deploy"), ("b", "compile")):
            # Half of the time it resumes what was interrupted.
            if not texts[clone] or chance.random() < 0.5:
                texts[clone].append(f"{clone} {done} {seed}")
                team.write(f"{clone}/raw.txt", f"{texts[clone][-1]}\n")
            children[clone] = team.start(clone, "run", command, "--yes")
        victims = chance.choice((("a",), ("b",), ("a", "b")))
        time.sleep(chance.uniform(0, 1.5 * whole))
        for clone, child in children.items():
            if clone in victims:
                kill(child)
                done += 1
            else:
                text, _ = child.communicate(timeout=300)
                found.expect(child.returncode == 0, f"{clone} beside a kill of {victims}", text)
    for clone, command in (("a", "deploy"), ("b", "compile")):
        last = team.call(clone, "run", command, "--yes")
        found.expect(last.code == 0, f"{clone}: the last run", last.text)
    for clone in ("a", "b"):
        sound(team, clone, found)
        fetched(team, texts[clone][-1], team.outputs(clone), found)
    sound(team, "new", found)
    releases = {clone: plain(team.call(clone, "releases").text) for clone in ("a", "b", "new")}
    for clone in ("b", "new"):
        lines = difflib.unified_diff(releases["a"].splitlines(), releases[clone].splitlines(), "a", clone, n=0)
        difference = "\n".join(lines)
        found.expect(not difference, "clones list other releases", difference)
    found.expect(team.page() == texts["a"][-1], "another page is live", team.page())
    left = [name for name in files(f"{team.root}/archive") if os.path.basename(name).startswith(".pipeline-aside")]
    print(f"{done} kills, {len(texts['a'])} + {len(texts['b'])} contents, {len(left)} files left on their way")
    return found


def collections(team: Team, count: int, seed: int) -> Findings:
    """A clone fetches everything while others collect, two at once; collections are killed at random moments."""
    found, chance = Findings(), random.Random(seed)
    for clone in ("a", "b"):
        team.clone(clone)
    team.write("a/raw.txt", "kept\n")
    team.succeed("a", "run", "deploy")
    team.succeed("a", "keep", "1", "--as", "paper", "-e", "web")
    gc = ("gc", "--archive", "--days", "0", "--keep", "1", "--results", "1", "--yes")
    killed = 0
    for number in range(count):
        team.write("a/raw.txt", f"{number}\n")
        team.succeed("a", "run", "compile")
        team.succeed("b", "recover")
        began = time.monotonic()
        collecting = [team.start(clone, *gc) for clone in ("a", "b")]
        if number % 2:
            time.sleep(chance.uniform(0, 0.6))
            kill(collecting[0])
            killed += 1
        fetched(team, str(number), team.outputs("a"), found)
        for child in collecting[number % 2 :]:
            text, _ = child.communicate(timeout=120)
            found.expect(child.returncode == 0, f"a collection beside another, {time.monotonic() - began:.1f} s", text)
    for _ in range(2):
        team.succeed("a", *gc)
    sound(team, "a", found)
    shutil.rmtree(f"{team.root}/place")
    os.makedirs(f"{team.root}/place")
    team.clone("new")
    back = team.call("new", "rollback", "--to", "1")
    found.expect(back.code == 0 and team.page() == "kept", "the pinned release", back.text)
    packs = len(files(f"{team.root}/archive/packs"))
    found.expect(packs <= 12, f"{packs} packs are left of {count} rounds")
    print(f"{count} rounds, {killed} collections killed, {packs} packs left")
    return found


@contextmanager
def small_disk(path: str, options: str) -> Iterator[None]:
    os.makedirs(path, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)


def full(team: Team, count: int, seed: int) -> Findings:
    """No room at the archive, in bytes and in names; then none at a clone that fetches."""
    found = Findings()
    if os.getuid() != 0:
        print("left out: a small disk is mounted by root alone")
        return found
    archive = f"{team.root}/archive"
    for options, more in (("size=900k", "size=64m"), ("nr_inodes=6", "nr_inodes=1000")):
        with small_disk(archive, options):
            team.clone("a")
            first = team.call("a", "run", "compile")
            found.expect(first.code == 0, f"{options}: the compile failed", first.text)
            found.expect("not sent" in first.text or "cannot be" in first.text, f"{options}: not told", first.text)
            deploy = team.call("a", "run", "deploy")
            found.expect(
                deploy.code != 0 and "No space left" in deploy.text and team.page() == "",
                f"{options}: deployed without its archive", deploy.text)  # fmt: skip
            team.clone("b")
            other = team.call("b", "run", "compile")
            found.expect(other.code == 0 and team.outputs("b") == team.outputs("a"), f"{options}: other outputs", other.text)
            subprocess.run(["mount", "-o", f"remount,{more}", archive], check=True)
            again = team.call("a", "run", "deploy")
            found.expect(again.code == 0 and team.page() == "one", f"{options}: not caught up", again.text)
            sound(team, "a", found)
            fetched(team, "one", team.outputs("a"), found)
            shutil.rmtree(f"{team.root}/place")
            os.makedirs(f"{team.root}/place")
    team.clone("a")
    team.succeed("a", "run", "compile")
    wanted = team.outputs("a")
    clone = f"{team.root}/small"
    for size in (300, 700, 1200, 2200, 3000):
        with small_disk(clone, f"size={size}k"):
            subprocess.run(["cp", "-r", f"{team.root}/origin/.", clone], check=True)
            done = team.call("small", "run", "compile")
            partial = {name: digest for name, digest in team.outputs("small").items() if wanted.get(name) != digest}
            found.expect(not partial, f"{size} kB at the clone: half files {list(partial)}", done.text)
            found.expect(
                done.code == 0 or "No space left" in done.text or "ledger-full" in done.text,
                f"{size} kB at the clone: not told", done.text)  # fmt: skip
            subprocess.run(["mount", "-o", "remount,size=64m", clone], check=True)
            again = team.call("small", "run", "compile")
            found.expect(again.code == 0 and team.outputs("small") == wanted, f"{size} kB, then room", again.text)
            print(f"clone with {size} kB: exit {done.code}, then {again.code}; {team.ran('small')} units made")
    return found
