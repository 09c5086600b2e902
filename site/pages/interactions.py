"""Interactions: one cell type against another."""

from __future__ import annotations

import plotly.graph_objects as go
from dash import Input, Output, callback, html, register_page

import controls
import defaults
import selection
import view
from figures import data, interactions, theme

register_page(
    __name__, path="/interactions", name="Interactions", title="Interactions · Tumour Crosstalk"
)

_START = interactions.Filters()


def layout(**_: object) -> html.Div:
    """The page, with the default view."""
    selectors = [
        controls.choice("interactions-condition", "Condition", controls.CONDITION_LABELS, data.CIN),
        controls.cell_type("interactions-donor", "Ligands of", _START.donor),
        controls.cell_type("interactions-acceptor", "Receptors of", _START.acceptor),
        controls.slider(
            "interactions-fdr", "Interaction FDR (%)", 1, 25, 1, data.DEFAULT_FDR_PERCENT
        ),
        controls.slider(
            "interactions-sig", "Least numSigI1 of a receptor", 1, 100, 1, _START.min_sig
        ),
        controls.slider(
            "interactions-log2fc", "Least |log2FC| of a ligand", 0, 1, 0.01, _START.min_log2fc
        ),
        controls.slider(
            "interactions-log2fc-fdr", "log2FC FDR", 0.01, 0.25, 0.01, _START.log2fc_fdr
        ),
        controls.slider("interactions-most", "Interactions shown", 10, 200, 10, _START.most),
    ]
    lead = (
        "The ligands of one cell type that change, and the receptors of another that they act on. "
        "The size of a receptor shows how many genes respond to it (numSigI1)."
    )
    return view.page(
        "interactions", "Interactions", lead, selectors, lambda: defaults.figure("interactions")
    )


@callback(
    Output("interactions-graph", "figure"),
    Output("interactions-caption", "children"),
    Output("interactions-error", "children"),
    Input("interactions-condition", "value"),
    Input("interactions-donor", "value"),
    Input("interactions-acceptor", "value"),
    Input("interactions-fdr", "value"),
    Input("interactions-sig", "value"),
    Input("interactions-log2fc", "value"),
    Input("interactions-log2fc-fdr", "value"),
    Input("interactions-most", "value"),
    prevent_initial_call=True,
)
def update(
    condition: str,
    donor: str,
    acceptor: str,
    fdr: int,
    sig: int,
    log2fc: float,
    log2fc_fdr: float,
    most: int,
) -> view.Answer:
    """The figure of a selection."""

    def build() -> go.Figure:
        table = data.read(data.interactions_path(condition, fdr), interactions.COLUMNS)
        filters = interactions.Filters(
            donor=selection.one_of("cell type", donor, theme.CELL_TYPES),
            acceptor=selection.one_of("cell type", acceptor, theme.CELL_TYPES),
            log2fc_fdr=selection.number("log2FC FDR", log2fc_fdr, 0, 1),
            min_log2fc=selection.number("log2FC", log2fc, 0, 100),
            min_sig=selection.whole("numSigI1", sig, 0, 100_000),
            most=selection.whole("number of interactions", most, 1, 200),
        )
        return interactions.figure(table, filters)

    return view.answer(build)
