"""Tell which counts of a week are unusual by years of history: Farrington, flexible.

The method of Noufaily et al. (Statistics in Medicine 2013), as `farringtonFlexible` of R's
`surveillance` has it (Salmon et al., Journal of Statistical Software 2016): a quasi-Poisson
regression on seasons and trend, past outbreaks weighed down by their Anscombe residuals, and
a threshold above what is expected. `make check-farrington` compares it with R series by
series.

One thing is ours to choose. With `reweight`, `surveillance` 1.20.3 puts the weights of past
outbreaks in the place where R keeps working weights before it judges the trend, so that the
dispersion there is a sum of squared *working* residuals: of 60 series without trend it keeps
a trend in 65 % at a mean of 20 and in 82 % at 100, where 5 % are meant (its threshold rests
on the right dispersion). `is_as_surveillance` repeats that; left out, Pearson's
dispersion judges the trend as in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from warehouse.alarms.quantile import smallest_count
from warehouse.alarms.quasi_poisson import Design, Fit, Flags, Floats, fit

Method = Literal["delta", "nbPlugin", "muan"]
YEAR = 52
"""Weeks from one reference week to the next, as R counts them."""


@dataclass(frozen=True, slots=True)
class Control:
    """The method's settings; in brackets what R calls them.

    years             years of history [b]
    half_window       weeks either side of the reference weeks [w]
    seasons_n         levels of the year; 1: only the windows are used [noPeriods]
    has_trend         whether a trend may enter [trend]; needs 3 years, to be significant at
                      trend_alpha [pThresholdTrend] and not to go beyond the largest count
    is_reweighted     whether past outbreaks are weighed down [reweight], from an Anscombe
                      residual above outbreak_residual [weightsThreshold]
    left_out_n        weeks before the present that have no say [pastWeeksNotIncluded]
    method            of the threshold [thresholdMethod]
    alpha             chance to be above the threshold by chance
    least_n, least_weeks_n  no threshold below so many cases in the last weeks [limit54]
    is_as_surveillance      whether the trend is judged as R's package does (see above)
    """

    years: int = 5
    half_window: int = 3
    seasons_n: int = 10
    has_trend: bool = True
    trend_alpha: float = 0.05
    is_reweighted: bool = True
    outbreak_residual: float = 2.58
    left_out_n: int = 26
    method: Method = "nbPlugin"
    alpha: float = 0.05
    least_n: int = 5
    least_weeks_n: int = 4
    is_as_surveillance: bool = False

    @property
    def weeks_needed(self) -> int:
        """Weeks of history before the present one."""
        return self.years * YEAR + self.half_window


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is said of the present count of each series; nan where nothing can be.

    expected   fitted count                  upper    threshold; nan below `least_n` cases
    p_value    of a count as high or higher  is_alarm above the threshold, and not 0
    phi        dispersion, 1 or more         slope    of the trend a week; nan without one
    """

    expected: Floats
    upper: Floats
    p_value: Floats
    is_alarm: Flags
    phi: Floats
    slope: Floats


@dataclass(frozen=True, slots=True)
class _Model:
    """A regression, what it says of the present week, and the dispersion that judges it."""

    fitted: Fit
    phi: Floats
    linear: Floats
    error: Floats
    trend_p: Floats


def farrington(counts: Floats, control: Control, population: Floats | None = None) -> Verdicts:
    """Judge the last week of each series; `counts` is (series, weeks), nan where unknown.

    `population` of the same shape makes it a regression of rates. Raise `ValueError` when
    the history is shorter than `control.weeks_needed`.
    """
    now = counts.shape[1] - 1
    season = seasons(now, control)
    is_past = season >= 0
    is_past[now - control.left_out_n :] = False
    offset = np.zeros_like(counts) if population is None else _log(population)
    past = np.where(np.isnan(offset), np.nan, counts)[:, is_past]
    design = Design(season[is_past], control.seasons_n, None, np.nan_to_num(offset[:, is_past]))
    plain = _model(past, design, control, offset[:, now], 0.0)
    keeps = np.zeros(len(counts), dtype=bool)
    trended = plain
    if control.has_trend and control.years >= 3:
        # Time is counted from the present: the same fit, better conditioned.
        timed = replace(design, time=np.flatnonzero(is_past).astype(np.float64) - now)
        trended = _model(past, timed, control, offset[:, now], 0.0)
        keeps = trended.fitted.has_converged & (trended.trend_p < control.trend_alpha)
        keeps &= np.exp(trended.linear) <= np.nanmax(past, axis=1, initial=-1.0)
    linear = np.where(keeps, trended.linear, plain.linear)
    error = np.where(keeps, trended.error, plain.error)
    phi = np.where(keeps, trended.phi, plain.phi)
    slope = np.where(keeps, trended.fitted.slope, np.nan)
    linear[~(keeps | plain.fitted.has_converged)] = np.nan
    return _verdicts(counts, linear, error, phi, slope, control)


def seasons(now: int, control: Control) -> NDArray[np.int64]:
    """The season of each week up to `now`, from 0; -1 where a week has no say.

    The last season is the one around the present week and the same weeks of past years; what
    lies between is cut into `seasons_n - 1` seasons of equal length, the first ones a week
    longer where it does not divide.
    """
    if now < control.weeks_needed:
        raise ValueError(
            f"{control.years} years need {control.weeks_needed} weeks of history, not {now}"
        )
    half, last = control.half_window, control.seasons_n - 1
    found = np.full(now + 1, -1, dtype=np.int64)
    found[now - half :] = last
    between = YEAR - 2 * half - 1
    for year in range(1, control.years + 1):
        middle = now - YEAR * year
        found[middle - half : middle + half + 1] = last
        if last:
            cut = np.array_split(np.arange(between), last)
            for number, weeks in enumerate(cut):
                found[middle + half + 1 + weeks] = number
    return found


def _model(
    past: Floats, design: Design, control: Control, offset: Floats, time: float
) -> _Model:
    """Fit, weigh past outbreaks down, fit again; and look at the present week."""
    ones = np.ones_like(past)
    first = fit(past, design, ones)
    phi = np.maximum(first.dispersion, 1.0)
    fitted, prior = first, ones
    if control.is_reweighted:
        prior = _outbreak_weights(past, first, design, phi, control.outbreak_residual)
        fitted = fit(past, design, prior)
        phi = np.maximum(fitted.dispersion, 1.0)
    fitted = replace(fitted, has_converged=first.has_converged)
    judging = fitted.dispersion
    if control.is_reweighted and control.is_as_surveillance:
        working = (past - fitted.mean) / fitted.mean
        judging = np.nansum(prior * working**2, axis=1) / np.maximum(fitted.freedom, 1)
    last = control.seasons_n - 1
    error = np.sqrt(judging * fitted.variance_at(last, time))
    linear = fitted.level[:, last] + fitted.slope * time + offset
    linear[(fitted.season_weight[:, last] <= 0) | (fitted.freedom < 1)] = np.nan
    return _Model(fitted, phi, linear, error, _trend_p(fitted, judging))


def _trend_p(fitted: Fit, dispersion: Floats) -> Floats:
    """Two-sided p of the slope by Student's t; nan without a slope."""
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.abs(fitted.slope) / np.sqrt(dispersion / fitted.time_spread)
    return np.asarray(2 * special.stdtr(np.maximum(fitted.freedom, 1), -score))


def _outbreak_weights(
    past: Floats, fitted: Fit, design: Design, phi: Floats, largest: float
) -> Floats:
    """(series, weeks) weights that sum to the weeks known, smaller for past outbreaks."""
    mean, is_known = fitted.mean, ~np.isnan(past)
    spare = np.maximum(1 - fitted.leverage(design), np.finfo(float).tiny)
    residual = 1.5 * (np.cbrt(past) ** 2 * mean ** (-1 / 6) - np.sqrt(mean))
    residual = residual / np.sqrt(phi[:, None] * spare)
    is_outbreak = is_known & (residual > largest)
    weight = np.where(is_outbreak, 1 / np.where(is_outbreak, residual, 1.0) ** 2, 1.0)
    weight = np.where(is_known, weight, 0.0)
    scale = is_known.sum(axis=1) / np.maximum(weight.sum(axis=1), np.finfo(float).tiny)
    return np.asarray(weight * scale[:, None])


def _verdicts(
    counts: Floats, linear: Floats, error: Floats, phi: Floats, slope: Floats, control: Control
) -> Verdicts:
    present, expected = counts[:, -1], np.exp(linear)
    if control.method == "delta":
        upper, p_value = _by_delta(present, expected, error * expected, phi, control.alpha)
    else:
        mean = expected
        if control.method == "muan":
            mean = np.exp(linear + special.ndtri(1 - control.alpha) * error)
        p_value = count_tail(present, mean, phi)
        upper = smallest_count(lambda n: count_tail(n + 1, mean, phi), control.alpha, mean)
    p_value = np.where(np.isnan(expected) | np.isnan(present), np.nan, p_value)
    recent = np.nansum(counts[:, -control.least_weeks_n :], axis=1)
    upper = np.where((recent >= control.least_n) & ~np.isnan(expected), upper, np.nan)
    is_alarm = (present > upper) & (present > 0)
    return Verdicts(expected, upper, p_value, is_alarm, phi, slope)


def _by_delta(
    present: Floats, mean: Floats, error: Floats, phi: Floats, alpha: float
) -> tuple[Floats, Floats]:
    """Threshold and p on the 2/3 power of the count, by the delta method."""
    spread = np.sqrt(4 / 9 * np.cbrt(mean) * (phi + error**2 / mean))
    middle = np.cbrt(mean) ** 2
    upper = (middle + special.ndtri(1 - alpha) * spread) ** 1.5
    return upper, np.asarray(special.ndtr(-(np.cbrt(present) ** 2 - middle) / spread))


def count_tail(counts: Floats, mean: Floats, phi: Floats) -> Floats:
    """P(Y >= count), Y negative binomial of this mean and variance phi times it.

    Poisson where phi is 1.
    """
    y = np.maximum(counts, 0.0)
    is_over = phi > 1
    size = mean / np.where(is_over, phi - 1, 1.0)
    over = special.betainc(np.maximum(y, 1.0), size, 1 - 1 / phi)
    poisson = special.gammainc(np.maximum(y, 1.0), mean)
    return np.asarray(np.where(y <= 0, 1.0, np.where(is_over, over, poisson)))


def _log(population: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(population > 0, np.log(population), np.nan))
