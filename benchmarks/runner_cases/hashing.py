"""Hashing files: `pipeline verify`, which reads every output on all processors, beside `openssl dgst -sha256` with a
process for each file on all processors, and beside reading alone.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

_DEFINITION = """\
project: bench
stages:
  make:
    kind: compile
    units:
      u:
        matrix: {{ n: {{ from: 1, to: {count} }} }}
        command: [sh, -c, "head -c {size} /dev/urandom > {{output}}"]
        outputs: out/{{n}}
"""

_READ = """\
import concurrent.futures, os, sys
def read(part):
    for name in part:
        with open(name, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass
names = sorted(entry.path for entry in os.scandir("out") if entry.name[0] != ".")
count = os.cpu_count() or 1
with concurrent.futures.ProcessPoolExecutor(count) as pool:
    list(pool.map(read, [names[n::count] for n in range(count)]))
"""


def _time(command: list[str], folder: Path, repeat: int) -> float:
    times = []
    for _ in range(repeat + 1):
        began = time.monotonic()
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
        times.append(time.monotonic() - began)
    # The first fills the cache.
    return statistics.median(times[1:])


def run(scratch: Path, tool: Path, repeat: int, **_: object) -> Mapping[str, object]:
    found: dict[str, dict[str, float]] = {}
    cores = os.cpu_count() or 1
    for title, count, size in (("8 files of 256 MB", 8, 1 << 28), ("20,000 files of 10 KB", 20_000, 10_000)):
        folder = scratch / "hashing"
        try:
            (folder / "pipeline").mkdir(parents=True)
            (folder / "pipeline/pipeline.yaml").write_text(_DEFINITION.format(count=count, size=size))
            subprocess.run([str(tool), "run"], cwd=folder, capture_output=True, check=True)
            many = ["sh", "-c", f"find out -type f -print0 | xargs -0 -P {cores} -n {max(1, count // cores // 4)} "
                    "openssl dgst -sha256"]
            found[title] = {
                "pipeline verify": _time([str(tool), "verify"], folder, repeat),
                "openssl dgst, all processors": _time(many, folder, repeat),
                "reading alone": _time(["python3", "-c", _READ], folder, repeat),
            }
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    columns = list(next(iter(found.values())))
    print(f"{cores} processors, files in the system's cache, median of {repeat}\n")
    print("| | " + " | ".join(columns) + " | verify / openssl | verify / reading |\n|---|" + "---:|" * (len(columns) + 2))
    for title, times in found.items():
        own = times["pipeline verify"]
        print(f"| {title} | " + " | ".join(f"{times[column]:.2f} s" for column in columns)
              + f" | {own / times[columns[1]]:.2f} | {own / times[columns[2]]:.2f} |")
    return found
