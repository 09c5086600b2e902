"""What team.py tries: each part prints what must hold, and whether it does."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from archive_server import Line, Server
from archive_team import tree
from team_world import UNITS, USERS, Clone, Done, Network, World, size

# A fetch takes at most so many times a copy of the same bytes.
MOST = 1.3


class Claims:
    """What must hold, each printed as soon as it is known."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def add(self, claim: str, figure: str, holds: bool | None, text: str = "") -> None:
        """`holds` is None where the figure is all that is wanted."""
        self.rows.append((claim, figure, {None: "", True: "yes", False: "NO"}[holds]))
        print(f"{self.rows[-1][2]:3} {claim}: {figure}", flush=True)
        if holds is False and text:
            print(f"    {text.strip()[-1500:]}", flush=True)

    def table(self) -> str:
        return "\n".join(["\n| claim | figure | holds |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in self.rows)])


def mb(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"


class Scenario:
    def __init__(self, world: World, claims: Claims, rounds: int) -> None:
        self.world, self.claims, self.rounds = world, claims, rounds
        # Units of the definition, so that others fetch as many.
        self.units = 0
        # What A has made, by path and digest.
        self.files: dict[str, str] = {}

    def share(self) -> tuple[Clone, Clone]:
        """A makes release 1, and B takes it over, beside a plain copy."""
        world, add = self.world, self.claims.add
        a = world.clone("a", user=USERS["a"])
        made = a.succeed("run", "compile", "stamp", "--json")
        self.units = sum(a.succeed("run", "compile", "stamp", "--json").stage(name)["up_to_date"] for name in UNITS)
        add("A compiles the example and sends it", f"{self.units} units in {made.seconds:.1f} s", self.units > 0)
        self.files = self.made(a)
        first = a.succeed("run", "deploy", "--json")
        add("A deploys release 1", f"{mb(first.sent['bytes'])} sent in {first.seconds:.1f} s", world.live() == "1")
        stages, runs, copies = [], [], []
        for _ in range(self.rounds):
            copies.append(world.copy())
            b = world.clone("b", user=USERS["b"])
            subprocess.run(["sync"], check=True)
            taken = b.succeed("run", "deploy", "--json")
            self.fetched("B deploys the same", taken, b, [world.root / name for name in ("raw", "archive", "place")])
            stages.append(sum(taken.stage(name)["milliseconds"] for name in UNITS) / 1000 / copies[-1])
            runs.append(taken.seconds / copies[-1])
        differing = [name for name, _ in self.made(b).items() ^ self.files.items()]
        add("B has A's files, byte by byte", f"{len(self.files)} files", not differing, str(sorted(differing)[:5]))
        add("a copy of the same bytes, onto the disk", f"{statistics.median(copies):.2f} s", None)
        judged = statistics.median(stages) <= MOST if world.size == "full" else None
        add(f"B's fetch takes at most {MOST} times the copy (full size)", self.ratio(stages), judged)
        add("B's whole `run deploy`, which hashes raw data and reads the release back, to the copy", self.ratio(runs), None)
        return a, b

    def fetched(self, who: str, taken: Done, clone: Clone, read: list[Path]) -> None:
        """`read`: folders of which the run had to read everything once; empty where others read for it."""
        add = self.claims.add
        got = sum(taken.stage(name).get("fetched", 0) for name in UNITS)
        is_all = taken.units("ran") == 0 and got == self.units
        add(f"{who}: 0 units run", f"{taken.units('ran')} ran, {got} fetched", is_all, taken.text)
        again = clone.succeed("run", "compile", "stamp", "--json")
        figure, once = f"the next run hashes {again.hashed} files, in {again.seconds:.2f} s", True
        if read:
            bytes_once = sum(map(size, read))
            figure = f"{mb(taken.read)} read, where raw data, archive and release hold {mb(bytes_once)}; {figure}"
            once = taken.read < 1.02 * bytes_once + 30_000_000
        add(f"{who}: nothing is hashed twice", figure, once and again.hashed == 0, again.text)

    @staticmethod
    def made(clone: Clone) -> dict[str, str]:
        return tree(str(clone.folder / "data/compiled"))

    @staticmethod
    def ratio(values: list[float]) -> str:
        return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"

    def forth_and_back(self, a: Clone, b: Clone, place: str, *environment: str) -> None:
        """B deploys release 2, A goes back to 1, B forth to 2."""
        world, add, text = self.world, self.claims.add, f"second of {place}"
        b.stamp(text)
        second = b.succeed("run", "deploy", "--json", *environment)
        sent = second.sent
        add(
            "B deploys release 2: no byte is sent that is there",
            f"{second.units('ran')} unit ran; {sent['files']} file sent ({sent['bytes']} bytes), {sent['linked']} hard-linked, "
            f"{sent['copied']} copied there, in {second.seconds:.1f} s",
            second.units("ran") == 1 and sent["bytes"] == len(f"{text}\n") and world.live(place) == text, second.text,
        )  # fmt: skip
        seen = a.succeed("releases", *environment).text
        live = next((line.strip() for line in seen.splitlines() if "live since" in line), "")
        numbers = re.findall(r"^[●↩] +(\d+)", seen, re.MULTILINE)
        add("A sees release 2, with who and where", live, len(numbers) == 2 and f"by {b.user} at " in live, seen)
        before = world.contents(place)
        moves: tuple[tuple[str, Clone, list[str], str], ...] = (
            ("A goes back to release 1", a, [], "1"), ("B goes to release 2", b, ["--to", numbers[0]], text),
        )  # fmt: skip
        for move, clone, words, page in moves:
            done = clone.call("rollback", *words, *environment)
            written = len(world.contents(place) - before)
            is_right = done.code == 0 and written == 0 and world.live(place) == page
            add(f"{move}: no content is sent", f"{written} files written, in {done.seconds:.2f} s", is_right, done.text)

    def line(self, milliseconds: float, server: Server) -> None:
        """All by SFTP: A beside the server, B behind a long line."""
        world, add = self.world, self.claims.add
        network = Network() if world.has_users else None
        listener = network.listener(server.port) if network else None
        line = Line(server.port, milliseconds / 2000, listener)
        # The address is the same for both, so that the place is.
        port = line.port if network is None else server.port
        server.know(port)
        try:
            archive = server.settings(f"{world.root}/archive", port)
            a, prefix = world.clone("near", archive), network.prefix if network else []
            world.folder("far-place")
            a.environment("far", server.settings(f"{world.root}/far-place", port, "route"))
            a.succeed("run", "deploy", "-e", "far")
            fetches, syncs = [], []
            for _ in range(self.rounds):
                b = world.clone("far", archive, prefix=prefix)
                b.environment("far", server.settings(f"{world.root}/far-place", port, "route"))
                taken = b.succeed("run", "deploy", "-e", "far", "--json")
                self.fetched(f"B, {milliseconds:g} ms away, deploys the same", taken, b, [])
                fetches.append(sum(taken.stage(name)["milliseconds"] for name in UNITS) / 1000)
                place = world.folder("other")
                b.environment("other", server.settings(str(place), port, "route"))
                sync = b.succeed("run", "sync", "-e", "other", "--json")
                syncs.append(sync.stage("sync")["milliseconds"] / 1000)
                shutil.rmtree(place)
            add("our own sync of the same files over the same line", f"{statistics.median(syncs):.2f} s", None)
            ratios = [fetch / sync for fetch, sync in zip(fetches, syncs, strict=True)]
            judged = statistics.median(ratios) <= MOST if world.size == "full" else None
            add(f"B's fetch takes at most {MOST} times that sync (full size)", self.ratio(ratios), judged)
            self.forth_and_back(a, b, "far-place", "-e", "far")
            for name in ("near", "far", "far-place"):
                world.remove(name)
        finally:
            line.close()
            if network:
                network.close()

    def cuts(self, megabytes: int, server: Server) -> None:
        """Each connection of a fetch is cut after so many bytes, until all of it has arrived."""
        world, line = self.world, server.line
        b = world.clone("cut", server.settings(f"{world.root}/archive"))
        server.closed()
        line.limit, line.cuts, line.passed = megabytes * 1_000_000, 0, 0
        runs = 1
        done = b.call("run", "compile", "stamp", "--json")
        ran = done.units("ran")
        while (done.code != 0 or done.units("fetched")) and runs < 10:
            done = b.call("run", "compile", "stamp", "--json")
            ran += done.units("ran")
            runs += 1
        line.limit = None
        read: dict[str, list[int]] = {}
        for path, count in server.closed():
            read.setdefault(path, []).append(count)
        whole = {path: os.path.getsize(path) for path in read if "/objects/" in path or "/packs/" in path}
        twice = [path for path, size in whole.items() if sum(count >= size for count in read[path]) > 1]
        ok = done.code == 0 and ran == 0 and self.made(b) == self.files and line.cuts > 0
        self.claims.add(
            f"B's connections are cut each {megabytes} MB: nothing is wrong, no unit runs",
            f"{line.cuts} cuts, {runs - 1} runs until all {self.units} results were there, {ran} units ran",
            ok, done.text,
        )  # fmt: skip
        largest = max(whole.values(), default=0)
        # What was on its way when a line was cut comes again.
        is_once = not twice and line.passed < 1.01 * size(world.root / "archive") + line.cuts * 2_000_000
        self.claims.add(
            "… nothing that was whole is fetched twice",
            f"{mb(line.passed)} passed, where the archive holds {mb(size(world.root / 'archive'))}, its largest file "
            f"{mb(largest)}; {len(twice)} files were read whole twice",
            is_once and largest > megabytes * 1_000_000, str(twice[:5]),
        )  # fmt: skip

    def releases(self, count: int, a: Clone) -> None:
        """A makes releases, its clone is lost, and the first one comes back out of the archive."""
        world, add, times = self.world, self.claims.add, []
        for number in range(3, count + 1):
            a.stamp(f"number {number}")
            times.append(a.succeed("run", "deploy", "--json").seconds)
        add(f"{count} releases", f"each in {statistics.median(times):.2f} s (median)", world.live() == f"number {count}")
        shutil.rmtree(a.folder)
        began = time.monotonic()
        new = world.clone("a", user=USERS["a"])
        recovered = new.call("recover")
        after = time.monotonic() - began
        back = new.call("rollback", "--to", "1", "--json")
        took = time.monotonic() - began
        is_right = tree(str(world.root / "place/current/data/compiled")) == self.files
        knows = recovered.code == 0 and f"{count} releases" in recovered.text
        add("the clone is lost: `git clone` and `recover`", f"{after:.2f} s", knows, recovered.text)
        is_back = back.code == 0 and is_right and world.live() == "1" and took < 600
        add("… and `rollback --to 1` brings it back in minutes, byte by byte", f"{took:.1f} s in all", is_back, back.text)
        for words in (["verify"], ["verify", "--remote"], ["verify", "--archive", "--read", "full"]):
            done = new.call(*words)
            add(f"… and `{' '.join(words)}` is clean", f"{done.seconds:.1f} s", done.code == 0, done.text)
