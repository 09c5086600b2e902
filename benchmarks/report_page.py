"""Times the report of a long history: writing it, and opening it as a file in a browser that has just started."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Make the history, write its report and open it."""
    parser = argparse.ArgumentParser(prog="benchmarks/report", description=__doc__)
    parser.add_argument("--tool", type=Path, help="the built pipeline to measure (default: a release build, made here)")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--releases", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=5, help="browsers that are started")
    settings = parser.parse_args()
    if settings.tool and not os.access(settings.tool, os.X_OK):
        parser.error(f"--tool names no program: {settings.tool}")
    if settings.check:
        return
    if not settings.tool:
        parser.error("--tool is missing")

    # Not before: they need the browser's environment, and a wrong option does not.
    sys.path.insert(0, str(Path(__file__).parent.parent / "Tests/browser"))
    from check_report import browser, look, opened
    from report_project import Project

    with (
        tempfile.TemporaryDirectory(prefix="pipeline-report-") as root,
        Project(Path(root), settings.tool) as project,
    ):
        project.make(settings.units, settings.releases)
        writes = []
        for _ in range(settings.repeat):
            start = time.perf_counter()
            report = Path(project.pipeline("report").strip())
            writes.append(time.perf_counter() - start)
        print(f"{settings.units} units, {settings.releases} releases: {report.stat().st_size:,} bytes")
        print(f"written in {1000 * statistics.median(writes):.0f} ms (median of {settings.repeat})")
        for width in (1280, 360):
            times = []
            for _ in range(settings.repeat):
                with browser() as driver:
                    look(driver, width, 900, "light")
                    times.append(opened(driver, report.as_uri())[:2])
            drawn, loaded = (statistics.median(column) for column in zip(*times, strict=True))
            slowest = max(load for _, load in times)
            print(
                f"{width} px: drawn {drawn:.0f} ms, loaded {loaded:.0f} ms after the start of the navigation "
                f"(medians; the slowest {slowest:.0f} ms): {'under' if slowest < 1000 else 'NOT under'} a second"
            )


if __name__ == "__main__":
    main()
