"""Random numbers that depend on the seed and on what they are for, not on what was drawn before."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, purpose: str, part: int = 0) -> np.random.Generator:
    """The generator for one part of one purpose."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(purpose.encode()), part]))
