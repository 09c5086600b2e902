"""Pairwise interactions: the ligands of one cell type against the receptors of another."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.compute as pc

from figures import theme
from figures.geometry import connector, joined

COLUMNS = [
    "cell_type_ligand",
    "ligand",
    "MAST_log2FC_ligand",
    "MAST_fdr_ligand",
    "cell_type_receptor",
    "receptor",
    "numSigI1",
    "MAST_log2FC_receptor",
]

_LEFT, _RIGHT = 0.0, 1.0
_ROW = 21  # pixels between two names


@dataclass(frozen=True)
class Filters:
    """What is drawn; the defaults are those of the default view."""

    donor: str = "Tumor cells"
    acceptor: str = "Macrophages/mMDSC"
    log2fc_fdr: float = 0.25
    min_log2fc: float = 0.12
    min_sig: int = 1
    most: int = 60


def links(interactions: pa.Table, filters: Filters) -> list[dict]:
    """Rows that pass `filters`, the strongest first (by numSigI1, then by |log2FC|)."""
    mask = pc.and_(
        pc.equal(interactions["cell_type_ligand"], filters.donor),
        pc.equal(interactions["cell_type_receptor"], filters.acceptor),
    )
    mask = pc.and_(mask, pc.less_equal(interactions["MAST_fdr_ligand"], filters.log2fc_fdr))
    mask = pc.and_(
        mask, pc.greater_equal(pc.abs(interactions["MAST_log2FC_ligand"]), filters.min_log2fc)
    )
    mask = pc.and_(mask, pc.greater_equal(interactions["numSigI1"], max(1, filters.min_sig)))
    rows = interactions.filter(mask).to_pylist()
    rows.sort(
        key=lambda r: (-r["numSigI1"], -abs(r["MAST_log2FC_ligand"]), r["ligand"], r["receptor"])
    )
    return rows


def figure(interactions: pa.Table, filters: Filters = Filters()) -> go.Figure:
    """Ligands on the left by log2FC, receptors on the right; their size is numSigI1."""
    rows = links(interactions, filters)
    if not rows:
        return theme.empty("No interaction passes these filters. Lower a threshold to see more.")
    drawn = rows[: filters.most]
    ligands = {r["ligand"]: r["MAST_log2FC_ligand"] for r in drawn}
    receptors = {
        r["receptor"]: (r["MAST_log2FC_receptor"] or 0.0, int(r["numSigI1"])) for r in drawn
    }
    count = max(len(ligands), len(receptors))

    left = _spread(sorted(ligands, key=lambda name: (-ligands[name], name)), count)
    # Receptors stand at the mean height of their ligands, which keeps crossings few.
    mean = {
        name: _mean([left[r["ligand"]] for r in drawn if r["receptor"] == name])
        for name in receptors
    }
    right = _spread(
        sorted(receptors, key=lambda name: (mean[name], -receptors[name][1], name)), count
    )

    result = go.Figure()
    _add_links(result, drawn, left, right)
    _add_nodes(
        result,
        _LEFT,
        left,
        "middle left",
        [ligands[name] for name in left],
        [11.0] * len(left),
        [
            f"<b>{name}</b> · ligand<br>{filters.donor}<br>log2FC {ligands[name]:+.2f}"
            for name in left
        ],
    )
    highest = max(sig for _, sig in receptors.values())
    _add_nodes(
        result,
        _RIGHT,
        right,
        "middle right",
        [receptors[name][0] for name in right],
        [round(8 + 18 * (receptors[name][1] / highest) ** 0.5, 2) for name in right],
        [
            f"<b>{name}</b> · receptor<br>{filters.acceptor}<br>log2FC {receptors[name][0]:+.2f}"
            f"<br>numSigI1 {receptors[name][1]}"
            for name in right
        ],
    )
    height = max(320, count * _ROW) + 150
    return theme.frame(
        result,
        height=height,
        margin=dict(l=8, r=8, t=56, b=66),
        xaxis=dict(range=[-0.42, 1.42], visible=False, fixedrange=True),
        yaxis=dict(range=[count - 0.2, -1.0], visible=False, fixedrange=True),
        coloraxis=theme.colour_axis("log2 fold change"),
        annotations=[
            _heading(_LEFT, filters.donor, "ligands"),
            _heading(_RIGHT, filters.acceptor, "receptors"),
        ],
        meta=dict(caption=theme.share(len(drawn), len(rows), "interactions")),
    )


def _heading(x: float, cell_type: str, role: str) -> dict:
    font = dict(size=13, color=theme.colour(cell_type))
    text = f"<b>{cell_type}</b><br>{role}"
    return dict(x=x, y=-0.95, text=text, showarrow=False, yanchor="bottom", font=font)


def _spread(names: list[str], count: int) -> dict[str, float]:
    """Heights (0 is the top) that spread `names` evenly over `count` rows."""
    step = count / len(names)
    return {name: round((i + 0.5) * step - 0.5, 4) for i, name in enumerate(names)}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _add_links(
    result: go.Figure, drawn: list[dict], left: dict[str, float], right: dict[str, float]
) -> None:
    by_step: dict[int, list] = {}
    for row in drawn:
        curve = connector((_LEFT, left[row["ligand"]]), (_RIGHT, right[row["receptor"]]))
        by_step.setdefault(theme.log2fc_bin(row["MAST_log2FC_ligand"]), []).append(curve)
    for step in sorted(by_step):
        x, y = joined(by_step[step])
        line = dict(width=1.6, color=theme.faded(theme.bin_colour(step), 0.75))
        result.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _add_nodes(
    result: go.Figure,
    x: float,
    heights: dict[str, float],
    position: str,
    values: list[float],
    sizes: list[float],
    texts: list[str],
) -> None:
    # Blanks keep the names clear of the largest markers.
    pad = ("", "    ") if position.endswith("left") else ("    ", "")
    result.add_scatter(
        x=[x] * len(heights),
        y=list(heights.values()),
        mode="markers+text",
        text=[f"{pad[0]}{name}{pad[1]}" for name in heights],
        textposition=position,
        textfont=dict(size=12, color=theme.INK),
        hovertext=texts,
        hoverinfo="text",
        cliponaxis=False,
        marker=dict(
            size=sizes,
            opacity=1,
            color=[round(v, 3) for v in values],
            coloraxis="coloraxis",
            line=dict(width=1, color="#ffffff"),
        ),
    )
