"""Say how far a figure could be off: resample the posts, and look where the figure falls.

Posts are resampled whole, because themes of one post go together. The draws come from a fixed
seed, so the same posts give the same interval, and two taggers measured on the same posts are
compared on the same draws. Where every draw gives the same (all of three posts right, none of
nineteen wrong), resampling cannot see that the next post might differ; there the interval is
Wilson's (1927).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 1000
SEED = 20261122
LEVEL_PCT = 90
DEVIATIONS = 1.645
"""Standard deviations either side that hold 90 % of a normal distribution."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the interval that 90 % of the draws fall into; NaN where undefined."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of counts, or the F1 of it, in each of D draws, the first of all posts once.

    right, all_n  (D) counts; the share is undefined where `all_n` is 0
    is_f1         F1 = 2 J / (1 + J), where J is the share of the pairs of a post and a label,
                  labelled or found, that are both (Jaccard): F1 rises with J
    """

    right: Floats
    all_n: Floats
    is_f1: bool = False

    def values(self) -> Floats:
        """(D) the figure, NaN where undefined."""
        undefined = np.full(np.shape(self.all_n), np.nan)
        where = self.all_n > 0
        share = np.divide(self.right, self.all_n, out=undefined, where=where)
        return np.asarray(2 * share / (1 + share) if self.is_f1 else share)

    def interval(self) -> Interval:
        """The figure with its interval."""
        found = interval(self.values())
        if math.isnan(found.estimate) or found.low < found.high:
            return found
        low, high = wilson(float(self.right[0]), float(self.all_n[0]))
        if self.is_f1:
            low, high = 2 * low / (1 + low), 2 * high / (1 + high)
        return Interval(found.estimate, min(low, found.estimate), max(high, found.estimate))


def weights(posts_n: int, draws_n: int = DRAWS, seed: int = SEED) -> Floats:
    """(draws_n + 1, posts_n) how often each post counts: once first, then as it is drawn."""
    once = np.ones((1, posts_n))
    if not posts_n:
        return np.ones((draws_n + 1, 0))
    random = np.random.default_rng(seed)
    drawn = random.multinomial(posts_n, np.full(posts_n, 1 / posts_n), size=draws_n)
    return np.concatenate([once, drawn])


def interval(values: Floats) -> Interval:
    """The interval of (draws + 1) values, the first of which is the estimate.

    A draw in which the figure is undefined is passed over. Where resampling is lopsided, the
    interval is widened until it holds the estimate.
    """
    estimate = float(values[0])
    if math.isnan(estimate):
        return Interval(estimate, estimate, estimate)
    tail = (100 - LEVEL_PCT) / 200
    low, high = np.quantile(values[~np.isnan(values)], [tail, 1 - tail])
    return Interval(estimate, min(float(low), estimate), max(float(high), estimate))


def wilson(right_n: float, all_n: float) -> tuple[float, float]:
    """Wilson's 90 % interval of a share of `all_n`, more than 0."""
    share, z2 = right_n / all_n, DEVIATIONS**2
    middle = (share + z2 / (2 * all_n)) / (1 + z2 / all_n)
    half = DEVIATIONS * math.sqrt(share * (1 - share) / all_n + z2 / (4 * all_n**2))
    half /= 1 + z2 / all_n
    # rounding may carry an end past the share, or past what a share can be
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
