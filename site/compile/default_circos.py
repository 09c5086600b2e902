"""The default view of the circos page, pickled."""

from __future__ import annotations

from pipeline.worker import unit

from figures import circos, data, links, pickles


@unit("default_circos")
def default_circos(job) -> None:
    """Inputs: the circos statistics of the default condition and FDR, and the pair list."""
    path = data.among(job.inputs, data.circos_path(data.CIN, data.DEFAULT_FDR_PERCENT))
    statistics = data.read(path, links.COLUMNS)
    pairs = data.read(data.among(job.inputs, data.pairs_path()), links.PAIR_COLUMNS)
    job.metric("bytes", pickles.write(circos.figure(statistics, pairs), job.output))
