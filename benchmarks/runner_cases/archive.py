"""What sharing results takes: sending to an archive and fetching from it, beside a copy and beside DVC, on the same files."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_PAIRS = {"fetch": "copy", "send": "copy"}


@dataclass(frozen=True)
class Shape:
    """How the results look: so many units, each of which makes so many files of so many bytes."""

    name: str
    units: int
    files: int
    size: int

    @property
    def all(self) -> int:
        """How many files there are."""
        return self.units * self.files


_DEFINITION = """project: bench
archive: {{ root: {archive}, sign: none }}
stages:
  compile:
    units:
      made:
        matrix: {{ number: {{ from: 1, to: {units} }} }}
        command: [python3, make.py, "{{output}}", "{{number}}"]
        inputs: in
        outputs: "out/{{number:05}}"
"""
_MAKE = """import random, sys
from pathlib import Path
target = Path(sys.argv[1])
target.mkdir(parents=True)
source = random.Random(int(sys.argv[2]))
for number in range({files}):
    (target / str(number)).write_bytes(source.randbytes({size}))
"""


def run(*, names: list[str], scratch: Path, tool: Path, units: int, repeat: int, **_: object) -> Mapping[str, object]:
    """Measure many small files, and files as large as the example's; print the tables, return the seconds."""
    shapes = [
        Shape("small", units=1, files=units, size=20_000),
        # As the example: most of its files have some 4 MB, each made by a unit of its own.
        Shape("large", units=max(1, units // 100), files=1, size=4_000_000),
    ]
    return {shape.name: _shape(shape, names, scratch / f"archive-{shape.name}", tool, repeat) for shape in shapes}


def _shape(shape: Shape, names: list[str], place: Path, tool: Path, repeat: int) -> dict[str, float]:
    (place / "a").mkdir(parents=True)
    first = _project(place / "a", place / "shared", shape)
    _must([tool, "run"], first)
    output = first / "out"
    taken: dict[str, list[float]] = {"copy": [], "send": [], "fetch": []}
    # In turn, so that a machine that slows down does so for all. What was made stays until the end: files that are made
    # where many were just removed are made slowly.
    for number in range(repeat):
        archive = place / f"archive-{number}"
        taken["copy"].append(_timed(_copy, output, place / f"copy-{number}"))
        taken["send"].append(_send(first, tool, archive, shape))
        taken["fetch"].append(_fetch(place / f"b-{number}", archive, tool, shape, output))
    ratios = {
        name: statistics.median(one / other for one, other in zip(taken[name], taken[base], strict=True))
        for name, base in _PAIRS.items()
    }
    seconds = {name: statistics.median(values) for name, values in taken.items()}
    if "dvc" in names and shape.units == 1:
        seconds |= _dvc(place, output, repeat)
    shutil.rmtree(place)
    makers = "1 unit" if shape.units == 1 else f"{shape.units} units"
    print(f"{shape.all} files of {shape.size} bytes by {makers}, median of {repeat}; all outputs compared\n")
    print("| | s | of the copy |\n|---|---:|---:|")
    for name, value in seconds.items():
        print(f"| {name} | {value:.2f} | {ratios.get(name, value / seconds['copy']):.2f} |")
    print()
    return seconds


def _project(folder: Path, archive: Path, shape: Shape) -> Path:
    (folder / "pipeline").mkdir(parents=True, exist_ok=True)
    (folder / "pipeline/pipeline.yaml").write_text(_DEFINITION.format(archive=archive, units=shape.units))
    (folder / "make.py").write_text(_MAKE.format(files=shape.files, size=shape.size))
    (folder / "in").write_text("1")
    return folder


def _must(command: list[str | Path], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout


def _timed(work: Callable[..., object], *arguments: object) -> float:
    subprocess.run(["sync"], check=True)
    start = time.monotonic()
    work(*arguments)
    return time.monotonic() - start


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", source, target], check=True)
    subprocess.run(["sync", "-f", target], check=True)


def _send(project: Path, tool: Path, archive: Path, shape: Shape) -> float:
    (project / "pipeline/pipeline.yaml").write_text(_DEFINITION.format(archive=archive, units=shape.units))
    took = _timed(_must, [tool, "run"], project)
    if not any((archive / "history").iterdir()):
        sys.exit("nothing was sent")
    return took


def _fetch(folder: Path, archive: Path, tool: Path, shape: Shape, output: Path) -> float:
    project = _project(folder, archive, shape)
    events: list[str] = []
    took = _timed(lambda: events.append(_must([tool, "run", "--json"], project)))
    subprocess.run(["diff", "-rq", output, project / "out"], check=True)
    if events[0].count('"outcome":"fetched"') != shape.units:
        sys.exit("it was made, and not fetched")
    return took


def _dvc(place: Path, output: Path, repeat: int) -> dict[str, float]:
    """The same files by `dvc add`, `dvc push` and, in another folder, `dvc pull` (https://dvc.org)."""
    environment = place / "dvc-venv"
    _must([sys.executable, "-m", "venv", environment], place)
    _must([environment / "bin/pip", "install", "--quiet", "dvc"], place)
    dvc = environment / "bin/dvc"
    pushed, pulled = [], []
    for number in range(repeat):
        project = place / f"dvc-{number}"
        project.mkdir()
        shutil.copytree(output, project / "out")
        _must(["git", "init", "-q", "."], project)
        _must([dvc, "init", "-q"], project)
        _must([dvc, "remote", "add", "-d", "shared", place / f"remote-{number}"], project)
        _must([dvc, "add", "-q", "out"], project)
        pushed.append(_timed(_must, [dvc, "push", "-q"], project))
        shutil.rmtree(project / "out")
        shutil.rmtree(project / ".dvc/cache")
        pulled.append(_timed(_must, [dvc, "pull", "-q"], project))
        subprocess.run(["diff", "-rq", output, project / "out"], check=True)
        shutil.rmtree(project)
    return {"dvc push": statistics.median(pushed), "dvc pull": statistics.median(pulled)}
