"""The default view of the interactions page, pickled."""

from __future__ import annotations

from pipeline.worker import unit

from figures import data, interactions, pickles


@unit("default_interactions")
def default_interactions(job) -> None:
    """Input: the interactions of the default condition and FDR."""
    path = data.among(job.inputs, data.interactions_path(data.CIN, data.DEFAULT_FDR_PERCENT))
    table = data.read(path, interactions.COLUMNS)
    job.metric("bytes", pickles.write(interactions.figure(table), job.output))
