"""Writing and reading feather files (version 2, the Arrow IPC file format)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from pyarrow import feather


def array(values: np.ndarray | pa.Array) -> pa.Array:
    """As an Arrow array; missing values (NaN, None) become null, as pandas writes them."""
    return values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)


def write(
    path: str, columns: Mapping[str, np.ndarray | pa.Array], compression: str = "zstd"
) -> int:
    """Write the columns in their order; return the number of rows."""
    table = pa.table({name: array(values) for name, values in columns.items()})
    feather.write_feather(table, path, compression=compression)
    return table.num_rows


def read(path: str, columns: list[str] | None = None) -> dict[str, np.ndarray]:
    """Columns as arrays: texts as objects, null numbers as NaN."""
    table = feather.read_table(path, columns=columns, memory_map=False)
    return {name: table[name].to_numpy() for name in table.column_names}
