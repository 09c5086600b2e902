"""Which of the project's files a unit read without having declared them as inputs."""

from __future__ import annotations

import os
import sys
from typing import Any


class ReadRecorder:
    """Notes the files that Python opens for reading while a unit runs (PEP 578, event `open`).

    Libraries that open files in C (h5py, pyarrow) raise no such event: units name those files by
    `Job.read`.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._prefix = os.path.join(root, "")
        self._environment = os.path.join(sys.prefix, "")
        self._read: set[str] | None = None
        self._written: set[str] = set()

    def install(self) -> None:
        """Hook `open` for the rest of the process: audit hooks cannot be taken away again."""
        sys.addaudithook(self._audit)

    def begin(self) -> None:
        """Start noting for one unit."""
        self._read, self._written = set(), set()

    def end(self) -> set[str]:
        """Stop noting; the absolute paths that the unit read and had not written itself before."""
        read, self._read = self._read or set(), None
        return read

    def absolute(self, path: str) -> str:
        """`path` as an absolute one. Links are not followed: the project's names count."""
        return os.path.normpath(os.path.join(os.getcwd(), path))

    def relative(self, path: str) -> str:
        """`path` relative to the project, or absolute when it lies outside."""
        path = self.absolute(path)
        return path.removeprefix(self._prefix)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or self._read is None:
            return
        path, mode, flags = arguments
        if isinstance(path, int):
            return
        path = self.absolute(os.fsdecode(path))
        if not path.startswith(self._prefix):
            return
        writes = any(sign in mode for sign in "wax+") if mode else flags & os.O_ACCMODE
        if writes:
            self._written.add(path)
        elif path not in self._written and self._counts(path):
            self._read.add(path)

    def _counts(self, path: str) -> bool:
        relative = path[len(self._prefix) :]
        return not (
            relative.startswith((".pipeline/", ".venv/"))
            or path.startswith(self._environment)
            or path.endswith(".pyc")
            or os.path.isdir(path)
        )
