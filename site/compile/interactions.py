"""Interactions: each pair, between each two cell types that hold its ligand and its receptor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pipeline.worker import Job, unit

from compile import expression_table, feather_file, pair_list
from compile import statistics_table as table
from compile.inputs import cached, pick


@unit("interactions")
def interactions(job: Job) -> None:
    """Parameters: condition, fdr (per cent). Inputs: the condition's statistics, expression, pairs.

    Rows stand by donor, acceptor (cell types, sorted), and pair (in the order of the list); `index`
    counts from 0 for each two cell types.
    """
    condition, percent = job.parameters["condition"], job.parameters["fdr"]
    path = pick(job.inputs, table.path_name(condition))
    statistics = table.load(path)
    joined = _join(
        path,
        pick(job.inputs, "interactions.feather"),
        pick(job.inputs, "expression.feather"),
    )
    columns = dict(joined.fixed)
    for name in table.COUNTED:
        columns[name] = joined.count(statistics, "receptor", table.at(name, percent))
    columns = {name: columns[name] for name in _ORDER}
    for name in table.COUNTED + table.CHANGE:
        for suffix in table.CONDITIONS[condition][1:]:
            for side in ("ligand", "receptor"):
                full = f"{name}{suffix}_{side}"
                columns[full] = (
                    joined.count(statistics, side, table.at(name + suffix, percent))
                    if name in table.COUNTED
                    else joined.fixed[full]
                )
    job.metric("rows", feather_file.write(job.output, columns))


_ORDER = [
    "index",
    "ligand",
    "receptor",
    "cell_type_ligand_dc1",
    "DA_ligand",
    "expression_ligand",
    "cell_type_ligand",
    "target_ligand",
    "MAST_log2FC_ligand",
    "MAST_fdr_ligand",
    "cell_type_receptor_dc1",
    "DA_receptor",
    "expression_receptor",
    "cell_type_receptor",
    "target_receptor",
    "numDEG",
    "numSigI1",
    "MAST_log2FC_receptor",
    "MAST_fdr_receptor",
]


@dataclass(frozen=True)
class _Join:
    """The joined rows: their statistics' rows by side, and the columns that no FDR changes."""

    rows: dict[str, np.ndarray]
    fixed: dict[str, pa.Array]

    def count(self, statistics: dict[str, np.ndarray], side: str, column: str) -> np.ndarray:
        return statistics[column].astype(np.int64)[self.rows[side]]


@cached
def _join(statistics_path: str, pairs_path: str, expression_path: str) -> _Join:
    """Join the pairs with the rows of their ligands and receptors; shared by all FDRs."""
    statistics = table.load(statistics_path)
    pairs = pair_list.load(pairs_path)
    index, rows = _rows(statistics, pairs)
    expressed = _expression(statistics, expression_table.load(expression_path))

    fixed = {"index": index}
    changes = [name for name in statistics if name.startswith(tuple(table.CHANGE))]
    for side, row in rows.items():
        target = pa.array(statistics["target"]).take(pa.array(row))
        fixed[side] = fixed[f"target_{side}"] = target
        fixed[f"cell_type_{side}"] = pa.array(statistics["cell_type"]).take(pa.array(row))
        fixed[f"cell_type_{side}_dc1"] = statistics["cell_type_dc1"][row]
        fixed[f"DA_{side}"] = statistics["DA_score"][row]
        fixed[f"expression_{side}"] = expressed[row]
        for name in changes:
            fixed[f"{name}_{side}"] = statistics[name][row]
    return _Join(rows, {name: feather_file.array(values) for name, values in fixed.items()})


def _rows(
    statistics: dict[str, np.ndarray], pairs: pair_list.PairList
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """`index`, and by side the statistics' row of each joined row."""
    types, type_of_row = np.unique(statistics["cell_type"], return_inverse=True)
    targets, target_of_row = np.unique(statistics["target"], return_inverse=True)
    row_of = np.full((len(types), len(targets)), -1)
    row_of[type_of_row, target_of_row] = np.arange(len(type_of_row))

    # By (cell type, pair): the row of the pair's ligand, and that of its receptor; -1 if absent.
    ligand_row = _of_pairs(row_of, targets, pairs.ligand)
    receptor_row = _of_pairs(row_of, targets, pairs.receptor)
    both = (ligand_row >= 0)[:, None, :] & (receptor_row >= 0)[None, :, :]
    donor, acceptor, pair = np.nonzero(both)
    found = both.sum(axis=2).reshape(-1)
    index = np.arange(len(pair)) - np.repeat(found.cumsum() - found, found)
    return index, {"ligand": ligand_row[donor, pair], "receptor": receptor_row[acceptor, pair]}


def _of_pairs(row_of: np.ndarray, targets: np.ndarray, names: np.ndarray) -> np.ndarray:
    if not len(targets):
        return np.full((len(row_of), len(names)), -1)
    position = np.minimum(np.searchsorted(targets, names), len(targets) - 1)
    return np.where(targets[position] == names, row_of[:, position], -1)


def _expression(
    statistics: dict[str, np.ndarray], known: expression_table.ExpressionTable
) -> np.ndarray:
    """The expression of each row's target in its cell type."""
    expressed = np.zeros(len(statistics["target"]))
    for cell_type in np.unique(statistics["cell_type"]):
        here = statistics["cell_type"] == cell_type
        expressed[here] = known.of(cell_type, statistics["target"][here])
    return expressed
