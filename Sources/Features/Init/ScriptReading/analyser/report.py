"""What a program does with files: collected while it is read."""

from __future__ import annotations

from paths import locate
from values import Const, Handle, Text, options


class Report:
    """`folder`: the working directory below the project. `possible`: whether what is read now is only reached by calls
    that the program itself does not make, such as those of a visitor."""

    def __init__(self, folder: str):
        self.folder = folder
        self.possible = False
        self.unfollowed = False
        self.accesses: list[dict] = []
        self.seen: set[tuple] = set()
        self.code: list[str] = []
        self.imports: set[str] = set()
        self.starts: list[dict] = []
        self.site: dict = {}
        self.fetches: list[int] = []
        self.moves: list[dict] = []
        self.variables: dict[str, str | None] = {}
        self.arguments: list[dict] = []
        self.handles: list[Handle] = []
        self.file = ""

    def access(self, does: str, path: object, line: int, call: str) -> None:
        """`does`: "read", "write", "delete", "test" (whether it exists) or "list"."""
        for option in options(path):
            if isinstance(option, Handle):
                continue  # noted when it was opened
            if isinstance(option, Const) and does in ("read", "write") and not isinstance(option.value, (bytes, str)):
                continue
            if isinstance(option, Text) and option.parts:
                located = locate(option, self.folder)
                self.add(does, located.path, located.place, located.holes, line, call, option.anchored)
            elif does in ("read", "write"):
                self.add(does, "", "unknown", {}, line, call)

    def add(self, does: str, path: str, place: str, holes: dict, line: int, call: str, anchored: bool = False) -> None:
        key = (does, path, place, self.possible, line if not path else 0)
        if key in self.seen:
            return
        self.seen.add(key)
        entry = {"does": does, "path": path, "place": place, "line": line, "file": self.file, "call": call}
        if holes:
            entry["holes"] = holes
        if anchored:
            entry["anchored"] = True
        if self.possible:
            entry["possible"] = True
        self.accesses.append(entry)

    def move(self, to: Text, line: int) -> None:
        """It changes to a folder that exists on its author's machine alone."""
        entry = {"file": self.file, "line": line, "path": to.template()}
        if entry not in self.moves:
            self.moves.append(entry)

    def handle(self, path: object, kind: str, line: int) -> Handle:
        made = Handle(path, kind, line, file=self.file, possible=self.possible)
        self.handles.append(made)
        return made

    def settle(self) -> None:
        """Databases: what was done with each decides."""
        for handle in self.handles:
            self.file, self.possible = handle.file, handle.possible
            self.access("write" if handle.written else "read", handle.path, handle.line, "database")
        self.handles.clear()

    def document(self) -> dict:
        return {
            "accesses": self.accesses[:600],
            "code": self.code,
            "imports": sorted(self.imports),
            "starts": self.starts,
            "site": self.site,
            "moves": self.moves,
            "fetches": sorted(set(self.fetches)),
            "variables": self.variables,
            "arguments": self.arguments,
            "unfollowed": self.unfollowed,
        }
