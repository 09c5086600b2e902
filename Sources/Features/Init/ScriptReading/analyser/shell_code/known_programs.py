"""Programs whose arguments are known: which of them are files, and which start another program."""

from __future__ import annotations

import posixpath

from report import Report
from shell_code.command_words import READERS
from shell_code.shell_words import Token
from values import Hole, Text


class KnownPrograms:
    """`programs` analyses a program of the project: (path, arguments, folder, report) -> whether it is one."""

    def __init__(self, report: Report, programs, files: set[str], script: str = "", variables: dict[str, Text] | None = None):
        self.report = report
        self.programs = programs
        self.files = files
        self.script = script
        self.folder = report.folder
        self.top = report.folder
        self.variables = dict(variables or {})
        self.kinds: set[str] = set()
        self.commands: list[dict] = []
        self.removed: list[str] = []
        self.environment: dict[str, str] = {}
        self.set_now: dict[str, str] = {}
        self.is_plain = True
        self.holes = False

    def run(self, source: str, line: int = 1) -> None:
        """Lines of a shell."""
        raise NotImplementedError

    def access(self, does: str, path: Text, line: int, call: str) -> None:
        constant = path.constant
        if constant in ("/dev/null", "/dev/stdout", "/dev/stderr", "-") or (constant or "").startswith("&"):
            return
        before, self.report.folder = self.report.folder, self.folder
        self.report.access(does, self.placed(path), line, call)
        self.report.folder = before

    def placed(self, path: Text) -> Text:
        """With the folder of the script itself filled in."""
        if path.parts and isinstance(path.parts[0], Hole) and path.parts[0].name.startswith("@script"):
            above = posixpath.join(
                posixpath.dirname(self.script) or ".", path.parts[0].name.removeprefix("@script").lstrip("/")
            )
            return Text.of(above, *path.parts[1:], anchored=True)
        return path

    def follow(self, program: str, words: list[Text], line: int, body: Token | None) -> None:
        rest = words[1:]
        if program.startswith("python") or program in ("ipython", "pypy3"):
            self.python(rest, body)
        elif program == "Rscript" or program == "R":
            self.interpreted(rest, program)
        elif program in ("bash", "sh", "zsh"):
            paths = [word for word in rest if not (word.constant or "").startswith("-")]
            if "-c" in [word.constant for word in rest] and paths:
                inner = paths[0].constant
                if inner:
                    self.run(inner, line)
            elif paths:
                self.program(paths[0], paths[1:])
        elif program in ("cp", "mv", "ln", "install"):
            paths = [word for word in rest if not (word.constant or "").startswith("-")]
            for word in paths[:-1]:
                self.access("read", word, line, program)
            if len(paths) > 1:
                self.access("write", self.inside(paths[-1], paths[0]), line, program)
        elif program in ("wget", "curl"):
            for position, word in enumerate(rest[:-1]):
                if word.constant in ("-o", "-O", "--output", "--output-document"):
                    self.access("write", rest[position + 1], line, program)
        elif program in ("sqlite3", "duckdb"):
            self.database(rest, line, body)
        elif program in ("csvs-to-sqlite", "sqlite-utils", "geojson-to-sqlite", "ogr2ogr", "tippecanoe", "shapefile-to-sqlite"):
            self.converted(program, rest, line)
        elif program in ("tee",):
            for word in rest:
                if not (word.constant or "").startswith("-"):
                    self.access("write", word, line, program)
        elif program == "quarto" and rest and rest[0].constant == "render":
            self.report.starts.append({"words": [word.template() for word in words], "line": line})
        elif program in ("papermill", "jupyter"):
            self.notebook(program, rest, line)
        elif program == "make":
            self.report.starts.append({"words": [word.template() for word in words], "line": line})
        elif program in READERS:
            for word in rest:
                path = self.placed(word)
                located = posixpath.normpath(posixpath.join(self.folder, path.template()))
                if located in self.files:
                    self.access("read", word, line, program)
        elif words[0].parts and ("/" in (words[0].constant or "") or program in self.files):
            self.program(words[0], rest)

    @staticmethod
    def inside(to: Text, source: Text) -> Text:
        return to.joined(source.name()) if to.parts and isinstance(to.parts[-1], str) and to.parts[-1].endswith("/") else to

    def python(self, rest: list[Text], body: Token | None) -> None:
        index = 0
        while index < len(rest):
            word = rest[index].constant or ""
            if word == "-m" and index + 1 < len(rest):
                module = (rest[index + 1].constant or "").replace(".", "/")
                for path in (f"{module}.py", f"{module}/__main__.py", f"src/{module}.py", f"src/{module}/__main__.py"):
                    if posixpath.normpath(posixpath.join(self.folder, path)) in self.files:
                        self.program(Text.of(path), rest[index + 2 :])
                        return
                return
            if word == "-c":
                return
            if word.startswith("-"):
                index += 2 if word in ("-W", "-X") else 1
                continue
            self.program(rest[index], rest[index + 1 :])
            return

    def interpreted(self, rest: list[Text], program: str) -> None:
        for index, word in enumerate(rest):
            constant = word.constant or ""
            if constant == "-e":
                inner = rest[index + 1].constant if index + 1 < len(rest) else None
                if inner and ("renv::restore" in inner or "install" in inner):
                    self.kinds.add("install")
                elif inner:
                    self.programs("", [Text.of(inner)], self.folder, self.report)
                return
            if constant.startswith("-"):
                continue
            self.program(word, rest[index + 1 :])
            return

    def program(self, path: Text, arguments: list[Text]) -> None:
        constant = path.constant
        if constant is None:
            return
        inside = posixpath.normpath(posixpath.join("" if path.anchored else self.folder, constant))
        if inside in self.files:
            self.kinds |= self.programs(inside, arguments, self.folder, self.report)

    def database(self, rest: list[Text], line: int, body: Token | None) -> None:
        paths = [word for word in rest if not (word.constant or "").startswith("-")]
        if not paths:
            return
        statement = " ".join(word.template() for word in paths[1:]) + (body.body if body is not None else "")
        is_read = statement.strip().lower().startswith("select") and "create" not in statement.lower()
        self.access("read" if is_read else "write", paths[0], line, "database")
        for word in statement.replace('"', " ").replace("'", " ").split():
            if posixpath.normpath(posixpath.join(self.folder, word)) in self.files and word != paths[0].constant:
                self.access("read", Text.of(word), line, "database")

    def converted(self, program: str, rest: list[Text], line: int) -> None:
        paths = [word for word in rest if not (word.constant or "").startswith("-")]
        if program == "sqlite-utils" and len(paths) > 1:
            writes = paths[0].constant in (
                "insert",
                "upsert",
                "transform",
                "enable-fts",
                "create-table",
                "create-index",
                "add-foreign-key",
                "convert",
                "extract",
                "index-foreign-keys",
                "create-view",
                "memory",
                "bulk",
            )
            self.access("write" if writes else "read", paths[1], line, program)
            if len(paths) > 3:
                self.access("read", paths[3], line, program)
        elif program == "ogr2ogr" and len(paths) > 1:
            for position, word in enumerate(rest[:-1]):
                if word.constant == "-f":
                    paths = [path for path in paths if path is not rest[position + 1]]
            self.access("write", paths[0], line, program)
            for word in paths[1:2]:
                self.access("read", word, line, program)
        elif program == "tippecanoe":
            for position, word in enumerate(rest[:-1]):
                if word.constant in ("-o", "-e"):
                    self.access("write", rest[position + 1], line, program)
                    paths = [path for path in paths if path is not rest[position + 1]]
            for word in paths:
                self.access("read", word, line, program)
        elif len(paths) > 1:
            for word in paths[:-1]:
                self.access("read", word, line, program)
            self.access("write", paths[-1], line, program)

    def notebook(self, program: str, rest: list[Text], line: int) -> None:
        paths = [word for word in rest if (word.constant or "").endswith(".ipynb")]
        executes = program == "papermill" or any(word.constant == "--execute" for word in rest)
        if paths and executes:
            inside = posixpath.normpath(posixpath.join(self.folder, paths[0].constant or ""))
            if inside in self.files:
                self.kinds |= self.programs(
                    inside, [], posixpath.dirname(inside) if program == "jupyter" else self.folder, self.report
                )
        if program == "papermill" and len(paths) > 1:
            self.access("write", paths[1], line, program)
