"""The default views: three pickled figures, loaded once when the site starts.

New pickles need a restart. One that fails to load is remembered: the page of that figure and
`/health` say so.
"""

from __future__ import annotations

import logging

import plotly.graph_objects as go

from figures import data, pickles

_log = logging.getLogger(__name__)

FIGURES = ("circos", "interactions", "ligand_effects")

_loaded: dict[str, go.Figure] = {}
_problems: dict[str, data.DataError] = {}


def load() -> None:
    """Load the figures of the data release, in place of those loaded before."""
    _loaded.clear()
    _problems.clear()
    for name in FIGURES:
        try:
            _loaded[name] = pickles.load(data.default_path(name))
        except data.DataError as error:
            _problems[name] = error
            _log.error("%s", error)


def figure(name: str) -> go.Figure:
    """The default view `name`; raises `DataError` when it could not be loaded at the start."""
    if name in _problems:
        raise _problems[name]
    return _loaded[name]


def problems() -> list[str]:
    """Why default views are missing, as visitors may read it."""
    return [error.public for error in _problems.values()]
