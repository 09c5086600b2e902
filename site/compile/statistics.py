"""Statistics of one comparison: what each (cell type, target) row says, at all FDR thresholds."""

from __future__ import annotations

import numpy as np
from pipeline.worker import Job, unit

from compile import anndata_file, feather_file
from compile import statistics_table as table

_BLOCK = 128
_OBS = {
    "cell_type": "cell type",
    "target": "target",
    "ligand": "ligand",
    "receptor": "receptor",
    "cell_type_dc1": "cell_type_dc1",
    "DA_score": "DA_score",
    "MAST_log2FC": "MAST_log2FC_highCIN_vs_lowCIN",
    # The comparison without STING has the same names.
    "MAST_fdr": "MAST_fdr_highCIN_vs_lowCIN",
}
_LAYERS = {"numDEG": "fdr", "numSigI1": "fdr.i1"}


@unit("statistics_cin")
@unit("statistics_sting")
def statistics(job: Job) -> None:
    """Input: one AnnData file. Output: its rows, with the genes below each FDR counted."""
    (path,) = job.inputs
    with anndata_file.open_file(path) as file:
        columns = {name: anndata_file.column(file["obs"], source) for name, source in _OBS.items()}
        _require_distinct(columns["cell_type"], columns["target"], path)
        for name, layer in _LAYERS.items():
            counts = _counts(anndata_file.layer(file, layer))
            columns |= {table.at(name, p): counts[:, i] for i, p in enumerate(table.PERCENTS)}
    job.metric("rows", feather_file.write(job.output, columns))


def _counts(layer: anndata_file.h5py.Dataset) -> np.ndarray:
    """Genes with a value below each threshold, by (row, threshold); one pass over the file."""
    # A threshold has the precision of what it is compared with.
    thresholds = (np.array(table.PERCENTS) / 100).astype(layer.dtype)
    rows, genes = layer.shape
    bins = len(thresholds)
    counts = np.empty((rows, bins), np.int32)
    block = np.empty((_BLOCK, genes), layer.dtype)
    for start in range(0, rows, _BLOCK):
        part = block[: min(_BLOCK, rows - start)]
        layer.read_direct(part, np.s_[start : start + len(part)])
        flat = part.reshape(-1)
        # Few values lie below the highest threshold: only those are sorted into bins.
        low = np.flatnonzero(flat < thresholds[-1])
        bin_of = np.searchsorted(thresholds, flat[low], side="right")
        histogram = np.bincount(low // genes * bins + bin_of, minlength=len(part) * bins)
        counts[start : start + len(part)] = histogram.reshape(-1, bins).cumsum(axis=1)
    return counts


def _require_distinct(cell_type: np.ndarray, target: np.ndarray, path: str) -> None:
    rows = set(zip(cell_type, target, strict=True))
    if len(rows) != len(target):
        raise ValueError(f'"{path}" holds a (cell type, target) row more than once')
