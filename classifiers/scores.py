"""What a model says of posts before anything is decided: the shape both models speak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NEVER = -1e6
"""Log-odds below every threshold."""

Array = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scores:
    """Of N posts, T themes, S signals; the highest of a post's windows.

    themes   (N, T) log-odds
    signals  (N, S) log-odds
    health   (N, 1) log-odds
    stances  (N, T, 4) log-odds or log-shares of each stance, in the window where the theme is
             strongest; columns as in `STANCES`
    """

    themes: Array
    signals: Array
    health: Array
    stances: Array


def strongest(scores: Array, firsts: Indices) -> Indices:
    """(N, T) the window, of all W, in which each theme of each post is strongest.

    scores  (W, T), the windows of one post beside each other
    firsts  (N) each post's first window
    """
    ends = [*firsts, len(scores)][1:]
    return np.array(
        [
            first + scores[first:end].argmax(axis=0)
            for first, end in zip(firsts, ends, strict=True)
        ],
        np.int64,
    ).reshape(len(firsts), scores.shape[1])
