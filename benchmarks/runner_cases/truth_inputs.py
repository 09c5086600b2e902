"""What counts as an input, and what an output is during a run: scenes beside those of truth.py."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from peers import OUTPUT, Step, rewrite
from truth import Scene


class Folder(Scene):
    """One step reads a folder with a hidden file and a link to another folder."""

    def prepare(self) -> None:
        self.write("in.d/a", "a\n")
        self.write("in.d/.h", "hidden\n")
        self.write("real/x", "linked\n")
        os.symlink("../real", self.folder / "in.d/link")
        self.write("tool.sh", f'echo out >> {self.log}\ncat in.d/a in.d/.h in.d/link/x > "$1"\n')

    def steps(self, more: str = "") -> list[Step]:
        return [Step("out", f"sh ./tool.sh {OUTPUT}", ["in.d/"], "out")]


class Left(Scene):
    """Steps make parts, another one reads all parts that there are."""

    names = ["a", "b"]

    def prepare(self) -> None:
        for name in self.names:
            self.write(f"in/{name}", f"{name}\n")
        self.write("tool.sh", f'echo out >> {self.log}\ncat parts/* > "$1"\n')

    def steps(self, more: str = "") -> list[Step]:
        parts = [Step(name, f"cp in/{name} {OUTPUT}", [f"in/{name}"], f"parts/{name}") for name in self.names]
        made = [part.output for part in parts]
        return [*parts, Step("out", f"sh ./tool.sh {OUTPUT}", ["parts/"], "out", made)]


class Tool(Scene):
    """A program outside of the project that becomes another version while its file stays the same."""

    def prepare(self) -> None:
        self.write("in/a", "a\n")
        self.version("1")
        program = self.folder.parent / "convert"
        program.write_text(f'cat {self.folder.parent}/library\n')
        self.write("tool.sh", f'echo out >> {self.log}\nsh {program} > "$2"\n')

    def version(self, text: str) -> None:
        (self.folder.parent / "library").write_text(text + "\n")

    def steps(self, more: str = "") -> list[Step]:
        tools = [f"sh {self.folder.parent}/convert"]
        return [Step("out", f"sh ./tool.sh in/a {OUTPUT}", ["in/a"], "out", tools=tools)]


class Sourcing(Scene):
    """The script that the command names reads another one."""

    def prepare(self) -> None:
        self.write("in/a", "a\n")
        self.write("lib.sh", 'convert() { cat "$1"; }\n')
        self.write("tool.sh", f'echo out >> {self.log}\n. ./lib.sh\nconvert "$1" > "$2"\n')

    def steps(self, more: str = "") -> list[Step]:
        return [Step("out", f"sh ./tool.sh in/a {OUTPUT}", ["in/a"], "out")]


class Program(Scene):
    """The output is a program."""

    def prepare(self) -> None:
        self.write("in/a", "#!/bin/sh\n")
        self.write("tool.sh", f'echo out >> {self.log}\ncp "$1" "$2"; chmod 755 "$2"\n')

    def steps(self, more: str = "") -> list[Step]:
        return [Step("out", f"sh ./tool.sh in/a {OUTPUT}", ["in/a"], "out")]


class LeftRunning(Scene):
    """A command leaves something running that writes to its output afterwards."""

    def prepare(self) -> None:
        self.write("in/a", "good\n")
        self.write("tool.sh", 'cat "$1" > "$2"\n(sleep 0.3; echo bad > "$2"; echo bad > mid) > /dev/null 2>&1 &\n')
        self.write("copy.sh", 'sleep 0.8; cp mid "$2"\n')


class Many(Scene):
    """Thirty steps of one input."""

    count = 30

    def prepare(self) -> None:
        self.write("in/a", "a\n")
        self.write("tool.sh", f'echo out >> {self.log}\nsleep 0.05; cp "$1" "$2"\n')

    def steps(self, more: str = "") -> list[Step]:
        return [
            Step(f"s{number}", f"sh ./tool.sh in/a {OUTPUT}", ["in/a"], f"out/{number}")
            for number in range(self.count)
        ]


def hidden(scene: Folder) -> bool:
    scene.write("in.d/.h", "changed\n")
    return scene.again() == ["out"] and "changed" in scene.text("out")


def linked(scene: Folder) -> bool:
    scene.write("real/x", "changed\n")
    return scene.again() == ["out"] and "changed" in scene.text("out")


def left(scene: Left) -> bool:
    scene.names = ["a"]
    rewrite(scene.peer, scene.steps(), 1, scene.tool)
    scene.again()
    return scene.text("out") == "a\n"


def tool(scene: Tool) -> bool:
    scene.version("2")
    return scene.again() == ["out"] and scene.text("out") == "2\n"


def sourced(scene: Sourcing) -> bool:
    scene.write("lib.sh", 'convert() { tr a b < "$1"; }\n')
    return scene.again() == ["out"] and scene.text("out") == "b\n"


def executable(scene: Program) -> bool:
    (scene.folder / "out").unlink()
    scene.again()
    return os.access(scene.folder / "out", os.X_OK)


def left_running(scene: LeftRunning) -> bool:
    return scene.text("out") == "good\n"


def touched_in_mid_run(scene: Many) -> bool:
    scene.write("in/a", "b\n")
    run = threading.Thread(target=scene.peer.run, kwargs={"check": False})
    run.start()
    while run.is_alive() and not (scene.log.exists() and len(scene.log.read_text().split()) >= 5):
        time.sleep(0.005)
    os.utime(scene.folder / "in/a")
    run.join()
    scene.ran()
    made = [scene.text(f"out/{number}") for number in range(scene.count)]
    return made == ["b\n"] * scene.count and scene.again() == []


SCENARIOS: dict[str, tuple[str, Callable[..., bool], type[Scene]]] = {
    "U28": ("an input is touched in mid-run: all is made, nothing twice", touched_in_mid_run, Many),
    "U30 hidden": ("a hidden file of a folder that is read", hidden, Folder),
    "U30 link": ("a file behind a linked folder", linked, Folder),
    "U31": ("what a step made that left the description is read no more", left, Left),
    "U32": ("what a command leaves running alters its output", left_running, LeftRunning),
    "U33": ("a tool has another version, and the same file", tool, Tool),
    "U34": ("a script that the script reads is edited", sourced, Sourcing),
    "U38": ("an output that is a program, made or brought back, is one", executable, Program),
}
