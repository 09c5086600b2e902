import dash
from dash import Input, Output, callback, dcc

from viz.data import read_effects, read_pairs
from viz.figures import EFFECTS, load, save

dash.register_page(__name__)


def layout():
    return dcc.Graph(id="ligand_effects", figure=load(EFFECTS))


@callback(Output("ligand_effects", "figure"), Input("ligand_effects-set", "value"), Input("ligand_effects-fdr", "value"))
def draw(chosen, value):
    pairs = read_pairs()
    return {"data": read_effects(chosen, value).merge(pairs).to_dict()}


if __name__ == "__main__":
    save({"data": read_effects("cin", "Ccl2").to_dict()}, EFFECTS)
