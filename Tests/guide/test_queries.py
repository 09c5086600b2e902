"""The queries of docs/reference/ledger.md, each asked of a ledger with a history."""

from __future__ import annotations

import os
import re
import sqlite3
import unittest

import projects

PAGE = projects.ROOT / "docs" / "reference" / "ledger.md"

# What the environment of this project has none of.
EMPTY = {"FROM leases"}


class Queries(unittest.TestCase):
    @unittest.skipUnless(os.environ.get("PIPELINE_TEST_PYTHON"), "needs the example's Python environment")
    def test_each_finds_something_in_a_ledger_with_a_history(self) -> None:
        project = projects.Previewed()
        self.addCleanup(project.end)
        project.run("pipeline", "run", "deploy", "-e", "preview")
        project.run("pipeline", "rollback", "-e", "preview")
        # A figure that cannot be drawn, so that something has failed.
        file = project.root / "site" / "figures" / "circos.py"
        file.write_text(file.read_text() + 'raise RuntimeError("broken")\n')
        with self.assertRaises(RuntimeError):
            project.run("pipeline", "run", "compile")
        ledger = sqlite3.connect(f"file:{project.root}/.pipeline/ledger.sqlite?mode=ro", uri=True)
        self.addCleanup(ledger.close)
        queries = re.findall(r"^```sql\n(.*?)^```", PAGE.read_text(), re.M | re.S)
        self.assertGreaterEqual(len(queries), 16)
        for query in queries:
            with self.subTest(query=query):
                rows = ledger.execute(query.replace("'local'", "'preview'")).fetchall()
                self.assertEqual(bool(rows), not any(part in query for part in EMPTY), rows)


if __name__ == "__main__":
    unittest.main()
