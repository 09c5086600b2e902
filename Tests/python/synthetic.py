"""A small data release for tests: every kind of file by its schema, with known contents."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
from pyarrow import feather

ROOT = Path(__file__).resolve().parents[2]
for _entry in (str(ROOT / "site"), str(ROOT)):
    if _entry not in sys.path:
        sys.path.insert(0, _entry)

from figures import data

CELL_TYPES = ("Tumor cells", "Macrophages/mMDSC", "T cells", "Osteoclasts")
PAIRS = (
    ("Apoe", "Trem2"),
    ("Ccl2", "Ccr2"),
    ("Il10", "CD94:NKG2A"),
    ("Il10", "Ccr2"),
    ("Tnf", "Trem2"),
)
LIGANDS = tuple(sorted({ligand for ligand, _ in PAIRS}))
RECEPTORS = tuple(sorted({receptor for _, receptor in PAIRS}))
LOG2FC = {"Apoe": 0.5, "Ccl2": -0.4, "Il10": 0.05, "Tnf": 0.3}
SIG = {"Trem2": 40, "Ccr2": 12, "CD94:NKG2A": 3}


def statistics() -> list[dict]:
    """One row per (cell type, target): the same numbers in each cell type."""
    return [
        dict(
            cell_type=cell_type,
            target=target,
            ligand=target in LIGANDS,
            receptor=target in RECEPTORS,
            cell_type_dc1=None,
            DA_score=0.1,
            numDEG=SIG.get(target, 0) * 2,
            numSigI1=SIG.get(target, 0),
            MAST_log2FC=LOG2FC.get(target, 0.2),
            MAST_fdr=0.01,
        )
        for cell_type in CELL_TYPES
        for target in sorted({*LIGANDS, *RECEPTORS})
    ]


def interactions() -> list[dict]:
    """One row per ordered pair of cell types and pair of targets."""
    return [
        dict(
            cell_type_ligand=donor,
            ligand=ligand,
            target_ligand=ligand,
            MAST_log2FC_ligand=LOG2FC[ligand],
            MAST_fdr_ligand=0.01,
            cell_type_receptor=acceptor,
            receptor=receptor,
            target_receptor=receptor,
            numDEG=SIG[receptor] * 2,
            numSigI1=SIG[receptor],
            MAST_log2FC_receptor=0.2,
            MAST_fdr_receptor=0.01,
        )
        for donor in CELL_TYPES
        for acceptor in CELL_TYPES
        for ligand, receptor in PAIRS
    ]


def effects(genes: dict[str, float], cell_types: tuple[str, ...]) -> list[dict]:
    """What a target changes: `genes` with their log2FC, all significant, in `cell_types`."""
    return [
        {
            "gene": gene,
            "gene_is_ligand": gene in LIGANDS,
            "gene_expression": 0.3,
            "log2FC": log2fc,
            "i1.fdr": 0.001,
            "cell_type": cell_type,
            "receptor": True,
        }
        for cell_type in cell_types
        for gene, log2fc in genes.items()
    ]


def write_release(folder: Path) -> None:
    """Write the feathers of a release below `folder`/compiled; the defaults are not among them."""
    compiled = folder / "compiled"
    for name in ("interactions", "circos", "ligand_effects"):
        (compiled / name).mkdir(parents=True)
    pairs = [dict(ligand=ligand, receptor=receptor) for ligand, receptor in PAIRS]
    _write(compiled / "interactions.feather", pairs, "uncompressed")
    for condition in data.CONDITIONS:
        _write(compiled / f"circos/{condition}_25.feather", statistics())
        _write(compiled / f"interactions/{condition}_25.feather", interactions())
    # Macrophages answer Apoe with Il10, which acts on T cells; nobody was tested for Ccr2.
    answers = {
        "Trem2": effects({"Il10": 0.8, "Actb": 1.5}, ("Macrophages/mMDSC", "Osteoclasts")),
        "CD94:NKG2A": effects({"Tnf": -0.6}, ("T cells",)),
    }
    for target, rows in answers.items():
        name = f"{data.CIN}_{data.safe(target)}.feather"
        _write(compiled / "ligand_effects" / name, rows)


def _write(path: Path, rows: list[dict], compression: str = "zstd") -> None:
    columns = {"index": list(range(len(rows)))} | {k: [row[k] for row in rows] for k in rows[0]}
    table = pa.table(columns)
    if "cell_type" in columns:  # the compile writes categories, as pandas has them
        place = table.column_names.index("cell_type")
        table = table.set_column(place, "cell_type", table["cell_type"].dictionary_encode())
    feather.write_feather(table, path, compression=compression)
