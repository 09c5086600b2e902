"""One program: what it reads and writes, by the reader of its language, and what the programs do that it starts."""

from __future__ import annotations

import os
import posixpath
import re
import sys
import time

from documents import chunks, notebook
from invocations import Invocation
from python_code.interpreter import Interpreter
from r_code.r_reader import RReader
from report import Report
from shell_code.shell_reader import ShellReader
from values import Hole, Text

_LARGEST = 2_000_000
_SECONDS = 60.0  # for all programs together; those that remain are not followed


class Readers:
    """`files`: paths below `root` that may be read."""

    def __init__(self, root: str, files: list[str]):
        self.root = root
        self.files = set(files)
        self.python = {path for path in files if path.endswith(".py")}
        self.reading: list[str] = []
        self.invocations: dict[str, list[Invocation]] = {}
        self.began = time.monotonic()

    def text(self, path: str) -> str | None:
        """None where it cannot be read, or is no text."""
        if path not in self.files:
            return None
        try:
            full = os.path.join(self.root, path)
            if os.path.getsize(full) > _LARGEST:
                return None
            with open(full, encoding="utf-8-sig", errors="replace") as file:
                return file.read()
        except OSError:
            return None

    @staticmethod
    def language(path: str, text: str) -> str | None:
        name = posixpath.basename(path)
        ending = posixpath.splitext(name)[1].lower()
        known = {
            ".py": "python",
            ".r": "r",
            ".sh": "shell",
            ".bash": "shell",
            ".ipynb": "notebook",
            ".qmd": "quarto",
            ".rmd": "quarto",
            ".smk": "snakemake",
            ".mk": "make",
        }.get(ending)
        if known:
            return known
        if name in ("Makefile", "makefile", "GNUmakefile"):
            return "make"
        if name == "Snakefile":
            return "snakemake"
        first = text.split("\n", 1)[0]
        if not ending and first.startswith("#!"):
            return (
                "python"
                if "python" in first
                else "r"
                if "Rscript" in first
                else "shell"
                if re.search(r"\b(?:ba|z|da)?sh\b", first)
                else None
            )
        return None

    # By language

    def read(
        self, path: str, text: str, language: str, arguments: list[Text], report: Report, known_arguments: bool
    ) -> set[str]:
        """Kinds of what it starts that no stage should start. What cannot be read leaves `unreadable`."""
        if path in self.reading:
            return set()
        if time.monotonic() - self.began > _SECONDS:
            report.unfollowed = True
            return set()
        self.reading.append(path)
        before, report.file = report.file, path
        try:
            return self.dispatch(path, text, language, arguments if known_arguments else None, report)
        except (SyntaxError, ValueError, RecursionError):
            report.unfollowed = True
            return set()
        finally:
            report.file = before
            self.reading.pop()

    def dispatch(self, path: str, text: str, language: str, arguments: list[Text] | None, report: Report) -> set[str]:
        kinds: set[str] = set()
        if language == "python":
            kinds |= self.python_program(path, text, arguments, report)
        elif language == "r":
            RReader(report, self.text, arguments).run(text)
        elif language == "notebook":
            inner, code = notebook(text)
            if inner.startswith("python"):
                kinds |= self.python_program(path, code, arguments, report)
            elif inner == "r":
                RReader(report, self.text, arguments).run(code)
        elif language == "quarto":
            for inner, code in chunks(text).items():
                if inner == "python":
                    kinds |= self.python_program(path, code, arguments, report)
                elif inner == "r":
                    RReader(report, self.text, arguments).run(code)
        elif language == "shell":
            variables = {f"{index}": argument for index, argument in enumerate(arguments or [], 1)}
            reader = ShellReader(report, self.started, self.files, path, variables)
            reader.run(text)
            kinds |= self.without_own_removals(reader, report)
            if arguments is None:
                report.starts = [{"words": command["words"], "line": command["line"]} for command in reader.commands]
        if report.fetches:
            kinds.add("download")
        return kinds

    def python_program(self, path: str, text: str, arguments: list[Text] | None, report: Report) -> set[str]:
        sys.setrecursionlimit(8000)
        Interpreter(self.root, self.python, report, arguments).run(path, text)
        if "panel" in report.imports and ".servable(" in text:
            report.site.setdefault("framework", "panel")
        kinds: set[str] = set()
        for start in report.starts:
            reader = ShellReader(report, self.started, self.files, path)
            words = [Text.of(*(Hole("value") if word == "{value}" else word,)) for word in start["words"]]
            if len(words) == 1:
                reader.run(words[0].constant or "")
            elif words:
                reader.command(words, start["line"], None)
            kinds |= reader.kinds - {"delete"}
        return kinds

    @staticmethod
    def without_own_removals(reader: ShellReader, report: Report) -> set[str]:
        """What a script removes and writes again is its own."""
        written = {access["path"] for access in report.accesses if access["does"] == "write"}
        others = [
            path
            for path in reader.removed
            if not any(one == path or one.startswith(path.rstrip("/*") + "/") for one in written)
        ]
        return reader.kinds if others or not reader.removed else reader.kinds - {"delete"}

    def started(self, path: str, arguments: list[Text], folder: str, report: Report) -> set[str]:
        """A program that another one starts: what it does counts for that one too."""
        if not path:
            RReader(report, self.text).run(arguments[0].constant or "")
            return set()
        text = self.text(path)
        language = self.language(path, text) if text is not None else None
        if text is None or language is None:
            return set()
        if path not in report.code:
            report.code.append(path)
        before, report.folder = report.folder, folder
        kinds = self.read(path, text, language, arguments, report, known_arguments=True)
        report.folder = before
        return kinds
