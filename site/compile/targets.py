"""Axis: the targets that have effects to show."""

from __future__ import annotations

from pipeline.worker import Job, axis

from compile import effects_source, pair_list
from compile.inputs import pick


@axis("targets")
def targets(job: Job) -> list[str]:
    """Members of pairs that were tested in one cell type at least, sorted.

    Inputs: `deg_newfdr.h5ad` and the pair list (raw or compiled).
    """
    pairs = pair_list.of_inputs(job.inputs)
    tested = effects_source.load(pick(job.inputs, "deg_newfdr.h5ad")).rows
    return sorted({*pairs.ligand, *pairs.receptor} & tested.keys())
