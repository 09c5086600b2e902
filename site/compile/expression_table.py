"""The table of expressed fractions, as other units read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compile import feather_file
from compile.inputs import cached, pick


@dataclass(frozen=True)
class ExpressionTable:
    """Fractions by cell type, one for each of `genes`."""

    genes: np.ndarray
    fractions: dict[str, np.ndarray]

    def aligned(self, cell_type: str, genes: np.ndarray) -> np.ndarray:
        """The fractions of `genes` in a cell type; 0 where nothing is known."""
        order = np.argsort(self.genes)
        position = np.searchsorted(self.genes, genes, sorter=order)
        row = order[np.minimum(position, len(order) - 1)]
        values = self.fractions.get(cell_type, np.zeros(len(self.genes)))
        return np.where(self.genes[row] == genes, values[row], 0.0)


def of_inputs(paths: list[str]) -> ExpressionTable:
    """The expression table among a unit's inputs."""
    return load(pick(paths, "expression.feather"))


@cached
def load(path: str) -> ExpressionTable:
    """Read the file that the unit `expression` wrote: `gene`, and a column for each cell type."""
    columns = feather_file.read(path)
    return ExpressionTable(columns.pop("gene"), columns)
