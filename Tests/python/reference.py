"""The compile once more, as slowly and plainly as `pandas` allows: what the units must equal.

Nothing here is shared with the units. Each function follows one sentence of the specification.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

CIN, STING = "highCIN_vs_lowCIN", "highCIN_vs_noSTING"
_STATS = ["numDEG", "numSigI1", "MAST_log2FC", "MAST_fdr"]


class Raw:
    """All raw data in memory."""

    def __init__(self, folder: Path) -> None:
        rows = pd.read_csv(folder / "all_interactions.tsv", sep="\t", keep_default_na=False)
        self.pairs = rows[["ligand", "receptor"]].drop_duplicates()
        with h5py.File(folder / "adata.h5ad") as file:
            self.cells = _categorical(file["obs"]["Cell Type"])
            self.genes = list(file["var"]["_index"].asstr()[:])
            self.x = pd.DataFrame(file["layers"]["X"][:], columns=self.genes)
        self.cin = Differential(folder / "deg_newfdr.h5ad")
        self.sting = Differential(folder / "deg_fixed.h5ad")
        self.ligands_of: dict[str, list[str]] = {}
        for ligand, receptor in self.pairs.itertuples(index=False):
            self.ligands_of.setdefault(receptor, []).append(ligand)
        self._known: dict[tuple[str, str], float] = {}

    def expression(self, cell_type: str, gene: str) -> float:
        """The fraction of that type's cells with X > 0."""
        if (cell_type, gene) not in self._known:
            mine = [cell == cell_type for cell in self.cells]
            self._known[cell_type, gene] = int((self.x[gene][mine] > 0).sum()) / sum(mine)
        return self._known[cell_type, gene]


class Differential:
    """One file of differential results."""

    def __init__(self, path: Path) -> None:
        with h5py.File(path) as file:
            obs = file["obs"]
            self.obs = pd.DataFrame(
                {
                    "cell_type": _categorical(obs["cell type"]),
                    "target": _categorical(obs["target"]),
                    "ligand": obs["ligand"][:],
                    "receptor": obs["receptor"][:],
                    "cell_type_dc1": obs["cell_type_dc1"][:],
                    "DA_score": obs["DA_score"][:],
                    "MAST_log2FC": obs["MAST_log2FC_highCIN_vs_lowCIN"][:],
                    "MAST_fdr": obs["MAST_fdr_highCIN_vs_lowCIN"][:],
                }
            )
            self.layers = {name: file["layers"][name][:] for name in ("log2FC", "fdr", "fdr.i1")}
            self.genes = list(file["var"]["_index"].asstr()[:])

    def stats(self, fdr: int) -> pd.DataFrame:
        """Each row with its genes below the threshold counted."""
        threshold = np.float32(float(f"0.{fdr:02}"))
        rows = self.obs[["cell_type", "target", "MAST_log2FC", "MAST_fdr"]].copy()
        for name, layer in (("numDEG", "fdr"), ("numSigI1", "fdr.i1")):
            rows[name] = [int((row < threshold).sum()) for row in self.layers[layer]]
        return rows[["cell_type", "target", *_STATS]]


def _categorical(group: h5py.Group) -> list[str]:
    categories = group["categories"].asstr()[:]
    return [categories[code] for code in group["codes"][:]]


def stats(raw: Raw, condition: str, fdr: int) -> pd.DataFrame:
    """The statistics of a condition; for `highCIN_vs_noSTING` the "max" set."""
    if condition == CIN:
        return raw.cin.stats(fdr)
    both = raw.cin.stats(fdr).merge(
        raw.sting.stats(fdr), on=["cell_type", "target"], suffixes=("_cin", "_sting")
    )
    chosen = []
    for row in both.to_dict("records"):
        for name in ("numDEG", "numSigI1"):
            pair = row[f"{name}_cin"], row[f"{name}_sting"]
            row[name] = 0 if 0 in pair else max(pair)
        first, second = row["MAST_log2FC_cin"], row["MAST_log2FC_sting"]
        winner = "_cin" if abs(first) > abs(second) else "_sting"
        same = np.sign(first) == np.sign(second)
        row["MAST_log2FC"] = row["MAST_log2FC" + winner] if same else 0
        row["MAST_fdr"] = row["MAST_fdr" + winner] if same else 1
        chosen.append(row)
    return pd.DataFrame(chosen)


def circos(raw: Raw, condition: str, fdr: int, compat: bool) -> pd.DataFrame:
    """The obs frame right-joined with the stats; numSigI1 only for receptors."""
    obs = raw.cin.obs.drop(columns=["MAST_log2FC", "MAST_fdr"])
    table = obs.merge(stats(raw, condition, fdr), on=["cell_type", "target"], how="right")
    zeroed = table["receptor"] if compat else ~table["receptor"]
    table.loc[zeroed, "numSigI1"] = 0
    return table.reset_index()


def interactions(raw: Raw, condition: str, fdr: int) -> pd.DataFrame:
    """For each two cell types: ligand rows and receptor rows, joined through the pairs."""
    known = stats(raw, condition, fdr)
    rows = []
    by_key = {(r["cell_type"], r["target"]): r for r in known.to_dict("records")}
    obs = {(r["cell_type"], r["target"]): r for r in raw.cin.obs.to_dict("records")}
    for donor, acceptor in itertools.product(sorted(set(known["cell_type"])), repeat=2):
        index = 0
        for ligand, receptor in raw.pairs.itertuples(index=False):
            if (donor, ligand) not in by_key or (acceptor, receptor) not in by_key:
                continue
            row = {"index": index, "ligand": ligand, "receptor": receptor}
            for side, cell_type, target in (
                ("ligand", donor, ligand),
                ("receptor", acceptor, receptor),
            ):
                row[f"cell_type_{side}_dc1"] = obs[cell_type, target]["cell_type_dc1"]
                row[f"DA_{side}"] = obs[cell_type, target]["DA_score"]
                row[f"expression_{side}"] = raw.expression(cell_type, target)
                row[f"cell_type_{side}"] = cell_type
                row[f"target_{side}"] = target
                for name, value in by_key[cell_type, target].items():
                    if name in ("numDEG", "numSigI1"):
                        if side == "receptor":
                            row[name] = value
                    elif name not in ("cell_type", "target"):
                        row[f"{name}_{side}"] = value
            rows.append(row)
            index += 1
    return pd.DataFrame(rows)


def effects(raw: Raw, target: str, compat: bool) -> pd.DataFrame | None:
    """For each cell type that has the row, one line per gene, with the target's constants."""
    ligands, receptors = set(raw.pairs["ligand"]), set(raw.pairs["receptor"])
    cell_types = sorted(set(raw.cin.obs["cell_type"]))
    both = target in ligands and target in receptors
    rows = []
    for cell_type in cell_types:
        found = raw.cin.obs.query("cell_type == @cell_type and target == @target")
        if not len(found):
            continue
        (number,) = found.index
        for position, gene in enumerate(raw.cin.genes):
            rows.append(
                {
                    "index": position,
                    "gene": gene,
                    "gene_is_ligand": gene in ligands,
                    "gene_is_receptor": gene in receptors,
                    "gene_expression": raw.expression(cell_type, gene),
                    "log2FC": raw.cin.layers["log2FC"][number, position],
                    "fdr": raw.cin.layers["fdr"][number, position],
                    "i1.fdr": raw.cin.layers["fdr.i1"][number, position],
                    "gene_max_ligand_expression": max(
                        (
                            raw.expression(other, ligand)
                            for ligand in raw.ligands_of.get(gene, ())
                            for other in cell_types
                        ),
                        default=0.0,
                    ),
                    "cell_type": cell_type,
                    "target": target,
                    "target_expression": raw.expression(cell_type, target),
                    "receptor": target in receptors,
                    "ligand": target in ligands and not (compat and both),
                    "MAST_log2FC": found["MAST_log2FC"].item(),
                    "MAST_fdr": found["MAST_fdr"].item(),
                }
            )
    return pd.DataFrame(rows) if rows else None
