"""The three EARS detectors, as health departments run them: C1, C2 and C3.

Each compares a value with the mean and standard deviation of seven baseline values before it
(Hutwagner et al., Journal of Urban Health 2003). They are here to be compared with: they take
counts of ten and of ten thousand alike and know nothing of the size of the place. Our own
test after the manner of C2 is in `weekly`.

Series are (..., weeks), of counts or of rates; nan where unknown, and where the baseline is
not complete. C1 and C2 agree with `earsC` of R's `surveillance` 1.20.3. Its C3 leaves the
present value out of the sum; ours is the published definition.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BASELINE_WEEKS = 7
GAP_WEEKS = 2
"""Weeks before the present that C2 and C3 leave out, lest an outbreak be its own baseline."""

C1_LIMIT = C2_LIMIT = 3.0
C3_LIMIT = 2.0
"""Above these it is an alarm."""


def c1(series: Floats, least_sd: float) -> Floats:
    """Standard deviations above the mean of the seven values just before."""
    return _score(series, least_sd, gap=0)


def c2(series: Floats, least_sd: float) -> Floats:
    """Standard deviations above the mean of seven values, two values before the present.

    `least_sd`, in the units of the series, stands in for a smaller one: seven equal values
    would make anything an alarm.
    """
    return _score(series, least_sd, gap=GAP_WEEKS)


def c3(series: Floats, least_sd: float) -> Floats:
    """What C2 is above 1, summed over the present and the two values before it."""
    excess = np.maximum(c2(series, least_sd) - 1, 0.0)
    found = np.full_like(series, np.nan)
    found[..., 2:] = excess[..., 2:] + excess[..., 1:-1] + excess[..., :-2]
    return found


def _score(series: Floats, least_sd: float, gap: int) -> Floats:
    found = np.full_like(series, np.nan)
    first = BASELINE_WEEKS + gap
    if series.shape[-1] <= first:
        return found
    windows = np.lib.stride_tricks.sliding_window_view(series, BASELINE_WEEKS, axis=-1)
    before = windows[..., : series.shape[-1] - first, :]
    spread = np.maximum(before.std(axis=-1, ddof=1), least_sd)
    rise = series[..., first:] - before.mean(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found[..., first:] = np.where(rise == 0, 0.0, rise / spread)
    return found
