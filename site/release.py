"""Which release this process serves, as the tool that started it says."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """Release number, SHA-256 of the data manifest, image digest; empty when run by hand."""

    number: str
    manifest: str
    image: str

    @property
    def name(self) -> str:
        return f"Release {self.number}" if self.number else "Not a release"

    @property
    def short_manifest(self) -> str:
        return self.manifest.removeprefix("sha256:")[:12]

    @property
    def short_image(self) -> str:
        return self.image.rpartition("sha256:")[2][:12]


def current() -> Release:
    """The release of this process."""
    names = ("PIPELINE_RELEASE", "PIPELINE_MANIFEST", "PIPELINE_IMAGE")
    return Release(*(os.environ.get(name, "") for name in names))
