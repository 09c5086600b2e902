"""The "max" set: what both comparisons (CIN, and CIN without STING) say about a row."""

from __future__ import annotations

import numpy as np
from pipeline.worker import Job, unit

from compile import feather_file
from compile import statistics_table as table
from compile.inputs import pick


@unit("statistics_max")
def statistics_max(job: Job) -> None:
    """Inputs: the statistics of CIN and of STING. Output: the rows that are in both."""
    cin = table.load(pick(job.inputs, table.path_name("highCIN_vs_lowCIN")))
    sting = table.load(pick(job.inputs, table.path_name("sting")))
    in_cin, in_sting = _common_rows(cin, sting)
    cin = {name: values[in_cin] for name, values in cin.items()}
    sting = {name: values[in_sting] for name, values in sting.items()}

    columns = {name: cin[name] for name in table.KEY + table.OBS}
    columns |= _change(cin, sting)
    counts = [table.at(name, percent) for name in table.COUNTED for percent in table.PERCENTS]
    columns |= {name: _larger_unless_zero(cin[name], sting[name]) for name in counts}
    for suffix, source in (("_cin", cin), ("_sting", sting)):
        for name in table.CHANGE:
            columns[name + suffix] = source[name]
        for name in table.COUNTED:
            for percent in table.PERCENTS:
                columns[table.at(name + suffix, percent)] = source[table.at(name, percent)]
    job.metric("rows", feather_file.write(job.output, columns))


def _common_rows(
    cin: dict[str, np.ndarray], sting: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of equal (cell type, target) in both, in the order of the first."""
    row_of = {
        key: row for row, key in enumerate(zip(*(sting[name] for name in table.KEY), strict=True))
    }
    common = [
        (row, row_of[key])
        for row, key in enumerate(zip(*(cin[name] for name in table.KEY), strict=True))
        if key in row_of
    ]
    rows = np.array(common, np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def _larger_unless_zero(cin: np.ndarray, sting: np.ndarray) -> np.ndarray:
    return np.where((cin == 0) | (sting == 0), 0, np.maximum(cin, sting))


def _change(cin: dict[str, np.ndarray], sting: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The fold change of larger magnitude (STING's on a tie) and its FDR; none if signs differ."""
    first, second = cin["MAST_log2FC"], sting["MAST_log2FC"]
    larger = np.abs(first) > np.abs(second)
    differ = np.sign(first) != np.sign(second)
    fdr = np.where(larger, cin["MAST_fdr"], sting["MAST_fdr"])
    return {
        "MAST_log2FC": np.where(differ, 0.0, np.where(larger, first, second)),
        "MAST_fdr": np.where(differ, 1.0, fdr),
    }
