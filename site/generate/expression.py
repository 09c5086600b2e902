"""`adata.h5ad`: which cell expresses which gene how strongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generate import anndata_file
from generate.sizes import Size
from generate.streams import stream
from generate.targets import HUBS, LEADS, Names

_BLOCK = 512


def write(path: Path, size: Size, names: Names, seed: int) -> None:
    """Layer `X` (cells x genes): zero where a cell does not express a gene, else exponential."""
    random = stream(seed, "expression")
    genes = len(names.genes)
    # The share of a type's cells that express a gene: mostly near none.
    shares = random.beta(0.5, 4, (len(size.cells), genes)).astype(np.float32)
    known = [names.genes.index(name) for name in (*LEADS, *HUBS)]
    shares[:, known] = np.maximum(shares[:, known], random.uniform(0.15, 0.6, (1, len(known))))
    types = random.permutation(np.repeat(np.arange(len(size.cells)), list(size.cells.values())))
    with anndata_file.create(path) as file:
        layer = anndata_file.layer(file, "X", (len(types), genes))
        for start in range(0, len(types), _BLOCK):
            share = shares[types[start : start + _BLOCK]]
            drawn = stream(seed, "expression", start).random(share.shape, np.float32)
            # Where it lies below the share, the draw over the share is uniform again.
            part = np.divide(drawn, share, out=np.ones_like(share), where=drawn < share)
            layer[start : start + len(part)] = np.abs(np.log(np.maximum(part, np.float32(1e-9))))
        obs = {"Cell Type": anndata_file.Categorical(types, size.cell_types)}
        anndata_file.write_frame(file, "obs", [f"cell_{i}" for i in range(len(types))], obs)
        anndata_file.write_frame(file, "var", names.genes, {})
