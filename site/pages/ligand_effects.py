"""Ligand effects: what a ligand sets off, round by round."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa
from dash import Input, Output, callback, html, register_page

import controls
import defaults
import selection
import view
from figures import cascade, data, ligand_effects, theme

register_page(
    __name__,
    path="/ligand-effects",
    name="Ligand effects",
    title="Ligand effects · Tumour Crosstalk",
)

_START = cascade.Filters()


def layout(**_: object) -> html.Div:
    """The page, with the default view; without a pair list there are no ligands to choose."""
    problem = None
    try:
        ligands = _ligands()
    except data.DataError as error:
        problem, ligands = error, list(_START.ligands)

    def build() -> go.Figure:
        if problem:
            raise problem
        return defaults.figure("ligand_effects")

    selectors = [
        controls.cell_type("effects-type", "Start from", _START.cell_type),
        controls.several("effects-ligands", "Ligands", ligands, list(_START.ligands)),
        controls.slider("effects-iterations", "Rounds", 1, 4, 1, _START.iterations),
        controls.slider("effects-fdr", "FDR", 0.01, 0.25, 0.01, _START.fdr),
        controls.slider(
            "effects-log2fc", "Least |log2FC| of a gene", 0, 1, 0.05, _START.min_log2fc
        ),
        controls.slider(
            "effects-expression",
            "Least share of cells that express it",
            0,
            0.5,
            0.01,
            _START.min_expression,
        ),
        controls.slider("effects-most", "Changes followed per round", 10, 80, 5, _START.most),
    ]
    lead = (
        "A ligand acts on receptors; where cells respond, some of the genes that change are "
        "ligands themselves and act in the next round. High CIN vs. low CIN."
    )
    return view.page("effects", "Ligand effects", lead, selectors, build)


@callback(
    Output("effects-graph", "figure"),
    Output("effects-caption", "children"),
    Output("effects-error", "children"),
    Input("effects-type", "value"),
    Input("effects-ligands", "value"),
    Input("effects-iterations", "value"),
    Input("effects-fdr", "value"),
    Input("effects-log2fc", "value"),
    Input("effects-expression", "value"),
    Input("effects-most", "value"),
    prevent_initial_call=True,
)
def update(
    cell_type: str,
    ligands: list[str],
    iterations: int,
    fdr: float,
    log2fc: float,
    expression: float,
    most: int,
) -> view.Answer:
    """The figure of a selection."""

    def build() -> go.Figure:
        if not ligands:
            return theme.empty("Choose at least one ligand.")
        filters = cascade.Filters(
            cell_type=selection.one_of("cell type", cell_type, theme.CELL_TYPES),
            ligands=selection.several("ligand", ligands, _ligands()),
            fdr=selection.number("FDR", fdr, 0, 1),
            min_log2fc=selection.number("log2FC", log2fc, 0, 100),
            min_expression=selection.number("share of cells", expression, 0, 1),
            iterations=selection.whole("number of rounds", iterations, 1, 4),
            most=selection.whole("number of changes", most, 1, 80),
        )
        path = data.interactions_path(data.CIN, data.DEFAULT_FDR_PERCENT)
        table = data.read(path, cascade.INTERACTION_COLUMNS)
        return ligand_effects.figure(cascade.walk(table, _effects, filters))

    return view.answer(build)


def _ligands() -> list[str]:
    """The ligands of the pair list, and those that the page starts from."""
    pairs = data.read(data.pairs_path(), ["ligand"])
    return sorted(set(pairs["ligand"].to_pylist()) | set(_START.ligands))


def _effects(target: str) -> pa.Table | None:
    path = data.effects_path(target)
    # A target that was tested in no cell type has no file.
    return data.read(path, cascade.COLUMNS) if path.exists() else None
