"""Drawing of the cascade of effects, round by round from left to right."""

from __future__ import annotations

import plotly.graph_objects as go

from figures import theme
from figures.cascade import Cascade, Node
from figures.geometry import connector, joined

_ROW = 17  # pixels between two names
_COLUMN = 160  # pixels between two levels, at least
_COLUMNS = 5  # levels that fit on a page


def figure(cascade: Cascade) -> go.Figure:
    """Ligands, the receptors that they act on, the ligands that change there, and so on."""
    if not cascade.edges:
        return theme.empty("These ligands set off no effect. Raise the FDR or lower a threshold.")
    heights, groups, count = _place(cascade)
    levels = max(node.level for node in cascade.nodes)
    columns = levels + 1

    result = go.Figure()
    _add_rails(result, groups)
    _add_edges(result, cascade, heights, columns)
    _add_nodes(result, cascade, heights)
    return theme.frame(
        result,
        height=max(360, round(count * _ROW)) + 130,
        # As wide as the page, unless that leaves no room for names.
        width=None if columns <= _COLUMNS else columns * _COLUMN,
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
    searched = len(cascade.read)
    return f"{changed} ligand changes through {receptors} of {searched} receptors searched"


def _headings(levels: int) -> list[dict]:
    texts = ["Start"] + [f"{('Receptors', 'Ligands')[i % 2]} {i // 2 + 1}" for i in range(levels)]
    return [
        dict(
            x=level,
            y=-0.9,
            text=text,
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            xshift=-7,
            font=dict(size=12, color=theme.MUTED),
        )
        for level, text in enumerate(texts)
    ]


def _group_names(groups: list[tuple[int, str, float, float]]) -> list[dict]:
    return [
        dict(
            x=level,
            y=top + 0.55,
            text=f"<b>{theme.short(name)}</b>",
            showarrow=False,
            xanchor="left",
            xshift=-7,
            font=dict(size=11, color=theme.colour(name)),
        )
        for level, name, top, _ in groups
    ]


def _place(
    cascade: Cascade,
) -> tuple[dict[Node, float], list[tuple[int, str, float, float]], float]:
    """Heights of nodes, groups (level, cell type, top, bottom), and rows of the tallest level."""
    by_level: dict[int, list[Node]] = {}
    for node in cascade.nodes:
        by_level.setdefault(node.level, []).append(node)
    rank = {
        name: i for i, name in enumerate(theme.ordered({node.cell_type for node in cascade.nodes}))
    }
    space = 1.7  # rows that a group's name takes

    def height(nodes: list[Node]) -> float:
        return len(nodes) + space * len({node.cell_type for node in nodes})

    count = max(height(nodes) for nodes in by_level.values())
    heights: dict[Node, float] = {}
    groups: list[tuple[int, str, float, float]] = []
    for level in sorted(by_level):
        nodes = sorted(
            by_level[level], key=lambda n: (rank[n.cell_type], -abs(cascade.nodes[n] or 0), n.gene)
        )
        y = (count - height(nodes)) / 2
        for place, node in enumerate(nodes):
            if place == 0 or node.cell_type != nodes[place - 1].cell_type:
                groups.append((level, node.cell_type, y, y))
                y += space
            heights[node] = round(y - 0.4, 4)
            y += 1
            groups[-1] = (*groups[-1][:3], round(y - 1.4, 4))
    return heights, groups, count


def _add_rails(result: go.Figure, groups: list[tuple[int, str, float, float]]) -> None:
    """A line along the nodes of each group, in the colour of its cell type."""
    for cell_type in theme.ordered({name for _, name, _, _ in groups}):
        rails: list[list[tuple[float, float]]] = [
            [(level, top + 1.0), (level, bottom)]
            for level, name, top, bottom in groups
            if name == cell_type
        ]
        x, y = joined(rails)
        line = dict(width=2, color=theme.faded(theme.colour(cell_type), 0.45))
        result.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _add_edges(
    result: go.Figure, cascade: Cascade, heights: dict[Node, float], columns: int
) -> None:
    per_level = max(_COLUMN, _COLUMN * _COLUMNS / columns)
    by_colour: dict[str, list] = {}
    for (start, end), log2fc in cascade.edges.items():
        # Signals between cells have the sender's colour, changes within a cell their direction.
        plain = theme.faded(theme.colour(start.cell_type), 0.38)
        colour = (
            plain
            if log2fc is None
            else theme.faded(theme.bin_colour(theme.log2fc_bin(log2fc)), 0.8)
        )
        # An edge leaves behind the name, whose width is estimated from its letters.
        behind = min(0.75, (20 + 6.9 * len(start.gene)) / per_level)
        curve = connector((start.level + behind, heights[start]), (end.level - 0.03, heights[end]))
        by_colour.setdefault(colour, []).append(curve)
    for colour in sorted(by_colour):
        x, y = joined(by_colour[colour])
        result.add_scatter(
            x=x, y=y, mode="lines", line=dict(width=1.2, color=colour), hoverinfo="skip"
        )


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
        lines.append(
            f"changes {ends} ligands" if role == "receptor" else f"acts on {ends} receptors"
        )
    return "<br>".join(lines)
