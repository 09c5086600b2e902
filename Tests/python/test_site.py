"""The site as a WSGI application: health, pages, callbacks, and what broken data does to them."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import unittest
from unittest import mock

import synthetic
from figures import data
from site_case import MANIFEST, SiteTest


class HealthTest(SiteTest):
    def test_a_whole_release_is_ok(self) -> None:
        expected = dict(status="ok", release="12", manifest=MANIFEST, image="")
        self.assertEqual(self.health(), (200, expected))

    def test_a_broken_feather_fails_at_once_and_mends_at_once(self) -> None:
        path = data.pairs_path()
        whole = path.read_bytes()
        path.write_bytes(whole[:-100])
        status, document = self.health()
        self.assertEqual((status, document["status"], document["release"]), (503, "failing", "12"))
        self.assertEqual(len(document["problems"]), 1)
        self.assertIn("interactions.feather", document["problems"][0])
        path.write_bytes(whole)
        self.assertEqual(self.health()[0], 200)

    def test_a_pickle_that_failed_at_the_start_is_remembered(self) -> None:
        path = data.default_path("circos")
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        self.assertEqual(self.health()[0], 200, "loaded pickles serve until the restart")
        self.restart()
        path.write_bytes(whole)
        status, document = self.health()
        self.assertEqual(status, 503)
        self.assertIn("default_circos.pkl", document["problems"][0])
        self.restart()
        self.assertEqual(self.health()[0], 200)

    def test_no_data_at_all_names_every_file(self) -> None:
        with mock.patch.dict(os.environ, SITE_DATA=str(self.folder / "nowhere")):
            self.restart()
            status, document = self.health()
        self.assertEqual((status, len(document["problems"])), (503, 6))


class PageTest(SiteTest):
    def test_the_document_names_the_release_and_loads_nothing_from_elsewhere(self) -> None:
        html = self.client.get("/").get_data(as_text=True)
        self.assertIn('<meta name="release" content="', html)
        self.assertNotRegex(html, r'(src|href)="(https?:)?//')

    def test_pages_show_their_figures(self) -> None:
        for path, text in (
            ("/", "targets with effects"),
            ("/circos", "Apoe → Trem2"),
            ("/interactions", "Ccl2"),
            ("/ligand-effects", "effects-graph"),
        ):
            with self.subTest(path):
                page = self.page(path)
                self.assertIn(text, page)
                self.assertNotIn('"role": "alert"', page)

    def test_a_lost_default_view_is_an_error_on_its_page_alone(self) -> None:
        data.default_path("circos").unlink()
        self.restart()
        page = self.page("/circos")
        self.assertIn('"role": "alert"', page)
        self.assertIn("default_circos.pkl", page)
        self.assertNotIn('"role": "alert"', self.page("/interactions"))

    def test_broken_feathers_are_errors_on_the_home_page(self) -> None:
        data.circos_path(data.CIN, 25).write_bytes(b"ARROW1")
        page = self.page("/")
        self.assertIn('"role": "alert"', page)
        self.assertIn("highCIN_vs_lowCIN_25.feather", page)


class CallbackTest(SiteTest):
    def test_a_selection_reads_the_data_anew(self) -> None:
        update = importlib.import_module("pages.circos").update
        arguments = (data.CIN, 25, 10, 0.12, 0.05, 150, ["Tumor cells", "T cells"])
        figure, caption, error = update(*arguments)
        self.assertEqual((caption, error), ("All 12 links", None))
        self.assertGreater(len(figure.data), 3)
        path = data.circos_path(data.CIN, 25)
        path.write_bytes(path.read_bytes()[:-1])
        figure, caption, error = update(*arguments)
        self.assertEqual((len(figure.data), caption), (0, ""))
        self.assertIn("is not a whole feather file", error.children[1])

    def test_interactions_of_another_pair(self) -> None:
        update = importlib.import_module("pages.interactions").update
        _, caption, error = update(data.STING, "T cells", "Tumor cells", 25, 1, 0.12, 0.05, 60)
        self.assertEqual((caption, error), ("All 3 interactions", None))

    def test_effects_of_a_target_with_a_colon_in_its_name(self) -> None:
        update = importlib.import_module("pages.ligand_effects").update
        arguments = ("Macrophages/mMDSC", ["Il10"], 1, 0.05, 0.25, 0.05, 40)
        figure, _, error = update(*arguments)
        self.assertIsNone(error)
        self.assertIn("CD94:NKG2A", figure.to_json())
        path = data.effects_path("CD94:NKG2A")
        path.write_bytes(b"")
        self.assertIn("CD94%3ANKG2A", update(*arguments)[2].children[1])

    def test_no_ligand_is_said(self) -> None:
        update = importlib.import_module("pages.ligand_effects").update
        figure, _, error = update("T cells", [], 1, 0.05, 0.25, 0.05, 40)
        self.assertIsNone(error)
        self.assertIn("at least one ligand", figure.layout.annotations[0].text)


class StartTest(unittest.TestCase):
    def test_the_site_starts_without_the_libraries_of_the_compile(self) -> None:
        """They would triple the time until a rolled back release answers."""
        program = "import sys, app; print(*{'pandas', 'h5py', 'pipeline'} & set(sys.modules))"
        run = subprocess.run(
            [sys.executable, "-c", program],
            cwd=synthetic.ROOT / "site",
            env=os.environ | {"PYTHONPATH": "", "SITE_DATA": "/nonexistent"},
            check=True,
            capture_output=True,
            text=True,
        )
        self.assertEqual(run.stdout.strip(), "")


if __name__ == "__main__":
    unittest.main()
