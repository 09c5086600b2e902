import dash
from dash import Input, Output, callback, dcc

from viz.data import read_interactions, read_pairs
from viz.figures import INTERACTIONS, load, save

dash.register_page(__name__)


def layout():
    return dcc.Graph(id="interactions", figure=load(INTERACTIONS))


@callback(Output("interactions", "figure"), Input("interactions-set", "value"), Input("interactions-fdr", "value"))
def draw(chosen, value):
    pairs = read_pairs()
    return {"data": read_interactions(chosen, value).merge(pairs).to_dict()}


if __name__ == "__main__":
    save({"data": read_interactions("max", "fdr.25").to_dict()}, INTERACTIONS)
