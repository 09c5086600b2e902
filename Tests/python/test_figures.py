"""Figure code: reading, selection, the cascade, drawing, and pickles."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import synthetic
from figures import (
    cascade,
    circos,
    data,
    geometry,
    interactions,
    ligand_effects,
    links,
    names,
    overview,
    pickles,
    ring,
    theme,
)


class ReleaseTest(unittest.TestCase):
    """Runs over a small release in a folder of its own."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        synthetic.write_release(self.folder)
        environment = mock.patch.dict(os.environ, SITE_DATA=str(self.folder))
        environment.start()
        self.addCleanup(environment.stop)

    def statistics(self):
        return data.read(data.circos_path(data.CIN, 25), links.COLUMNS)

    def pairs(self):
        return data.read(data.pairs_path(), links.PAIR_COLUMNS)

    def walk(self, **changes: object) -> cascade.Cascade:
        path = data.interactions_path(data.CIN, 25)
        table = data.read(path, cascade.INTERACTION_COLUMNS)
        return cascade.walk(table, self.effects_of, cascade.Filters(**changes))

    @staticmethod
    def effects_of(target: str):
        path = data.effects_path(target)
        return data.read(path, cascade.COLUMNS) if path.exists() else None


class NamesTest(unittest.TestCase):
    def test_agrees_with_the_shared_vectors(self) -> None:
        vectors = json.loads((synthetic.ROOT / "pipeline/names-vectors.json").read_text())
        self.assertGreater(len(vectors), 5)
        for value, encoded in vectors:
            self.assertEqual(names.safe(value), encoded)


class ReadingTest(ReleaseTest):
    def test_hides_osteoclasts(self) -> None:
        types = set(self.statistics()["cell_type"].to_pylist())
        self.assertEqual(types, set(synthetic.CELL_TYPES) - {"Osteoclasts"})
        table = data.read(data.interactions_path(data.CIN, 25), interactions.COLUMNS)
        for column in ("cell_type_ligand", "cell_type_receptor"):
            self.assertNotIn("Osteoclasts", table[column].to_pylist())

    def test_a_new_file_shows_at_once(self) -> None:
        before = self.pairs().num_rows
        synthetic._write(data.pairs_path(), [dict(ligand="Apoe", receptor="Trem2")])
        self.assertEqual((before, self.pairs().num_rows), (len(synthetic.PAIRS), 1))

    def test_every_broken_file_is_an_error_that_names_it(self) -> None:
        path = data.circos_path(data.CIN, 25)
        whole = path.read_bytes()
        middle = bytes(len(whole) - 16)
        broken = {
            "empty": b"",
            "cut": whole[: len(whole) // 2],
            "no head": b"XXXXXX" + whole[6:],
            "zeros between the ends": whole[:8] + middle + whole[-8:],
        }
        for kind, content in broken.items():
            with self.subTest(kind):
                path.write_bytes(content)
                with self.assertRaisesRegex(data.DataError, path.name):
                    self.statistics()
                with self.assertRaisesRegex(data.DataError, path.name):
                    data.check(path)
        path.unlink()
        with self.assertRaisesRegex(data.DataError, "is missing"):
            self.statistics()

    def test_a_lacking_column_is_an_error(self) -> None:
        with self.assertRaisesRegex(data.DataError, "interactions.feather"):
            data.read(data.pairs_path(), ["ligand", "receptors"])

    def test_inputs_are_found_by_their_place_below_compiled(self) -> None:
        pairs = "data/compiled/interactions.feather"
        other = "data/compiled/interactions/highCIN_vs_lowCIN_25.feather"
        self.assertEqual(data.among([other, pairs], data.pairs_path()), pairs)
        self.assertEqual(data.among([pairs, other], data.interactions_path(data.CIN, 25)), other)
        with self.assertRaisesRegex(data.DataError, "not among the inputs"):
            data.among([other], data.pairs_path())


class LinksTest(ReleaseTest):
    def test_thresholds_select_ligands_and_receptors(self) -> None:
        found = links.links(self.statistics(), self.pairs(), links.Filters())
        # Il10 changes too little (0.05) and CD94:NKG2A responds too little (3).
        kinds = {(link.ligand, link.receptor) for link in found}
        self.assertEqual(kinds, {("Apoe", "Trem2"), ("Ccl2", "Ccr2"), ("Tnf", "Trem2")})
        self.assertEqual(len(found), 3 * 3 * 3)
        self.assertEqual([link.sig for link in found], sorted((k.sig for k in found), reverse=True))

    def test_only_chosen_cell_types_take_part(self) -> None:
        filters = links.Filters(cell_types=("T cells",))
        found = links.links(self.statistics(), self.pairs(), filters)
        self.assertEqual({(k.donor, k.acceptor) for k in found}, {("T cells", "T cells")})

    def test_the_ring_holds_slots_without_overlap(self) -> None:
        found = links.links(self.statistics(), self.pairs(), links.Filters())
        segments, slots = ring.layout(found, theme.CELL_TYPES)
        self.assertEqual(list(segments), list(theme.CELL_TYPES))
        self.assertLessEqual(max(end for _, end in segments.values()), 360)
        spans = sorted((slot.start, slot.end) for slot in slots.values())
        for (_, end), (start, _) in itertools.pairwise(spans):
            self.assertLessEqual(end, start + 1e-9)
        for (cell_type, _, _), slot in slots.items():
            start, end = segments[cell_type]
            self.assertTrue(start - 1e-9 <= slot.start < slot.end <= end + 1e-9)

    def test_ribbons_all_turn_the_same_way(self) -> None:
        def area(path: list[geometry.Point]) -> float:
            closed = zip(path, path[1:] + path[:1], strict=True)
            return sum(a[0] * b[1] - b[0] * a[1] for a, b in closed)

        ends = [((10, 12), (190, 193)), ((200, 203), (20, 21)), ((350, 355), (5, 8))]
        self.assertTrue(all(area(geometry.ribbon(*pair, 1.0)) < 0 for pair in ends))


class CascadeTest(ReleaseTest):
    def test_follows_ligands_to_receptors_to_ligands(self) -> None:
        reached = self.walk()
        node = cascade.Node
        self.assertEqual(
            set(reached.edges),
            {
                (node(0, "Tumor cells", "Apoe"), node(1, "Macrophages/mMDSC", "Trem2")),
                (node(1, "Macrophages/mMDSC", "Trem2"), node(2, "Macrophages/mMDSC", "Il10")),
                (node(2, "Macrophages/mMDSC", "Il10"), node(3, "T cells", "CD94:NKG2A")),
                (node(3, "T cells", "CD94:NKG2A"), node(4, "T cells", "Tnf")),
            },
        )
        self.assertEqual(reached.nodes[node(4, "T cells", "Tnf")], -0.6)

    def test_reads_each_target_once_and_only_those_reached(self) -> None:
        self.assertEqual(sorted(self.walk(iterations=4).read), ["CD94:NKG2A", "Ccr2", "Trem2"])
        self.assertEqual(sorted(self.walk(iterations=1).read), ["Ccr2", "Trem2"])

    def test_thresholds_end_the_cascade(self) -> None:
        for change in (dict(fdr=0.0005), dict(min_log2fc=0.9), dict(min_expression=0.5)):
            with self.subTest(change):
                self.assertEqual(self.walk(**change).edges, {})

    def test_a_loop_ends(self) -> None:
        # Tnf of T cells acts on Trem2 of macrophages again, which has been followed by then.
        levels = {node.level for node in self.walk(iterations=20).nodes}
        self.assertLessEqual(max(levels), 8)


class FigureTest(ReleaseTest):
    def all_figures(self) -> dict:
        table = data.read(data.interactions_path(data.CIN, 25), interactions.COLUMNS)
        return {
            "circos": circos.figure(self.statistics(), self.pairs()),
            "interactions": interactions.figure(table),
            "ligand_effects": ligand_effects.figure(self.walk()),
            "overview": overview.figure(self.statistics()),
        }

    def test_figures_show_their_targets(self) -> None:
        shown = {
            name: figure.to_json().replace("\\u2192", "→")
            for name, figure in self.all_figures().items()
        }
        self.assertIn("Apoe → Trem2", shown["circos"])
        self.assertIn("Ccl2", shown["interactions"])
        self.assertNotIn("Il10", shown["interactions"])
        self.assertIn("CD94:NKG2A", shown["ligand_effects"])

    def test_nothing_selected_is_said(self) -> None:
        figure = circos.figure(self.statistics(), self.pairs(), links.Filters(min_sig=1000))
        self.assertEqual(len(figure.data), 0)
        self.assertIn("No pair passes", figure.layout.annotations[0].text)

    def test_the_strongest_are_drawn_and_the_caption_says_so(self) -> None:
        figure = circos.figure(self.statistics(), self.pairs(), links.Filters(most=5))
        self.assertEqual(figure.layout.meta["caption"], "The strongest 5 of 27 links")

    def test_overview_counts(self) -> None:
        figure = overview.figure(self.statistics())
        bars = {bar.name: dict(zip(bar.y, bar.x, strict=True)) for bar in figure.data}
        self.assertEqual(bars["Ligands up"]["T cells"], 2)
        self.assertEqual(bars["Ligands down"]["T cells"], 1)
        self.assertEqual(bars["Receptors with an effect"]["T cells"], 2)
        self.assertEqual(bars["Ligands up"]["pDC"], 0)

    def test_pickles_are_equal_for_equal_inputs_in_any_process(self) -> None:
        program = (
            "import sys, unittest, test_figures as t\n"
            "case = t.FigureTest('all_figures'); case.setUp()\n"
            "for name, figure in case.all_figures().items():\n"
            "    print(name, t.pickles.dumps(figure).hex())\n"
            "case.doCleanups()\n"
        )
        outputs = set()
        for seed in ("0", "1"):
            outputs.add(
                subprocess.run(
                    [sys.executable, "-c", program],
                    cwd=Path(__file__).parent,
                    env=os.environ | {"PYTHONHASHSEED": seed},
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            )
        self.assertEqual(len(outputs), 1)
        self.assertIn("circos ", outputs.pop())

    def test_pickles_do_not_depend_on_sharing_or_order_inside_a_figure(self) -> None:
        figure = self.all_figures()["interactions"]
        self.assertEqual(pickles.dumps(figure), pickles.dumps(pickle.loads(pickle.dumps(figure))))

    def test_a_written_pickle_is_loaded_again(self) -> None:
        path = self.folder / "figure.pkl"
        figure = self.all_figures()["circos"]
        size = pickles.write(figure, path)
        self.assertEqual(path.stat().st_size, size)
        self.assertEqual(path.read_bytes()[:2], b"\x80\x04")
        self.assertEqual(len(pickles.load(path).data), len(figure.data))

    def test_broken_pickles_are_errors_that_name_the_file(self) -> None:
        path = self.folder / "figure.pkl"
        whole = pickles.dumps(theme.empty("nothing"))
        broken = {
            "cut": whole[:-20],
            "empty": b"",
            "no figure": pickle.dumps([1, 2]),
            "unknown property": whole.replace(b"annotations", b"annotatiomz"),
        }
        for kind, content in broken.items():
            with self.subTest(kind):
                path.write_bytes(content)
                with self.assertRaisesRegex(data.DataError, "figure.pkl"):
                    pickles.load(path)


class ImportTest(unittest.TestCase):
    def test_default_units_import_no_other_figure(self) -> None:
        """Editing one figure must leave the defaults of the others alone."""
        modules = {
            "circos": {"circos", "links", "ring"},
            "interactions": {"interactions"},
            "ligand_effects": {"ligand_effects", "cascade"},
        }
        shared = {"data", "geometry", "names", "pickles", "theme"}
        for name, own in modules.items():
            with self.subTest(name):
                program = (
                    f"import sys; from figures import {name}, pickles\n"
                    "print(*(m[8:] for m in sys.modules if m.startswith('figures.')))"
                )
                run = subprocess.run(
                    [sys.executable, "-c", program],
                    env=os.environ | {"PYTHONPATH": str(synthetic.ROOT / "site")},
                    check=True,
                    capture_output=True,
                    text=True,
                )
                self.assertLessEqual(set(run.stdout.split()), own | shared)


if __name__ == "__main__":
    unittest.main()
