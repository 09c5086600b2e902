"""What lines of a shell do: which programs they start, what these read and write, and which are no step of a compile."""

from __future__ import annotations

import posixpath

from shell_code.command_kinds import KINDS
from shell_code.command_words import RUNNERS, SHELL_WORDS, WRAPPERS
from shell_code.known_programs import KnownPrograms
from shell_code.shell_words import Splitter, Token
from values import Hole, Text


class ShellReader(KnownPrograms):
    def run(self, source: str, line: int = 1) -> None:
        splitter = Splitter(source, self.variables, line, self.holes)
        for tokens, operator in splitter.statements():
            if operator in ("|", "(", "&", "|&"):
                self.is_plain = False
            if tokens:
                self.statement(tokens, splitter)

    # Statements

    def statement(self, tokens: list[Token], splitter: Splitter) -> None:
        words: list[Text] = []
        body, index = None, 0
        while index < len(tokens):
            token = tokens[index]
            if token.kind == "operator":
                self.is_plain = False
                follows = tokens[index + 1] if index + 1 < len(tokens) else None
                if words and words[-1].constant in ("1", "2") and token.constant in (">", ">>", ">&"):
                    words.pop()
                    index += 2
                    continue
                if follows is not None and token.constant in (">", ">>", ">|", "&>"):
                    self.access("write", follows.text, token.line, "redirection")
                elif follows is not None and token.constant == "<":
                    self.access("read", follows.text, token.line, "redirection")
                elif follows is not None and token.constant in ("<<", "<<-"):
                    splitter.document_follows(follows, follows.constant)
                    body = follows
                index += 2
                continue
            words.append(token.text)
            index += 1
        self.command(words, tokens[0].line if tokens else 0, body)

    def command(self, words: list[Text], line: int, body: Token | None) -> None:
        words = [self.placed(word) for word in words if word.parts or len(words) > 1]
        environment: dict[str, str] = {}
        while words:
            first = words[0].constant
            name, equals, value = self.assignment(words[0])
            if equals:
                if len(words) == 1 or all(self.assignment(word)[1] for word in words):
                    self.variables[name] = value
                elif value.constant is not None:
                    environment[name] = value.constant
                words = words[1:]
            elif first in WRAPPERS or (first == "env" and len(words) > 1):
                words = words[1:]
            elif first == "timeout" and len(words) > 2:
                words = words[2:]
            elif first in ("if", "elif", "while", "until"):
                self.is_plain = False
                words = words[1:]
            elif first == "conda" and len(words) > 1 and words[1].constant in ("run",):
                rest = words[2:]
                while rest and (rest[0].constant or "").startswith("-"):
                    rest = rest[2:] if rest[0].constant in ("-n", "-p", "--name", "--prefix") else rest[1:]
                words = rest
            elif len(words) > 2 and (first, words[1].constant) in RUNNERS:
                words = words[2:]
                while words and (words[0].constant or "").startswith("-"):
                    words = words[1:]
            else:
                break
        if words:
            self.started(words, line, environment, body)

    @staticmethod
    def assignment(word: Text) -> tuple[str, bool, Text]:
        first = word.parts[0] if word.parts else ""
        if not isinstance(first, str):
            return "", False, word
        name, equals, rest = first.partition("=")
        if not equals or not name.isidentifier():
            return "", False, word
        return name, True, Text.of(rest, *word.parts[1:])

    def started(self, words: list[Text], line: int, environment: dict[str, str], body: Token | None) -> None:
        first = words[0].constant or ""
        program = first.rpartition("/")[2]
        plain = [word.constant if word.constant is not None else word.template() for word in words]
        if program == "export" or program == "declare":
            for word in words[1:]:
                name, equals, value = self.assignment(word)
                if equals:
                    self.variables[name] = value
                    if value.constant is not None and program == "export":
                        self.environment[name] = value.constant
            return
        if program in ("cd", "pushd") and len(words) > 1:
            self.is_plain = False
            to = words[1]
            inside = posixpath.normpath(posixpath.join("" if to.anchored else self.folder, to.template()))
            self.folder = "" if inside == "." else inside
            return
        if program == "for":
            self.is_plain = False
            values = [word.constant for word in words[3:]]
            if len(words) > 3 and words[2].constant == "in":
                known = [value for value in values if value is not None]
                name = words[1].constant or "value"
                globs = [value for value in known if "*" in value]
                if globs:
                    before, _, after = globs[0].partition("*")
                    self.variables[name] = Text.of(before, Hole(name), after)
                else:
                    self.variables[name] = Text.of(Hole(name, tuple(known) if len(known) == len(values) else None))
            return
        if program in SHELL_WORDS:
            if program in ("source", ".") and len(words) > 1 and (words[1].constant or "").endswith(("activate", ".env")):
                return
            return
        self.classify(plain, words, line)
        self.commands.append({"words": plain, "folder": self.folder, "line": line, "environment": environment})
        self.report.file = self.report.file or self.script
        self.set_now = environment
        self.follow(program, words, line, body)

    def classify(self, plain: list[str], words: list[Text], line: int) -> None:
        first = plain[0].rpartition("/")[2]
        spelled = " ".join([first, *[word for word in plain[1:] if not word.startswith("-") or word in ("-m", "-e")]][:4])
        for kind, commands in KINDS.items():
            if any(spelled == known or spelled.startswith(known + " ") for known in commands):
                if (
                    kind == "deploy"
                    and first == "git"
                    and len(plain) > 1
                    and plain[1] in ("rev-parse", "describe", "log", "diff", "status", "submodule")
                ):
                    continue
                if kind == "deploy" and spelled.startswith("aws s3") and any(word.startswith("s3://") for word in plain[3:4]):
                    kind = "download"
                self.kinds.add(kind)
        if first == "rm":
            before, self.report.folder = self.report.folder, self.folder
            for word in words[1:]:
                if not (word.constant or "").startswith("-"):
                    self.report.access("delete", word, line, "rm")
                    self.removed.append(posixpath.normpath(posixpath.join(self.folder, word.template())))
            self.report.folder = before
