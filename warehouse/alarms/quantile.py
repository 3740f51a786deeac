"""Find the smallest count whose tail is small enough, for many series at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DOUBLINGS_MAX = 60


def smallest_count(
    tail: Callable[[Floats], Floats], alpha: Floats | float, near: Floats
) -> Floats:
    """The least whole n >= 0 with tail(n) <= alpha; nan where `near` is no number.

    `tail` falls with n and takes an array of the shape of `near`, which says where to begin.
    """
    is_number = np.isfinite(near)
    low = np.full_like(near, -1.0)
    high = np.where(is_number, np.ceil(np.maximum(near, 1.0)), 0.0)
    for _ in range(_DOUBLINGS_MAX):
        is_short = is_number & (tail(high) > alpha)
        if not is_short.any():
            break
        low, high = np.where(is_short, high, low), np.where(is_short, 2 * high + 1, high)
    while (is_number & (high - low > 1)).any():
        middle = np.floor((low + high) / 2)
        is_enough = tail(np.maximum(middle, 0.0)) <= alpha
        is_open = high - low > 1
        high = np.where(is_open & is_enough, middle, high)
        low = np.where(is_open & ~is_enough, middle, low)
    return np.asarray(np.where(is_number, high, np.nan))
