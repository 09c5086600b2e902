"""Expression: the fraction of a type's cells in which a gene is found at all."""

from __future__ import annotations

import numpy as np
from pipeline.worker import Job, unit

from compile import anndata_file, feather_file
from compile.inputs import pick

# A count of one block fits in a byte.
_BLOCK = 255


@unit("expression")
def expression(job: Job) -> None:
    """Input: `adata.h5ad`. Output columns: gene, and one for each cell type, in sorted order."""
    with anndata_file.open_file(pick(job.inputs, "adata.h5ad")) as file:
        genes = anndata_file.index(file["var"])
        types = anndata_file.column(file["obs"], "Cell Type").astype(str)
        names, type_of_cell = np.unique(types, return_inverse=True)
        counts = _counts(anndata_file.layer(file, "X"), type_of_cell, len(names))
    cells = np.bincount(type_of_cell)
    columns = {name: counts[i] / cells[i] for i, name in enumerate(names.tolist())}
    job.metric("rows", feather_file.write(job.output, {"gene": genes, **columns}))


def _counts(layer: anndata_file.h5py.Dataset, type_of_cell: np.ndarray, types: int) -> np.ndarray:
    """Cells by (type, gene) with a value above zero; one pass over the file."""
    counts = np.zeros((types, layer.shape[1]), np.int64)
    block = np.empty((_BLOCK, layer.shape[1]), layer.dtype)
    for start in range(0, layer.shape[0], _BLOCK):
        types_here = type_of_cell[start : start + _BLOCK]
        part = block[: len(types_here)]
        layer.read_direct(part, np.s_[start : start + len(part)])
        found = (part > 0).view(np.uint8)
        for number in np.unique(types_here):
            counts[number] += found[types_here == number].sum(axis=0, dtype=np.uint8)
    return counts
