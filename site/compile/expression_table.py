"""The table of expressed fractions, as other units read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from compile import feather_file
from compile.inputs import cached


@dataclass(frozen=True)
class ExpressionTable:
    """Fractions by cell type, by the row that `row_of` gives for a gene."""

    row_of: dict[str, int]
    fractions: dict[str, np.ndarray]

    def of(self, cell_type: str, genes: Iterable[str]) -> np.ndarray:
        """The fractions of `genes` in a cell type; 0 where nothing is known."""
        if cell_type not in self.fractions:
            return np.zeros(len(list(genes)))
        # Row -1, the last one, stands for unknown genes.
        return self.fractions[cell_type][[self.row_of.get(gene, -1) for gene in genes]]


@cached
def load(path: str) -> ExpressionTable:
    """Read the file that the unit `expression` wrote: `gene`, and a column for each cell type."""
    columns = feather_file.read(path)
    row_of = {gene: row for row, gene in enumerate(columns.pop("gene"))}
    return ExpressionTable(
        row_of, {name: np.append(values, 0.0) for name, values in columns.items()}
    )
