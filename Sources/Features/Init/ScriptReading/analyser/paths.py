"""Paths as they are reported: relative to the project, absolute, or not known."""

from __future__ import annotations

import posixpath

from values import Hole, Text


class Located:
    """A path of a project.

    `path` has holes as `{name}`. `place` is "project", "outside" (absolute, or above the project), "remote" or
    "unknown" (it begins with something that is not known).
    """

    def __init__(self, path: str, place: str, holes: dict[str, list[str] | None]):
        self.path = path
        self.place = place
        self.holes = holes


def locate(text: Text, folder: str) -> Located:
    """
    `folder`: the working directory below the project, `""` for its root.
    """
    holes: dict[str, list[str] | None] = {}
    for part in text.parts:
        if isinstance(part, Hole):
            holes[part.name] = None if part.values is None else [str(value) for value in part.values]
    path = text.template()
    if "://" in path.split("{", 1)[0]:
        return Located(path, "remote", holes)
    first = text.parts[0] if text.parts else ""
    if isinstance(first, str) and first.startswith(("/", "~")) and not text.anchored:
        return Located(path, "outside", holes)
    if isinstance(first, Hole) and not text.anchored:
        # One name alone may lie anywhere; below an unknown folder nothing is known but the end.
        return Located(path, "unknown", holes)
    clean = posixpath.normpath(posixpath.join("" if text.anchored else folder, path.lstrip("/") if text.anchored else path))
    if clean == ".." or clean.startswith("../"):
        return Located(clean, "outside", holes)
    return Located("" if clean == "." else clean, "project", holes)
