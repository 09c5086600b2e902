"""Finding a unit's inputs, and keeping what was loaded from them for the worker's next units."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, TypeVar

Loader = TypeVar("Loader", bound=Callable[..., Any])


def pick(paths: list[str], *names: str) -> str:
    """The one of `paths` whose last component is one of `names`."""
    found = [path for path in paths if PurePath(path).name in names]
    if len(found) != 1:
        raise LookupError(
            f'"{" or ".join(names)}" stands {len(found)} times among the inputs {paths}'
        )
    return found[0]


def cached(load: Loader) -> Loader:
    """Decorator: remember what `load(*paths)` gave until one of the files is another.

    A file is the same while its device, inode, size and times are. One result is kept for each set
    of paths. The result is shared by units, which must not change it.
    """
    kept: dict[tuple[str, ...], tuple[list[tuple[int, ...]], Any]] = {}

    @functools.wraps(load)
    def load_once(*paths: str) -> Any:
        state = [_state(path) for path in paths]
        if paths not in kept or kept[paths][0] != state:
            kept.pop(paths, None)
            kept[paths] = state, load(*paths)
        return kept[paths][1]

    return load_once  # type: ignore[return-value]


def _state(path: str) -> tuple[int, ...]:
    status = os.stat(path)
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
