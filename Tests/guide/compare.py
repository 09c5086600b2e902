"""Whether a program printed what a page shows: lines in order, whatever numbers, times and digests they have."""

from __future__ import annotations

import re

_CHANGES = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?"), "TIME"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b"), "DIGEST"),
    (re.compile(r"\b(i|fs|s)-DIGEST\b"), r"\1-ID"),
    # "1m 20s", "0.4s", "3h 04m"
    (re.compile(r"(?<![\w.])\d[\d.,]*(ms|s|m|h|d)\b( \d+(s|m|h)\b)*"), "TOOK"),
    (re.compile(r"\d[\d,.]*\d|\d"), "N"),
    (re.compile(r"\bN (B|kB|MB|GB)\b"), "N B"),
    (re.compile(r"\bslot [abc]\b"), "slot S"),
    (re.compile(r"\br(N)-[abc]-"), r"r\1-S-"),
    (re.compile(r"\s+"), " "),
)


def normal(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, replacement in _CHANGES:
        line = pattern.sub(replacement, line)
    return line.strip()


def missing(expected: str, printed: str) -> str | None:
    """The first expected line that was not printed after those before it; None if all were.

    More may be printed than a page shows. "…" stands for anything.
    """
    lines = [normal(line) for line in printed.splitlines()]
    position = 0
    for wanted in expected.splitlines():
        text = normal(wanted)
        if text in ("", "…"):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in text.split("…")))
        while position < len(lines) and not pattern.fullmatch(lines[position]):
            position += 1
        if position == len(lines):
            return wanted
        position += 1
    return None
