"""A folder of programs as `init` reads it."""

import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Sources/Features/Init/ScriptReading/analyser"))

from programs import Programs


class Folder(unittest.TestCase):
    def read(self, **texts: str) -> dict[str, dict]:
        """Programs by path, or by path and target; names of arguments are paths with `__` for a slash."""
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, text in texts.items():
                path = name.replace("__", "/").replace("_DOT_", ".")
                (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / path).write_text(textwrap.dedent(text).lstrip("\n"))
                files.append(path)
            found = Programs(folder, files).all()
        return {f"{one['path']}:{one['target']}" if "target" in one else one["path"]: one for one in found}

    def files(self, program: dict, does: str, possible: bool = False) -> list[str]:
        return sorted(
            access["path"] if access["place"] == "project" else f"{access['place']} {access['path']}"
            for access in program["accesses"]
            if access["does"] == does and bool(access.get("possible")) is possible
        )
