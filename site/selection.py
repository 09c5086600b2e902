"""Values that a browser sent, checked against what there is before they are used.

A browser may send anything in place of what a selector offers. What is not offered is refused, and
is not repeated in the answer.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from figures.data import SelectionError


def one_of(name: str, value: object, known: Collection[str]) -> str:
    """`value`, when it is one of `known`."""
    if isinstance(value, str) and value in known:
        return value
    raise SelectionError(name)


def several(name: str, values: object, known: Collection[str]) -> tuple[str, ...]:
    """`values`, when each is one of `known`; none is as good as an empty list."""
    if values is None:
        return ()
    if not isinstance(values, (list, tuple)) or len(values) > len(known):
        raise SelectionError(name)
    return tuple(one_of(name, value, known) for value in values)


def number(name: str, value: object, low: float, high: float) -> float:
    """`value`, when it is a number from `low` to `high`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if math.isfinite(value) and low <= value <= high:
            return value
    raise SelectionError(name)


def whole(name: str, value: object, low: int, high: int) -> int:
    """`value`, when it is a whole number from `low` to `high`."""
    found = number(name, value, low, high)
    if found != int(found):
        raise SelectionError(name)
    return int(found)
