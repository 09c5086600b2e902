"""A flipped bit in every kind of file of an archive."""

from __future__ import annotations

import os
import random
import re
from collections import Counter

from archive_team import Team, files, flip

KINDS = {
    "mark": r"pipeline-archive\.json",
    "marks of unneeded files": r"pipeline-archive-unneeded\.json",
    "segment": r"history/.*\.jsonl",
    "signature": r"history/.*\.sig",
    "object": r"objects/.*",
    "pack": r"packs/.*",
    "number": r"releases/.*",
    "lock": r"locks/.*",
}
LOCK = (
    '{"beat":0,"clone":"CLONE","environment":"web","format":1,"lifetime":120,"owner":"OWNER",'
    '"project":"team","renewed_at":1,"taken_at":1,"token":"t"}\n'
)


class Flips:
    def __init__(self, team: Team, seed: int) -> None:
        self.team = team
        self.random = random.Random(seed)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []

    def prepare(self) -> None:
        team = self.team
        team.sign()
        team.clone("a")
        for text in ("one", "two", "three"):
            team.release("a", text)
        team.succeed("a", "keep", "1", "--as", "paper", "-e", "web")
        team.write("a/raw.txt", "unneeded\n")
        team.succeed("a", "run", "compile")
        team.write("a/raw.txt", "three\n")
        team.succeed("a", "run", "compile", "--force")
        team.succeed("a", "gc", "--archive", "--yes", "--keep", "1", "--results", "1")
        team.write("origin/raw.txt", "three\n")
        team.keep("archive", "place", "a")
        team.clone("new")
        team.succeed("new", "recover")
        self.releases = team.succeed("new", "releases").text
        team.succeed("new", "run", "compile")
        self.outputs = team.outputs("new")
        assert team.ran("new") == 0 and self.outputs == team.outputs("a")

    def places(self, count: int) -> list[tuple[str, str, int]]:
        """Kinds evenly: kind, file and the bit in it."""
        # Nobody reads what is in the clock's file: its date is what counts.
        names = [name for name in files(f"{self.team.root}/archive") if name != "pipeline-archive-clock.json"]
        by_kind = {kind: [n for n in names if re.fullmatch(form, n)] for kind, form in KINDS.items()}
        by_kind["lock"] = ["locks/web/.pipeline-lock"]
        known = {name for found in by_kind.values() for name in found}
        if left := [n for n in names if n not in known]:
            raise SystemExit(f"no kind has {left}")
        chosen = []
        for number in range(count):
            kind = list(KINDS)[number % len(KINDS)]
            name = self.random.choice(by_kind[kind])
            chosen.append((kind, name, self.random.getrandbits(60)))
        return chosen

    def damage(self, kind: str, name: str, bit: int) -> None:
        self.team.restore("archive", "place")
        path = f"{self.team.root}/archive/{name}"
        if kind == "lock":
            with open(f"{self.team.root}/kept-a/.pipeline/clone-id", encoding="utf-8") as file:
                text = LOCK.replace("CLONE", file.read().strip())
            self.team.write(f"archive/{name}", text)
        flip(path, bit)

    def complain(self, place: tuple[str, str, int], what: str, text: str = "") -> None:
        line = f"{place}: {what}\n    {text.strip()[-700:]!r}"
        self.wrong.append(line)
        self.counts[place[0], "WRONG"] += 1
        print(line, flush=True)

    def newcomer(self, place: tuple[str, str, int]) -> None:
        """A clone that knows nothing meets the damage."""
        team = self.team
        self.damage(*place)
        team.clone("new")
        is_told = False
        recovered = team.call("new", "recover")
        compiled = team.call("new", "run", "compile")
        is_told = recovered.is_told or compiled.is_told
        if compiled.code == 0 and team.outputs("new") != self.outputs:
            self.complain(place, "other outputs", compiled.text)
        if compiled.code != 0 and place[0] != "mark":
            self.complain(place, "the compile failed", compiled.text)
        releases = team.call("new", "releases")
        is_told |= releases.is_told
        if releases.text != self.releases and not is_told:
            self.complain(place, "other releases, and not why", releases.text)
        for words, page in ((("rollback",), "two"), (("rollback", "--to", "1"), "one")):
            before = team.page()
            done = team.call("new", *words, "--no-wait")
            is_told |= done.is_told
            if team.page() != (page if done.code == 0 else before):
                self.complain(place, f"{words} ended with {done.code} and the page {team.page()!r}", done.text)
            if done.code != 0 and not done.is_told:
                self.complain(place, f"{words} failed, and not why", done.text)
        self.counts[place[0], "told in passing" if is_told else "told by verify"] += 1

    def owner(self, place: tuple[str, str, int]) -> None:
        """The clone that wrote the archive finds the damage, and its next run puts it right."""
        team = self.team
        team.restore("a")
        self.damage(*place)
        if place[0] == "lock":
            self.counts[place[0], "ends by itself"] += 1
            return
        found = team.call("a", "verify", "--archive", "--read", "full")
        if found.code == 0 or os.path.basename(place[1]) not in found.text:
            self.complain(place, f"verify ended with {found.code}", found.text)
        run = team.call("a", "gc", "--archive", "--yes") if "unneeded" in place[1] else team.call("a", "run", "compile")
        if run.code != 0:
            self.complain(place, "the next run failed", run.text)
        again = team.call("a", "verify", "--archive", "--read", "full")
        if again.code != 0:
            self.complain(place, "verify after the next run", run.text + again.text)
        team.clone("new")
        recovered = team.call("new", "recover")
        compiled = team.call("new", "run", "compile")
        if compiled.code != 0 or team.ran("new") != 0 or recovered.is_told or compiled.is_told:
            self.complain(place, "not put right for a new clone", recovered.text + compiled.text)
        elif team.call("new", "releases").text != self.releases:
            self.complain(place, "other releases after it was put right")
        else:
            self.counts[place[0], "put right"] += 1

    def run(self, count: int) -> str:
        self.prepare()
        for place in self.places(count):
            self.newcomer(place)
            self.owner(place)
        columns = ("told in passing", "told by verify", "put right", "ends by itself", "WRONG")
        lines = ["| kind of file | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
        lines += [
            f"| {kind} | " + " | ".join(str(self.counts[kind, column]) for column in columns) + " |" for kind in KINDS
        ]
        return "\n".join(lines)
