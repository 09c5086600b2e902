import os

import pandas as pd
from dash import Dash, html
from sqlalchemy import create_engine

app = Dash(__name__)
server = app.server
engine = create_engine(os.environ["DATABASE_URL"])


def layout():
    table = pd.read_parquet("data/processed/summary.parquet")
    points = pd.read_parquet("data/processed/stations.parquet")
    return html.Div([str(len(table)), str(len(points))])


app.layout = layout
