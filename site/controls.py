"""Selectors with a label and a line of help."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from figures import data, theme

CONDITION_LABELS = {
    data.CIN: "High CIN vs. low CIN",
    data.STING: "High CIN vs. no STING",
}


def choice(id_: str, label: str, options: dict[str, str], value: str) -> html.Div:
    """One of a few options."""
    entries = [dict(label=text, value=key) for key, text in options.items()]
    return _labelled(
        label, dcc.Dropdown(id=id_, options=entries, value=value, clearable=False, searchable=False)
    )


def several(id_: str, label: str, options: list[str], value: list[str], **more: object) -> html.Div:
    """Any number of options."""
    return _labelled(label, dcc.Dropdown(id=id_, options=options, value=value, multi=True, **more))


def cell_type(id_: str, label: str, value: str) -> html.Div:
    """One cell type."""
    return choice(id_, label, {name: name for name in theme.CELL_TYPES}, value)


def slider(id_: str, label: str, low: float, high: float, step: float, value: float) -> html.Div:
    """A number in a range; takes effect when the handle is let go."""
    bar = dcc.Slider(
        id=id_, min=low, max=high, step=step, value=value, marks=None, updatemode="mouseup"
    )
    return _labelled(label, bar)


def _labelled(label: str, control: Any) -> html.Div:
    return html.Div([html.Label(label, htmlFor=control.id), control], className="control")
