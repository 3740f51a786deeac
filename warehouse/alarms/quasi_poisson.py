"""Fit many seasonal quasi-Poisson regressions at once: a level by season, and a trend.

Series share their weeks and seasons, so one iteratively reweighted least squares step has a
closed form: weighted means by season, and one slope of what is left. The steps, their start
(`count + 0.1`) and the rule that stops them (deviance within 1e-8, at most 25 steps) are
those of R's `glm.fit`, so that both end on the same numbers and not only close by.

Arrays are (series, weeks). A week without a count is nan and has no say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_EPSILON = float(np.finfo(float).eps)
_STEPS_MAX = 25
_CLOSE = 1e-8


@dataclass(frozen=True, slots=True)
class Design:
    """What the series have in common, and what is known of each.

    season      (weeks,) 0-based season of each week
    seasons_n   seasons in all
    time        (weeks,) week number, or None for a fit without trend
    log_offset  (series, weeks) added to the linear predictor
    """

    season: NDArray[np.int64]
    seasons_n: int
    time: Floats | None
    log_offset: Floats

    @property
    def one_hot(self) -> Floats:
        """(weeks, seasons): 1 in the season of the week."""
        return np.asarray(np.eye(self.seasons_n)[self.season])


@dataclass(frozen=True, slots=True)
class Fit:
    """Regressions of all series.

    mean          (series, weeks) fitted counts
    level, slope  (series, seasons), (series,): the linear predictor less its offset is
                  level[season] + slope * time; slope 0 without trend
    weight        (series, weeks) working weights of the last step
    season_weight, season_time  (series, seasons) sums of weights, and mean times by weight
    time_spread   (series,) weighted squares of time within seasons; 0 without trend
    dispersion    (series,) Pearson: squared residuals by degrees of freedom
    freedom       (series,) degrees of freedom
    has_converged (series,)
    """

    mean: Floats
    level: Floats
    slope: Floats
    weight: Floats
    season_weight: Floats
    season_time: Floats
    time_spread: Floats
    dispersion: Floats
    freedom: Floats
    has_converged: Flags

    def leverage(self, design: Design) -> Floats:
        """(series, weeks) diagonal of the hat matrix."""
        inside = _shared(1.0, self.season_weight) @ design.one_hot.T
        if design.time is not None:
            off = design.time - self.season_time @ design.one_hot.T
            inside = inside + off**2 * _shared(1.0, self.time_spread)[:, None]
        return np.asarray(self.weight * inside)

    def variance_at(self, season: int, time: float) -> Floats:
        """(series,) variance of the linear predictor, to be multiplied by the dispersion."""
        level = _shared(1.0, self.season_weight[:, season])
        off = time - self.season_time[:, season]
        return np.asarray(level + off**2 * _shared(1.0, self.time_spread))


def fit(counts: Floats, design: Design, prior: Floats) -> Fit:
    """Regress each series on its seasons and, if `design` has a time, on a trend.

    `prior` (series, weeks) weighs the weeks; weeks without a count weigh nothing anyway.
    """
    is_known = ~np.isnan(counts)
    y, prior = np.where(is_known, counts, 0.0), np.where(is_known, prior, 0.0)
    mean = y + 0.1
    predictor = np.log(mean)
    deviance = _deviance(y, mean, prior)
    is_open = np.ones(len(y), dtype=bool)
    level, slope, weight, parts = _step(y, mean, predictor - design.log_offset, prior, design)
    for _ in range(_STEPS_MAX):
        rows = np.flatnonzero(is_open)
        if not len(rows):
            break
        one = Design(design.season, design.seasons_n, design.time, design.log_offset[rows])
        solved = _step(y[rows], mean[rows], predictor[rows] - one.log_offset, prior[rows], one)
        level[rows], slope[rows], weight[rows] = solved[:3]
        for kept, new in zip(parts, solved[3], strict=True):
            kept[rows] = new
        predictor[rows] = _linear(level[rows], slope[rows], one)
        mean[rows] = _exp(predictor[rows])
        now = _deviance(y[rows], mean[rows], prior[rows])
        is_open[rows] = ~(np.abs(now - deviance[rows]) / (np.abs(now) + 0.1) < _CLOSE)
        deviance[rows] = now
    season_weight, season_time, spread = parts
    freedom = (prior > 0).sum(axis=1) - (season_weight > 0).sum(axis=1) - (spread > 0)
    squares = (weight * ((y - mean) / mean) ** 2).sum(axis=1)
    dispersion = _shared(squares, freedom.astype(float))
    return Fit(
        mean, level, slope, weight, season_weight, season_time, spread, dispersion,
        freedom.astype(float), ~is_open & np.isfinite(deviance),
    )  # fmt: skip


Parts = tuple[Floats, Floats, Floats]


def _step(
    y: Floats, mean: Floats, linear: Floats, prior: Floats, design: Design
) -> tuple[Floats, Floats, Floats, Parts]:
    """One least squares step: levels, slope, the weights it used and their sums."""
    weight = prior * mean
    target = linear + (y - mean) / mean
    season = design.one_hot
    total = weight @ season
    target_mean = _shared((weight * target) @ season, total)
    if design.time is None:
        zero = np.zeros(len(y))
        return target_mean, zero, weight, (total, np.zeros_like(total), zero.copy())
    time_mean = _shared((weight * design.time) @ season, total)
    off = design.time - time_mean @ season.T
    spread = (weight * off**2).sum(axis=1)
    slope = _shared((weight * off * (target - target_mean @ season.T)).sum(axis=1), spread)
    level = target_mean - slope[:, None] * time_mean
    return level, slope, weight, (total, time_mean, spread)


def _linear(level: Floats, slope: Floats, design: Design) -> Floats:
    time = 0.0 if design.time is None else design.time
    return np.asarray(level @ design.one_hot.T + slope[:, None] * time + design.log_offset)


def _exp(linear: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.maximum(np.exp(linear), _EPSILON)


def _deviance(y: Floats, mean: Floats, prior: Floats) -> Floats:
    unit = np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / mean) - (y - mean), mean)
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * np.where(prior > 0, prior * unit, 0.0).sum(axis=1))


def _shared(part: Floats | float, whole: Floats) -> Floats:
    """What a part is of its whole, and 0 where there is no whole."""
    return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0))
