"""The site as a WSGI application: health, pages, callbacks, and what broken data does to them."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import synthetic
from figures import cascade, circos, data, interactions, ligand_effects, links, pickles

MANIFEST = "3fa9c1d2" * 8


def write_defaults() -> None:
    """Write the three pickles as their compile units do."""
    statistics = data.read(data.circos_path(data.CIN, 25), links.COLUMNS)
    pairs = data.read(data.pairs_path(), links.PAIR_COLUMNS)
    table = data.read(data.interactions_path(data.CIN, 25), interactions.COLUMNS)
    acting = data.read(data.interactions_path(data.CIN, 25), cascade.INTERACTION_COLUMNS)
    reached = cascade.walk(acting, lambda _: None, cascade.Filters())
    pickles.write(circos.figure(statistics, pairs), data.default_path("circos"))
    pickles.write(interactions.figure(table), data.default_path("interactions"))
    pickles.write(ligand_effects.figure(reached), data.default_path("ligand_effects"))


class SiteTest(unittest.TestCase):
    """Each test has a release of its own; the application itself is imported once."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        synthetic.write_release(self.folder)
        environment = mock.patch.dict(
            os.environ,
            SITE_DATA=str(self.folder),
            PIPELINE_RELEASE="12",
            PIPELINE_MANIFEST=MANIFEST,
            PIPELINE_IMAGE="",
        )
        environment.start()
        self.addCleanup(environment.stop)
        write_defaults()
        self.client = importlib.import_module("app").server.test_client()
        self.restart()

    @staticmethod
    def restart() -> None:
        """What a new process does with the pickles."""
        importlib.import_module("defaults").load()

    def health(self) -> tuple[int, dict]:
        response = self.client.get("/health")
        self.assertEqual(response.mimetype, "application/json")
        return response.status_code, response.get_json()

    def page(self, path: str) -> str:
        """The layout of a page, as its callback gives it to the browser."""
        output = "_pages_content.children"
        body = {
            "output": f"..{output}..._pages_store.data..",
            "outputs": [
                {"id": "_pages_content", "property": "children"},
                {"id": "_pages_store", "property": "data"},
            ],
            "inputs": [
                {"id": "_pages_location", "property": "pathname", "value": path},
                {"id": "_pages_location", "property": "search", "value": ""},
            ],
            "changedPropIds": ["_pages_location.pathname"],
        }
        response = self.client.post("/_dash-update-component", json=body)
        self.assertEqual(response.status_code, 200, response.get_data(as_text=True))
        return json.dumps(response.get_json(), ensure_ascii=False)


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


class VisitorTest(SiteTest):
    """What a browser sends is not trusted, and what went wrong is not shown to it."""

    HOSTILE = (
        "../../secret",
        "../interactions/highCIN_vs_lowCIN",
        "/etc/passwd",
        "highCIN_vs_lowCIN/../../x",
        "",
        None,
        7,
        ["highCIN_vs_lowCIN"],
        {"a": 1},
    )

    def setUp(self) -> None:
        super().setUp()
        # What a path that leads out would find: a whole feather file above the data folder.
        whole = data.circos_path(data.CIN, 25).read_bytes()
        (self.folder / "secret_25.feather").write_bytes(whole)
        (self.folder.parent / "secret_25.feather").write_bytes(whole)
        self.addCleanup((self.folder.parent / "secret_25.feather").unlink)

    def refused(self, answer: tuple) -> str:
        figure, caption, error = answer
        self.assertEqual((len(figure.data), caption), (0, ""))
        text = error.children[1]
        self.assertRegex(text, r"^There is no such [A-Za-z0-9 ]+\.$")
        return text

    def circos(self, **change: object) -> tuple:
        arguments = dict(
            condition=data.CIN, fdr=25, sig=10, log2fc=0.12, log2fc_fdr=0.05, most=150, types=None
        )
        return importlib.import_module("pages.circos").update(**(arguments | change))

    def interactions(self, **change: object) -> tuple:
        arguments = dict(
            condition=data.CIN,
            donor="T cells",
            acceptor="Tumor cells",
            fdr=25,
            sig=1,
            log2fc=0.12,
            log2fc_fdr=0.05,
            most=60,
        )
        return importlib.import_module("pages.interactions").update(**(arguments | change))

    def effects(self, **change: object) -> tuple:
        arguments = dict(
            cell_type="T cells",
            ligands=["Ccl2"],
            iterations=1,
            fdr=0.05,
            log2fc=0.25,
            expression=0.05,
            most=40,
        )
        return importlib.import_module("pages.ligand_effects").update(**(arguments | change))

    def test_no_value_of_a_browser_leads_out_of_the_data_folder(self) -> None:
        for value in self.HOSTILE:
            with self.subTest(value=value):
                self.refused(self.circos(condition=value))
                self.refused(self.interactions(condition=value))
                home = importlib.import_module("pages.home").update(value)
                self.assertIn("There is no such condition", home[1].children[1])
        for fdr in ("25", "../25", 0, 26, 2.5, True, None, [25], "1/../../../x", float("nan")):
            with self.subTest(fdr=fdr):
                self.refused(self.circos(fdr=fdr))
                self.refused(self.interactions(fdr=fdr))

    def test_every_other_value_is_one_that_is_offered(self) -> None:
        for change in (
            dict(types=["Osteoclasts"]),
            dict(types="T cells"),
            dict(types=["T cells", 3]),
            dict(most=10**9),
            dict(most="150"),
            dict(log2fc=float("inf")),
            dict(sig=None),
        ):
            with self.subTest(circos=change):
                self.refused(self.circos(**change))
        for change in (dict(donor="<b>x</b>"), dict(acceptor=None), dict(most=0)):
            with self.subTest(interactions=change):
                self.refused(self.interactions(**change))
        for change in (
            dict(cell_type="../x"),
            dict(ligands=["../../x"]),
            dict(ligands=["Ccl2"] * 100_000),
            dict(iterations=10**6),
            dict(iterations=1.5),
        ):
            with self.subTest(effects=change):
                self.refused(self.effects(**change))

    def test_visitors_see_no_path_of_the_server(self) -> None:
        for path in (data.pairs_path(), data.circos_path(data.CIN, 25), data.default_path("circos")):
            path.write_bytes(b"cut")
        self.restart()
        texts = [self.page(path) for path in ("/", "/circos", "/interactions", "/ligand-effects")]
        texts.append(json.dumps(self.health()[1]))
        texts += [str(self.circos()[2]), str(self.effects()[2])]
        data.circos_path(data.CIN, 25).unlink()
        texts.append(str(self.circos()[2]))
        for text in texts:
            self.assertNotIn(str(self.folder), text)
            self.assertNotIn("Error", text)
        self.assertIn("circos/highCIN_vs_lowCIN_25.feather", texts[-1])

    def test_visitors_see_no_exception_and_the_log_has_it(self) -> None:
        circos_page = importlib.import_module("pages.circos")
        fault = KeyError(f"{self.folder}/token")
        with (
            mock.patch.object(circos_page.circos, "figure", side_effect=fault),
            self.assertLogs("view", "ERROR") as logs,
        ):
            text = self.circos()[2].children[1]
        self.assertNotIn("KeyError", text)
        self.assertNotIn("token", text)
        number = text.split("under ")[1].rstrip(".")
        self.assertIn(number, logs.output[0])
        self.assertIn("KeyError", logs.output[0])


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
