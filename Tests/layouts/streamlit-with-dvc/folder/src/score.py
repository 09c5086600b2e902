import sys

import pandas as pd

pd.DataFrame().to_parquet(f'data/scored/{sys.argv[1]}.parquet')
