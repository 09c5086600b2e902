"""The default views: three pickled figures, loaded once when the site starts.

New pickles need a restart. One that fails to load is remembered: the page of that figure and
`/health` say so.
"""

from __future__ import annotations

import plotly.graph_objects as go

from figures import data, pickles

FIGURES = ("circos", "interactions", "ligand_effects")

_loaded: dict[str, go.Figure] = {}
_problems: dict[str, str] = {}


def load() -> None:
    """Load the figures of the data release, in place of those loaded before."""
    _loaded.clear()
    _problems.clear()
    for name in FIGURES:
        try:
            _loaded[name] = pickles.load(data.default_path(name))
        except data.DataError as error:
            _problems[name] = str(error)


def figure(name: str) -> go.Figure:
    """The default view `name`; raises `DataError` when it could not be loaded at the start."""
    if name in _problems:
        raise data.DataError(_problems[name])
    return _loaded[name]


def problems() -> list[str]:
    """Why default views are missing."""
    return list(_problems.values())
