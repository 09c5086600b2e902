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
    """One command: what it reads, what it makes. The output stands in the command as `OUTPUT`."""

    name: str
    command: str
    inputs: list[str]
    output: str

    @property
    def line(self) -> str:
        """The command as a shell is given it."""
        return self.command.replace(OUTPUT, self.output)


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
    return {"pipeline": _pipeline, "ninja": _ninja, "make": _make, "doit": _doit}[name](
        folder, steps, jobs, tool
    )


def rewrite(peer: Peer, steps: list[Step], jobs: int, tool: Path) -> None:
    """The description has changed; what is built stays."""
    make(peer.name, peer.folder, steps, jobs, tool)


def _pipeline(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["project: bench", "stages:", "  make:", "    kind: compile", f"    jobs: {jobs}", "    units:"]
    for step in steps:
        lines += [f"      {step.name}:", f"        command: {step.command.replace(OUTPUT, '{output}')}"]
        lines += [f"        inputs: [{', '.join(step.inputs)}]", f"        outputs: {step.output}"]
    (folder / "pipeline").mkdir(exist_ok=True)
    (folder / "pipeline/pipeline.yaml").write_text("\n".join(lines) + "\n")
    return Peer("pipeline", folder, [str(tool), "run"])


def _ninja(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["rule run", "  command = $cmd"]
    for step in steps:
        lines += [f"build {step.output}: run {' '.join(step.inputs)}"]
        lines += ["  cmd = " + step.line.replace("$", "$$")]
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")
    return Peer("ninja", folder, ["ninja", "-j", str(jobs), "--quiet"])


def _make(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["all: " + " ".join(step.output for step in steps)]
    for step in steps:
        lines += [f"{step.output}: {' '.join(step.inputs)}", "\t" + step.line.replace("$", "$$")]
    (folder / "Makefile").write_text("\n".join(lines) + "\n")
    return Peer("make", folder, ["make", "-j", str(jobs), "--silent"])


def _doit(folder: Path, steps: list[Step], jobs: int, tool: Path) -> Peer:
    lines = ["DOIT_CONFIG = {'verbosity': 0}"]
    for step in steps:
        described = {
            "actions": [step.line],
            "file_dep": step.inputs,
            "targets": [step.output],
        }
        lines += [f"def task_{step.name}():", f"    return {described!r}"]
    (folder / "dodo.py").write_text("\n".join(lines) + "\n")
    more = ["-n", str(jobs)] if jobs > 1 else []
    return Peer("doit", folder, ["doit", "run", *more])
