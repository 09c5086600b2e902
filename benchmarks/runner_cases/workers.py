"""Units in Python that do next to nothing: a worker that stays, beside a Python for each."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from peers import Peer

_MODULE = Path(__file__).resolve().parents[2] / "pipeline"

_WORKER = """\
project: bench
stages:
  make:
    kind: compile
    jobs: {jobs}
    worker: python3 -m work
    environment: {{ PYTHONPATH: "." }}
    units:
      u:
        matrix: {{ n: {{ from: 1, to: {count} }} }}
        outputs: out/{{n}}
"""

_UNITS = """\
from pipeline.worker import unit

@unit("u")
def u(job):
    with open(job.output, "w") as file:
        file.write(str(job.parameters["n"]))
"""


def _prepare(name: str, folder: Path, count: int, jobs: int, tool: Path) -> Peer:
    (folder / "out").mkdir(parents=True)
    if name == "pipeline":
        (folder / "pipeline").mkdir()
        for module in ("__init__.py", "worker.py", "children.py", "imports.py", "reads.py", "names.py"):
            shutil.copy(_MODULE / module, folder / "pipeline" / module)
        (folder / "pipeline/pipeline.yaml").write_text(_WORKER.format(jobs=jobs, count=count))
        (folder / "work").mkdir()
        (folder / "work/__init__.py").write_text("")
        (folder / "work/units.py").write_text(_UNITS)
        (folder / "work/__main__.py").write_text(
            "from pipeline.worker import main\nmain({'u': 'work.units'})\n"
        )
        return Peer(name, folder, [str(tool), "run"])
    (folder / "u.py").write_text(
        "import sys\nwith open(sys.argv[2], 'w') as file:\n    file.write(sys.argv[1])\n"
    )
    lines = ["rule u", "  command = python3 u.py $n $out"]
    for number in range(1, count + 1):
        lines += [f"build out/{number}: u", f"  n = {number}"]
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")
    return Peer(name, folder, ["ninja", "-j", str(jobs), "--quiet"])


def run(names: list[str], scratch: Path, tool: Path, units: int, jobs: int, **_: object) -> Mapping[str, object]:
    found: dict[str, float] = {}
    names = [name for name in names if name in ("pipeline", "ninja")]
    for name in names:
        folder = scratch / f"workers-{name}"
        try:
            peer = _prepare(name, folder, units, jobs, tool)
            found[name] = peer.run()
            for number in (1, units):
                if (folder / f"out/{number}").read_text() != str(number):
                    raise SystemExit(f"{name} made a wrong file")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{units} units in Python, {jobs} at once\n")
    print("| " + " | ".join(names) + " | ninja / pipeline |\n|" + "---:|" * (len(names) + 1))
    ratio = f"{found['ninja'] / found['pipeline']:.1f}" if len(names) == 2 else "–"
    print("| " + " | ".join(f"{found[name]:.2f} s" for name in names) + f" | {ratio} |")
    return found
