"""Keep the share of false claims among many low: Benjamini and Hochberg's rule.

Hundreds of cells are looked at each week, so some p-values are small by chance. The rule takes
the largest set of claims of which at most the chosen rate is expected to be false.

Most cells of a week cannot make a claim at all: their count would be hidden unless it came to
ten, which by their baseline it hardly ever does. Counting them as tests as if they could is
safe, but costs real alarms their power. `reach` says how likely each cell is to get a p-value
at all, by its baseline and not by what was seen; a cell then counts for min(p, reach) and no
more. This is the step-up rule for discrete tests of Döhler, Durand and Roquain (Electronic
Journal of Statistics 2018), which keeps the rate for independent tests and, where every cell
is sure to get a p-value, is the rule of Benjamini and Hochberg but for a factor 1 - `largest`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def adjusted(p_values: Floats) -> Floats:
    """The smallest rate at which each claim would be made (Benjamini and Hochberg 1995).

    `p_values` (tests,), nan for no test; of the same shape, nan there.
    """
    tests_n = (~np.isnan(p_values)).sum()
    return _stepped_up(p_values, lambda p: p * tests_n)


def adjusted_by_reach(p_values: Floats, reach: Floats, largest: float) -> Floats:
    """The same, where a test gets a p-value with the chance `reach` (tests,) only.

    A test that got none has p-value 1 or nan, and still counts by its reach; one that cannot
    be made at all has reach nan. No p-value above `largest` becomes a claim: they get 1. The
    proof wants such a limit, and costs the less the smaller it is.
    """
    tried = np.where(p_values > largest, np.nan, p_values)
    found = np.nan_to_num(_stepped_up(tried, false_claims(reach, largest)), nan=1.0)
    return np.where(np.isnan(p_values), np.nan, found)


def false_claims(reach: Floats, largest: float) -> Callable[[Floats], Floats]:
    """How many false claims to expect at most, if all p-values up to p were claims.

    For p at most `largest`, and p-values that tests of this `reach` get.
    """
    kept = np.sort(np.minimum(reach[~np.isnan(reach)], 1.0))
    weight = 1 / (1 - np.minimum(kept, largest))
    below = np.concatenate([[0.0], np.cumsum(kept * weight)])
    above = np.concatenate([np.cumsum(weight[::-1])[::-1], [0.0]])

    def expected(p_values: Floats) -> Floats:
        at = np.searchsorted(kept, p_values)
        return np.asarray(below[at] + p_values * above[at])

    return expected


def _stepped_up(p_values: Floats, expected: Callable[[Floats], Floats]) -> Floats:
    """Expected false claims by claims made, the least over all larger p-values."""
    found = np.full(p_values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    ratio = expected(p_values[order]) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(ratio[::-1])[::-1], 1.0)
    return found
