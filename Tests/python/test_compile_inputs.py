"""How compile units read their inputs."""

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "site"), str(PROJECT / "Tests" / "python")]

import h5py
import numpy as np
import pandas as pd
from pipeline.worker import Job

from compile import (
    anndata_file,
    expression,
)
from compile.inputs import cached, pick
from generate import anndata_file as anndata_write


class ReadingTests(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="compile-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_expression_counts_in_blocks_that_a_byte_can_hold(self):
        cells, genes = 600, 3
        path = self.folder / "adata.h5ad"
        with anndata_write.create(path) as file:
            layer = anndata_write.layer(file, "X", (cells, genes))
            values = np.ones((cells, genes), np.float32)
            values[:, 1] = 0
            values[300:, 2] = 0
            layer[:] = values
            codes = np.zeros(cells, int)
            codes[-10:] = 1
            obs = {"Cell Type": anndata_write.Categorical(codes, ["a", "b"])}
            anndata_write.write_frame(file, "obs", [str(i) for i in range(cells)], obs)
            anndata_write.write_frame(file, "var", ["all", "none", "first"], {})
        output = self.folder / "expression.feather"
        expression.expression(Job({}, [str(path)], [str(output)]))
        table = pd.read_feather(output)
        self.assertEqual(list(table["a"]), [1.0, 0.0, 300 / 590])
        self.assertEqual(list(table["b"]), [1.0, 0.0, 0.0])

    def test_nullable_columns(self):
        with h5py.File(self.folder / "x.h5ad", "w") as file:
            for name, kind, values in (
                ("flag", "nullable-boolean", [True, False, True]),
                ("number", "nullable-integer", [1, 2, 3]),
            ):
                group = file.create_group(name)
                group.attrs["encoding-type"] = kind
                group["values"] = np.array(values)
                group["mask"] = np.array([False, True, False])
            self.assertEqual(list(anndata_file.column(file, "flag")), [True, None, True])
            np.testing.assert_array_equal(anndata_file.column(file, "number"), [1, np.nan, 3])
            with self.assertRaisesRegex(LookupError, '"absent"'):
                anndata_file.column(file, "absent")

    def test_cached_loads_again_when_the_file_is_another(self):
        path = self.folder / "x"
        loads: list[str] = []

        def read(name: str) -> str:
            loads.append(Path(name).read_text())
            return loads[-1]

        load = cached(read)
        path.write_text("one")
        self.assertEqual([load(str(path)), load(str(path))], ["one", "one"])
        self.assertEqual(loads, ["one"])
        aside = self.folder / "y"
        aside.write_text("two")
        aside.replace(path)
        self.assertEqual(load(str(path)), "two")

    def test_pick_wants_exactly_one(self):
        self.assertEqual(pick(["a/x.feather", "b/y.feather"], "y.feather"), "b/y.feather")
        for paths in ([], ["a/x", "b/x"]):
            with self.assertRaises(LookupError):
                pick(paths, "x")


if __name__ == "__main__":
    unittest.main()
