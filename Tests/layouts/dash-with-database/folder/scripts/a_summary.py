import argparse

import pandas as pd

parser = argparse.ArgumentParser()
parser.add_argument("--input", required=True)
parser.add_argument("--output", required=True)
args = parser.parse_args()
pd.read_parquet(args.input).groupby("region").mean().to_parquet(args.output)
