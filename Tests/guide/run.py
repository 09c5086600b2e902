"""Runs pages of the guide by hand, and shows what they print.

usage: python Tests/guide/run.py PAGE...
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import catalogue
import pages
from runner import take


def main(names: list[str]) -> int:
    for name in names:
        page = pages.read(name)
        project = catalogue.project(page)
        log = Path(tempfile.gettempdir()) / f"guide-{name}.log"
        log.unlink(missing_ok=True)
        try:
            print(f"{name}: {take(page, project, log)} steps; {log}")
        finally:
            project.end()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
