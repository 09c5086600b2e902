"""`deg_newfdr.h5ad` and `deg_fixed.h5ad`: how each gene changes with each target, by cell type.

Both hold one row for each (cell type, target) that was tested, with the same names: the second is
the comparison without STING, which agrees with the first for the most part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generate import anndata_file
from generate.sizes import SIZES, Size
from generate.streams import stream
from generate.targets import HUBS, LEADS, Names

_BLOCK = 256
_ABSENT_ROWS = 0.02
_ABSENT_TARGETS = 3
_MISSING_DC1 = 0.04


@dataclass(frozen=True)
class Rows:
    """The rows of one file: their cell type and target by number, and how they behave."""

    cell_type: np.ndarray
    target: np.ndarray
    log2fc: np.ndarray
    fdr: np.ndarray
    hub: np.ndarray


def write(path: Path, size: Size, names: Names, seed: int, dataset: str) -> None:
    """One file; `dataset` is `cin` or `sting`."""
    rows = _rows(size, names, seed, dataset)
    count, genes = len(rows.target), len(names.genes)
    with anndata_file.create(path) as file:
        layers = [
            anndata_file.layer(file, name, (count, genes)) for name in ("log2FC", "fdr", "fdr.i1")
        ]
        for start in range(0, count, _BLOCK):
            hub = rows.hub[start : start + _BLOCK]
            random = stream(seed, dataset, start)
            for layer, values in zip(layers, _block(hub, genes, random), strict=True):
                layer[start : start + len(hub)] = values
        _write_frames(file, rows, size, names, stream(seed, f"{dataset} obs"))


def _rows(size: Size, names: Names, seed: int, dataset: str) -> Rows:
    # The effects of the two comparisons share what they have in common.
    common, own = stream(seed, "rows"), stream(seed, f"rows {dataset}")
    shape = (len(size.cells), len(names.targets))
    effect = common.normal(0, 0.3, shape)
    quiet = common.random(shape) < 0.6
    hubness = np.where(common.random(shape) < 0.03, 1.0, 0.0)
    core = {*LEADS, *HUBS}
    spare = [i for i, name in enumerate(names.targets) if name not in core]
    without_rows = common.choice(spare, _ABSENT_TARGETS, replace=False)
    leads = [names.targets.index(name) for name in LEADS]
    hubs = [names.targets.index(name) for name in HUBS]
    effect[:, leads] = np.abs(effect[:, leads]) + 0.3
    quiet[:, leads] = False
    hubness[:, hubs] = common.random((shape[0], len(hubs))) < 0.8
    receptors = np.isin(names.targets, names.receptors)
    hubness *= receptors

    log2fc = np.where(own.random(shape) < 0.8, effect, -effect) if dataset == "sting" else effect
    log2fc = log2fc * own.uniform(0.7, 1.3, shape)
    fdr = np.where(quiet, 1.0, own.random(shape) ** 3 * np.exp(-4 * np.abs(log2fc)))
    log2fc = np.where(quiet & (own.random(shape) < 0.5), 0.0, log2fc)
    present = own.random(shape) >= _ABSENT_ROWS
    present[:, without_rows] = False
    present[:, leads + hubs] = True
    cell_type, target = np.nonzero(present)
    return Rows(cell_type, target, log2fc[present], fdr[present], hubness[present] > 0)


def _block(
    hub: np.ndarray, genes: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """log2FC, fdr and fdr.i1 of some rows."""
    shape = (len(hub), genes)
    scale = random.uniform(0.05, 0.1, (len(hub), 1)).astype(np.float32)
    drawn = random.random(shape, np.float32)
    # The lowest draws are the genes that change; the next ones have a fold change without evidence.
    log2fc = np.where(drawn < 0.8, random.standard_normal(shape, np.float32) * scale, np.float32(0))
    fdr = _significance(drawn, np.full(len(hub), 0.6), random.uniform(2.5, 6, len(hub)))

    # fdr.i1: 1 for nine genes of ten; the rest mostly high, but low in the rows of hubs.
    full = SIZES["full"].genes
    found = random.lognormal(np.log(600), 0.5, len(hub)) * (genes / full) ** 0.5
    share = np.where(hub, np.minimum(found / genes, 0.4), 0.1)
    low = np.where(hub, random.uniform(0.3, 0.7, len(hub)), random.uniform(2.2, 7, len(hub)))
    interaction = _significance(random.random(shape, np.float32), share, low)
    # Genes that respond to a hub change with it.
    strong = hub[:, None] & (interaction < 0.1)
    log2fc[strong] = random.normal(0, 0.5, np.count_nonzero(strong))
    return log2fc, fdr, interaction


def _significance(drawn: np.ndarray, share: np.ndarray, power: np.ndarray) -> np.ndarray:
    """A p-value-like layer: 1, but for a `share` of each row where it is U ** (1 / power)."""
    values = np.ones_like(drawn)
    row, column = np.nonzero(drawn < share[:, None])
    values[row, column] = (drawn[row, column] / share[row]) ** (1 / power[row])
    return values


def _write_frames(
    file: anndata_file.h5py.File,
    rows: Rows,
    size: Size,
    names: Names,
    random: np.random.Generator,
) -> None:
    count = len(rows.target)
    component = random.normal(0, 0.02, (len(size.cells), len(names.targets)))
    dc1 = component[rows.cell_type, rows.target]
    dc1[random.random(count) < _MISSING_DC1] = np.nan
    targets = np.array(names.targets)
    present = np.unique(rows.target)
    obs = {
        "cell type": anndata_file.Categorical(rows.cell_type, size.cell_types),
        "target": anndata_file.Categorical(
            np.searchsorted(present, rows.target), targets[present].tolist()
        ),
        "ligand": np.isin(targets, names.ligands)[rows.target],
        "receptor": np.isin(targets, names.receptors)[rows.target],
        "cell_type_dc1": dc1,
        "DA_score": random.normal(0, 1, count),
        "MAST_log2FC_highCIN_vs_lowCIN": rows.log2fc,
        "MAST_fdr_highCIN_vs_lowCIN": rows.fdr,
    }
    index = [
        f"{size.cell_types[cell_type]}_{names.targets[target]}"
        for cell_type, target in zip(rows.cell_type, rows.target, strict=True)
    ]
    anndata_file.write_frame(file, "obs", index, obs)
    anndata_file.write_frame(file, "var", names.genes, {})
