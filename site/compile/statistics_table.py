"""The statistics of the rows of a comparison: what its intermediate files hold."""

from __future__ import annotations

import numpy as np

from compile import feather_file
from compile.inputs import cached

PERCENTS = range(1, 26)
KEY = ["cell_type", "target"]
# What the row itself says, the same at every FDR.
OBS = ["ligand", "receptor", "cell_type_dc1", "DA_score"]
COUNTED = ["numDEG", "numSigI1"]
CHANGE = ["MAST_log2FC", "MAST_fdr"]
CONDITIONS = {"highCIN_vs_lowCIN": [""], "highCIN_vs_noSTING": ["", "_cin", "_sting"]}


def at(name: str, percent: int) -> str:
    """The column of an intermediate file that holds a count at an FDR."""
    return f"{name}_{percent:02}"


def path_name(condition: str) -> str:
    """The name of the intermediate file of a condition."""
    return f"statistics_{condition}.feather"


@cached
def load(path: str) -> dict[str, np.ndarray]:
    """All columns of an intermediate file."""
    return feather_file.read(path)
