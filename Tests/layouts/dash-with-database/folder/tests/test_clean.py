import pandas as pd

pd.DataFrame().to_csv('tests/out.csv')
