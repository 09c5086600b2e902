"""Links between cell types: pairs of a ligand that changes and a receptor that responds."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from figures import data, theme

COLUMNS = ["cell_type", "target", "ligand", "receptor", "numSigI1", "MAST_log2FC", "MAST_fdr"]
PAIR_COLUMNS = ["ligand", "receptor"]


@dataclass(frozen=True)
class Filters:
    """What a pair must pass to be drawn; the defaults are those of the default view."""

    log2fc_fdr: float = 0.05
    min_log2fc: float = 0.12
    min_sig: int = 10
    cell_types: tuple[str, ...] = theme.CELL_TYPES
    most: int = 150


@dataclass(frozen=True)
class Link:
    """A ligand of one cell type that acts on a receptor of another."""

    donor: str
    ligand: str
    log2fc: float
    acceptor: str
    receptor: str
    sig: int
    receptor_log2fc: float


def links(statistics: pa.Table, pairs: pa.Table, filters: Filters) -> list[Link]:
    """All pairs that pass `filters`, the strongest first (by numSigI1, then by |log2FC|)."""
    shown = pc.is_in(statistics["cell_type"], value_set=pa.array(filters.cell_types, pa.string()))
    changed = pc.and_(
        pc.less_equal(statistics["MAST_fdr"], filters.log2fc_fdr),
        pc.greater_equal(pc.abs(statistics["MAST_log2FC"]), filters.min_log2fc),
    )
    responds = pc.greater_equal(statistics["numSigI1"], max(1, filters.min_sig))
    ligands = statistics.filter(
        pc.and_(shown, pc.and_(data.is_true(statistics, "ligand"), changed))
    )
    receptors = statistics.filter(
        pc.and_(shown, pc.and_(data.is_true(statistics, "receptor"), responds))
    )

    receptors_of: dict[str, list[str]] = {}
    for ligand, receptor in zip(
        pairs["ligand"].to_pylist(), pairs["receptor"].to_pylist(), strict=True
    ):
        receptors_of.setdefault(ligand, []).append(receptor)
    rows_of: dict[str, list[dict]] = {}
    for row in receptors.to_pylist():
        rows_of.setdefault(row["target"], []).append(row)

    found = [
        Link(
            donor=row["cell_type"],
            ligand=row["target"],
            log2fc=row["MAST_log2FC"],
            acceptor=other["cell_type"],
            receptor=receptor,
            sig=int(other["numSigI1"]),
            receptor_log2fc=other["MAST_log2FC"] or 0.0,
        )
        for row in ligands.to_pylist()
        for receptor in receptors_of.get(row["target"], ())
        for other in rows_of.get(receptor, ())
    ]
    found.sort(key=lambda k: (-k.sig, -abs(k.log2fc), k.donor, k.ligand, k.acceptor, k.receptor))
    return found
