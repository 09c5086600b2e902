"""Which changes are noticed, and which are not taken for changes: scenarios, each from a fresh project.

`in/a` -> `mid` (by a script that nobody declares; it takes the first four bytes) -> `out`. Each command says in a log
outside the project that it runs. What else counts as an input has scenes of its own (truth_inputs.py).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from peers import OUTPUT, Peer, Step, make, rewrite

_HOUR_NS = 3_600_000_000_000


class Scene:
    """A project that was built once, and what ran since."""

    def __init__(self, name: str, folder: Path, tool: Path):
        self.tool = tool
        self.log = folder / "log"
        self.folder = folder / "project"
        self.folder.mkdir(parents=True)
        self.prepare()
        self.before()
        self.peer: Peer = make(name, self.folder, self.steps(), 1, tool)
        self.peer.run()
        self.ran()

    def prepare(self) -> None:
        """Writes the sources."""
        self.write("in/a", "aaaa tail one\n")
        self.script('head -c 4 "$1" > "$2"; printf "$3" >> "$2"')
        self.write("copy.sh", f"echo out >> {self.log}\ncp mid $2\n")

    def steps(self, more: str = "") -> list[Step]:
        return [
            Step("mid", f"sh ./tool.sh in/a {OUTPUT}{more}", ["in/a"], "mid"),
            Step("out", f"sh ./copy.sh mid {OUTPUT}", ["mid"], "out"),
        ]

    def script(self, body: str) -> None:
        self.write("tool.sh", f"echo mid >> {self.log}\n{body}\n")

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def text(self, path: str) -> str:
        file = self.folder / path
        return file.read_text() if file.exists() else ""

    def before(self) -> None:
        """Sources are an hour old, so that no whole second hides a change."""
        for file in self.folder.rglob("*"):
            if file.is_file() and not any(part.startswith(".") for part in file.parts):
                status = file.stat()
                os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns - _HOUR_NS))

    def ran(self) -> list[str]:
        """What has run since the last time."""
        text = self.log.read_text() if self.log.exists() else ""
        self.log.unlink(missing_ok=True)
        return text.split()

    def again(self, check: bool = True) -> list[str]:
        self.peer.run(check=check)
        return self.ran()


def touched(scene: Scene) -> bool:
    os.utime(scene.folder / "in/a")
    return scene.again() == []


def same_size_and_time(scene: Scene) -> bool:
    status = (scene.folder / "in/a").stat()
    scene.write("in/a", "bbbb tail one\n")
    os.utime(scene.folder / "in/a", ns=(status.st_atime_ns, status.st_mtime_ns))
    return scene.again() == ["mid", "out"] and scene.text("out") == "bbbb"


def older(scene: Scene) -> bool:
    other = scene.folder.parent / "older"
    other.write_text("cccc other\n")
    os.utime(other, ns=(0, 10**18))
    os.replace(other, scene.folder / "in/a")
    return scene.again() == ["mid", "out"] and scene.text("out") == "cccc"


def early_cutoff(scene: Scene) -> bool:
    scene.write("in/a", "aaaa tail two\n")
    return scene.again() == ["mid"]


def command(scene: Scene) -> bool:
    rewrite(scene.peer, scene.steps(" x"), 1, scene.tool)
    return scene.again() == ["mid", "out"] and scene.text("out") == "aaaax"


def altered_output(scene: Scene) -> bool:
    scene.write("out", "by hand")
    scene.again()
    return scene.text("out") == "aaaa"


def altered_intermediate(scene: Scene) -> bool:
    scene.write("mid", "by hand")
    scene.again()
    return (scene.text("mid"), scene.text("out")) == ("aaaa", "aaaa")


def undeclared_script(scene: Scene) -> bool:
    scene.script('head -c 4 "$1" | tr a z > "$2"')
    return scene.again() == ["mid", "out"] and scene.text("out") == "zzzz"


def fails_after_writing(scene: Scene) -> bool:
    scene.script('head -c 4 "$1" > "$2"; echo half >> "$2"; exit 1')
    scene.write("in/a", "dddd\n")
    scene.again(check=False)
    seen = "half" in scene.text("mid")
    scene.script('head -c 4 "$1" > "$2"')
    return "mid" in scene.again() and not seen and scene.text("out") == "dddd"


# A title, what is done and asked, and with which sources and steps.
SCENARIOS: dict[str, tuple[str, Callable[..., bool], type[Scene]]] = {
    "U1": ("touched, same content: nothing runs", touched, Scene),
    "U2": ("other content, same size and time", same_size_and_time, Scene),
    "U3": ("replaced by an older file", older, Scene),
    "U4": ("the same bytes again: no more runs", early_cutoff, Scene),
    "U5": ("the command changes", command, Scene),
    "U8": ("an output was altered by hand", altered_output, Scene),
    "U9": ("an intermediate was altered by hand", altered_intermediate, Scene),
    "U10": ("a script that nobody declared is edited", undeclared_script, Scene),
    "U11": ("a command fails after it has written", fails_after_writing, Scene),
}


def run(names: list[str], scratch: Path, tool: Path, **_: object) -> Mapping[str, object]:
    """The table; a cell is right or wrong."""
    from truth_inputs import SCENARIOS as INPUTS

    rows = SCENARIOS | INPUTS
    if "snakemake" not in names and shutil.which("snakemake"):
        names = [*names, "snakemake"]
    found: dict[str, dict[str, bool]] = {name: {} for name in names}
    for row, (_title, scenario, scene) in rows.items():
        for name in names:
            folder = scratch / f"truth-{name}-{row.replace(' ', '')}"
            try:
                found[name][row] = scenario(scene(name, folder, tool))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    print("| | | " + " | ".join(names) + " |\n|---|---|" + ":---:|" * len(names))
    for row, (title, _scenario, _scene) in rows.items():
        cells = " | ".join("right" if found[name][row] else "wrong" for name in names)
        print(f"| {row} | {title} | {cells} |")
    counts = " | ".join(f"{sum(found[name].values())} of {len(rows)}" for name in names)
    print(f"| | | {counts} |")
    return found
