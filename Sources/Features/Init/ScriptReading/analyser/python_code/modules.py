"""Imports: modules of the project, each read once, and names of libraries."""

from __future__ import annotations

import ast
import os

from python_code.objects import Frame, Module
from python_code.reader import Reader
from python_code.sites import SITE_MODULES
from values import External, Unknown


class Modules(Reader):
    def load(self, name: str, level: int, here: Module) -> Module | None:
        """A module of the project, read once; None where it belongs to a library."""
        inside = name.replace(".", "/")
        own = os.path.dirname(here.path)
        if level:
            folder = own
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            folders = [folder]
        else:
            start = os.path.dirname(self.entry)
            folders = [start, own, "", "src", "lib", os.path.dirname(start), os.path.dirname(own)]
        for folder in dict.fromkeys(folders):
            base = "/".join(part for part in (folder, inside) if part)
            for path in (base + ".py", base + "/__init__.py"):
                if path in self.files:
                    return self.loaded(path, name)
        return None

    def loaded(self, path: str, name: str) -> Module:
        if path in self.modules:
            return self.modules[path]
        module = Module(path, name)
        self.modules[path] = module
        if path not in self.report.code and path != self.entry:
            self.report.code.append(path)
        try:
            with open(os.path.join(self.root, path), encoding="utf-8-sig") as file:
                tree = ast.parse(file.read())
        except (OSError, SyntaxError, ValueError):
            return module
        before, self.report.file = self.report.file, path
        self.block(tree.body, Frame(module, module.names))
        self.report.file = before
        return module

    def do_Import(self, node: ast.Import, frame: Frame) -> None:
        for alias in node.names:
            first = alias.name.split(".")[0]
            module = self.load(alias.name, 0, frame.module)
            if module is not None:
                if alias.asname:
                    frame.names[alias.asname] = module
                else:
                    frame.names[first] = self.package(alias.name, module, frame)
            else:
                self.imported(first, frame)
                frame.names[alias.asname or first] = External(alias.name if alias.asname else first)

    def imported(self, name: str, frame: Frame) -> None:
        self.report.imports.add(name.split(".")[0])
        if name in SITE_MODULES and frame.module.path == self.entry:
            self.report.site.setdefault("framework", SITE_MODULES[name])

    def package(self, name: str, module: Module, frame: Frame) -> object:
        """For `import a.b`: a, which holds b."""
        parts = name.split(".")
        for part in reversed(parts[1:]):
            module = Module("", name, {part: module})
        known = frame.names.get(parts[0])
        if isinstance(known, Module) and len(parts) > 1:
            known.names.update(module.names)
            return known
        return module

    def do_ImportFrom(self, node: ast.ImportFrom, frame: Frame) -> None:
        name = node.module or ""
        module = self.load(name, node.level, frame.module) if name else None
        if module is None and not node.level:
            self.imported(name, frame)
        for alias in node.names:
            inner = self.load(f"{name}.{alias.name}" if name else alias.name, node.level, frame.module)
            if alias.name == "*":
                if module is not None:
                    frame.names.update(module.names)
            elif inner is not None and (module is None or alias.name not in module.names):
                frame.names[alias.asname or alias.name] = inner
            elif module is not None:
                frame.names[alias.asname or alias.name] = module.names.get(alias.name, Unknown(alias.name))
            else:
                frame.names[alias.asname or alias.name] = External(f"{name}.{alias.name}" if name else alias.name)
