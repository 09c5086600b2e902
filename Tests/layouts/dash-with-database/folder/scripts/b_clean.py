from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]

stations = pd.read_csv(ROOT / "data" / "raw" / "stations.csv")
stations.dropna().to_parquet(ROOT / "data" / "processed" / "stations.parquet")
