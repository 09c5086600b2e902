"""The rows of `deg_newfdr.h5ad` by target: where they stand, and what their layers hold."""

from __future__ import annotations

from dataclasses import dataclass

import h5py
import numpy as np

from compile import anndata_file
from compile.inputs import cached


@dataclass(frozen=True)
class EffectsSource:
    """An open file, and the rows of each target, by cell type in sorted order."""

    file: h5py.File
    genes: np.ndarray
    rows: dict[str, list[tuple[str, int]]]
    log2fc: np.ndarray
    fdr: np.ndarray

    def layer(self, name: str, rows: list[int]) -> np.ndarray:
        """The values of a layer in `rows`, one row after the other."""
        source = anndata_file.layer(self.file, name)
        values = np.empty((len(rows), len(self.genes)), source.dtype)
        for number, row in enumerate(rows):
            source.read_direct(values, np.s_[row], np.s_[number])
        return values.reshape(-1)


@cached
def load(path: str) -> EffectsSource:
    """Open the file and read what stands beside the layers. The file stays open for later units."""
    file = anndata_file.open_file(path)
    obs = file["obs"]
    rows: dict[str, list[tuple[str, int]]] = {}
    cell_types, targets = anndata_file.column(obs, "cell type"), anndata_file.column(obs, "target")
    for number, (cell_type, target) in enumerate(zip(cell_types, targets, strict=True)):
        rows.setdefault(target, []).append((cell_type, number))
    for target, found in rows.items():
        found.sort()
        if len(dict(found)) < len(found):
            raise ValueError(f'"{path}" holds a (cell type, target) row of "{target}" twice')
    return EffectsSource(
        file,
        anndata_file.index(file["var"]),
        rows,
        anndata_file.column(obs, "MAST_log2FC_highCIN_vs_lowCIN"),
        anndata_file.column(obs, "MAST_fdr_highCIN_vs_lowCIN"),
    )
