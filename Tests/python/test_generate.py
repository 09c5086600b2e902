"""The generator: the same bytes for a seed, the real shape, and AnnData's format."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "site")]

import h5py
import numpy as np

from generate.sizes import CELLS, SIZES
from generate.streams import stream
from generate.targets import HUBS, LEADS, names

AWKWARD = {"CD94:NKG2A", "CD94:NKG2C", "CD94:NKG2E", "LIFR", "Lifr", "OSMR", "Osmr", "H2-T23"}


def generate(folder: Path, seed: int, hash_seed: str) -> dict[str, str]:
    environment = {**os.environ, "PYTHONPATH": "site", "PYTHONHASHSEED": hash_seed}
    arguments = ["--size", "toy", "--output", str(folder), "--seed", str(seed)]
    command = [sys.executable, "-m", "generate", *arguments]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True)
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


class GenerateTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="generate-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.toy = cls.folder / "toy"
        cls.digests = generate(cls.toy, 1, "1")

    def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(self):
        self.assertEqual(generate(self.folder / "again", 1, "2"), self.digests)
        other = generate(self.folder / "other", 2, "1")
        self.assertEqual(other.keys(), self.digests.keys())
        for name, digest in other.items():
            self.assertNotEqual(digest, self.digests[name], name)

    def test_only_the_four_files_stand_in_the_folder(self):
        expected = ["adata.h5ad", "all_interactions.tsv", "deg_fixed.h5ad", "deg_newfdr.h5ad"]
        self.assertEqual(sorted(self.digests), expected)
        self.assertLess(sum(f.stat().st_size for f in self.toy.iterdir()), 20_000_000)

    def test_the_full_size_has_the_real_shape(self):
        size = SIZES["full"]
        known = names(size, stream(1, "names"))
        self.assertEqual(size.cells, CELLS)
        self.assertEqual(sum(CELLS.values()), 33_092)
        counts = (len(known.ligands), len(known.receptors), len(known.targets), len(known.genes))
        self.assertEqual(counts, (571, 571, 982, 16_685))
        self.assertEqual(len(set(known.ligands) & set(known.receptors)), 160)
        self.assertEqual(len(set(known.pairs)), 1885)
        self.assertEqual(max(Counter(ligand for ligand, _ in known.pairs).values()), 21)
        self.assertEqual(max(Counter(receptor for _, receptor in known.pairs).values()), 46)

    def test_every_size_holds_the_awkward_names_and_pairs_for_every_target(self):
        for name, size in SIZES.items():
            with self.subTest(size=name):
                known = names(size, stream(3, "names"))
                self.assertTrue(AWKWARD <= set(known.targets))
                self.assertTrue(any(target.endswith("_complex") for target in known.targets))
                self.assertEqual({ligand for ligand, _ in known.pairs}, set(known.ligands))
                self.assertEqual({receptor for _, receptor in known.pairs}, set(known.receptors))
                self.assertEqual(len(known.pairs), size.pairs)
                self.assertEqual(len(set(known.genes)), size.genes)
                self.assertTrue(set(known.targets) <= set(known.genes))

    def test_some_rows_some_targets_and_some_components_are_missing(self):
        known = names(SIZES["toy"], stream(1, "names"))
        for name in ("deg_newfdr.h5ad", "deg_fixed.h5ad"):
            with h5py.File(self.toy / name) as file:
                obs = file["obs"]
                present = set(obs["target"]["categories"].asstr()[:])
                self.assertEqual(len(set(known.targets) - present), 3)
                self.assertLess(len(obs["DA_score"]), len(present) * len(SIZES["toy"].cells))
                missing = np.isnan(obs["cell_type_dc1"][:]).mean()
                self.assertTrue(0 < missing < 0.1, missing)

    def test_the_values_are_distributed_as_the_real_ones(self):
        with h5py.File(self.toy / "deg_newfdr.h5ad") as file:
            log2fc, fdr, interaction = (
                file["layers"][name][:] for name in ("log2FC", "fdr", "fdr.i1")
            )
            targets = file["obs"]["target"]["categories"].asstr()[:]
            target = targets[file["obs"]["target"]["codes"][:]]
        for values in (fdr, interaction):
            self.assertTrue(((values >= 0) & (values <= 1)).all())
        self.assertGreater((fdr == 1).mean(), 0.2)
        self.assertAlmostEqual((interaction == 1).mean(), 0.9, delta=0.03)
        self.assertGreater((log2fc == 0).mean(), 0.1)
        significant = (interaction < 0.25).sum(axis=1)
        hub = np.isin(target, HUBS)
        self.assertGreater(np.median(significant[hub]), 10)
        self.assertLess(np.median(significant[~hub]), 3)

    def test_expression_has_both_zeros_and_positive_values(self):
        with h5py.File(self.toy / "adata.h5ad") as file:
            values = file["layers"]["X"][:]
            genes = list(file["var"]["_index"].asstr()[:])
        self.assertTrue((values >= 0).all())
        self.assertTrue(0.05 < (values > 0).mean() < 0.25)
        for lead in LEADS:
            self.assertGreater((values[:, genes.index(lead)] > 0).mean(), 0.1)

    def test_files_carry_the_marks_of_the_format(self):
        for name in ("adata.h5ad", "deg_newfdr.h5ad", "deg_fixed.h5ad"):
            with h5py.File(self.toy / name) as file:
                self.assertEqual(file.attrs["encoding-type"], "anndata")
                for frame in ("obs", "var"):
                    self.assertEqual(file[frame].attrs["encoding-type"], "dataframe")
                    self.assertEqual(file[frame].attrs["encoding-version"], "0.2.0")
                    columns = list(file[frame].attrs["column-order"])
                    self.assertEqual({*columns, "_index"}, set(file[frame]))
                rows, genes = len(file["obs"]["_index"]), len(file["var"]["_index"])
                for layer in file["layers"].values():
                    self.assertEqual(layer.attrs["encoding-type"], "array")
                    self.assertEqual((layer.shape, layer.dtype), ((rows, genes), np.float32))


if __name__ == "__main__":
    unittest.main()
