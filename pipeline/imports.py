"""Which of the project's code files a unit depends on.

Every import that runs is recorded as an edge between modules, so that the files of one unit are
the closure of edges from the module that defines it. `sys.modules` would not do: one worker runs
units of many modules, and an edit of one figure must concern that figure's units only.

Not seen: a module reached as an attribute of its package without any import statement of its own
(`import figures` and then `figures.circos`). Import what you use.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.util
import os
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from types import FrameType, ModuleType
from typing import Any


class ImportGraph:
    """Edges between the project's modules, by module name, recorded from `install` on."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._edges: defaultdict[str, set[str]] = defaultdict(set)
        self._files: dict[str, str | None] = {}
        libraries = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
        self._foreign = tuple(
            os.path.join(folder, "")
            for folder in libraries | {sys.prefix, sys.base_prefix}
            if folder and folder.startswith(os.path.join(root, ""))
        )

    def install(self) -> None:
        """Hook the import statement and `importlib.import_module` for the rest of the process."""
        for name, module in list(sys.modules.items()):
            if self.file(name):
                self._scan(name, module)
        builtins.__import__ = self._hooked_import(builtins.__import__)
        importlib.import_module = self._hooked_import_module(importlib.import_module)

    def files(self, module: str) -> list[str]:
        """The project-relative paths, sorted, of the code of `module` and all it depends on."""
        seen: set[str] = set()
        open_names = [module]
        while open_names:
            name = open_names.pop()
            if name in seen:
                continue
            seen.add(name)
            open_names += self._edges.get(name, ())
            parent = name.rpartition(".")[0]
            if parent:
                open_names.append(parent)
        return sorted({file for name in seen if (file := self.file(name))})

    def file(self, name: str) -> str | None:
        """The project-relative path of a loaded module; None for libraries and namespaces."""
        if name not in self._files:
            module = sys.modules.get(name)
            if module is None:
                return None
            # Not by getattr: it would load a module that is lazy (importlib.util.LazyLoader).
            attributes = (
                object.__getattribute__(module, "__dict__")
                if isinstance(module, ModuleType)
                else {}
            )
            self._files[name] = self._relative(attributes.get("__file__"))
        return self._files[name]

    def _relative(self, path: str | None) -> str | None:
        if not path:
            return None
        path = os.path.normpath(os.path.join(self.root, path))
        prefix = os.path.join(self.root, "")
        if not path.startswith(prefix) or path.startswith(self._foreign):
            return None
        relative = path[len(prefix) :]
        return None if "site-packages" in relative.split(os.sep) else relative

    def _scan(self, name: str, module: ModuleType) -> None:
        """Edges of a module that ran before the hooks were there, read from its source."""
        try:
            with open(module.__file__ or "", "rb") as source:
                tree = ast.parse(source.read())
        except (OSError, SyntaxError):
            return
        package = _package(vars(module))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._record(name, _targets(alias.name, package, (), 0))
            elif isinstance(node, ast.ImportFrom):
                names = [alias.name for alias in node.names]
                self._record(name, _targets(node.module or "", package, names, node.level))

    def _record(self, importer: str | None, targets: Iterable[str]) -> None:
        for target in targets:
            if not self.file(target):
                continue
            # A library may import on the project's behalf (plug-ins): its caller is the one to ask.
            source = importer if importer and self.file(importer) else self._caller()
            if source and source != target:
                self._edges[source].add(target)

    def _caller(self) -> str | None:
        frame: FrameType | None = sys._getframe(1)
        while frame:
            name = frame.f_globals.get("__name__", "")
            if name != __name__ and self.file(name):
                return name
            frame = frame.f_back
        return None

    def _hooked_import(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def __import__(
            name: str,
            globals: dict[str, Any] | None = None,
            locals: dict[str, Any] | None = None,
            fromlist: Iterable[str] | None = (),
            level: int = 0,
        ) -> Any:
            module = original(name, globals, locals, fromlist, level)
            scope = globals or {}
            self._record(
                scope.get("__name__"), _targets(name, _package(scope), fromlist or (), level)
            )
            return module

        return __import__

    def _hooked_import_module(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def import_module(name: str, package: str | None = None) -> ModuleType:
            module = original(name, package)
            importer = sys._getframe(1).f_globals.get("__name__")
            self._record(importer, _with_parents(module.__name__))
            return module

        return import_module


def _package(scope: dict[str, Any]) -> str:
    """The package that relative imports in `scope` start from (language reference, 5.7)."""
    package = scope.get("__package__")
    if package is None:
        spec = scope.get("__spec__")
        package = spec.parent if spec else scope.get("__name__", "")
    return package or ""


def _targets(name: str, package: str, fromlist: Iterable[str], level: int) -> Iterator[str]:
    """The names of the modules that an import statement names, parents first."""
    if level:
        try:
            name = importlib.util.resolve_name("." * level + name, package)
        except ImportError:
            return
    yield from _with_parents(name)
    for item in fromlist:
        if item == "*":
            yield from (f"{name}.{part}" for part in getattr(sys.modules.get(name), "__all__", ()))
        else:
            yield f"{name}.{item}"


def _with_parents(name: str) -> Iterator[str]:
    position = name.find(".")
    while position >= 0:
        yield name[:position]
        position = name.find(".", position + 1)
    yield name
