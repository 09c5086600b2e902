"""The guide's pages as steps that a test can take.

Commands are blocks marked `sh` (run as they are) or `console` (each line after "$ " is run, the lines below it are
what it prints). A block without a mark right after commands is what they print. What a reader need not see
stands in comments:

    <!-- project: NAME -->          the page's scratch project, a class of projects.py; once, near the top
    <!-- first: SHELL -->           run before the next commands
    <!-- then: SHELL -->            run after the commands before it; has to succeed
    <!-- exit: N -->                how the next commands end, if not with 0
    <!-- not run: REASON -->        the next commands cannot run in a test
    <!-- not compared: REASON -->   the next output differs from time to time
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"

# What blocks of these languages hold is no command.
_TEXTS = {"yaml", "json", "python", "sql", "ini"}
_COMMENT = re.compile(r"<!--\s*(project|first|then|exit|not run|not compared):\s*(.*?)\s*-->", re.S)
_COMMAND = re.compile(r"^\s*(\$ |pipeline |sudo |scripts/|curl |sqlite3 |aws )", re.M)


class PageError(Exception):
    """A page that the test cannot read."""


@dataclass
class Step:
    """Commands of a page, and what becomes of them."""

    page: str
    line: int
    shell: str
    exit: int = 0
    expected: str | None = None
    first: list[str] = field(default_factory=list)
    then: list[str] = field(default_factory=list)
    not_run: str | None = None
    not_compared: str | None = None

    @property
    def place(self) -> str:
        return f"{self.page}.md:{self.line}"


@dataclass
class Page:
    name: str
    project: str | None
    steps: list[Step]


@dataclass
class _Block:
    kind: str
    """The language of a fenced block, or the word of a comment; "text" for prose."""
    text: str
    line: int


# Pages elsewhere whose commands are run too.
_OTHERS = {"exit-codes": ROOT / "docs" / "reference" / "exit-codes.md"}


def names() -> list[str]:
    """All pages of the guide, and others with commands."""
    return sorted([*(path.stem for path in GUIDE.glob("*.md")), *_OTHERS])


def read(name: str) -> Page:
    return parse(name, _OTHERS.get(name, GUIDE / f"{name}.md").read_text())


def parse(name: str, text: str) -> Page:
    page = Page(name, None, [])
    waiting = Step(name, 0, "")
    # The newest step as long as its output may follow.
    open_step: Step | None = None
    for block in _blocks(name, text):
        if block.kind == "project":
            page.project = block.text
        elif block.kind == "first":
            waiting.first.append(block.text)
        elif block.kind == "exit":
            waiting.exit = int(block.text)
        elif block.kind == "not run":
            waiting.not_run = block.text
        elif block.kind == "then":
            page.steps[-1].then.append(block.text)
        elif block.kind == "not compared":
            if open_step:
                open_step.not_compared = block.text
            else:
                waiting.not_compared = block.text
        elif block.kind in ("sh", "console"):
            steps = _steps(block, waiting)
            page.steps += steps
            open_step = steps[-1] if block.kind == "sh" else None
            waiting = Step(name, 0, "")
        elif block.kind == "":
            if open_step and open_step.expected is None:
                open_step.expected = block.text
            elif _COMMAND.search(block.text):
                raise PageError(f"{name}.md:{block.line}: commands in a block that has no mark")
        elif block.kind == "text":
            open_step = None
        elif block.kind not in _TEXTS:
            raise PageError(f'{name}.md:{block.line}: no kind of block "{block.kind}"')
    return page


def _steps(block: _Block, waiting: Step) -> list[Step]:
    def step(line: int, shell: str) -> Step:
        return Step(
            waiting.page, line, shell, not_run=waiting.not_run, not_compared=waiting.not_compared
        )

    if block.kind == "sh":
        steps = [step(block.line, block.text)]
    else:
        steps = []
        for number, line in enumerate(block.text.splitlines()):
            if line.startswith("$ "):
                steps.append(step(block.line + number, line[2:]))
            elif not steps:
                raise PageError(f"{waiting.page}.md:{block.line}: output before any command")
            else:
                steps[-1].expected = (steps[-1].expected or "") + line + "\n"
    steps[0].first = waiting.first
    steps[-1].exit = waiting.exit
    return steps


def _blocks(name: str, text: str) -> list[_Block]:
    """Fenced blocks, comments and runs of prose, in order."""
    blocks: list[_Block] = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.startswith("```"):
            end = next((n for n in range(number + 1, len(lines)) if lines[n] == "```"), None)
            if end is None:
                raise PageError(f"{name}.md:{number + 1}: a block without an end")
            body = "\n".join(lines[number + 1 : end]) + "\n"
            blocks.append(_Block(line[3:].strip(), body, number + 2))
            number = end + 1
        elif line.startswith("<!--"):
            end = next((n for n in range(number, len(lines)) if "-->" in lines[n]), None)
            if end is None:
                raise PageError(f"{name}.md:{number + 1}: a comment without an end")
            found = _COMMENT.fullmatch("\n".join(lines[number : end + 1]).strip())
            if not found:
                raise PageError(f"{name}.md:{number + 1}: a comment that says nothing to the test")
            blocks.append(_Block(found[1], found[2], number + 1))
            number = end + 1
        else:
            if line.strip():
                blocks.append(_Block("text", line, number + 1))
            number += 1
    return blocks
