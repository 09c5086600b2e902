"""Paths that plotly has no trace for: arcs, ribbons across a circle, and smooth connectors.

Angles are degrees, clockwise from the top. Coordinates are rounded, which makes figures smaller and
equal on every machine (the last bits of sines differ between C libraries).
"""

from __future__ import annotations

import math

Point = tuple[float, float]
_DIGITS = 4


def polar(angle: float, radius: float) -> Point:
    """The point at `angle` on the circle of `radius`."""
    radians = math.radians(angle)
    return round(radius * math.sin(radians), _DIGITS), round(radius * math.cos(radians), _DIGITS)


def arc(start: float, end: float, radius: float, step: float = 2.0) -> list[Point]:
    """Points along the circle from `start` to `end`, at most `step` degrees apart."""
    count = max(1, math.ceil(abs(end - start) / step))
    return [polar(start + (end - start) * i / count, radius) for i in range(count + 1)]


def sector(start: float, end: float, inner: float, outer: float) -> list[Point]:
    """The closed outline of a piece of a ring."""
    return arc(start, end, outer) + arc(end, start, inner)


def ribbon(
    first: tuple[float, float], second: tuple[float, float], radius: float, pull: float = 0.12
) -> list[Point]:
    """The closed outline of a ribbon between two arcs of a circle.

    Both arcs are run through clockwise, so that ribbons never twist and all have one orientation:
    many of them can then share one filled path without holes where they overlap.
    """
    there = _bend(polar(first[1], radius), polar(second[0], radius), pull)
    back = _bend(polar(second[1], radius), polar(first[0], radius), pull)
    return arc(*first, radius) + there[1:-1] + arc(*second, radius) + back[1:]


def connector(start: Point, end: Point, steps: int = 28) -> list[Point]:
    """A smooth S-shaped curve that leaves and arrives horizontally."""
    (x0, y0), (x1, y1) = start, end
    points = []
    for i in range(steps + 1):
        t = i / steps
        ease = t * t * (3 - 2 * t)
        points.append((round(x0 + (x1 - x0) * t, _DIGITS), round(y0 + (y1 - y0) * ease, _DIGITS)))
    return points


def joined(paths: list[list[Point]]) -> tuple[list[float | None], list[float | None]]:
    """Coordinates of many paths in one trace, with gaps between them."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for path in paths:
        if xs:
            xs.append(None)
            ys.append(None)
        xs.extend(x for x, _ in path)
        ys.extend(y for _, y in path)
    return xs, ys


def _bend(start: Point, end: Point, pull: float, steps: int = 14) -> list[Point]:
    """A curve from `start` to `end` that is drawn towards the centre (quadratic Bézier)."""
    control = ((start[0] + end[0]) / 2 * pull, (start[1] + end[1]) / 2 * pull)
    points = []
    for i in range(steps + 1):
        t = i / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append(
            (
                round(a * start[0] + b * control[0] + c * end[0], _DIGITS),
                round(a * start[1] + b * control[1] + c * end[1], _DIGITS),
            )
        )
    return points
