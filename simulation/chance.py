"""Give every part of a world its own stream of random numbers.

A stream is named by what it is for and, where it is of one week, by the week's number: weeks
can then be drawn in any order, alone or again, and a part added later changes no other.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def stream(seed: int, purpose: str, week: int = 0) -> np.random.Generator:
    """The random numbers of one purpose (and week) in the world of `seed`."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), week])
