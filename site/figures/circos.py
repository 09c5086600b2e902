"""Circos plot: which ligands of which cell types act on which receptors of which cell types.

Cell types are segments of a ring, targets are slots of a segment, and ribbons join the ligand slot
of a pair to its receptor slot. Tracks from the outside: cell type, gene names, numSigI1 (bars),
log2FC (tiles).
"""

from __future__ import annotations

import math

import plotly.graph_objects as go
import pyarrow as pa

from figures import theme
from figures.geometry import arc, joined, polar, ribbon, sector
from figures.links import Filters, Link, links
from figures.ring import Key, Slot, ends, layout

SIZE = 760
_RIBBONS, _TILES, _BARS, _NAMES, _BAND = 0.70, (0.71, 0.745), (0.755, 0.85), 0.865, (1.0, 1.03)
_EDGE = 1.14
_LABEL_SIZE = 9


def figure(statistics: pa.Table, pairs: pa.Table, filters: Filters = Filters()) -> go.Figure:
    """The circos plot of the strongest `filters.most` links."""
    found = links(statistics, pairs, filters)
    if not found:
        return theme.empty("No pair passes these filters. Lower a threshold to see more.")
    drawn = found[: filters.most]
    segments, slots = layout(drawn, filters.cell_types)

    result = go.Figure()
    _add_ribbons(result, drawn, slots)
    _add_tiles(result, slots)
    _add_bars(result, slots)
    _add_segments(result, segments)
    _add_hover(result, drawn, slots)
    axis = dict(range=[-_EDGE, _EDGE], visible=False, fixedrange=True)
    theme.frame(
        result,
        width=SIZE,
        height=SIZE + 60,
        margin=dict(l=0, r=0, t=0, b=60),
        xaxis=axis,
        yaxis=dict(axis, scaleanchor="x"),
        coloraxis=theme.colour_axis("log2 fold change"),
        # All at once: each single addition copies those before it.
        annotations=_segment_names(segments) + _gene_names(slots),
        meta=dict(caption=theme.share(len(drawn), len(found), "links")),
    )
    return result


def _add_ribbons(result: go.Figure, drawn: list[Link], slots: dict[Key, Slot]) -> None:
    by_step: dict[int, list] = {}
    for link, (first, second) in zip(drawn, ends(drawn, slots), strict=True):
        by_step.setdefault(theme.log2fc_bin(link.log2fc), []).append(
            ribbon(first, second, _RIBBONS)
        )
    for step in sorted(by_step):
        x, y = joined(by_step[step])
        colour = theme.bin_colour(step)
        result.add_scatter(
            x=x,
            y=y,
            mode="lines",
            fill="toself",
            fillcolor=theme.faded(colour, 0.42),
            line=dict(width=0.5, color=theme.faded(colour, 0.75)),
            hoverinfo="skip",
        )


def _add_tiles(result: go.Figure, slots: dict[Key, Slot]) -> None:
    by_step: dict[int, list] = {}
    for slot in slots.values():
        inset = (slot.end - slot.start) * 0.05
        outline = sector(slot.start + inset, slot.end - inset, *_TILES)
        by_step.setdefault(theme.log2fc_bin(slot.log2fc), []).append(outline)
    for step in sorted(by_step):
        _add_filled(result, by_step[step], theme.bin_colour(step))


def _add_bars(result: go.Figure, slots: dict[Key, Slot]) -> None:
    """Bars of numSigI1 on a square-root scale: hubs have hundreds, most receptors tens."""
    highest = max(slot.sig for slot in slots.values()) ** 0.5 or 1.0
    by_type: dict[str, list] = {}
    for (cell_type, _, role), slot in slots.items():
        if role == "receptor":
            inset = (slot.end - slot.start) * 0.14
            top = _BARS[0] + (_BARS[1] - _BARS[0]) * slot.sig**0.5 / highest
            by_type.setdefault(cell_type, []).append(
                sector(slot.start + inset, slot.end - inset, _BARS[0], top)
            )
    for cell_type in theme.ordered(set(by_type)):
        _add_filled(result, by_type[cell_type], theme.colour(cell_type))


def _add_filled(result: go.Figure, outlines: list, colour: str) -> None:
    x, y = joined(outlines)
    result.add_scatter(
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillcolor=colour,
        line=dict(width=0),
        hoverinfo="skip",
    )


def _add_segments(result: go.Figure, segments: dict[str, tuple[float, float]]) -> None:
    for name, (start, end) in segments.items():
        _add_filled(result, [sector(start, end, *_BAND)], theme.colour(name))
    floor = [arc(start, end, _BARS[0] - 0.003) for start, end in segments.values()]
    x, y = joined(floor)
    result.add_scatter(
        x=x, y=y, mode="lines", line=dict(width=0.7, color=theme.LINE), hoverinfo="skip"
    )


def _segment_names(segments: dict[str, tuple[float, float]]) -> list[dict]:
    """Names run along the ring; in the lower half they are turned round to be read upright."""
    names = []
    for name, (start, end) in segments.items():
        middle = (start + end) / 2
        x, y = polar(middle, _BAND[1] + 0.045)
        angle = middle if middle <= 90 or middle >= 270 else middle - 180
        font = dict(size=11.5, color=theme.colour(name))
        names.append(_text(x, y, f"<b>{theme.short(name)}</b>", angle, font))
    return names


def _gene_names(slots: dict[Key, Slot]) -> list[dict]:
    """Names stand radially, where their slot is wide enough; the others are in the hover texts."""
    per_unit = SIZE / (2 * _EDGE)
    names = []
    for (_, target, role), slot in slots.items():
        if math.radians(slot.end - slot.start) * _NAMES * per_unit < _LABEL_SIZE - 1:
            continue
        name = target if len(target) <= 9 else target[:8] + "…"
        # Annotations are anchored at their centre once rotated, hence half the estimated width of
        # the text.
        half = len(name) * _LABEL_SIZE * 0.29 / per_unit
        x, y = polar(slot.middle, _NAMES + half)
        angle = slot.middle - 90 if slot.middle < 180 else slot.middle + 90
        font = dict(size=_LABEL_SIZE, color=theme.INK if role == "ligand" else theme.MUTED)
        names.append(_text(x, y, name, angle, font))
    return names


def _text(x: float, y: float, text: str, angle: float, font: dict) -> dict:
    turned = round(angle - 360 if angle > 180 else angle, 1)
    return dict(x=x, y=y, text=text, textangle=turned, font=font, showarrow=False)


def _add_hover(result: go.Figure, drawn: list[Link], slots: dict[Key, Slot]) -> None:
    """Invisible points that carry the hover texts of slots and ribbons, and the colour bar."""
    points, texts, values = [], [], []
    for (cell_type, target, role), slot in slots.items():
        points.append(polar(slot.middle, _TILES[0] + 0.02))
        values.append(round(slot.log2fc, 3))
        sig = f"<br>numSigI1 {slot.sig}" if role == "receptor" else ""
        texts.append(f"<b>{target}</b> · {role}<br>{cell_type}<br>log2FC {slot.log2fc:+.2f}{sig}")
    for link, (first, second) in zip(drawn, ends(drawn, slots), strict=True):
        outline = ribbon(first, second, _RIBBONS)
        here = len(arc(*first, _RIBBONS))
        points.append(outline[here + 3])
        values.append(round(link.log2fc, 3))
        texts.append(
            f"<b>{link.ligand} → {link.receptor}</b><br>{link.donor} → {link.acceptor}"
            f"<br>ligand log2FC {link.log2fc:+.2f}<br>numSigI1 {link.sig}"
        )
    result.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers",
        hovertext=texts,
        hoverinfo="text",
        marker=dict(size=9, opacity=0, color=values, coloraxis="coloraxis"),
    )
