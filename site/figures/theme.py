"""Colours, type and the frame that all figures share."""

from __future__ import annotations

import plotly.graph_objects as go

INK = "#1d2733"
MUTED = "#667382"
LINE = "#dfe4ea"
FAINT = "#f3f5f7"
FONT = "Inter, 'Helvetica Neue', 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"

# (name in the data, short name for tight places, colour), in the order in which figures show them.
_CELL_TYPES = (
    ("Tumor cells", "Tumor", "#c8553d"),
    ("Macrophages/mMDSC", "Macro/mMDSC", "#e09f3e"),
    ("PMN/gMDSC", "PMN/gMDSC", "#b8a13a"),
    ("cDC", "cDC", "#7a9e4b"),
    ("pDC", "pDC", "#3f8f6b"),
    ("Mast cells", "Mast", "#2f9c95"),
    ("T cells", "T cells", "#3a7ca5"),
    ("B cells", "B cells", "#4a5fa8"),
    ("NK cells", "NK cells", "#7d5ba6"),
    ("Endothelial cells", "Endothelial", "#b0578d"),
    ("Fibroblast cells", "Fibroblast", "#8d6a5a"),
)
CELL_TYPES = tuple(name for name, _, _ in _CELL_TYPES)
_SHORT = {name: short for name, short, _ in _CELL_TYPES}
_COLOUR = {name: colour for name, _, colour in _CELL_TYPES}

# Blue (down) over light grey to orange-red (up); grey rather than white, so that "no change" stays
# visible.
LOG2FC_SCALE = ("#1f5a99", "#4f8ac0", "#93b9d9", "#d5dade", "#eeb38c", "#dc7b4a", "#b8401f")
LOG2FC_LIMIT = 0.6
_BINS = 13


def short(cell_type: str) -> str:
    """The name of `cell_type` for tight places."""
    return _SHORT.get(cell_type, cell_type)


def colour(cell_type: str) -> str:
    """The colour of `cell_type`."""
    return _COLOUR.get(cell_type, MUTED)


def ordered(cell_types: set[str]) -> list[str]:
    """`cell_types` in the order of the figures; unknown ones last."""
    known = {name: rank for rank, name in enumerate(CELL_TYPES)}
    return sorted(cell_types, key=lambda name: (known.get(name, len(known)), name))


def log2fc_bin(value: float) -> int:
    """The step of the colour scale for a log2 fold change. Shapes of one step share a trace."""
    share = (max(-LOG2FC_LIMIT, min(LOG2FC_LIMIT, value)) / LOG2FC_LIMIT + 1) / 2
    return min(_BINS - 1, int(share * _BINS))


def bin_colour(step: int) -> str:
    """The colour of a step of the scale."""
    place = step / (_BINS - 1) * (len(LOG2FC_SCALE) - 1)
    low = min(int(place), len(LOG2FC_SCALE) - 2)
    return _mix(LOG2FC_SCALE[low], LOG2FC_SCALE[low + 1], place - low)


def faded(hex_colour: str, opacity: float) -> str:
    """`hex_colour` as an `rgba()` value."""
    red, green, blue = (int(hex_colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def colour_axis(title: str) -> dict:
    """The colour axis for log2 fold changes, with a slim horizontal bar below the plot."""
    return dict(
        cmin=-LOG2FC_LIMIT,
        cmax=LOG2FC_LIMIT,
        colorscale=[[i / (len(LOG2FC_SCALE) - 1), c] for i, c in enumerate(LOG2FC_SCALE)],
        colorbar=dict(
            orientation="h",
            x=0.5,
            xanchor="center",
            y=0,
            yanchor="top",
            ypad=14,
            len=220,
            lenmode="pixels",
            thickness=9,
            outlinewidth=0,
            tickvals=[-LOG2FC_LIMIT, 0, LOG2FC_LIMIT],
            ticktext=[f"≤ −{LOG2FC_LIMIT:g}", "0", f"≥ {LOG2FC_LIMIT:g}"],
            tickfont=dict(size=11, color=MUTED),
            title=dict(text=title, side="top", font=dict(size=11, color=MUTED)),
        ),
    )


def frame(figure: go.Figure, **layout: object) -> go.Figure:
    """Give `figure` the common look: no grid, no background, quiet hover labels."""
    hidden = dict(visible=False, fixedrange=True)
    figure.update_layout(
        # "none" keeps plotly's own template (7 kB) out of every figure.
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font=dict(family=FONT, size=12, color=INK),
        margin=dict(l=16, r=16, t=16, b=16),
        hovermode="closest",
        hoverlabel=dict(
            bgcolor="#ffffff", bordercolor=LINE, font=dict(family=FONT, size=12, color=INK)
        ),
        showlegend=False,
        dragmode=False,
        modebar=dict(bgcolor="rgba(0,0,0,0)", color=LINE, activecolor=MUTED),
    )
    figure.update_xaxes(**hidden)
    figure.update_yaxes(**hidden)
    figure.update_layout(**layout)
    return figure


def share(drawn: int, found: int, what: str) -> str:
    """The caption of a figure that may show only the strongest part."""
    return (
        f"All {found:,} {what}"
        if drawn == found
        else f"The strongest {drawn:,} of {found:,} {what}"
    )


def empty(text: str) -> go.Figure:
    """A figure that says why nothing is shown."""
    figure = frame(go.Figure(), height=420)
    return figure.add_annotation(
        text=text,
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font=dict(size=14, color=MUTED),
    )


def _mix(first: str, second: str, share: float) -> str:
    parts = []
    for i in (1, 3, 5):
        a, b = int(first[i : i + 2], 16), int(second[i : i + 2], 16)
        parts.append(round(a + (b - a) * share))
    return "#{:02x}{:02x}{:02x}".format(*parts)
