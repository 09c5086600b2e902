"""The pair list as the site reads it."""

from __future__ import annotations

from pipeline.worker import Job, unit

from compile import feather_file, pair_list


@unit("pairs")
def pairs(job: Job) -> None:
    """Input: `all_interactions.tsv`. Output columns: index, ligand, receptor; not compressed."""
    known = pair_list.of_inputs(job.inputs)
    columns = {"index": known.index, "ligand": known.ligand, "receptor": known.receptor}
    job.metric("rows", feather_file.write(job.output, columns, compression="uncompressed"))
