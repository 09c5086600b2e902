"""Trees of files to be sent."""

from __future__ import annotations

import os
from pathlib import Path


def many(folder: Path, count: int, size: int = 100_000) -> Path:
    """So many files of incompressible bytes, 500 in a folder."""
    if not folder.exists():
        for number in range(count):
            place = folder / f"{number // 500:03}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"file-{number:05}.feather").write_bytes(os.urandom(size))
    return folder


def large(folder: Path, count: int, size: int) -> Path:
    """A few large files."""
    if not folder.exists():
        folder.mkdir(parents=True)
        for number in range(count):
            with open(folder / f"large-{number}", "wb") as file:
                left = size
                while left:
                    left -= file.write(os.urandom(min(left, 1 << 24)))
    return folder


AWKWARD: list[tuple[str, bytes]] = [
    ("blanks", b" with  blanks "), ("newline", b"new\nline"), ("tab", b"t\tab"), ("bell", b"b\x07ell"),
    ("quotes", b"it's \"quoted\""), ("backslash", b"back\\slash"), ("glob", b"*?[a]{b}"),
    ("leading dash", b"-rf"), ("leading dot", b".hidden"), ("trailing dot", b"end."),
    ("tilde", b"~root"), ("hash", b"#comment"), ("percent", b"100%25"), ("colon", b"CD94:NKG2A"),
    ("semicolon", b"a;touch b"), ("dollar", b"$(touch c)`d`"), ("device", b"CON"),
    ("NFC", "caf\u00e9".encode()), ("NFD", "cafe\u0301s".encode()), ("emoji", "\U0001f9ec".encode()),
    ("RTL", "\u202etxt.exe".encode()), ("case twin 1", b"Tp53"), ("case twin 2", b"TP53"),
    ("255 bytes", b"n" * 255), ("not UTF-8", b"latin-\xe9"),
]
