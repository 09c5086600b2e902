"""The fault drill: for every remote step of a deployment, what goes wrong there and what is left of it.

usage: PYTHONPATH=Tests/aws .venv-aws/bin/python Tests/aws/drill.py [--step GLOB] [--fault GLOB] [--tool PATH]

Each cell of the table is a new project and environment at the stand-in. The fault happens at the step; a
killed tool is killed with its children by SIGKILL. Then `pipeline run deploy` is given once more, without
faults, and has to end in a healthy site with the right code and data, with nothing left that costs, and with
no more made than is needed. Needs a Docker engine and PIPELINE_BASE_IMAGE, as scripts/test sets them up.
"""

from __future__ import annotations

import argparse
import fnmatch
import subprocess
import sys
from pathlib import Path

from support import StandIn

QUICK = Path(__file__).resolve().parent / "quick"
from drill_kinds import CELLS
from drill_steps import FAULTS, STEPS, Step, fault

ROOT = Path(__file__).resolve().parent.parent.parent


def _quick(standin: StandIn) -> subprocess.Popen[bytes]:
    """The pinned `aws`, loaded once."""
    server = subprocess.Popen(
        [sys.executable, QUICK / "server.py", standin.state / "aws.sock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    if server.stdout:
        server.stdout.readline()
    return server


def drill(steps: list[Step], faults: list[str], tool: Path) -> int:
    """Prints the table; how many cells are not green."""
    standin = StandIn()
    quick = _quick(standin)
    failures: list[str] = []
    print(f"{'':22}" + "".join(f"{kind:15}" for kind in faults), flush=True)
    try:
        for step in steps:
            print(f"{step.name:22}", end="", flush=True)
            for kind in faults:
                cell = CELLS[step.place](standin, tool)
                first = cell.spoiled(fault(step, kind))
                wrong = cell.recovered() if first else "never reached"
                print(f"{'ok' if not wrong else 'WRONG':15}", end="", flush=True)
                if wrong:
                    logs = "".join(
                        (cell.folder / name).read_text()
                        for name in ("first.log", "second.log")
                        if (cell.folder / name).exists()
                    )
                    failures.append(f"{step.name} / {kind}: {first}; {wrong}\n{logs}")
                cell.end()
            print(flush=True)
    finally:
        quick.kill()
        quick.wait()
        standin.end()
    for failure in failures:
        print("\n" + failure)
    cells = len(steps) * len(faults)
    print(f"\n{cells - len(failures)} of {cells} are green")
    return len(failures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--step", default="*", metavar="GLOB")
    parser.add_argument("--fault", default="*", metavar="GLOB")
    parser.add_argument("--tool", type=Path, default=ROOT / ".build/debug/pipeline")
    arguments = parser.parse_args()
    steps = [step for step in STEPS if fnmatch.fnmatch(step.name, arguments.step)]
    faults = [kind for kind in FAULTS if fnmatch.fnmatch(kind, arguments.fault)]
    if not steps or not faults:
        sys.exit(f"steps: {', '.join(s.name for s in STEPS)}\nfaults: {', '.join(FAULTS)}")
    return 1 if drill(steps, faults, arguments.tool.resolve()) else 0


if __name__ == "__main__":
    sys.exit(main())
