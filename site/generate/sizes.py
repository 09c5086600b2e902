"""How much data to make; `full` is the shape of the real results."""

from __future__ import annotations

from dataclasses import dataclass

# The real counts of cells, in the order that the cells' categories have (alphabetical).
CELLS = {
    "B cells": 2014,
    "Endothelial cells": 127,
    "Fibroblast cells": 197,
    "Macrophages/mMDSC": 7502,
    "Mast cells": 54,
    "NK cells": 1306,
    "Osteoclasts": 117,
    "PMN/gMDSC": 10650,
    "T cells": 7080,
    "Tumor cells": 3175,
    "cDC": 614,
    "pDC": 256,
}


@dataclass(frozen=True)
class Size:
    """Counts of one size. Targets that are `both` are counted in neither of the other two."""

    cells: dict[str, int]
    ligands: int
    receptors: int
    both: int
    pairs: int
    genes: int

    @property
    def cell_types(self) -> list[str]:
        return list(self.cells)


def _scaled(share: float, least: int, without: tuple[str, ...] = ()) -> dict[str, int]:
    return {
        name: max(least, round(count * share))
        for name, count in CELLS.items()
        if name not in without
    }


_RARE = ("Endothelial cells", "Fibroblast cells", "Mast cells", "pDC")

SIZES = {
    # Seconds to compile, about 13 MB, yet all awkward names and more than 300 units.
    "toy": Size(_scaled(0.02, 20, _RARE), 96, 96, 38, 440, 320),
    # A tenth of the bytes: each axis by the square root of ten.
    "tenth": Size(_scaled(10**-0.5, 20), 130, 130, 50, 596, 5276),
    "full": Size(CELLS, 411, 411, 160, 1885, 16685),
}
