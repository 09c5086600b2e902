"""The same work described for each runner, and how each is called."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

OUTPUT = "@output@"


@dataclass(frozen=True)
class Step:
    """One command: what it reads, what it makes. The output stands in the command as `OUTPUT`.

    An input with a slash at its end is a folder of which all is read: the runner lists it as its users do.
    """

    name: str
    command: str
    inputs: list[str]
    output: str
    # Those inputs that other steps make in such a folder.
    made: list[str] = field(default_factory=list)
    # Commands that print the version of a tool, for a runner that asks.
    tools: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The command as a shell is given it."""
        return self.command.replace(OUTPUT, self.output)

    @property
    def files(self) -> list[str]:
        """The inputs that are named one by one."""
        return [path for path in self.inputs if not path.endswith("/")] + self.made

    @property
    def folders(self) -> list[str]:
        """The others, where no step makes what is in them."""
        return [path for path in self.inputs if path.endswith("/") and not self.made]


@dataclass
class Peer:
    """A runner in a folder of its own."""

    name: str
    folder: Path
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *more: str, check: bool = True, **options: object) -> float:
        """Seconds that one run takes."""
        began = time.monotonic()
        done = subprocess.run(
            [*self.command, *more],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            **options,
        )
        took = time.monotonic() - began
        if check and done.returncode:
            raise SystemExit(f"{self.name} failed: {(done.stdout + done.stderr)[-800:]}")
        return took


def versions(tool: Path) -> str:
    """A line that names all programs that are measured."""
    found = []
    for command in (
        [str(tool), "--version"],
        ["ninja", "--version"],
        ["make", "--version"],
        ["doit", "--version"],
        ["snakemake", "--version"],
    ):
        if shutil.which(command[0]):
            text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            line = text.splitlines()[0] if text else "?"
            found.append(line if line[:1].isalpha() else f"{command[0]} {line}")
    return ", ".join(found)


def make(name: str, folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    """Writes the steps for a runner; a file of its own for each."""
    folder.mkdir(parents=True, exist_ok=True)
    for step in steps:
        (folder / step.output).parent.mkdir(parents=True, exist_ok=True)
    writers = {"pipeline": _pipeline, "ninja": _ninja, "make": _make, "doit": _doit, "snakemake": _snakemake}
    return writers[name](folder, steps, jobs, tool)


def rewrite(peer: Peer, steps: list[Step], jobs: int, tool: Path) -> None:
    """The description has changed; what is built stays."""
    make(peer.name, peer.folder, steps, jobs, tool)


def _pipeline(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["project: bench", "stages:", "  make:", "    kind: compile", f"    jobs: {jobs}"]
    if tools := [tool for step in steps for tool in step.tools]:
        lines.append(f"    tools: [{', '.join(tools)}]")
    lines.append("    units:")
    for step in steps:
        lines += [f"      {step.name}:", f"        command: {step.command.replace(OUTPUT, '{output}')}"]
        lines += [f"        inputs: [{', '.join(step.inputs)}]", f"        outputs: {step.output}"]
    (folder / "pipeline").mkdir(exist_ok=True)
    (folder / "pipeline/pipeline.yaml").write_text("\n".join(lines) + "\n")
    return Peer("pipeline", folder, [str(tool), "run"])


def _ninja(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["rule run", "  command = $cmd"]
    for step in steps:
        # It knows no patterns: of a folder it sees the time.
        inputs = step.files + [folder.rstrip("/") for folder in step.folders]
        lines += [f"build {step.output}: run {' '.join(inputs)}"]
        lines += ["  cmd = " + step.line.replace("$", "$$")]
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")
    return Peer("ninja", folder, ["ninja", "-j", str(jobs), "--quiet"])


def _make(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["all: " + " ".join(step.output for step in steps)]
    for step in steps:
        inputs = step.files + [f"$(wildcard {folder}*)" for folder in step.folders]
        lines += [f"{step.output}: {' '.join(inputs)}", "\t" + step.line.replace("$", "$$")]
    (folder / "Makefile").write_text("\n".join(lines) + "\n")
    return Peer("make", folder, ["make", "-j", str(jobs), "--silent"])


def _doit(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["import glob", "import os", "DOIT_CONFIG = {'verbosity': 0}"]
    for step in steps:
        inputs = repr(step.files)
        for read in step.folders:
            inputs += f" + [path for path in glob.glob({read + '*'!r}) if os.path.isfile(path)]"
        lines += [
            f"def task_{step.name}():",
            f"    return {{'actions': [{step.line!r}], 'targets': [{step.output!r}], 'file_dep': {inputs}}}",
        ]
    (folder / "dodo.py").write_text("\n".join(lines) + "\n")
    more = ["-n", str(jobs)] if jobs > 1 else []
    return Peer("doit", folder, ["doit", "run", *more])


def _snakemake(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["import glob", "rule all:", f"    input: {[step.output for step in steps]!r}"]
    for step in steps:
        inputs = [repr(path) for path in step.files] + [f"*glob.glob({read + '*'!r})" for read in step.folders]
        line = step.line.replace("{", "{{").replace("}", "}}")
        lines += [f"rule step_{step.name}:", f"    input: {', '.join(inputs)}" if inputs else ""]
        lines += [f"    output: {step.output!r}", f"    shell: {line!r}"]
    (folder / "Snakefile").write_text("\n".join(lines) + "\n")
    return Peer("snakemake", folder, ["snakemake", "--cores", str(jobs), "--quiet", "all"])
