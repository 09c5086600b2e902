"""Circos plot: which ligands of which cell types act on which receptors of which cell types.

Cell types are segments of a ring, targets are slots of a segment, and ribbons join the ligand slot of a pair
to its receptor slot. Tracks from the outside: cell type, gene names, numSigI1 (bars), log2FC (tiles).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.compute as pc

from figures import data, theme
from figures.geometry import arc, joined, polar, ribbon, sector

COLUMNS = ["cell_type", "target", "ligand", "receptor", "numSigI1", "MAST_log2FC", "MAST_fdr"]
PAIR_COLUMNS = ["ligand", "receptor"]

SIZE = 760
_GAP = 2.2  # degrees between segments
_LEAST = 15.0  # degrees that a segment has at least, so that its name fits
_WIDEST = 4.0  # degrees that a slot has at most
_RIBBONS, _TILES, _BARS, _NAMES, _BAND = 0.70, (0.71, 0.745), (0.755, 0.85), 0.865, (1.0, 1.03)
_EDGE = 1.14
_LABEL_SIZE = 9


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


@dataclass(frozen=True)
class _Slot:
    """A target's place on the ring, in degrees."""

    start: float
    end: float
    log2fc: float
    sig: int

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


# (cell type, target, "ligand" or "receptor"): a target that is both has two slots.
_Key = tuple[str, str, str]


def links(statistics: pa.Table, pairs: pa.Table, filters: Filters) -> list[Link]:
    """All pairs that pass `filters`, the strongest first (by numSigI1, then by |log2FC|)."""
    shown = pc.is_in(statistics["cell_type"], value_set=pa.array(filters.cell_types, pa.string()))
    changed = pc.and_(
        pc.less_equal(statistics["MAST_fdr"], filters.log2fc_fdr),
        pc.greater_equal(pc.abs(statistics["MAST_log2FC"]), filters.min_log2fc),
    )
    responds = pc.greater_equal(statistics["numSigI1"], max(1, filters.min_sig))
    ligands = statistics.filter(pc.and_(shown, pc.and_(data.is_true(statistics, "ligand"), changed)))
    receptors = statistics.filter(pc.and_(shown, pc.and_(data.is_true(statistics, "receptor"), responds)))

    receptors_of: dict[str, list[str]] = {}
    for ligand, receptor in zip(pairs["ligand"].to_pylist(), pairs["receptor"].to_pylist()):
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


def figure(statistics: pa.Table, pairs: pa.Table, filters: Filters = Filters()) -> go.Figure:
    """The circos plot of the strongest `filters.most` links."""
    found = links(statistics, pairs, filters)
    if not found:
        return theme.empty("No pair passes these filters. Lower a threshold to see more.")
    drawn = found[: filters.most]
    segments, slots = _layout(drawn, filters.cell_types)

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


def _layout(drawn: list[Link], cell_types: tuple[str, ...]) -> tuple[dict[str, tuple[float, float]], dict[_Key, _Slot]]:
    """Segments (start, end) by cell type, and slots by key; ligands come first in a segment."""
    values: dict[_Key, tuple[float, int]] = {}
    for link in drawn:
        values[link.donor, link.ligand, "ligand"] = (link.log2fc, 0)
        values[link.acceptor, link.receptor, "receptor"] = (link.receptor_log2fc, link.sig)
    members: dict[str, list[_Key]] = {name: [] for name in theme.ordered(set(cell_types))}
    for key in sorted(values, key=lambda k: (k[2], -values[k][1], -values[k][0], k[1])):
        members[key[0]].append(key)

    room = 360 - _GAP * len(members)
    least = min(_LEAST, room / len(members))
    spare = room - least * len(members)
    # Only what does not fit in the least width competes for the spare room.
    wants = {name: max(0.0, len(keys) * _WIDEST - least) for name, keys in members.items()}
    total = sum(wants.values()) or 1.0
    segments, slots, angle = {}, {}, _GAP / 2
    for name, keys in members.items():
        width = least + spare * (wants[name] / total if sum(wants.values()) else 1 / len(members))
        segments[name] = (angle, angle + width)
        step = min(_WIDEST, width / len(keys)) if keys else 0.0
        start = angle + (width - step * len(keys)) / 2
        for place, key in enumerate(keys):
            log2fc, sig = values[key]
            slots[key] = _Slot(start + place * step, start + (place + 1) * step, log2fc, sig)
        angle += width + _GAP
    return segments, slots


def _ends(drawn: list[Link], slots: dict[_Key, _Slot]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The arcs that each link takes of its two slots: a slot is shared evenly, in the order of the far ends."""
    sharing: dict[_Key, list[tuple[float, int, int]]] = {}
    for index, link in enumerate(drawn):
        keys = _keys(link)
        for side in (0, 1):
            here, there = slots[keys[side]].middle, slots[keys[1 - side]].middle
            # The nearest clockwise neighbour takes the last part, which keeps ribbons from crossing at their feet.
            sharing.setdefault(keys[side], []).append((-((there - here) % 360), index, side))
    arcs: dict[tuple[int, int], tuple[float, float]] = {}
    for key, parts in sharing.items():
        slot = slots[key]
        inset = (slot.end - slot.start) * 0.06
        width = (slot.end - slot.start - 2 * inset) / len(parts)
        for place, (_, index, side) in enumerate(sorted(parts)):
            start = slot.start + inset + place * width
            arcs[index, side] = (start, start + width)
    return [(arcs[index, 0], arcs[index, 1]) for index in range(len(drawn))]


def _keys(link: Link) -> tuple[_Key, _Key]:
    return (link.donor, link.ligand, "ligand"), (link.acceptor, link.receptor, "receptor")


def _add_ribbons(result: go.Figure, drawn: list[Link], slots: dict[_Key, _Slot]) -> None:
    by_step: dict[int, list] = {}
    for link, (first, second) in zip(drawn, _ends(drawn, slots)):
        by_step.setdefault(theme.log2fc_bin(link.log2fc), []).append(ribbon(first, second, _RIBBONS))
    for step in sorted(by_step):
        x, y = joined(by_step[step])
        colour = theme.bin_colour(step)
        result.add_scatter(
            x=x, y=y, mode="lines", fill="toself", fillcolor=theme.faded(colour, 0.42),
            line=dict(width=0.5, color=theme.faded(colour, 0.75)), hoverinfo="skip",
        )


def _add_tiles(result: go.Figure, slots: dict[_Key, _Slot]) -> None:
    by_step: dict[int, list] = {}
    for slot in slots.values():
        inset = (slot.end - slot.start) * 0.05
        outline = sector(slot.start + inset, slot.end - inset, *_TILES)
        by_step.setdefault(theme.log2fc_bin(slot.log2fc), []).append(outline)
    for step in sorted(by_step):
        _add_filled(result, by_step[step], theme.bin_colour(step))


def _add_bars(result: go.Figure, slots: dict[_Key, _Slot]) -> None:
    """Bars of numSigI1 on a square-root scale: hubs have hundreds, most receptors tens."""
    highest = max(slot.sig for slot in slots.values()) ** 0.5 or 1.0
    by_type: dict[str, list] = {}
    for (cell_type, _, role), slot in slots.items():
        if role == "receptor":
            inset = (slot.end - slot.start) * 0.14
            top = _BARS[0] + (_BARS[1] - _BARS[0]) * slot.sig**0.5 / highest
            by_type.setdefault(cell_type, []).append(sector(slot.start + inset, slot.end - inset, _BARS[0], top))
    for cell_type in theme.ordered(set(by_type)):
        _add_filled(result, by_type[cell_type], theme.colour(cell_type))


def _add_filled(result: go.Figure, outlines: list, colour: str) -> None:
    x, y = joined(outlines)
    result.add_scatter(x=x, y=y, mode="lines", fill="toself", fillcolor=colour, line=dict(width=0), hoverinfo="skip")


def _add_segments(result: go.Figure, segments: dict[str, tuple[float, float]]) -> None:
    for name, (start, end) in segments.items():
        _add_filled(result, [sector(start, end, *_BAND)], theme.colour(name))
    floor = [arc(start, end, _BARS[0] - 0.003) for start, end in segments.values()]
    x, y = joined(floor)
    result.add_scatter(x=x, y=y, mode="lines", line=dict(width=0.7, color=theme.LINE), hoverinfo="skip")


def _segment_names(segments: dict[str, tuple[float, float]]) -> list[dict]:
    """Names run along the ring; in the lower half they are turned round so that nobody reads upside down."""
    names = []
    for name, (start, end) in segments.items():
        middle = (start + end) / 2
        x, y = polar(middle, _BAND[1] + 0.045)
        angle = middle if middle <= 90 or middle >= 270 else middle - 180
        font = dict(size=11.5, color=theme.colour(name))
        names.append(_text(x, y, f"<b>{theme.short(name)}</b>", angle, font))
    return names


def _gene_names(slots: dict[_Key, _Slot]) -> list[dict]:
    """Names stand radially, where their slot is wide enough; the others are in the hover texts."""
    per_unit = SIZE / (2 * _EDGE)
    names = []
    for (_, target, role), slot in slots.items():
        if math.radians(slot.end - slot.start) * _NAMES * per_unit < _LABEL_SIZE - 1:
            continue
        name = target if len(target) <= 9 else target[:8] + "…"
        # Annotations are anchored at their centre once rotated, hence half the estimated width of the text.
        half = len(name) * _LABEL_SIZE * 0.29 / per_unit
        x, y = polar(slot.middle, _NAMES + half)
        angle = slot.middle - 90 if slot.middle < 180 else slot.middle + 90
        font = dict(size=_LABEL_SIZE, color=theme.INK if role == "ligand" else theme.MUTED)
        names.append(_text(x, y, name, angle, font))
    return names


def _text(x: float, y: float, text: str, angle: float, font: dict) -> dict:
    turned = round(angle - 360 if angle > 180 else angle, 1)
    return dict(x=x, y=y, text=text, textangle=turned, font=font, showarrow=False)


def _add_hover(result: go.Figure, drawn: list[Link], slots: dict[_Key, _Slot]) -> None:
    """Invisible points that carry the hover texts of slots and ribbons, and the colour bar."""
    points, texts, values = [], [], []
    for (cell_type, target, role), slot in slots.items():
        points.append(polar(slot.middle, _TILES[0] + 0.02))
        values.append(round(slot.log2fc, 3))
        sig = f"<br>numSigI1 {slot.sig}" if role == "receptor" else ""
        texts.append(f"<b>{target}</b> · {role}<br>{cell_type}<br>log2FC {slot.log2fc:+.2f}{sig}")
    for link, (first, second) in zip(drawn, _ends(drawn, slots)):
        outline = ribbon(first, second, _RIBBONS)
        ends = len(arc(*first, _RIBBONS))
        points.append(outline[ends + 3])
        values.append(round(link.log2fc, 3))
        texts.append(
            f"<b>{link.ligand} → {link.receptor}</b><br>{link.donor} → {link.acceptor}"
            f"<br>ligand log2FC {link.log2fc:+.2f}<br>numSigI1 {link.sig}"
        )
    result.add_scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="markers", hovertext=texts, hoverinfo="text",
        marker=dict(size=9, opacity=0, color=values, coloraxis="coloraxis"),
    )
