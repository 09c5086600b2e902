"""What programs in R read and write: calls with paths of constants, `paste0`, `file.path`, `here`, `sprintf` and `glue`."""

from __future__ import annotations

import re

from r_code.r_calls import FETCH, READ, SHINY, WRITE
from report import Report
from values import Hole, Text

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<raw>[rR]"(?P<dash>-*)\((?P<inner>.*?)\)(?P=dash)")|(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|(?P<name>(?:[A-Za-z.][\w.]*:::?)?[A-Za-z.][\w.]*|`[^`]+`)|(?P<number>\d[\w.]*)|(?P<assign><<?-|->>?)|(?P<other>\|>|%[^%\s]*%|\S)""",
    re.DOTALL,
)


class RReader:
    """One text; what `source` names is read too."""

    def __init__(self, report: Report, sources, arguments: list[Text] | None = None):
        self.report = report
        self.sources = sources  # path below the project -> its text, or None
        self.arguments = arguments
        self.variables: dict[str, Text] = {}
        self.depth = 0

    def run(self, text: str) -> None:
        tokens = [m for m in _TOKEN.finditer(text) if m.lastgroup != "comment" and m.group("comment") is None]
        self.text = text
        index = 0
        while index < len(tokens):
            index = self.statement(tokens, index)

    def statement(self, tokens: list, index: int) -> int:
        token = tokens[index]
        name = token.group("name")
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if name == "for" and following is not None and following.group() == "(":
            return self.loop(tokens, index + 2)
        is_assignment = following is not None and (following.group("assign") in ("<-", "<<-") or following.group() == "=")
        if name and is_assignment and not self.depth and index + 2 < len(tokens):
            value, _ = self.expression(tokens, index + 2)
            self.variables[name] = value if value is not None else Text.of(Hole(name.replace(".", "_")))
            return index + 2
        if name and following is not None and following.group() == "(":
            self.call(name, tokens, index + 1)
        return index + 1

    def loop(self, tokens: list, index: int) -> int:
        """`for (x in c("a", "b"))`."""
        name = tokens[index].group("name") if index < len(tokens) else None
        if not name:
            return index
        values = []
        if index + 2 < len(tokens) and tokens[index + 1].group() == "in":
            first = tokens[index + 2]
            if first.group("name") == "c":
                end = self.closing(tokens, index + 3)
                values = [self.string(t) for t in tokens[index + 4 : end] if t.group("string")]
            elif (
                first.group("number")
                and index + 4 < len(tokens)
                and tokens[index + 3].group() == ":"
                and tokens[index + 4].group("number")
            ):
                low, high = first.group("number"), tokens[index + 4].group("number")
                if low.isdigit() and high.isdigit() and 0 < int(high) - int(low) < 1000:
                    values = [str(n) for n in range(int(low), int(high) + 1)]
        self.variables[name] = Text.of(Hole(name, tuple(values) or None))
        return index + 1

    @staticmethod
    def closing(tokens: list, index: int) -> int:
        """The place of the bracket that closes the one at `index`."""
        depth = 0
        while index < len(tokens):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(tokens[index].group(), 0)
            if depth == 0:
                return index
            index += 1
        return len(tokens)

    def arguments_of(self, tokens: list, index: int) -> list[tuple[str | None, int, int]]:
        """Name, first token and end of each argument of the call whose bracket is at `index`."""
        end = self.closing(tokens, index)
        found, start, position, depth = [], index + 1, index + 1, 0
        while position <= end and position < len(tokens):
            text = tokens[position].group()
            if (text == "," and depth == 0) or position == end:
                if position > start:
                    name = tokens[start].group("name")
                    named = name is not None and start + 1 < position and tokens[start + 1].group() == "="
                    found.append((name if named else None, start + 2 if named else start, position))
                start = position + 1
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text, 0)
            position += 1
        return found

    def call(self, full: str, tokens: list, index: int) -> None:
        name = full.split("::")[-1].lstrip(":")
        line = self.text.count("\n", 0, tokens[index].start()) + 1
        arguments = self.arguments_of(tokens, index)
        if name in ("library", "require", "requireNamespace", "loadNamespace") and arguments:
            self.report.imports.add(
                self.string(tokens[arguments[0][1]])
                if tokens[arguments[0][1]].group("string")
                else tokens[arguments[0][1]].group()
            )
        elif name == "source":
            self.sourced(self.pick(arguments, tokens, 0, ("file",)))
        elif name == "setwd":
            to = self.pick(arguments, tokens, 0, ("dir",))
            if to is not None and to.constant and to.starts_absolute():
                self.report.move(to, line)
            elif to is not None and to.constant:
                self.report.folder = (
                    to.template().strip("/") if to.anchored else "/".join(x for x in (self.report.folder, to.template()) if x)
                )
        elif name in SHINY:
            self.report.site.setdefault("framework", "shiny")
        elif name in FETCH:
            self.report.fetches.append(line)
            if name == "download.file" and (to := self.pick(arguments, tokens, 1, ("destfile",))) is not None:
                self.report.access("write", to, line, name)
        elif name in WRITE and (name != "install" or "::" in full):
            self.writes(name, arguments, tokens, line)
        elif name in ("file.exists", "dir.exists"):
            if (path := self.pick(arguments, tokens, 0, ())) is not None:
                self.report.access("test", path, line, name)
        elif name in ("file.copy", "file.rename") and len(arguments) > 1:
            for does, position in (("read", 0), ("write", 1)):
                if (path := self.pick(arguments, tokens, position, ())) is not None:
                    self.report.access(does, path, line, name)
        elif name in ("unlink", "file.remove"):
            if (path := self.pick(arguments, tokens, 0, ())) is not None:
                self.report.access("delete", path, line, name)
        elif name in ("list.files", "dir", "fs::dir_ls", "dir_ls", "Sys.glob"):
            if (path := self.pick(arguments, tokens, 0, ("path", "paths"))) is not None:
                self.report.access("list", path, line, name)
        elif name == "commandArgs":
            self.report.arguments.append({"name": "arguments", "required": True})
        elif name in ("dbConnect", "duckdb", "SQLite"):
            path = self.pick(arguments, tokens, 9, ("dbname", "dbdir")) or self.pick(arguments, tokens, 1, ())
            if path is not None and path.constant != ":memory:":
                writes = re.search(r"dbWriteTable|dbExecute|copy_to|dbAppendTable|dbCreateTable", self.text)
                self.report.access("write" if writes else "read", path, line, name)
        elif READ.match(name) and not name.startswith(("readline", "reactive")):
            path = self.pick(
                arguments, tokens, 0, ("file", "path", "filename", "dsn", "input", "con", "x", "data_path", "data.dir")
            )
            if path is not None and self.is_path(path):
                self.report.access("read", path, line, name)

    def writes(self, name: str, arguments: list, tokens: list, line: int) -> None:
        position = WRITE[name]
        words = ("file", "path", "filename", "dsn", "con", "sink", "filepath", "x_path", "paths")
        path = self.pick(arguments, tokens, position if position >= 0 else 99, words if name != "cat" else ("file",))
        if path is None and name == "ggsave":
            path = self.pick(arguments, tokens, 0, ())
        if path is not None and self.is_path(path):
            self.report.access("write", path, line, name)

    @staticmethod
    def is_path(path: Text) -> bool:
        constant = path.constant
        return constant is None or (("." in constant or "/" in constant) and "\n" not in constant)

    def sourced(self, path: Text | None) -> None:
        name = path.constant if path is not None else None
        if not name:
            return
        clean = "/".join(
            part for part in f"{'' if path.anchored else self.report.folder}/{name}".split("/") if part not in ("", ".")
        )
        text = self.sources(clean)
        if text is None or clean in self.report.code:
            return
        self.report.code.append(clean)
        before, self.report.file, old = self.report.file, clean, getattr(self, "text", "")
        self.run(text)
        self.report.file, self.text = before, old

    def pick(self, arguments: list, tokens: list, position: int, words: tuple[str, ...]) -> Text | None:
        for name, start, _ in arguments:
            if name in words:
                return self.expression(tokens, start)[0]
        free = [start for name, start, _ in arguments if name is None]
        # A pipe hands on the first.
        return (
            self.expression(tokens, free[position])[0]
            if position < len(free)
            else None
            if not self.is_piped(free, position)
            else self.expression(tokens, free[0])[0]
        )

    @staticmethod
    def is_piped(free: list, position: int) -> bool:
        return position == 1 and len(free) == 1

    @staticmethod
    def string(token) -> str:
        if token.group("raw"):
            return token.group("inner")
        return re.sub(r"\\(.)", r"\1", token.group("string")[1:-1])

    def expression(self, tokens: list, index: int) -> tuple[Text | None, int]:
        """A path that begins at `index`; None where it is none."""
        if index >= len(tokens):
            return None, index
        token = tokens[index]
        if token.group("string") or token.group("raw"):
            return Text.of(self.string(token)), index + 1
        if token.group("number"):
            return Text.of(token.group("number").rstrip("L")), index + 1
        name = token.group("name")
        if name is None:
            return None, index + 1
        if index + 1 < len(tokens) and tokens[index + 1].group() == "(":
            inner = self.built(name.split("::")[-1].lstrip(":"), tokens, index + 1)
            return inner, self.closing(tokens, index + 1) + 1
        if name in self.variables:
            return self.variables[name], index + 1
        return Text.of(Hole(name.replace(".", "_"))), index + 1

    def built(self, name: str, tokens: list, index: int) -> Text | None:
        arguments = self.arguments_of(tokens, index)
        parts = [(key, self.expression(tokens, start)[0] or Text.of(Hole("value"))) for key, start, _ in arguments]
        free = [part for key, part in parts if key is None]
        keys = {key: part for key, part in parts if key}
        if name in ("paste0", "str_c"):
            return Text.of(*(piece for part in free for piece in part.parts), anchored=bool(free) and free[0].anchored)
        if name == "paste":
            separator = keys.get("sep", Text.of(" "))
            joined: list = []
            for position, part in enumerate(free):
                joined += [*(separator.parts if position else ()), *part.parts]
            return Text.of(*joined)
        if name in ("file.path", "path", "path_join"):
            result = free[0] if free else Text.of("")
            for part in free[1:]:
                result = result.joined(part)
            return result
        if name == "here":
            result = Text.of(".", anchored=True)
            for part in free:
                result = result.joined(part)
            return result
        if name in ("sprintf", "glue", "str_glue") and free:
            return self.filled(name, free)
        if name in (
            "normalizePath",
            "file",
            "gzfile",
            "gzcon",
            "path.expand",
            "as.character",
            "path_abs",
            "basename",
            "c",
            "bzfile",
        ):
            return free[0] if free else None
        if name in ("system.file", "tempfile", "Sys.getenv", "commandArgs"):
            default = keys.get("unset") or (free[1] if name == "Sys.getenv" and len(free) > 1 else None)
            return default or Text.of(Hole(name.replace(".", "_")))
        return Text.of(Hole("value"))

    def filled(self, name: str, free: list[Text]) -> Text:
        text = free[0].constant
        if text is None:
            return free[0]
        parts: list = []
        if name == "sprintf":
            values = free[1:]
            for piece in re.split(r"(%[-0-9.]*[sdifg])", text):
                if piece.startswith("%") and len(piece) > 1:
                    parts += values.pop(0).parts if values else [Hole("value")]
                else:
                    parts.append(piece)
            return Text.of(*parts)
        for position, piece in enumerate(re.split(r"\{([^}]*)\}", text)):
            if position % 2:
                known = self.variables.get(piece.strip())
                parts += (
                    known.parts if known is not None else [Hole(piece.strip() if piece.strip().isidentifier() else "value")]
                )
            else:
                parts.append(piece)
        return Text.of(*parts)
