import pandas as pd

pd.read_csv("raw/water.csv").to_csv("tables/water.csv")
