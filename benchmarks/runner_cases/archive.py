"""What sharing results takes: sending to an archive and fetching from it, beside a copy and beside DVC, on the same files."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

_BYTES = 20_000
_DEFINITION = """project: bench
archive: {{ root: {archive}, sign: none }}
stages:
  run: {{ command: [python3, make.py, "{{output}}"], inputs: in, outputs: out }}
"""
_MAKE = """import random, sys
from pathlib import Path
target = Path(sys.argv[1])
target.mkdir(parents=True)
random.seed(1)
for number in range({files}):
    (target / str(number)).write_bytes(random.randbytes({size}))
"""


def run(*, names: list[str], scratch: Path, tool: Path, units: int, repeat: int, **_: object) -> Mapping[str, object]:
    """Measure with `units` files of 20 kB that one unit makes; print the table, return the seconds."""
    place = scratch / "archive"
    (place / "a").mkdir(parents=True)
    first = _project(place / "a", place / "shared", units)
    _must([tool, "run"], first)
    output = first / "out"
    seconds: dict[str, float] = {}
    seconds["copy"] = _median(repeat, lambda n: _timed(_copy, output, place / f"copy-{n}"))
    seconds["send"] = _median(repeat, lambda n: _send(first, tool, place / f"archive-{n}"))
    seconds["fetch"] = _median(repeat, lambda n: _fetch(place / f"b-{n}", place / f"archive-{n}", tool, units, output))
    if "dvc" in names:
        seconds |= _dvc(place, output, repeat)
    print(f"{units} files of {_BYTES} bytes, median of {repeat}; all outputs compared\n")
    print("| | s | of the copy |\n|---|---:|---:|")
    for name, value in seconds.items():
        print(f"| {name} | {value:.2f} | {value / seconds['copy']:.2f} |")
    return seconds


def _project(folder: Path, archive: Path, files: int) -> Path:
    (folder / "pipeline").mkdir(parents=True, exist_ok=True)
    (folder / "pipeline/pipeline.yaml").write_text(_DEFINITION.format(archive=archive))
    (folder / "make.py").write_text(_MAKE.format(files=files, size=_BYTES))
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


def _median(repeat: int, work: Callable[[int], float]) -> float:
    return statistics.median(work(number) for number in range(repeat))


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", source, target], check=True)
    subprocess.run(["sync", "-f", target], check=True)


def _send(project: Path, tool: Path, archive: Path) -> float:
    (project / "pipeline/pipeline.yaml").write_text(_DEFINITION.format(archive=archive))
    took = _timed(_must, [tool, "run"], project)
    if not any((archive / "history").iterdir()):
        sys.exit("nothing was sent")
    return took


def _fetch(folder: Path, archive: Path, tool: Path, files: int, output: Path) -> float:
    project = _project(folder, archive, files)
    events: list[str] = []
    took = _timed(lambda: events.append(_must([tool, "run", "--json"], project)))
    subprocess.run(["diff", "-rq", output, project / "out"], check=True)
    if '"outcome":"fetched"' not in events[0]:
        sys.exit("it was made, and not fetched")
    shutil.rmtree(project)
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
