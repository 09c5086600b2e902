"""A raw data set small enough to recompute by hand, made for tests and kept in a scratch folder."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "site")]

from generate import anndata_file, differential, expression, pair_list
from generate.sizes import Size
from generate.streams import stream
from generate.targets import names

TINY = Size(
    cells={"Macrophages/mMDSC": 9, "T cells": 7, "Tumor cells": 11},
    ligands=18,
    receptors=24,
    both=8,
    pairs=70,
    genes=80,
)


def write(folder: Path, seed: int = 5) -> None:
    """The four raw files, of the size TINY."""
    folder.mkdir(parents=True)
    known = names(TINY, stream(seed, "names"))
    pair_list.write(folder / "all_interactions.tsv", known, seed)
    expression.write(folder / "adata.h5ad", TINY, known, seed)
    differential.write(folder / "deg_newfdr.h5ad", TINY, known, seed, "cin")
    differential.write(folder / "deg_fixed.h5ad", TINY, known, seed, "sting")


def plant_edges(folder: Path) -> None:
    """Values on thresholds, ties, equal and opposite signs, zeros: what random data miss."""
    h5py = anndata_file.h5py
    with (
        h5py.File(folder / "deg_newfdr.h5ad", "r+") as cin,
        h5py.File(folder / "deg_fixed.h5ad", "r+") as sting,
    ):
        for file in (cin, sting):
            for name in ("fdr", "fdr.i1"):
                layer = file["layers"][name]
                # Exactly at each threshold, in the precision of the file, and just below it.
                at = (np.arange(1, 26) / 100).astype(np.float32)
                layer[3, :25] = at
                layer[4, :25] = np.nextafter(at, np.float32(0))
                layer[5] = 1
                layer[6, :3] = np.nan
        keys = [
            {key: row for row, key in enumerate(zip(*_keys(file["obs"]), strict=True))}
            for file in (cin, sting)
        ]
        common = [(row, keys[1][key]) for key, row in keys[0].items() if key in keys[1]]
        fold = "MAST_log2FC_highCIN_vs_lowCIN"
        values = [(0.5, 0.5), (-0.5, -0.5), (0.5, -0.5), (0.0, 0.0), (0.0, 0.3), (0.2, -0.9)]
        for (in_cin, in_sting), (first, second) in zip(common, values, strict=False):
            cin["obs"][fold][in_cin] = first
            sting["obs"][fold][in_sting] = second


def _keys(obs: anndata_file.h5py.Group) -> tuple[list[str], list[str]]:
    columns = []
    for name in ("cell type", "target"):
        categories = obs[name]["categories"].asstr()[:]
        columns.append([categories[code] for code in obs[name]["codes"][:]])
    return columns[0], columns[1]
