"""Home: what the site shows, the extent of the data, and the release that is running."""

from __future__ import annotations

import os

from dash import Input, Output, callback, dcc, html, register_page

import controls
import release
import view
from figures import data, overview

register_page(__name__, path="/", name="Home", title="Tumour Crosstalk")

_LEAD = (
    "Chromosomal instability (CIN) changes what tumour cells say to the cells around them, partly "
    "through STING. This site shows which ligands change, which receptors respond, and what "
    "follows from it."
)
_OVERVIEW = (
    "Ligands with |log2FC| ≥ 0.12 at an FDR of 5 %, and receptors to which at least ten genes "
    "respond at an FDR of 25 %."
)
_VIEWS = (
    ("Circos", "/circos", "Every cell type at once: which ligands act on which receptors."),
    ("Interactions", "/interactions", "One cell type against another, ligand by ligand."),
    (
        "Ligand effects",
        "/ligand-effects",
        "What a ligand sets off, and what that sets off in turn.",
    ),
)


def layout(**_: object) -> html.Div:
    """The page."""
    return html.Div(
        [
            html.Header(
                [html.H1("Cell-to-cell communication in tumours"), html.P(_LEAD)],
                className="intro hero",
            ),
            html.Div(_tiles(), className="tiles"),
            html.Div([_link(*entry) for entry in _VIEWS], className="cards"),
            html.Div([_overview(), _release()], className="split wide-left"),
        ]
    )


@callback(
    Output("home-graph", "figure"),
    Output("home-error", "children"),
    Input("home-condition", "value"),
    prevent_initial_call=True,
)
def update(condition: str) -> tuple:
    """The overview of a condition."""
    figure, _, error = view.answer(lambda: _figure(condition))
    return figure, error


def _overview() -> html.Section:
    figure, _, error = view.answer(lambda: _figure(data.CIN))
    heading = html.Div([html.H2("Signals by cell type"), html.P(_OVERVIEW, className="caption")])
    condition = controls.choice("home-condition", "Condition", controls.CONDITION_LABELS, data.CIN)
    return html.Section(
        [
            html.Div([heading, condition], className="head"),
            html.Div(error, id="home-error"),
            view.plot("home", figure),
        ],
        className="card",
    )


def _figure(condition: str):
    return overview.figure(
        data.read(data.circos_path(condition, data.DEFAULT_FDR_PERCENT), overview.COLUMNS)
    )


def _tiles() -> list:
    """Figures that say how much data there is; an error in their place when it cannot be read."""
    try:
        pairs = data.read(data.pairs_path(), ["ligand", "receptor"])
        statistics = data.read(data.circos_path(data.CIN, data.DEFAULT_FDR_PERCENT), ["cell_type"])
        with os.scandir(data.root() / "ligand_effects") as entries:
            tested = sum(entry.name.endswith(".feather") for entry in entries)
    except data.DataError as error:
        return [view.alert(view.explained(error))]
    except OSError as error:
        found = data.DataError.of(
            data.root() / "ligand_effects", "cannot be listed", error.strerror or ""
        )
        return [view.alert(view.explained(found))]
    counts = (
        ("cell types", len(set(statistics["cell_type"].to_pylist()))),
        ("ligands", len(set(pairs["ligand"].to_pylist()))),
        ("receptors", len(set(pairs["receptor"].to_pylist()))),
        ("ligand–receptor pairs", pairs.num_rows),
        ("targets with effects", tested),
    )
    return [
        html.Div([html.B(f"{number:,}"), html.Span(label)], className="tile")
        for label, number in counts
    ]


def _link(name: str, path: str, text: str) -> dcc.Link:
    return dcc.Link(
        [html.H2([name, html.Span(" →", className="arrow")]), html.P(text)],
        href=path,
        className="card link",
    )


def _release() -> html.Section:
    running = release.current()
    rows = (
        ("Release", running.number or "none (started by hand)"),
        (
            "Data manifest",
            html.Code(running.short_manifest, title=running.manifest)
            if running.manifest
            else "unknown",
        ),
        (
            "Image",
            html.Code(running.short_image, title=running.image)
            if running.image
            else "none (runs without)",
        ),
        ("Health", html.A("/health", href="/health")),
    )
    terms = [part for name, value in rows for part in (html.Dt(name), html.Dd(value))]
    return html.Section(
        [html.H2("This release"), html.Dl(terms, className="facts")], className="card"
    )
