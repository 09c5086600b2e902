"""What a manifest says about the image that it describes."""

from __future__ import annotations

import datetime
import json

from standin.registry.images import Image


def image_of(manifest: bytes, digest: str, media_type: str, pushed: datetime.datetime) -> Image:
    """The image of a manifest; ECR's size is that of what the layers take in the registry."""
    document = json.loads(manifest)
    parts = [*document.get("layers", []), document.get("config", {})]
    size = sum(part.get("size", 0) for part in parts)
    return Image(digest, document.get("mediaType") or media_type, size, pushed)
