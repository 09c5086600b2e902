import pandas as pd

pd.read_csv("raw/air.csv").to_csv("tables/air.csv")
