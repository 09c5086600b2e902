"""The list of (ligand, receptor) pairs, from the raw list or from the compiled one."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np

from compile import feather_file
from compile.inputs import cached, pick


@dataclass(frozen=True)
class PairList:
    """Distinct pairs in the order of the raw list; `index` is the row where each stands first."""

    index: np.ndarray
    ligand: np.ndarray
    receptor: np.ndarray


def of_inputs(paths: list[str]) -> PairList:
    """The pair list among a unit's inputs."""
    return load(pick(paths, "all_interactions.tsv", "interactions.feather"))


@cached
def load(path: str) -> PairList:
    """Read the raw list (TSV with a header, duplicates dropped) or the compiled one."""
    if path.endswith(".feather"):
        return PairList(**feather_file.read(path, ["index", "ligand", "receptor"]))
    first: dict[tuple[str, str], int] = {}
    with open(path, encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, dialect="excel-tab")):
            first.setdefault((row["ligand"], row["receptor"]), number)
    ligands, receptors = zip(*first, strict=True) if first else ((), ())
    return PairList(
        np.fromiter(first.values(), np.int64),
        np.array(ligands, dtype=object),
        np.array(receptors, dtype=object),
    )
