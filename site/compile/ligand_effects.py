"""Ligand effects: how each gene changes with one target, in each cell type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pipeline.worker import Job, unit

from compile import effects_source, expression_table, feather_file, pair_list
from compile.inputs import cached, pick


@unit("ligand_effects")
def ligand_effects(job: Job) -> None:
    """Parameters: target, compat. Inputs: `deg_newfdr.h5ad`, expression, pairs.

    For each cell type with a row of the target (sorted) one line for each gene; `index` counts the
    genes. With `compat` a target that is a ligand and a receptor is not marked as a ligand: the
    original's mistake, for comparisons with its output.
    """
    target = job.parameters["target"]
    paths = (
        pick(job.inputs, "deg_newfdr.h5ad"),
        pick(job.inputs, "interactions.feather"),
        pick(job.inputs, "expression.feather"),
    )
    source, genes = effects_source.load(paths[0]), _genes(*paths)
    if target not in source.rows:
        raise LookupError(f'no cell type of "{paths[0]}" has a row of the target "{target}"')
    cell_types, rows = (list(part) for part in zip(*source.rows[target], strict=True))
    is_ligand, is_receptor = target in genes.ligands, target in genes.receptors
    if job.parameters.get("compat") and is_receptor:
        is_ligand = False

    count = len(genes.names)
    total = count * len(rows)
    columns = {
        "index": genes.index[:total],
        "gene": genes.gene[:total],
        "gene_is_ligand": genes.is_ligand[:total],
        "gene_is_receptor": genes.is_receptor[:total],
        "gene_expression": np.concatenate([genes.expression[name] for name in cell_types]),
        "log2FC": source.layer("log2FC", rows),
        "fdr": source.layer("fdr", rows),
        "i1.fdr": source.layer("fdr.i1", rows),
        "gene_max_ligand_expression": genes.max_ligand_expression[:total],
        "cell_type": pa.concat_arrays([pa.repeat(name, count) for name in cell_types]),
        "target": pa.repeat(target, total),
        "target_expression": np.repeat(genes.expression_of(target, cell_types), count),
        "receptor": pa.repeat(is_receptor, total),
        "ligand": pa.repeat(is_ligand, total),
        "MAST_log2FC": np.repeat(source.log2fc[rows], count),
        "MAST_fdr": np.repeat(source.fdr[rows], count),
    }
    job.metric("rows", feather_file.write(job.output, columns))


@dataclass(frozen=True)
class _Genes:
    """What is said of genes whatever the target. Arrow columns hold all genes once for each cell
    type; a target with fewer cell types takes the first part of them."""

    names: np.ndarray
    ligands: frozenset[str]
    receptors: frozenset[str]
    table: expression_table.ExpressionTable
    expression: dict[str, np.ndarray]
    index: pa.Array
    gene: pa.Array
    is_ligand: pa.Array
    is_receptor: pa.Array
    max_ligand_expression: pa.Array

    def expression_of(self, target: str, cell_types: list[str]) -> np.ndarray:
        return np.concatenate([self.table.of(name, [target]) for name in cell_types])


@cached
def _genes(effects_path: str, pairs_path: str, expression_path: str) -> _Genes:
    source = effects_source.load(effects_path)
    pairs = pair_list.load(pairs_path)
    table = expression_table.load(expression_path)
    genes = source.genes
    cell_types = sorted({name for rows in source.rows.values() for name, _ in rows})
    times = len(cell_types)
    ligands, receptors = frozenset(pairs.ligand), frozenset(pairs.receptor)
    return _Genes(
        names=genes,
        ligands=ligands,
        receptors=receptors,
        table=table,
        expression={name: table.of(name, genes) for name in cell_types},
        index=pa.array(np.tile(np.arange(len(genes)), times)),
        gene=pa.array(np.tile(genes, times)),
        is_ligand=pa.array([gene in ligands for gene in genes] * times),
        is_receptor=pa.array([gene in receptors for gene in genes] * times),
        max_ligand_expression=pa.array(
            np.tile(_max_ligand_expression(genes, pairs, table, cell_types), times)
        ),
    )


def _max_ligand_expression(
    genes: np.ndarray,
    pairs: pair_list.PairList,
    table: expression_table.ExpressionTable,
    cell_types: list[str],
) -> np.ndarray:
    """By gene: the largest expression in any cell type of any of its ligands; 0 without any."""
    of_pair = np.max([table.of(name, pairs.ligand) for name in cell_types], axis=0)
    largest: dict[str, float] = {}
    for receptor, expressed in zip(pairs.receptor, of_pair, strict=True):
        largest[receptor] = max(expressed, largest.get(receptor, 0.0))
    return np.array([largest.get(gene, 0.0) for gene in genes])
