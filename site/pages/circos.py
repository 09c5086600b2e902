"""Circos: all cell types at once."""

from __future__ import annotations

import plotly.graph_objects as go
from dash import Input, Output, callback, html, register_page

import controls
import defaults
import selection
import view
from figures import circos, data, links, theme

register_page(__name__, path="/circos", name="Circos", title="Circos · Tumour Crosstalk")

_START = links.Filters()


def layout(**_: object) -> html.Div:
    """The page, with the default view."""
    selectors = [
        controls.choice("circos-condition", "Condition", controls.CONDITION_LABELS, data.CIN),
        controls.slider("circos-fdr", "Interaction FDR (%)", 1, 25, 1, data.DEFAULT_FDR_PERCENT),
        controls.slider("circos-sig", "Least numSigI1 of a receptor", 1, 100, 1, _START.min_sig),
        controls.slider(
            "circos-log2fc", "Least |log2FC| of a ligand", 0, 1, 0.01, _START.min_log2fc
        ),
        controls.slider("circos-log2fc-fdr", "log2FC FDR", 0.01, 0.25, 0.01, _START.log2fc_fdr),
        controls.slider("circos-most", "Links shown", 25, 400, 25, _START.most),
        controls.several(
            "circos-types", "Cell types", list(theme.CELL_TYPES), list(theme.CELL_TYPES)
        ),
    ]
    lead = (
        "Ribbons run from a ligand that changes in one cell type to a receptor that responds in "
        "another. Bars show how many genes respond to the receptor (numSigI1), tiles and ribbons "
        "the log2 fold change."
    )
    return view.page("circos", "Circos", lead, selectors, lambda: defaults.figure("circos"))


@callback(
    Output("circos-graph", "figure"),
    Output("circos-caption", "children"),
    Output("circos-error", "children"),
    Input("circos-condition", "value"),
    Input("circos-fdr", "value"),
    Input("circos-sig", "value"),
    Input("circos-log2fc", "value"),
    Input("circos-log2fc-fdr", "value"),
    Input("circos-most", "value"),
    Input("circos-types", "value"),
    prevent_initial_call=True,
)
def update(
    condition: str,
    fdr: int,
    sig: int,
    log2fc: float,
    log2fc_fdr: float,
    most: int,
    types: list[str],
) -> view.Answer:
    """The figure of a selection."""

    def build() -> go.Figure:
        statistics = data.read(data.circos_path(condition, fdr), links.COLUMNS)
        pairs = data.read(data.pairs_path(), links.PAIR_COLUMNS)
        filters = links.Filters(
            log2fc_fdr=selection.number("log2FC FDR", log2fc_fdr, 0, 1),
            min_log2fc=selection.number("log2FC", log2fc, 0, 100),
            min_sig=selection.whole("numSigI1", sig, 0, 100_000),
            cell_types=selection.several("cell type", types, theme.CELL_TYPES),
            most=selection.whole("number of links", most, 1, 400),
        )
        return circos.figure(statistics, pairs, filters)

    return view.answer(build)
