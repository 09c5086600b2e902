"""Every program of a project: what it reads and writes, and how it is started."""

from __future__ import annotations

import ast
import os
import posixpath
import re

from invocations import blocks, collect
from python_code.interpreter import Interpreter
from readers import Readers
from report import Report
from workflows import Workflows


class Programs(Readers):
    def all(self) -> list[dict]:
        found: list[dict] = []
        pieces: dict[str, list[str]] = {}
        for path in sorted(self.files):
            known = self.text(path) or ""
            if path.lower().endswith((".md", ".txt", ".rst")):
                pieces[path] = blocks(known)
            elif self.language(path, known) == "shell":
                pieces[path] = [known]
        self.invocations = collect(pieces, self.files)
        for path in sorted(self.files):
            text = self.text(path)
            language = self.language(path, text) if text is not None else None
            if text is None or language is None:
                continue
            if language == "make":
                found += Workflows(self).makefile(path, text)
            elif language == "snakemake":
                found += Workflows(self).snakefile(path, text)
            else:
                found.append(self.single(path, text, language))
        return found

    def single(self, path: str, text: str, language: str) -> dict:
        known = self.invocations.get(path, []) if language in ("python", "r") else []
        # Arguments that only their caller knows are none that a stage can have.
        told = [one for one in known if all(self.is_plain(argument.constant) for argument in one.arguments)]
        # A script of the project comes before a README, which shows what may be done too.
        scripts = [one for one in told if not one.source.lower().endswith((".md", ".txt", ".rst"))]
        told = scripts or told
        only = told[0] if len(told) == 1 else None
        folder = only.folder if only is not None else self.working_folder(path, text, language)
        report = Report(folder)
        arguments = list(only.arguments) if only is not None else []
        kinds = self.read(path, text, language, arguments, report, known_arguments=only is not None)
        document = report.document()
        if language == "python" and "__main__" in text:
            document["visited"] = self.imported(path, text, folder)
        if only is not None:
            document["words"] = [argument.template() for argument in arguments]
            document["environment"] = dict(only.environment)
            document["told"] = only.source
        elif len(told) > 1:
            document["several"] = [" ".join(argument.template() for argument in one.arguments) for one in told]
        document.update(path=path, language=language, folder=folder, kinds=sorted(kinds), main=self.is_started(text, language))
        return document

    @staticmethod
    def is_plain(argument: str | None) -> bool:
        """Whether it is the same without a shell."""
        return argument is not None and not any(letter in argument for letter in "*?[$`")

    def imported(self, path: str, text: str, folder: str) -> list[dict]:
        """What is read where a site imports it: without what only its start does."""
        report = Report(folder)
        try:
            Interpreter(self.root, self.python, report).run(path, text, name="imported")
        except (SyntaxError, ValueError, RecursionError):
            return []
        return [access for access in report.accesses if access["does"] in ("read", "list")][:400]

    def working_folder(self, path: str, text: str, language: str) -> str:
        """A notebook runs in its own folder. A program runs in the project's, unless what it names only exists from its own."""
        own = posixpath.dirname(path)
        if language in ("notebook", "quarto"):
            return own
        if not own or language == "shell" or "__file__" in text:
            return ""
        names = set(re.findall(r"""["']((?:\.{1,2}/)?[\w./-]+/?[\w.-]+)["']""", text))
        exists = lambda folder, name: os.path.exists(os.path.join(self.root, folder, name))  # noqa: E731
        names = {name for name in names if ("/" in name or "." in name) and not name.startswith("/")}
        here = sum(1 for name in names if exists(own, name) and not exists("", name))
        top = sum(1 for name in names if exists("", name) and not exists(own, name))
        above = sum(1 for name in names if name.startswith("../") and not exists("", name))
        parents = sum(1 for name in names if name.startswith("../"))
        return own if here + above > top and (here > top or (parents and above)) else ""

    @classmethod
    def is_started(cls, text: str, language: str) -> bool:
        """Whether it does something when started."""
        if language != "python":
            return True
        if "__main__" in text:
            return True
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError):
            return False
        acting = (ast.For, ast.While, ast.With, ast.Try, ast.If)
        return any(isinstance(node, acting) or any(isinstance(part, ast.Call) for part in cls.parts(node)) for node in body)

    @staticmethod
    def parts(node: ast.stmt) -> list[ast.AST]:
        """Of a statement that does something by itself."""
        return list(ast.walk(node)) if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)) else []
