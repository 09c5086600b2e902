"""The diagram of the layers shows what `Package.swift` allows, and nothing else."""

import re
import unittest
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = (ROOT / "Package.swift").read_text(encoding="utf-8")
DIAGRAM = (ROOT / "docs" / "architecture" / "layers.md").read_text(encoding="utf-8")
# The C modules are below Base, or beside the one module that wraps them.
C_MODULES = {"CPosix", "CSQLite", "CCrypto", "CYAML", "CZlib", "CLeaks", "CReportAssets"}
WRAPPED_BY_SEVERAL = {"CPosix": {"Posix", "Processes", "Tracing"}}


def modules() -> dict[str, tuple[str, set[str]]]:
    """Each Swift module's folder below `Sources`, and what it may import."""
    rows = re.findall(r'\bmodule\(\s*"(\w+)", in: "([\w/]+)"(?:,\s*\[([^\]]*)\])?', PACKAGE)
    return {name: (folder, set(re.findall(r'"(\w+)"', imports))) for name, folder, imports in rows}


def drawn() -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The folders in bold, each with the layer that has it, and the arrows between layers."""
    folders = {
        folder: layer
        for layer, label in re.findall(r'^  (\w+)\["(.*)"\]$', DIAGRAM, re.MULTILINE)
        for folder in re.findall(r"<b>([\w/]+)</b>", label)
    }
    return folders, set(re.findall(r"^  (\w+) --> (\w+)$", DIAGRAM, re.MULTILINE))


def without_what_follows(imports: dict[str, set[str]]) -> set[tuple[str, str]]:
    """The arrows of a graph but for those that a path of others makes, too."""

    def reached(layer: str, but: str | None = None) -> set[str]:
        found: set[str] = set()
        open_layers = [other for other in imports[layer] if other != but]
        while open_layers:
            if (other := open_layers.pop()) not in found:
                found.add(other)
                open_layers += imports[other]
        return found

    for layer in list(imports):
        if layer in reached(layer):
            raise AssertionError(f"{layer} imports itself by way of others")
    return {(one, other) for one in list(imports) for other in imports[one] if other not in reached(one, but=other)}


class Layers(unittest.TestCase):
    def test_every_module_is_found(self) -> None:
        self.assertEqual(len(modules()), len(re.findall(r"^        module\(", PACKAGE, re.MULTILINE)))

    def test_the_diagram_is_the_table_of_modules(self) -> None:
        folders, arrows = drawn()
        table = modules()

        def layer(module: str) -> str:
            folder = table[module][0]
            around = [place for place in folders if f"{folder}/".startswith(f"{place}/")]
            self.assertTrue(around, f"the diagram has no folder for module {module} in {folder}")
            return folders[max(around, key=len)]

        imports: dict[str, set[str]] = defaultdict(set)
        for module, (_, names) in table.items():
            imports[layer(module)] |= {layer(name) for name in names - C_MODULES} - {layer(module)}
        self.assertEqual(arrows, without_what_follows(imports))

    def test_a_c_module_has_one_importer(self) -> None:
        declared = re.findall(r'(?:library\(|\.target\(\s*name: )"(C[A-Z]\w+)"', PACKAGE)
        self.assertEqual(set(declared), C_MODULES)
        for name in C_MODULES:
            importers = {module for module, (_, names) in modules().items() if name in names}
            with self.subTest(module=name):
                self.assertEqual(importers, WRAPPED_BY_SEVERAL.get(name, importers))
                if name not in WRAPPED_BY_SEVERAL:
                    self.assertEqual(len(importers), 1)

    def test_an_arrow_that_follows_is_found(self) -> None:
        imports = defaultdict(set, {"tool": {"engine", "base"}, "engine": {"core"}, "core": {"base"}})
        self.assertEqual(without_what_follows(imports), {("tool", "engine"), ("engine", "core"), ("core", "base")})
        with self.assertRaises(AssertionError):
            without_what_follows(defaultdict(set, {"a": {"b"}, "b": {"a"}}))


if __name__ == "__main__":
    unittest.main()
