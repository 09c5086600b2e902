"""What a model demands of parameters beyond their types: allowed values, patterns, lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape


def violations(value: Any, shape: Shape, name: str = "") -> list[str]:
    """Sentences about what the model does not allow; botocore's own validator checks the rest."""
    return list(_violations(value, shape, name))


def _violations(value: Any, shape: Shape, name: str) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for member, inner in value.items():
            if member in shape.members:
                path = f"{name}.{member}" if name else member
                yield from _violations(inner, shape.members[member], path)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        if len(value) > shape.metadata.get("max", len(value)):
            yield _failed(name, len(value), f"length less than or equal to {shape.metadata['max']}")
        for index, inner in enumerate(value, 1):
            yield from _violations(inner, shape.member, f"{name}.{index}.member")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for key, inner in value.items():
            yield from _violations(inner, shape.value, f"{name}.{key}")
    elif isinstance(value, str):
        yield from _of_text(value, shape, name)
    elif isinstance(value, int) and value > shape.metadata.get("max", value):
        yield _failed(name, value, f"value less than or equal to {shape.metadata['max']}")


def _of_text(value: str, shape: Shape, name: str) -> Iterator[str]:
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _failed(name, value, f"enum value set: [{', '.join(allowed)}]")
    if len(value) > shape.metadata.get("max", len(value)):
        yield _failed(name, value, f"length less than or equal to {shape.metadata['max']}")
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield _failed(name, value, f"regular expression pattern: {pattern}")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(rf"\A(?:{pattern})\Z", value) is not None
    except re.error:
        # Some models write patterns in a dialect that Python does not have (\p{L}).
        return True


def _failed(name: str, value: object, constraint: str) -> str:
    must = f"Member must satisfy {constraint}"
    return f"Value '{value}' at '{name}' failed to satisfy constraint: {must}"
