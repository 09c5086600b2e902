"""The compile units over a folder of raw results, in the order of their dependencies."""

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "site"), str(PROJECT / "Tests" / "python")]

from pipeline.names import safe
from pipeline.worker import Job

from compile import (
    circos,
    expression,
    interactions,
    ligand_effects,
    pairs,
    statistics,
    statistics_max,
    targets,
)
from reference import CIN, STING


def compile_all(raw: Path, out: Path, fdrs: tuple[int, ...], compat: bool) -> list[str]:
    """Run the units over `raw` in the order of their dependencies; return the targets."""
    made = {name: str(out / f"{name}.feather") for name in ("expression", "interactions")}
    for name in (CIN, STING, "sting"):
        made[name] = str(out / f"statistics_{name}.feather")
    for folder in ("interactions", "circos", "effects"):
        (out / folder).mkdir(parents=True)

    def run(unit, inputs, output, **parameters):
        unit(Job(parameters, [str(path) for path in inputs], [str(output)]))

    run(expression.expression, [raw / "adata.h5ad"], made["expression"])
    run(statistics.statistics, [raw / "deg_newfdr.h5ad"], made[CIN])
    run(statistics.statistics, [raw / "deg_fixed.h5ad"], made["sting"])
    run(statistics_max.statistics_max, [made[CIN], made["sting"]], made[STING])
    run(pairs.pairs, [raw / "all_interactions.tsv"], made["interactions"])
    for condition in (CIN, STING):
        for fdr in fdrs:
            at = {"condition": condition, "fdr": fdr}
            name = f"{condition}_{fdr:02}.feather"
            shared = [made["expression"], made["interactions"], made[condition]]
            run(interactions.interactions, shared, out / "interactions" / name, **at)
            run(circos.circos, shared, out / "circos" / name, **at, compat=compat)
    sources = [raw / "deg_newfdr.h5ad", made["expression"], made["interactions"]]
    found = targets.targets(Job({}, [str(path) for path in sources]))
    for target in found:
        output = out / "effects" / f"{safe(target)}.feather"
        run(ligand_effects.ligand_effects, sources, output, target=target, compat=compat)
    return found
