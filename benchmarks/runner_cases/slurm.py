"""Units of half a second on a Slurm cluster: what scheduling costs beyond the units' own time.

They sleep, so that a node may have more slots than this machine has processors.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

_CLUSTER = Path(__file__).resolve().parents[2] / "Tests/TestServers/slurm_cluster.sh"
_SLOTS, _SECONDS = 32, 0.5

_DEFINITION = """\
project: bench
stages:
  make:
    kind: compile
    executor: slurm
    slurm: {{ tasks: {slots} }}
    units:
      u:
        matrix: {{ n: {{ from: 1, to: {count} }} }}
        command: [sh, -c, "sleep {seconds}; echo {{n}} > {{output}}"]
        outputs: out/{{n}}
"""


def run(scratch: Path, tool: Path, units: int, **_: object) -> Mapping[str, object]:
    folder, cluster = scratch / "slurm", scratch / "cluster"
    server = subprocess.Popen(
        ["bash", str(_CLUSTER), str(cluster), str(_SLOTS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        if server.stdout is None or server.stdout.readline() != "ready\n":
            raise SystemExit("no Slurm cluster can be started here")
        (folder / "pipeline").mkdir(parents=True)
        (folder / "pipeline/pipeline.yaml").write_text(
            _DEFINITION.format(slots=_SLOTS, count=units, seconds=_SECONDS)
        )
        began = time.monotonic()
        done = subprocess.run(
            [str(tool), "run"], cwd=folder, capture_output=True, text=True, check=False,
            env={**os.environ, "SLURM_CONF": str(cluster / "slurm.conf")},
        )
        took = time.monotonic() - began
        if done.returncode:
            raise SystemExit(done.stderr[-800:])
        made = len(list((folder / "out").iterdir()))
        if made != units:
            raise SystemExit(f"{made} of {units} files")
    finally:
        server.communicate()
        shutil.rmtree(folder, ignore_errors=True)
    ideal = units * _SECONDS / _SLOTS
    print(f"{units} units of {_SECONDS} s on {_SLOTS} slots of one node\n")
    print("| wall time | units' own time | scheduling and all else, of a unit |\n|---:|---:|---:|")
    print(f"| {took:.1f} s | {ideal:.1f} s | {(took / ideal - 1) * 100:.1f} % |")
    return {"wall": took, "own": ideal}
