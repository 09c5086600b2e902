"""What visitors can send to the site, and what they see of it."""

from __future__ import annotations

import importlib
import json
import unittest
from unittest import mock

from figures import data
from site_case import SiteTest


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


if __name__ == "__main__":
    unittest.main()
