"""The cascade of effects, as a graph: what ligands of one cell type set off in the others.

A ligand acts on its receptors; where a receptor responds, genes of that cell type change with the
ligand (interaction test, `i1.fdr`); those that are ligands themselves act in the next round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from figures import data

INTERACTION_COLUMNS = ["cell_type_ligand", "ligand", "cell_type_receptor", "receptor", "numSigI1"]
COLUMNS = ["gene", "gene_is_ligand", "gene_expression", "log2FC", "i1.fdr", "cell_type", "receptor"]

# The effects of a target; None when no cell type was tested for it.
ReadEffects = Callable[[str], "pa.Table | None"]


@dataclass(frozen=True)
class Filters:
    """Where the cascade starts and what goes on; the defaults are those of the default view."""

    cell_type: str = "Tumor cells"
    ligands: tuple[str, ...] = ("Ccl2", "Apoe")
    fdr: float = 0.05
    min_log2fc: float = 0.25
    min_expression: float = 0.05
    iterations: int = 2
    # The strongest changes that a round takes up and hands on.
    most: int = 40


@dataclass(frozen=True)
class Node:
    """A gene in a cell type: a ligand on even levels, a receptor that it acts on on odd ones."""

    level: int
    cell_type: str
    gene: str


@dataclass(frozen=True)
class Effect:
    """A ligand gene that changes in a cell type."""

    gene: str
    log2fc: float
    fdr: float


@dataclass
class Cascade:
    """Nodes and edges with their log2FC (None where it has no meaning), and the targets read."""

    nodes: dict[Node, float | None] = field(default_factory=dict)
    edges: dict[tuple[Node, Node], float | None] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)


def walk(interactions: pa.Table, effects_of: ReadEffects, filters: Filters) -> Cascade:
    """Follow the cascade for `filters.iterations` rounds.

    `interactions` is the table of the highest FDR: a receptor without significant genes there has
    none at any lower FDR, so that its file need not be opened.
    """
    cascade = Cascade()
    known: dict[str, dict[str, list[Effect]]] = {}
    front = [Node(0, filters.cell_type, ligand) for ligand in sorted(set(filters.ligands))]
    cascade.nodes.update(dict.fromkeys(front))
    acted = set()
    for round_ in range(filters.iterations):
        senders: dict[Node, list[Node]] = {}
        for node, receptor in _acts_on(interactions, front):
            senders.setdefault(Node(2 * round_ + 1, *receptor), []).append(node)
        changes: list[tuple[Node, Effect]] = []
        for middle in senders:
            if middle.gene not in known:
                cascade.read.append(middle.gene)
                known[middle.gene] = _effects(effects_of(middle.gene), filters)
            changes += [(middle, effect) for effect in known[middle.gene].get(middle.cell_type, ())]
        changes.sort(
            key=lambda c: (-abs(c[1].log2fc), c[1].fdr, c[1].gene, c[0].cell_type, c[0].gene)
        )

        reached: list[Node] = []
        for middle, effect in changes[: filters.most]:
            end = Node(2 * round_ + 2, middle.cell_type, effect.gene)
            if end not in cascade.nodes:
                reached.append(end)
                cascade.nodes[end] = effect.log2fc  # the strongest, as changes are sorted
            cascade.nodes.setdefault(middle, None)
            cascade.edges[middle, end] = effect.log2fc
            for sender in senders[middle]:
                cascade.edges[sender, middle] = None
        # What acted before has been followed already.
        acted |= {(node.cell_type, node.gene) for node in front}
        front = [node for node in reached if (node.cell_type, node.gene) not in acted]
    return cascade


def _acts_on(interactions: pa.Table, front: list[Node]) -> list[tuple[Node, tuple[str, str]]]:
    """Each ligand of `front` with each (cell type, receptor) that it acts on and that responds."""
    wanted = pa.array(sorted({node.gene for node in front}), pa.string())
    mask = pc.and_(
        pc.is_in(interactions["ligand"], value_set=wanted),
        pc.greater_equal(interactions["numSigI1"], 1),
    )
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    rows = interactions.filter(mask).select(INTERACTION_COLUMNS[:4])
    for donor, ligand, acceptor, receptor in zip(
        *(column.to_pylist() for column in rows.columns), strict=True
    ):
        found.setdefault((donor, ligand), set()).add((acceptor, receptor))
    return [
        (node, pair)
        for node in front
        for pair in sorted(found.get((node.cell_type, node.gene), ()))
    ]


def _effects(table: pa.Table | None, filters: Filters) -> dict[str, list[Effect]]:
    """The ligand genes that change, by cell type."""
    if table is None:
        return {}
    mask = pc.and_(data.is_true(table, "gene_is_ligand"), data.is_true(table, "receptor"))
    mask = pc.and_(mask, pc.less(table["i1.fdr"], filters.fdr))
    mask = pc.and_(mask, pc.greater_equal(pc.abs(table["log2FC"]), filters.min_log2fc))
    mask = pc.and_(mask, pc.greater_equal(table["gene_expression"], filters.min_expression))
    found: dict[str, list[Effect]] = {}
    for row in table.filter(mask).to_pylist():
        effect = Effect(row["gene"], round(row["log2FC"], 4), row["i1.fdr"])
        found.setdefault(row["cell_type"], []).append(effect)
    return found
