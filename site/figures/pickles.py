"""Pickled figures: written with equal bytes for equal figures, and read back with a clear error."""

from __future__ import annotations

import io
import json
import os
import pickle
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from figures.data import DataError

# Readable by every Python since 3.4, as the data outlives the interpreter that wrote it.
PROTOCOL = 4


class _FigurePickler(pickle.Pickler):
    """Pickles a figure through its JSON, with sorted keys.

    A pickle refers back to objects by identity, so equal figures may differ in bytes when their
    strings are shared differently. Values that were just parsed share nothing but what the text
    itself repeats.
    """

    def reducer_override(self, obj: object) -> Any:
        if isinstance(obj, go.Figure):
            text = json.dumps(json.loads(obj.to_json()), sort_keys=True)
            return go.Figure, (json.loads(text),)
        return NotImplemented


def dumps(figure: go.Figure) -> bytes:
    """The bytes of `figure`."""
    buffer = io.BytesIO()
    _FigurePickler(buffer, protocol=PROTOCOL).dump(figure)
    return buffer.getvalue()


def write(figure: go.Figure, path: Path | str) -> int:
    """Write `figure` to `path`, load it again and compare; return the number of bytes."""
    content = dumps(figure)
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if json.loads(load(path).to_json()) != json.loads(figure.to_json()):
        raise DataError.of(path, "does not hold the figure that was written to it")
    return len(content)


def load(path: Path | str) -> go.Figure:
    """Load the figure in `path`; raise `DataError` when it is missing, broken or no figure."""
    try:
        with open(path, "rb") as file:
            figure = pickle.load(file)
    except FileNotFoundError as error:
        raise DataError.of(path, "is missing from this data release") from error
    except Exception as error:  # unpickling runs code of any library, which may raise anything
        detail = f"{type(error).__name__}: {error}"
        raise DataError.of(path, "cannot be unpickled", detail) from error
    if not isinstance(figure, go.Figure):
        raise DataError.of(path, f"holds a {type(figure).__name__}, not a figure")
    return figure
