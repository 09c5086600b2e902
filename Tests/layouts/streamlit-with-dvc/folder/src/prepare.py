import pandas as pd

pd.read_csv('data/raw/reviews.csv').to_parquet('data/prepared/reviews.parquet')
