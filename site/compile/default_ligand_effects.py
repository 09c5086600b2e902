"""The default view of the ligand effects page, pickled."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pipeline.worker import unit

from figures import cascade, data, ligand_effects, pickles


@unit("default_ligand_effects")
def default_ligand_effects(job) -> None:
    """Input: the interactions of the default condition and FDR.

    Reads the effects of each target that the cascade reaches.
    """
    path = data.among(job.inputs, data.interactions_path(data.CIN, data.DEFAULT_FDR_PERCENT))
    compiled = Path(path).parent.parent
    table = data.read(path, cascade.INTERACTION_COLUMNS)

    def effects_of(target: str) -> pa.Table | None:
        # Reported even when it is absent: its later appearance changes the figure.
        file = Path(job.read(str(data.effects_path(target, compiled))))
        return data.read(file, cascade.COLUMNS) if file.exists() else None

    reached = cascade.walk(table, effects_of, cascade.Filters())
    job.metric("targets", len(reached.read))
    job.metric("bytes", pickles.write(ligand_effects.figure(reached), job.output))
