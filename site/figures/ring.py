"""The ring of the circos plot: where cell types, targets and the ends of links lie, in degrees."""

from __future__ import annotations

from dataclasses import dataclass

from figures import theme
from figures.links import Link

_GAP = 2.2  # between segments
_LEAST = 15.0  # of a segment at least, so that its name fits
_WIDEST = 4.0  # of a slot at most

Span = tuple[float, float]


@dataclass(frozen=True)
class Slot:
    """A target's place on the ring, in degrees."""

    start: float
    end: float
    log2fc: float
    sig: int

    @property
    def middle(self) -> float:
        """The angle halfway."""
        return (self.start + self.end) / 2


# (cell type, target, "ligand" or "receptor"): a target that is both has two slots.
Key = tuple[str, str, str]


def layout(
    drawn: list[Link], cell_types: tuple[str, ...]
) -> tuple[dict[str, Span], dict[Key, Slot]]:
    """Segments (start, end) by cell type, and slots by key; ligands come first in a segment."""
    values: dict[Key, tuple[float, int]] = {}
    for link in drawn:
        values[link.donor, link.ligand, "ligand"] = (link.log2fc, 0)
        values[link.acceptor, link.receptor, "receptor"] = (link.receptor_log2fc, link.sig)
    members: dict[str, list[Key]] = {name: [] for name in theme.ordered(set(cell_types))}
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
            slots[key] = Slot(start + place * step, start + (place + 1) * step, log2fc, sig)
        angle += width + _GAP
    return segments, slots


def ends(drawn: list[Link], slots: dict[Key, Slot]) -> list[tuple[Span, Span]]:
    """The arcs of each link at its ligand and at its receptor.

    The links of a slot share it evenly, in the order of their far ends.
    """
    sharing: dict[Key, list[tuple[float, int, int]]] = {}
    for index, link in enumerate(drawn):
        keys = keys_of(link)
        for side in (0, 1):
            here, there = slots[keys[side]].middle, slots[keys[1 - side]].middle
            # What is nearest clockwise takes the last part, or ribbons would cross at their feet.
            sharing.setdefault(keys[side], []).append((-((there - here) % 360), index, side))
    arcs: dict[tuple[int, int], Span] = {}
    for key, parts in sharing.items():
        slot = slots[key]
        inset = (slot.end - slot.start) * 0.06
        width = (slot.end - slot.start - 2 * inset) / len(parts)
        for place, (_, index, side) in enumerate(sorted(parts)):
            start = slot.start + inset + place * width
            arcs[index, side] = (start, start + width)
    return [(arcs[index, 0], arcs[index, 1]) for index in range(len(drawn))]


def keys_of(link: Link) -> tuple[Key, Key]:
    """The slots of the ligand and of the receptor."""
    return (link.donor, link.ligand, "ligand"), (link.acceptor, link.receptor, "receptor")
