import dash
from dash import Input, Output, callback, dcc

from viz.data import read_circos, read_pairs
from viz.figures import CIRCOS, load, save

dash.register_page(__name__)


def layout():
    return dcc.Graph(id="circos", figure=load(CIRCOS))


@callback(Output("circos", "figure"), Input("circos-set", "value"), Input("circos-fdr", "value"))
def draw(chosen, value):
    pairs = read_pairs()
    return {"data": read_circos(chosen, value).merge(pairs).to_dict()}


if __name__ == "__main__":
    save({"data": read_circos("sting", "fdr.25").to_dict()}, CIRCOS)
