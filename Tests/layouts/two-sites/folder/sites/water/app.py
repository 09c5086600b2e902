import pandas as pd
from dash import Dash, html

app = Dash(__name__)
server = app.server
app.layout = html.Div(str(pd.read_csv("tables/water.csv")))
