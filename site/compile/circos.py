"""Circos statistics: one row for each (cell type, target) of a condition, at one FDR."""

from __future__ import annotations

import numpy as np
from pipeline.worker import Job, unit

from compile import feather_file
from compile import statistics_table as table
from compile.inputs import pick


@unit("circos")
def circos(job: Job) -> None:
    """Parameters: condition, fdr (per cent), compat. Input: the condition's statistics.

    numSigI1 counts the genes that a receptor affects, so it is 0 for what is no receptor. With
    `compat` it is 0 for receptors instead: the original's mistake, for comparisons with its output.
    """
    condition, percent = job.parameters["condition"], job.parameters["fdr"]
    statistics = table.load(pick(job.inputs, table.path_name(condition)))
    columns = {"index": np.arange(len(statistics["target"]))}
    columns |= {name: statistics[name] for name in table.KEY + table.OBS}
    suffixes = table.CONDITIONS[condition]
    columns |= {
        name: _value(statistics, name, "", percent) for name in table.COUNTED + table.CHANGE
    }
    receptor = statistics["receptor"].astype(bool)
    kept = ~receptor if job.parameters.get("compat") else receptor
    columns["numSigI1"] = np.where(kept, columns["numSigI1"], 0)
    for name in table.COUNTED + table.CHANGE:
        for suffix in suffixes[1:]:
            columns[name + suffix] = _value(statistics, name, suffix, percent)
    job.metric("rows", feather_file.write(job.output, columns))


def _value(statistics: dict[str, np.ndarray], name: str, suffix: str, percent: int) -> np.ndarray:
    if name in table.COUNTED:
        return statistics[table.at(name + suffix, percent)].astype(np.int64)
    return statistics[name + suffix]
