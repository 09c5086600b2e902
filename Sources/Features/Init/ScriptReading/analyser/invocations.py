"""How programs are started, as scripts and READMEs tell: with which arguments, in which folder, with which variables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from report import Report
from shell_code.shell_reader import ShellReader
from values import Text

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(\w*)")


@dataclass(frozen=True)
class Invocation:
    arguments: tuple[Text, ...]
    folder: str
    environment: tuple[tuple[str, str], ...]
    source: str


def blocks(text: str) -> list[str]:
    """Fenced blocks of a README that a shell would take."""
    found: list[str] = []
    lines: list[str] | None = None
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if lines is None and match:
            fence = match.group(1)
            lines = (
                []
                if match.group(2).lower() in ("", "bash", "sh", "shell", "console", "zsh", "shellsession", "terminal")
                else None
            )
            if lines is None:
                fence = match.group(1)
                lines = ["\0"]
        elif lines is not None and match and line.strip().startswith(fence[:3]) and not match.group(2):
            if lines[:1] != ["\0"]:
                found.append("\n".join(lines))
            lines = None
        elif lines is not None and lines[:1] != ["\0"]:
            lines.append(re.sub(r"^\s*\$ ", "", line))
    return found


def collect(texts: dict[str, list[str]], files: set[str]) -> dict[str, list[Invocation]]:
    """`texts`: pieces for a shell, by the path of the file that they stand in. Programs by path."""
    found: dict[str, list[Invocation]] = {}
    for source, pieces in texts.items():
        for piece in pieces:
            reader = ShellReader(Report(""), None, files, source)

            def note(path: str, arguments: list[Text], folder: str, _: Report, reader=reader, source=source) -> set[str]:
                environment = {**reader.environment, **reader.set_now}
                made = Invocation(tuple(arguments), folder, tuple(sorted(environment.items())), source)
                known = found.setdefault(path, [])
                if not any(
                    (one.arguments, one.folder, one.environment) == (made.arguments, made.folder, made.environment)
                    for one in known
                ):
                    known.append(made)
                return set()

            reader.programs = note
            reader.run(piece)
    return found
