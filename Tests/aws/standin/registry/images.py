"""What the registry holds by ECR's count: repositories, their images, the images' tags.

The distribution API lists no untagged images and cannot take a tag away, so that pushes are counted
here as they pass, and what is not counted is not shown.
"""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["ecr", "ecr-public"]


@dataclass
class Image:
    """One manifest; the size is that of its layers and configuration, in bytes."""

    digest: str
    media_type: str
    size: int
    pushed: datetime.datetime
    tags: list[str] = field(default_factory=list)


@dataclass
class Repository:
    """A repository of one of the two kinds; `path` is its name in the distribution API."""

    kind: Kind
    name: str
    path: str
    created: datetime.datetime
    immutable: bool = False
    images: dict[str, Image] = field(default_factory=dict)

    def find(self, reference: str) -> Image | None:
        """The image with this digest or tag."""
        if ":" in reference:
            return self.images.get(reference)
        return next((each for each in self.images.values() if reference in each.tags), None)


class Catalogue:
    """All repositories; safe to use from many threads under its `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._by_path: dict[str, Repository] = {}

    def add(self, repository: Repository) -> bool:
        """False if there is one with its path already."""
        with self.lock:
            if repository.path in self._by_path:
                return False
            self._by_path[repository.path] = repository
            return True

    def remove(self, repository: Repository) -> None:
        with self.lock:
            self._by_path.pop(repository.path, None)

    def at(self, path: str) -> Repository | None:
        with self.lock:
            return self._by_path.get(path)

    def of(self, kind: Kind) -> list[Repository]:
        with self.lock:
            return [each for each in self._by_path.values() if each.kind == kind]

    def pushed(self, path: str, reference: str, image: Image) -> None:
        """Enters a manifest that the registry has taken; a tag moves to it."""
        with self.lock:
            repository = self._by_path[path]
            image = repository.images.setdefault(image.digest, image)
            if ":" not in reference:
                for each in repository.images.values():
                    if reference in each.tags:
                        each.tags.remove(reference)
                image.tags.append(reference)
