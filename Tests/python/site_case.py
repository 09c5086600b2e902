"""What tests of the site share: a release of its own, and the site's test client."""

from __future__ import annotations

import importlib
import json
import os
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
