"""Overview: per cell type, how many ligands change and how many receptors respond."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.compute as pc

from figures import data, theme

COLUMNS = ["cell_type", "target", "ligand", "receptor", "numSigI1", "MAST_log2FC", "MAST_fdr"]


def figure(
    statistics: pa.Table, log2fc_fdr: float = 0.05, min_log2fc: float = 0.12, min_sig: int = 10
) -> go.Figure:
    """On the left bars for ligands (up, down), on the right for receptors with an effect."""
    names = list(reversed(theme.CELL_TYPES))
    ticks = dict(tickvals=names, ticktext=[theme.short(name) + "  " for name in names])
    changed = pc.and_(
        data.is_true(statistics, "ligand"), pc.less_equal(statistics["MAST_fdr"], log2fc_fdr)
    )
    responds = pc.and_(
        data.is_true(statistics, "receptor"), pc.greater_equal(statistics["numSigI1"], min_sig)
    )
    up = _count(
        statistics, pc.and_(changed, pc.greater_equal(statistics["MAST_log2FC"], min_log2fc))
    )
    down = _count(
        statistics, pc.and_(changed, pc.less_equal(statistics["MAST_log2FC"], -min_log2fc))
    )
    receptors = _count(statistics, responds)

    result = go.Figure()
    series = (
        ("Ligands up", [up.get(n, 0) for n in names], theme.LOG2FC_SCALE[-2], "x"),
        ("Ligands down", [down.get(n, 0) for n in names], theme.LOG2FC_SCALE[1], "x"),
        ("Receptors with an effect", [receptors.get(n, 0) for n in names], "#4b7f78", "x2"),
    )
    for label, values, colour, axis in series:
        result.add_bar(
            y=names,
            x=values,
            orientation="h",
            name=label,
            marker=dict(color=colour, line=dict(width=0)),
            xaxis=axis,
            hovertemplate=f"%{{y}}<br>{label}: %{{x}}<extra></extra>",
        )
    theme.frame(
        result,
        height=400,
        barmode="stack",
        bargap=0.38,
        margin=dict(l=104, r=12, t=64, b=28),
        showlegend=True,
        legend=dict(
            orientation="h",
            x=0,
            xanchor="left",
            xref="container",
            y=1,
            yref="container",
            yanchor="top",
            font=dict(size=12, color=theme.INK),
            traceorder="normal",
        ),
    )
    grid = dict(
        visible=True,
        gridcolor=theme.LINE,
        zeroline=False,
        tickfont=dict(size=11, color=theme.MUTED),
        nticks=4,
    )
    result.update_layout(
        xaxis=dict(grid, domain=[0, 0.48]),
        xaxis2=dict(grid, domain=[0.52, 1], anchor="y", fixedrange=True),
        yaxis=dict(
            ticks, visible=True, tickfont=dict(size=12, color=theme.INK), ticks="", showgrid=False
        ),
    )
    return result


def _count(statistics: pa.Table, mask: pa.ChunkedArray) -> dict[str, int]:
    counts = pc.value_counts(statistics.filter(mask)["cell_type"])
    return {entry["values"]: entry["counts"] for entry in counts.to_pylist()}
