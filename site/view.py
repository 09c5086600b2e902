"""The frame of a page with one figure: heading, selectors, figure, and a place for errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

import plotly.graph_objects as go
from dash import dcc, html

from figures import theme
from figures.data import DataError, SelectionError

_log = logging.getLogger(__name__)

# Figure, caption and error of a page, in the order of a callback's outputs.
Answer = tuple[go.Figure, str, object]


def page(
    name: str, title: str, lead: str, controls: list, build: Callable[[], go.Figure]
) -> html.Div:
    """The page `name`, which starts with the figure that `build` makes."""
    figure, caption, error = answer(build)
    panel = html.Details(
        [html.Summary("Selection"), html.Div(controls, className="controls")],
        open=True,
        className="card panel",
    )
    return html.Div(
        [
            html.Header([html.H1(title), html.P(lead)], className="intro"),
            html.Div(
                [
                    panel,
                    html.Section(
                        [
                            html.Div(error, id=f"{name}-error"),
                            html.P(caption, id=f"{name}-caption", className="caption"),
                            plot(name, figure),
                        ],
                        className="card stage",
                    ),
                ],
                className="split",
            ),
        ]
    )


def plot(name: str, figure: go.Figure) -> html.Div:
    """The graph `name-graph`, in a box that scrolls sideways where the screen is narrower."""
    graph = dcc.Graph(
        id=f"{name}-graph",
        figure=figure,
        responsive="auto",  # the figure decides its height, the page its width
        config=dict(
            displaylogo=False,
            modeBarButtons=[["toImage"]],
            toImageButtonOptions=dict(filename=name, scale=2),
        ),
    )
    return html.Div(graph, className=f"plot plot-{name}")


def answer(build: Callable[[], go.Figure]) -> Answer:
    """Run `build`; an error becomes a visible message, never an old or merely empty plot.

    What went wrong is for the log: visitors see no path of the server and no exception.
    """
    try:
        figure = build()
    except SelectionError as error:
        return theme.empty("No figure"), "", alert(str(error))
    except DataError as error:
        return theme.empty("No figure"), "", alert(explained(error))
    except Exception:  # noqa: BLE001 - shown, or the page would keep the figure of other selections
        number = secrets.token_hex(4)
        _log.exception("figure failed (%s)", number)
        text = f"The site could not draw it. Its log has the reason under {number}."
        return theme.empty("No figure"), "", alert(text)
    return figure, (figure.layout.meta or {}).get("caption", ""), None


def explained(error: DataError) -> str:
    """What visitors may read of `error`; the rest is logged."""
    _log.error("%s", error)
    return error.public


def alert(text: str) -> html.Div:
    """An error message."""
    return html.Div(
        [html.Strong("This data cannot be shown. "), text], role="alert", className="alert"
    )
