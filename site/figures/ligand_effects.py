"""Cascading effects: what ligands of one cell type set off in the others.

A ligand acts on its receptors; where a receptor responds, genes of that cell type change with the ligand
(interaction test, `i1.fdr`); those that are ligands themselves act in the next round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.compute as pc

from figures import data, theme
from figures.geometry import connector, joined

INTERACTION_COLUMNS = ["cell_type_ligand", "ligand", "cell_type_receptor", "receptor", "numSigI1"]
COLUMNS = ["gene", "gene_is_ligand", "gene_expression", "log2FC", "i1.fdr", "cell_type", "receptor"]

_ROW = 17  # pixels between two names

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
    """A gene in a cell type; even levels hold ligands, odd levels the receptors that they act on."""

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
    """Nodes with their log2FC (None where it has no meaning), edges, and the targets whose file was read."""

    nodes: dict[Node, float | None] = field(default_factory=dict)
    edges: dict[tuple[Node, Node], float | None] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)


def walk(interactions: pa.Table, effects_of: ReadEffects, filters: Filters) -> Cascade:
    """Follow the cascade for `filters.iterations` rounds.

    `interactions` is the table of the highest FDR: a receptor without significant genes there has none at
    any lower FDR, so that its file need not be opened.
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
        changes.sort(key=lambda c: (-abs(c[1].log2fc), c[1].fdr, c[1].gene, c[0].cell_type, c[0].gene))

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
    """Each ligand of `front` with each (cell type, receptor) that it acts on and that responds at all."""
    wanted = pa.array(sorted({node.gene for node in front}), pa.string())
    mask = pc.and_(
        pc.is_in(interactions["ligand"], value_set=wanted), pc.greater_equal(interactions["numSigI1"], 1)
    )
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    rows = interactions.filter(mask).select(INTERACTION_COLUMNS[:4])
    for donor, ligand, acceptor, receptor in zip(*(column.to_pylist() for column in rows.columns)):
        found.setdefault((donor, ligand), set()).add((acceptor, receptor))
    return [(node, pair) for node in front for pair in sorted(found.get((node.cell_type, node.gene), ()))]


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


def figure(cascade: Cascade, filters: Filters = Filters()) -> go.Figure:
    """The cascade from left to right: ligands, the receptors that they act on, the ligands that change."""
    if not cascade.edges:
        return theme.empty("These ligands set off no effect. Raise the FDR or lower a threshold.")
    heights, groups, count = _place(cascade)
    levels = max(node.level for node in cascade.nodes)

    result = go.Figure()
    _add_rails(result, groups)
    _add_edges(result, cascade, heights)
    _add_nodes(result, cascade, heights)
    return theme.frame(
        result,
        height=max(360, round(count * _ROW)) + 130,
        margin=dict(l=8, r=8, t=40, b=66),
        xaxis=dict(range=[-0.28, levels + 0.72], visible=False, fixedrange=True),
        yaxis=dict(range=[count + 0.3, -1.0], visible=False, fixedrange=True),
        coloraxis=theme.colour_axis("log2 fold change of the ligand gene"),
        annotations=_headings(levels) + _group_names(groups),
        meta=dict(caption=_caption(cascade)),
    )


def _caption(cascade: Cascade) -> str:
    changed = len({(n.cell_type, n.gene) for n in cascade.nodes if n.level and n.level % 2 == 0})
    receptors = len({(n.cell_type, n.gene) for n in cascade.nodes if n.level % 2})
    return f"{changed} ligand changes through {receptors} receptors; effects of {len(cascade.read)} receptors searched"


def _headings(levels: int) -> list[dict]:
    texts = ["Start"] + [f"{('Receptors', 'Ligands')[i % 2]} {i // 2 + 1}" for i in range(levels)]
    return [
        dict(x=level, y=-0.9, text=text, showarrow=False, xanchor="left", yanchor="bottom", xshift=-7,
             font=dict(size=12, color=theme.MUTED))
        for level, text in enumerate(texts)
    ]  # fmt: skip


def _group_names(groups: list[tuple[int, str, float, float]]) -> list[dict]:
    return [
        dict(x=level, y=top + 0.55, text=f"<b>{theme.short(name)}</b>", showarrow=False, xanchor="left", xshift=-7,
             font=dict(size=11, color=theme.colour(name)))
        for level, name, top, _ in groups
    ]  # fmt: skip


def _place(cascade: Cascade) -> tuple[dict[Node, float], list[tuple[int, str, float, float]], float]:
    """Heights of the nodes, the cell type groups (level, name, top, bottom), and the rows of the tallest level."""
    by_level: dict[int, list[Node]] = {}
    for node in cascade.nodes:
        by_level.setdefault(node.level, []).append(node)
    rank = {name: i for i, name in enumerate(theme.ordered({node.cell_type for node in cascade.nodes}))}
    space = 1.7  # rows that a group's name takes

    def height(nodes: list[Node]) -> float:
        return len(nodes) + space * len({node.cell_type for node in nodes})

    count = max(height(nodes) for nodes in by_level.values())
    heights: dict[Node, float] = {}
    groups: list[tuple[int, str, float, float]] = []
    for level in sorted(by_level):
        nodes = sorted(by_level[level], key=lambda n: (rank[n.cell_type], -abs(cascade.nodes[n] or 0), n.gene))
        y = (count - height(nodes)) / 2
        for place, node in enumerate(nodes):
            if place == 0 or node.cell_type != nodes[place - 1].cell_type:
                groups.append((level, node.cell_type, y, y))
                y += space
            heights[node] = round(y - 0.4, 4)
            y += 1
            groups[-1] = (*groups[-1][:3], round(y - 0.5, 4))
    return heights, groups, count


def _add_rails(result: go.Figure, groups: list[tuple[int, str, float, float]]) -> None:
    """A line along the nodes of each group, in the colour of its cell type."""
    for cell_type in theme.ordered({name for _, name, _, _ in groups}):
        rails = [[(level, top + 1.0), (level, bottom)] for level, name, top, bottom in groups if name == cell_type]
        x, y = joined(rails)
        line = dict(width=2, color=theme.faded(theme.colour(cell_type), 0.45))
        result.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _add_edges(result: go.Figure, cascade: Cascade, heights: dict[Node, float]) -> None:
    by_colour: dict[str, list] = {}
    for (start, end), log2fc in cascade.edges.items():
        # Signals between cells have the sender's colour, changes within a cell their direction.
        plain = theme.faded(theme.colour(start.cell_type), 0.38)
        colour = plain if log2fc is None else theme.faded(theme.bin_colour(theme.log2fc_bin(log2fc)), 0.8)
        reach = 0.02 if start.level % 2 == 0 and start.level else 0.0
        curve = connector((start.level + 0.26 + reach, heights[start]), (end.level - 0.02, heights[end]))
        by_colour.setdefault(colour, []).append(curve)
    for colour in sorted(by_colour):
        x, y = joined(by_colour[colour])
        result.add_scatter(x=x, y=y, mode="lines", line=dict(width=1.2, color=colour), hoverinfo="skip")


def _add_nodes(result: go.Figure, cascade: Cascade, heights: dict[Node, float]) -> None:
    ends: dict[Node, int] = {}
    for start, _ in cascade.edges:
        ends[start] = ends.get(start, 0) + 1
    names = list(heights)
    changed = [node for node in names if cascade.nodes[node] is not None]
    others = [node for node in names if cascade.nodes[node] is None]
    for nodes, marker in (
        (changed, dict(color=[cascade.nodes[n] for n in changed], coloraxis="coloraxis")),
        (others, dict(color=[theme.colour(n.cell_type) for n in others])),
    ):
        result.add_scatter(
            x=[node.level for node in nodes],
            y=[heights[node] for node in nodes],
            mode="markers+text",
            text=[f"  {node.gene}" for node in nodes],
            textposition="middle right",
            textfont=dict(size=11, color=theme.INK),
            hovertext=[_text(node, cascade.nodes[node], ends.get(node, 0)) for node in nodes],
            hoverinfo="text",
            cliponaxis=False,
            marker=dict(size=9, opacity=1, line=dict(width=1, color="#ffffff"), **marker),
        )


def _text(node: Node, log2fc: float | None, ends: int) -> str:
    role = "receptor" if node.level % 2 else "ligand"
    lines = [f"<b>{node.gene}</b> · {role}", node.cell_type]
    if log2fc is not None:
        lines.append(f"log2FC {log2fc:+.2f}")
    if ends:
        lines.append(f"changes {ends} ligands" if role == "receptor" else f"acts on {ends} receptors")
    return "<br>".join(lines)
