"""`all_interactions.tsv`: the pairs, once for each source that knows them."""

from __future__ import annotations

import os
from pathlib import Path

from generate.streams import stream
from generate.targets import Names

_SOURCES = ("CellPhoneDB", "CellTalkDB", "Ramilowski")


def write(path: Path, names: Names, seed: int) -> None:
    """Columns `ligand`, `receptor`, `source`; one pair in fifty stands there twice."""
    random = stream(seed, "pair list")
    lines = []
    for ligand, receptor in names.pairs:
        first = int(random.integers(len(_SOURCES)))
        lines.append(f"{ligand}\t{receptor}\t{_SOURCES[first]}\n")
        if random.random() < 0.02:
            lines.append(f"{ligand}\t{receptor}\t{_SOURCES[first - 1]}\n")
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(aside, "w", encoding="utf-8") as file:
            file.write("ligand\treceptor\tsource\n")
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
