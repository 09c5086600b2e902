"""Settings that a program reads from a file of the project: JSON, TOML and plain YAML, as known values."""

from __future__ import annotations

import json
import os
import re

from values import Const, Many, Table, Text, Unknown

_LARGEST = 200_000


def load(root: str, path: str) -> object:
    """The content of a small file of settings; unknown where it is none, or holds too much for one."""
    full = os.path.join(root, path)
    try:
        if os.path.getsize(full) > _LARGEST:
            return Unknown("settings")
        with open(full, encoding="utf-8-sig") as file:
            text = file.read()
        if path.endswith(".json"):
            return known(json.loads(text))
        if path.endswith(".toml"):
            import tomllib

            return known(tomllib.loads(text))
        if path.endswith((".yaml", ".yml")):
            return known(plain_yaml(text))
    except (OSError, ValueError, ImportError, RecursionError):
        return Unknown("settings")
    return Unknown("settings")


def known(value: object) -> object:
    if isinstance(value, dict):
        return Table({Text.of(str(key)): known(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return Many([known(inner) for inner in value[:200]], len(value) <= 200)
    if isinstance(value, str):
        return Text.of(value)
    return Const(value)


def plain_yaml(text: str) -> object:
    """Mappings, lists and scalars in blocks. Raises ValueError for any other YAML."""
    lines: list[tuple[int, str]] = []
    for line in text.split("\n"):
        bare = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if bare.strip() and bare.strip() != "---":
            lines.append((len(bare) - len(bare.lstrip()), bare.strip()))
    value, rest = _block(lines, lines[0][0] if lines else 0)
    if rest:
        raise ValueError("not plain")
    return value


def _block(lines: list[tuple[int, str]], indent: int) -> tuple[object, list[tuple[int, str]]]:
    if lines and lines[0][1].startswith("- "):
        items: list[object] = []
        while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
            inner = lines[0][1][2:].strip()
            if re.match(r"[\w.-]+:(\s|$)", inner):
                value, lines = _block([(indent + 2, inner), *lines[1:]], indent + 2)
            else:
                value, lines = _scalar(inner), lines[1:]
            items.append(value)
        return items, lines
    found: dict[str, object] = {}
    while lines and lines[0][0] == indent:
        match = re.match(r"([\w./ -]+|\"[^\"]+\"|'[^']+'):(?:\s+(.*))?$", lines[0][1])
        if not match:
            raise ValueError("not plain")
        key, value = match.group(1).strip("\"'"), match.group(2)
        lines = lines[1:]
        if value:
            found[key] = _scalar(value)
        elif lines and (lines[0][0] > indent or (lines[0][0] == indent and lines[0][1].startswith("- "))):
            found[key], lines = _block(lines, lines[0][0])
        else:
            found[key] = None
    return found, lines


def _scalar(text: str) -> object:
    if text[0] in "&*!|>%@`":
        raise ValueError("not plain")
    if text[0] == "[" and text[-1] == "]":
        return [_scalar(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    if text[0] in "[{":
        raise ValueError("not plain")
    if text[0] in "\"'" and text[-1] == text[0]:
        return text[1:-1]
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return {"true": True, "false": False, "null": None, "~": None}.get(text, text)
