import json
from pathlib import Path

import pandas as pd

DERIVED = Path("data/derived")
survey = pd.read_csv(DERIVED / "survey.csv")
with (DERIVED / "model.json").open("w") as file:
    json.dump({"n": len(survey)}, file)
