"""Compile units: their values against a plain recomputation, their schemas, and equal bytes."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "site"), str(PROJECT / "Tests" / "python")]

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
from pipeline.names import safe
from pipeline.worker import Job

import raw_data
import reference
from compile import (
    ligand_effects,
    statistics,
    targets,
)
from compile_units import compile_all
from reference import CIN, STING

SIDES = ("ligand", "receptor")
COUNTS = ("numDEG", "numSigI1", "MAST_log2FC", "MAST_fdr")
INTERACTIONS = (
    "index ligand receptor cell_type_ligand_dc1 DA_ligand expression_ligand cell_type_ligand "
    "target_ligand MAST_log2FC_ligand MAST_fdr_ligand cell_type_receptor_dc1 DA_receptor "
    "expression_receptor cell_type_receptor target_receptor numDEG numSigI1 MAST_log2FC_receptor "
    "MAST_fdr_receptor"
).split()
CIRCOS = (
    "index cell_type target ligand receptor cell_type_dc1 DA_score numDEG numSigI1 MAST_log2FC "
    "MAST_fdr"
).split()
EFFECTS = (
    "index gene gene_is_ligand gene_is_receptor gene_expression log2FC fdr i1.fdr "
    "gene_max_ligand_expression cell_type target target_expression receptor ligand MAST_log2FC "
    "MAST_fdr"
).split()
BOTH_INTERACTIONS = [f"{c}_{d}_{s}" for c in COUNTS for d in ("cin", "sting") for s in SIDES]
BOTH_CIRCOS = [f"{c}_{d}" for c in COUNTS for d in ("cin", "sting")]


COMPAT_DIGESTS = Path(__file__).with_name("compat_digests.json")


def values_digest(table: pd.DataFrame) -> str:
    """A digest of what a table holds: names and types of its columns in their order, and its rows in theirs."""
    head = json.dumps([[name, str(kind)] for name, kind in table.dtypes.items()])
    rows = table.to_csv(index=False, float_format="%.12g", lineterminator="\n")
    return hashlib.sha256(f"{head}\n{rows}".encode()).hexdigest()


class CompileTests(unittest.TestCase):
    FDRS = (25, 10, 5, 1)

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="compile-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.path = cls.folder / "raw"
        raw_data.write(cls.path)
        raw_data.plant_edges(cls.path)
        cls.raw = reference.Raw(cls.path)
        cls.out = {compat: cls.folder / str(compat) for compat in (False, True)}
        cls.targets = {
            compat: compile_all(cls.path, out, cls.FDRS, compat) for compat, out in cls.out.items()
        }

    def read(self, compat: bool, *path: str) -> pd.DataFrame:
        return pd.read_feather(self.out[compat].joinpath(*path))

    def assert_same(self, table: pd.DataFrame, expected: pd.DataFrame) -> None:
        self.assertEqual(set(table.columns), set(expected.columns))
        # Values exactly, row by row; only the width of numbers and kind of texts is not compared.
        pd.testing.assert_frame_equal(
            table, expected[list(table.columns)], check_dtype=False, check_exact=True
        )

    def test_compat_outputs_hold_the_stored_values(self):
        """Columns, their order, types and values of all outputs that are to equal the original's."""
        root = self.out[True]
        found = {
            str(path.relative_to(root)): values_digest(pd.read_feather(path))
            for path in sorted(root.rglob("*.feather"))
        }
        if os.environ.get("PIPELINE_WRITE_DIGESTS") == "1":
            COMPAT_DIGESTS.write_text(json.dumps(found, indent=1) + "\n")
        self.assertGreater(len(found), 20)
        self.assertEqual(found, json.loads(COMPAT_DIGESTS.read_text()))

    def test_the_pair_list_keeps_the_row_where_each_pair_stands_first(self):
        table = self.read(False, "interactions.feather")
        self.assertEqual(list(table.columns), ["index", "ligand", "receptor"])
        self.assert_same(table, self.raw.pairs.reset_index())

    def test_expression_is_the_share_of_cells_above_zero(self):
        table = self.read(False, "expression.feather").set_index("gene")
        self.assertEqual(list(table.columns), sorted(raw_data.TINY.cells))
        for cell_type in table.columns:
            expected = [self.raw.expression(cell_type, gene) for gene in table.index]
            self.assertEqual(list(table[cell_type]), expected)

    def test_counts_at_all_25_thresholds(self):
        for name, source in ((CIN, self.raw.cin), ("sting", self.raw.sting)):
            table = self.read(False, f"statistics_{name}.feather")
            for percent in range(1, 26):
                expected = source.stats(percent)
                for count in ("numDEG", "numSigI1"):
                    self.assertEqual(
                        list(table[f"{count}_{percent:02}"]), list(expected[count]), percent
                    )

    def test_circos_values(self):
        for compat in (False, True):
            for condition in (CIN, STING):
                for fdr in self.FDRS:
                    with self.subTest(compat=compat, condition=condition, fdr=fdr):
                        table = self.read(compat, "circos", f"{condition}_{fdr:02}.feather")
                        extra = BOTH_CIRCOS if condition == STING else []
                        self.assertEqual(list(table.columns), CIRCOS + extra)
                        expected = reference.circos(self.raw, condition, fdr, compat)
                        self.assert_same(table, expected)

    def test_circos_counts_for_receptors_and_compat_for_the_others(self):
        right = self.read(False, "circos", f"{CIN}_25.feather")
        wrong = self.read(True, "circos", f"{CIN}_25.feather")
        self.assertGreater(right.loc[right["receptor"], "numSigI1"].sum(), 0)
        self.assertEqual(right.loc[~right["receptor"], "numSigI1"].sum(), 0)
        self.assertEqual(wrong.loc[wrong["receptor"], "numSigI1"].sum(), 0)

    def test_interactions_values(self):
        for condition in (CIN, STING):
            for fdr in self.FDRS:
                with self.subTest(condition=condition, fdr=fdr):
                    table = self.read(False, "interactions", f"{condition}_{fdr:02}.feather")
                    extra = BOTH_INTERACTIONS if condition == STING else []
                    self.assertEqual(list(table.columns), INTERACTIONS + extra)
                    self.assertEqual(len(table.columns), 35 if extra else 19)
                    expected = reference.interactions(self.raw, condition, fdr)
                    self.assert_same(table, expected)

    def test_effects_values(self):
        for compat in (False, True):
            for target in self.targets[compat]:
                with self.subTest(compat=compat, target=target):
                    table = self.read(compat, "effects", f"{safe(target)}.feather")
                    self.assertEqual(list(table.columns), EFFECTS)
                    self.assert_same(table, reference.effects(self.raw, target, compat))

    def test_targets_are_the_tested_members_of_pairs(self):
        members = {*self.raw.pairs["ligand"], *self.raw.pairs["receptor"]}
        expected = sorted(members & set(self.raw.cin.obs["target"]))
        self.assertEqual(self.targets[False], expected)
        self.assertIn("CD94:NKG2A", expected)
        self.assertTrue({"LIFR", "Lifr"} <= set(expected))
        self.assertLess(len(expected), len(members))
        again = targets.targets(
            Job({}, [str(self.path / n) for n in ("all_interactions.tsv", "deg_newfdr.h5ad")])
        )
        self.assertEqual(again, expected)

    def test_the_data_reach_the_rules_that_they_are_to_show(self):
        table = self.read(False, "circos", f"{STING}_25.feather")
        opposite = np.sign(table["MAST_log2FC_cin"]) != np.sign(table["MAST_log2FC_sting"])
        self.assertTrue(opposite.any() and not opposite.all())
        ties = (table["MAST_log2FC_cin"] == table["MAST_log2FC_sting"]) & (
            table["MAST_fdr_cin"] != table["MAST_fdr_sting"]
        )
        self.assertTrue(ties.any())
        self.assertLess(len(table), len(self.read(False, "circos", f"{CIN}_25.feather")))
        self.assertTrue(table["cell_type_dc1"].isna().any())

    def test_compression(self):
        cases = {"interactions.feather": False, f"circos/{CIN}_25.feather": True}
        for path, compressed in cases.items():
            data = (self.out[False] / path).read_bytes()
            self.assertEqual(data[:6], b"ARROW1", path)
            with pa.ipc.open_file(pa.py_buffer(data)) as reader:
                raw_bytes = reader.read_all().nbytes
            self.assertEqual(len(data) < raw_bytes, compressed, path)

    def test_a_target_without_rows_is_an_error_that_names_it(self):
        names = ("expression.feather", "interactions.feather")
        inputs = [str(self.path / "deg_newfdr.h5ad")]
        inputs += [str(self.out[False] / name) for name in names]
        job = Job({"target": "nobody"}, inputs, [str(self.folder / "x.feather")])
        with self.assertRaisesRegex(LookupError, '"nobody"'):
            ligand_effects.ligand_effects(job)

    def test_a_row_that_stands_twice_is_refused(self):
        path = self.folder / "deg_newfdr.h5ad"
        shutil.copy(self.path / "deg_newfdr.h5ad", path)
        with h5py.File(path, "r+") as file:
            for name in ("cell type", "target"):
                codes = file["obs"][name]["codes"]
                codes[1] = codes[0]
        with self.assertRaisesRegex(ValueError, "more than once"):
            statistics.statistics(Job({}, [str(path)], [str(self.folder / "x.feather")]))
        with self.assertRaisesRegex(ValueError, "twice"):
            targets.targets(Job({}, [str(path), str(self.path / "all_interactions.tsv")]))


class DeterminismTests(unittest.TestCase):
    """Two worker processes with different hash seeds, units in another order: equal bytes."""

    def test_equal_inputs_give_equal_bytes(self):
        with tempfile.TemporaryDirectory(prefix="compile-test-") as folder:
            raw = Path(folder) / "raw"
            raw_data.write(raw)
            digests = [self.run_all(raw, Path(folder) / seed, seed) for seed in ("1", "2")]
        self.assertGreater(len(digests[0]), 40)
        self.assertEqual(digests[0], digests[1])

    def run_all(self, raw: Path, out: Path, hash_seed: str) -> dict[str, str]:
        (out / "compiled").mkdir(parents=True)
        environment = {**os.environ, "PYTHONPATH": "site:.", "PYTHONHASHSEED": hash_seed}
        worker = subprocess.Popen(
            [sys.executable, "-m", "compile"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

        def ask(**request):
            request = {"id": 1, "parameters": {}, "log": str(out / "log"), **request}
            worker.stdin.write(json.dumps(request) + "\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
            self.assertTrue(answer["ok"], answer)
            return answer

        def unit(name, inputs, output, **parameters):
            path = out / "compiled" / output
            inputs = [
                str(raw / i if i.endswith(("ad", "tsv")) else path.parent / i) for i in inputs
            ]
            ask(unit=name, inputs=inputs, outputs=[str(path)], parameters=parameters)

        try:
            unit("expression", ["adata.h5ad"], "expression.feather")
            unit("statistics_cin", ["deg_newfdr.h5ad"], f"statistics_{CIN}.feather")
            unit("statistics_sting", ["deg_fixed.h5ad"], "statistics_sting.feather")
            both = [f"statistics_{CIN}.feather", "statistics_sting.feather"]
            unit("statistics_max", both, f"statistics_{STING}.feather")
            unit("pairs", ["all_interactions.tsv"], "interactions.feather")
            shared = ["expression.feather", "interactions.feather"]
            for condition in (CIN, STING) if hash_seed == "1" else (STING, CIN):
                inputs = [*shared, f"statistics_{condition}.feather"]
                at = {"condition": condition, "fdr": 25}
                unit("interactions", inputs, f"{condition}_interactions", **at)
                unit("circos", inputs, f"{condition}_circos", **at)
            sources = [str(raw / name) for name in ("deg_newfdr.h5ad", "all_interactions.tsv")]
            found = ask(axis="targets", inputs=sources)["values"]
            for target in found if hash_seed == "1" else found[::-1]:
                unit("ligand_effects", ["deg_newfdr.h5ad", *shared], safe(target), target=target)
        finally:
            worker.stdin.close()
            worker.stdout.close()
            worker.wait()
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((out / "compiled").iterdir())
        }


if __name__ == "__main__":
    unittest.main()
