"""What is known of a value without running anything: texts with holes, alternatives, lists, tables.

A hole stands for a part that is not known; it has the name of the variable that fills it, and its values where
a loop over constants gives them. `{name}` is a hole in the texts that are reported, `{{` and `}}` are braces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

MOST = 12  # alternatives that are kept apart


@dataclass(frozen=True)
class Hole:
    name: str
    values: tuple[object, ...] | None = None


@dataclass(frozen=True)
class Text:
    """Parts are texts and holes. `anchored`: counted from the project's folder, not the working directory."""

    parts: tuple[str | Hole, ...] = ()
    anchored: bool = False

    @staticmethod
    def of(*parts: str | Hole, anchored: bool = False) -> Text:
        merged: list[str | Hole] = []
        for part in parts:
            if isinstance(part, str) and merged and isinstance(merged[-1], str):
                merged[-1] += part
            elif part != "":
                merged.append(part)
        return Text(tuple(merged), anchored)

    @property
    def constant(self) -> str | None:
        if any(isinstance(part, Hole) for part in self.parts):
            return None
        return "".join(str(part) for part in self.parts)

    @property
    def hole(self) -> Hole | None:
        """The hole, where the text is nothing else."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Hole):
            return self.parts[0]
        return None

    def plus(self, other: Text) -> Text:
        return Text.of(*self.parts, *other.parts, anchored=self.anchored)

    def template(self) -> str:
        return "".join(
            "{" + part.name + "}" if isinstance(part, Hole) else part.replace("{", "{{").replace("}", "}}")
            for part in self.parts
        )

    def starts_absolute(self) -> bool:
        return bool(self.parts) and isinstance(self.parts[0], str) and self.parts[0].startswith(("/", "~"))

    def joined(self, other: Text) -> Text:
        """As by os.path.join."""
        if other.anchored or other.starts_absolute() or not self.parts:
            return Text(other.parts, other.anchored or (self.anchored and not other.starts_absolute()))
        last = self.parts[-1]
        slash = "" if isinstance(last, str) and last.endswith("/") else "/"
        return Text.of(*self.parts, slash, *other.parts, anchored=self.anchored)

    def pieces(self) -> list[Text]:
        """The names between slashes."""
        found: list[list[str | Hole]] = [[]]
        for part in self.parts:
            if isinstance(part, Hole):
                found[-1].append(part)
                continue
            for index, piece in enumerate(part.split("/")):
                if index:
                    found.append([])
                if piece:
                    found[-1].append(piece)
        return [Text.of(*piece) for piece in found]

    def parent(self) -> Text:
        pieces = self.pieces()
        while pieces and not pieces[-1].parts:
            pieces.pop()
        if len(pieces) <= 1:
            # Above the top of a relative path; "." for a bare name.
            bare = bool(pieces) and pieces[0].constant not in (".", "..", "")
            return Text((), self.anchored) if bare else Text.of(*self.parts, "/..", anchored=self.anchored)
        result = pieces[0]
        for piece in pieces[1:-1]:
            result = Text.of(*result.parts, "/", *piece.parts)
        if self.starts_absolute() and not pieces[0].parts and not result.parts:
            result = Text.of("/")
        return Text(result.parts, self.anchored)

    def name(self) -> Text:
        pieces = [piece for piece in self.pieces() if piece.parts]
        return pieces[-1] if pieces else Text.of("")


@dataclass(frozen=True)
class Const:
    """A number, a truth value or None."""

    value: object


@dataclass(frozen=True)
class Unknown:
    """Nothing is known but how it is spelled."""

    name: str = "value"


@dataclass
class Many:
    """A list, tuple or set. `closed`: these are all of its members."""

    items: list[object] = field(default_factory=list)
    closed: bool = True


@dataclass
class Table:
    """A dictionary with known keys."""

    items: dict[object, object] = field(default_factory=dict)


@dataclass
class Choice:
    """One of several."""

    options: list[object]


@dataclass(frozen=True)
class External:
    """Something of a library, by its full name."""

    name: str


@dataclass
class Handle:
    """An open file, a database or something else that reads and writes one path."""

    path: object
    kind: str = "file"
    line: int = 0
    written: bool = False
    read: bool = False
    file: str = ""
    possible: bool = False


def options(value: object) -> list[object]:
    return value.options if isinstance(value, Choice) else [value]


def choice(values: list[object]) -> object:
    kept: list[object] = []
    for value in values:
        for option in options(value):
            if not any(option is known or _same(option, known) for known in kept):
                kept.append(option)
    if len(kept) == 1:
        return kept[0]
    if not kept or len(kept) > MOST:
        return Unknown()
    return Choice(kept)


def _same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, (Text, Const, Unknown, External)):
        return one == other
    if isinstance(one, Many) and isinstance(other, Many):
        return one.closed == other.closed and len(one.items) == len(other.items) and all(map(_same, one.items, other.items))
    return False


def texts(value: object, name: str = "value") -> list[Text]:
    """The value as part of a text; what is not known becomes a hole."""
    found: list[Text] = []
    for option in options(value):
        if isinstance(option, Text):
            found.append(option)
        elif isinstance(option, Const):
            found.append(Text.of(str(option.value)))
        elif isinstance(option, Handle) and isinstance(option.path, Text):
            found.append(option.path)
        elif isinstance(option, Unknown):
            found.append(Text.of(Hole(option.name if option.name != "value" else name)))
        else:
            found.append(Text.of(Hole(name)))
    return found


def concatenate(pieces: list[list[Text]]) -> object:
    """Every combination of the alternatives."""
    count = 1
    for piece in pieces:
        count *= max(len(piece), 1)
    if count > MOST:
        pieces = [piece if len(piece) == 1 else [Text.of(Hole("value"))] for piece in pieces]
    results: list[object] = []
    for combination in product(*pieces):
        anchored = bool(combination) and combination[0].anchored
        results.append(Text.of(*(part for text in combination for part in text.parts), anchored=anchored))
    return choice(results) if results else Text.of("")


def mapped(text: Text, function) -> Text:
    """A function of texts over a text: over its constant, or over the values of its only hole."""
    constant = text.constant
    if constant is not None:
        return Text.of(function(constant), anchored=text.anchored)
    hole = text.hole
    if hole is not None:
        values = None if hole.values is None else tuple(function(str(value)) for value in hole.values)
        return Text.of(Hole(hole.name, values))
    return text
