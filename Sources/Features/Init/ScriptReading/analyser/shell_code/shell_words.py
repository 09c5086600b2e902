"""Lines of a shell taken apart into words and operators, with variables filled in where they are known."""

from __future__ import annotations

from dataclasses import dataclass, field

from values import Hole, Text

_OPERATORS = ("&&", "||", ";;", "|&", ">>", "<<<", "<<-", "<<", ">&", "<&", "&>", ">|", ";", "&", "|", "(", ")", "<", ">", "\n")


@dataclass
class Token:
    kind: str  # "word" or "operator"
    text: Text
    line: int
    quoted: bool = False
    body: str = ""  # of a here-document

    @property
    def constant(self) -> str:
        return self.text.constant or ""


@dataclass
class Splitter:
    """`variables`: known values by name. `holes`: whether `{name}` in the text is one already."""

    source: str
    variables: dict[str, Text]
    line: int = 1
    holes: bool = False
    index: int = 0
    tokens: list[Token] = field(default_factory=list)
    waiting: list[tuple[Token, str]] = field(default_factory=list)

    def statements(self):
        """Lists of tokens up to a line's end, `;`, `&&` and the like; the operator comes with each."""
        current: list[Token] = []
        while (token := self.next()) is not None:
            if token.kind == "operator" and token.constant in ("\n", ";", "&&", "||", "|", "&", ";;", "(", ")", "|&"):
                if current:
                    yield current, token.constant
                elif token.constant in ("(", ")"):
                    yield [], token.constant
                current = []
            else:
                current.append(token)
        if current:
            yield current, "\n"

    def next(self) -> Token | None:
        source = self.source
        while self.index < len(source):
            letter = source[self.index]
            if letter in " \t\r":
                self.index += 1
            elif source.startswith("\\\n", self.index):
                self.index += 2
                self.line += 1
            elif letter == "#":
                end = source.find("\n", self.index)
                self.index = len(source) if end < 0 else end
            else:
                break
        if self.index >= len(source):
            return None
        line = self.line
        for operator in _OPERATORS:
            if source.startswith(operator, self.index):
                self.index += len(operator)
                token = Token("operator", Text.of(operator), line)
                if operator == "\n":
                    self.line += 1
                    self.read_documents()
                return token
        token = Token("word", Text.of(""), line)
        token.text = self.word(token)
        return token

    def document_follows(self, token: Token, mark: str) -> None:
        self.waiting.append((token, mark))

    def read_documents(self) -> None:
        for token, mark in self.waiting:
            lines: list[str] = []
            while self.index < len(self.source):
                end = self.source.find("\n", self.index)
                end = len(self.source) if end < 0 else end
                text = self.source[self.index : end]
                self.index = end + 1
                self.line += 1
                if text.strip() == mark:
                    break
                lines.append(text)
            token.body = "\n".join(lines)
        self.waiting.clear()

    def word(self, token: Token) -> Text:
        source = self.source
        parts: list[str | Hole] = []
        while self.index < len(source):
            letter = source[self.index]
            if letter in " \t\r\n;&|()<>":
                break
            if letter == "\\":
                parts.append(source[self.index + 1 : self.index + 2].replace("\n", ""))
                self.line += source.startswith("\n", self.index + 1)
                self.index += 2
            elif letter == "'":
                end = source.find("'", self.index + 1)
                end = len(source) if end < 0 else end
                parts.append(source[self.index + 1 : end])
                self.line += source.count("\n", self.index, end)
                token.quoted = True
                self.index = end + 1
            elif letter == '"':
                self.index += 1
                token.quoted = True
                self.double(parts)
            elif letter == "$":
                parts += self.variable()
            elif letter == "{" and self.holes and (end := source.find("}", self.index)) > 0:
                parts.append(Hole(source[self.index + 1 : end]))
                self.index = end + 1
            elif letter == "`":
                end = source.find("`", self.index + 1)
                self.index = len(source) if end < 0 else end + 1
                parts.append(Hole("value"))
            else:
                parts.append(letter)
                self.index += 1
        return Text.of(*parts)

    def double(self, parts: list) -> None:
        source = self.source
        while self.index < len(source) and source[self.index] != '"':
            letter = source[self.index]
            if letter == "\\" and self.index + 1 < len(source):
                following = source[self.index + 1]
                parts.append(following if following in '"\\$`' else "" if following == "\n" else letter + following)
                self.index += 2
            elif letter == "$":
                parts += self.variable()
            else:
                self.line += letter == "\n"
                parts.append(letter)
                self.index += 1
        self.index += 1

    def variable(self) -> list:
        source = self.source
        self.index += 1
        if source.startswith("(", self.index):
            depth, start = 0, self.index
            while self.index < len(source):
                depth += {"(": 1, ")": -1}.get(source[self.index], 0)
                self.index += 1
                if depth == 0:
                    break
            return self.substituted(source[start + 1 : self.index - 1])
        if source.startswith("{", self.index):
            end = source.find("}", self.index)
            end = len(source) if end < 0 else end
            inside = source[self.index + 1 : end]
            self.index = end + 1
            name = ""
            for letter in inside:
                if not (letter.isalnum() or letter == "_"):
                    break
                name += letter
            rest = inside[len(name) :]
            if name in self.variables and not rest.startswith(("%", "#", "/", ",", "^")):
                return list(self.variables[name].parts)
            if rest.startswith((":-", ":=", "-", "=")):
                default = rest.lstrip(":")[1:]
                return list(Splitter(default, self.variables).word(Token("word", Text.of(""), self.line)).parts)
            return [Hole(name or "value")]
        name = ""
        while self.index < len(source) and (source[self.index].isalnum() or source[self.index] == "_"):
            name += source[self.index]
            self.index += 1
            if name.isdigit():
                break
        if not name:
            sign = source[self.index : self.index + 1]
            self.index += 1 if sign and sign in "@*#?$!-" else 0
            return [Hole("arguments" if sign in ("@", "*") else "value")] if sign else ["$"]
        return (
            list(self.variables[name].parts)
            if name in self.variables
            else [Hole(name if not name.isdigit() else f"argument{name}")]
        )

    @staticmethod
    def substituted(inside: str) -> list:
        """Usual ways to name the folder of the script, or the working directory."""
        plain = inside.strip()
        if plain in ("pwd", "git rev-parse --show-toplevel"):
            return ["."]
        if "dirname" in plain and ("BASH_SOURCE" in plain or "$0" in plain):
            up = plain.count("/..") + plain.count("dirname --") * 0
            return [Hole("@script" + "/.." * up)]
        return [Hole("value")]
