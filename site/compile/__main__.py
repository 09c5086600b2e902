"""The worker of the compile stage: `python -m compile`."""

from pipeline.worker import main

main(
    {
        "expression": "compile.expression",
        "statistics_cin": "compile.statistics",
        "statistics_sting": "compile.statistics",
        "statistics_max": "compile.statistics_max",
        "pairs": "compile.pairs",
        "interactions": "compile.interactions",
        "circos": "compile.circos",
        "targets": "compile.targets",
        "ligand_effects": "compile.ligand_effects",
        "default_circos": "compile.default_circos",
        "default_interactions": "compile.default_interactions",
        "default_ligand_effects": "compile.default_ligand_effects",
    }
)
