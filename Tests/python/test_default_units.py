"""The compile units of the default views, run by a real worker process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import synthetic
from figures import data, pickles

_MODULES = {
    f"default_{name}": f"compile.default_{name}"
    for name in ("circos", "interactions", "ligand_effects")
}


class DefaultUnitsTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        synthetic.write_release(self.folder)
        self.compiled = self.folder / "compiled"
        self.interactions = str(self.compiled / f"interactions/{data.CIN}_25.feather")
        self.circos = str(self.compiled / f"circos/{data.CIN}_25.feather")
        self.pairs = str(self.compiled / "interactions.feather")

    def work(self, *requests: tuple[str, list[str]]) -> list[dict]:
        """The worker's answers to (unit, inputs) requests; outputs are `N.pkl` in the folder."""
        lines = [
            json.dumps(
                {
                    "id": number,
                    "unit": unit,
                    "name": unit,
                    "parameters": {},
                    "inputs": inputs,
                    "outputs": [str(self.folder / f"{number}.pkl")],
                    "log": str(self.folder / f"{number}.log"),
                }
            )
            for number, (unit, inputs) in enumerate(requests)
        ]
        run = subprocess.run(
            [sys.executable, "-c", f"from pipeline.worker import main; main({_MODULES!r})"],
            cwd=synthetic.ROOT,
            env=os.environ | {"PYTHONPATH": "site:."},
            input="\n".join(lines) + "\n",
            check=True,
            capture_output=True,
            text=True,
        )
        return [json.loads(line) for line in run.stdout.splitlines()]

    def test_figures_load_and_each_depends_on_its_own_code(self) -> None:
        answers = self.work(
            ("default_circos", [self.circos, self.pairs]),
            ("default_interactions", [self.interactions]),
            ("default_ligand_effects", [self.pairs, self.circos, self.interactions]),
        )
        figures = {"circos.py", "interactions.py", "ligand_effects.py"}
        for number, own in enumerate(("circos.py", "interactions.py", "ligand_effects.py")):
            with self.subTest(own):
                answer = answers[number]
                self.assertTrue(answer["ok"], answer)
                self.assertGreater(len(pickles.load(self.folder / f"{number}.pkl").data), 0)
                loaded = {Path(path).name for path in answer["loaded"] if "figures" in path}
                self.assertEqual(loaded & figures, {own})
                self.assertIn(f"site/compile/default_{own}", answer["loaded"])

    def test_ligand_effects_reports_what_the_cascade_reads_also_when_absent(self) -> None:
        [answer] = self.work(("default_ligand_effects", [self.interactions]))
        names = [Path(path).name for path in answer["read"]]
        expected = [f"{data.CIN}_{name}.feather" for name in ("CD94%3ANKG2A", "Ccr2", "Trem2")]
        self.assertEqual(names, expected)
        self.assertFalse((self.compiled / "ligand_effects" / expected[1]).exists())

    def test_equal_inputs_give_equal_bytes(self) -> None:
        inputs = [self.circos, self.pairs]
        self.work(("default_circos", inputs), ("default_circos", inputs))
        first = (self.folder / "0.pkl").read_bytes()
        self.assertEqual(first, (self.folder / "1.pkl").read_bytes())

    def test_a_missing_input_fails_the_unit(self) -> None:
        [answer] = self.work(("default_circos", [self.circos]))
        self.assertFalse(answer["ok"])
        self.assertIn("interactions.feather", answer["error"])


if __name__ == "__main__":
    unittest.main()
