"""Check what a benchmark compiled, and print what it cost as Markdown.

    report.py PROJECT SIZE

Exits 1 if a file is missing or cannot be read.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
import time
from pathlib import Path

from pyarrow import feather

_BLOCK = 1 << 20

# The newest success of each unit, so that tries which failed do not count.
_FAMILIES = """
SELECT substr(u.name, length(u.stage) + 2,
              instr(substr(u.name, length(u.stage) + 2) || '/', '/') - 1) AS family,
       u.name LIKE '%/@%' AS is_axis, count(*), sum(a.duration_ms) / 1000.0,
       max(a.duration_ms) / 1000.0
FROM units u JOIN attempts a ON a.id = u.success_id
GROUP BY family, is_axis ORDER BY 4 DESC
"""
_OUTPUTS = """
SELECT r.name, r.size FROM units u JOIN artifacts r ON r.attempt_id = u.success_id
WHERE r.kind = 'file'
"""


def main(arguments: list[str]) -> int:
    """Print the report of the scratch project."""
    project, size = Path(arguments[0]), arguments[1]
    ledger = sqlite3.connect(f"file:{project}/.pipeline/ledger.sqlite?mode=ro", uri=True)
    outputs = dict(ledger.execute(_OUTPUTS))
    families = ledger.execute(_FAMILIES).fetchall()
    ledger.close()
    if problems := _problems(project, outputs):
        print("\n".join(problems[:20]), file=sys.stderr)
        return 1
    cold, again = (json.loads((project / f"{run}.json").read_text()) for run in ("cold", "again"))
    raw = sorted((project / "data/raw").iterdir())
    print(f"\n### {size}: {_machine()}\n")
    _print_costs(cold, again)
    print(f"\nRaw data: {_bytes(sum(path.stat().st_size for path in raw))} in {len(raw)} files.")
    print(
        f"Made: {_bytes(sum(outputs.values()))} in {len(outputs)} files, all there and readable, "
        f"by {sum(family[2] for family in families)} units."
    )
    reading, writing = _floor(project, raw, sum(outputs.values()))
    print(
        f"For comparison: reading the raw data once took {reading:.1f} s, writing as many bytes "
        f"and synchronising them {writing:.1f} s.\n"
    )
    print("| family | units | seconds | slowest |\n|---|---:|---:|---:|")
    for name, is_axis, units, seconds, slowest in families:
        label = f"{name} (values of its axis)" if is_axis else name
        print(f"| {label} | {units} | {seconds:.1f} | {slowest:.2f} |")
    print("\nSeconds of units that run at once overlap.")
    return 0


def _problems(project: Path, outputs: dict[str, int]) -> list[str]:
    """What is wrong with the files that the ledger names."""
    problems = [] if outputs else ["the ledger names no file"]
    for name, size in outputs.items():
        path = project / name
        if not path.is_file() or path.stat().st_size != size:
            problems.append(f'"{name}" is missing, or not of {size} bytes')
        elif path.suffix == ".feather":
            try:
                feather.read_table(path)
            except Exception as error:  # noqa: BLE001 - the reader raises several types; each is a problem to print
                problems.append(f'"{name}" cannot be read: {error}')
    present = {
        str(path.relative_to(project))
        for folder in ("data/compiled", "data/intermediate")
        for path in (project / folder).rglob("*")
        if path.is_file()
    }
    return problems + [f'"{name}" is no unit\'s output' for name in sorted(present - set(outputs))]


def _print_costs(cold: dict[str, float], again: dict[str, float]) -> None:
    def row(label: str, key: str, text) -> None:
        print(f"| {label} | {text(cold[key])} | {text(again[key])} |")

    def seconds(value: float) -> str:
        return f"{value:.2f} s"

    print("| | cold | nothing to do |\n|---|---:|---:|")
    row("wall time", "wall", seconds)
    row("processor time, user", "user", seconds)
    row("processor time, system", "system", seconds)
    row("peak memory, tool", "tool_peak", _bytes)
    row("peak memory, largest process", "largest_peak", _bytes)
    row("read by system calls", "read", _bytes)
    row("written by system calls", "written", _bytes)
    row("read from storage", "from_storage", _bytes)
    row("written to storage", "to_storage", _bytes)


def _floor(project: Path, raw: list[Path], size: int) -> tuple[float, float]:
    """Seconds for reading the raw files once, and for writing and synchronising `size` bytes."""
    start = time.monotonic()
    for path in raw:
        with path.open("rb", buffering=0) as file:
            while file.read(_BLOCK):
                pass
    reading = time.monotonic() - start
    scratch = project / "floor"
    start = time.monotonic()
    with scratch.open("wb", buffering=0) as file:
        for _ in range(0, size, _BLOCK):
            file.write(bytes(_BLOCK))
        os.fsync(file.fileno())
    writing = time.monotonic() - start
    scratch.unlink()
    return reading, writing


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(": ", 1)[1] for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} processors ({model}), {_bytes(memory)} of memory"


def _bytes(value: float) -> str:
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.2f} GB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
