"""Judge a week by the same weeks of past years, where three years or more are known.

Farrington's method (`farrington`) with the health authors as population, so that it judges
shares. It asks for counts, and a hidden one is not known: it is filled in with its mean given
that it is hidden, under the regression itself, in a few rounds (the EM algorithm). Hidden are
counts of nine or fewer and, seldom, larger ones for the sake of others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from warehouse.alarms.farrington import YEAR, Control, count_tail, farrington, seasons
from warehouse.alarms.predictive import HIDDEN_MOST, Floats
from warehouse.alarms.quasi_poisson import Design, fit

LEAST_YEARS, MOST_YEARS = 3, 5

MOST_WEEKS = Control(years=MOST_YEARS).weeks_needed + 1
"""No week before these is looked at."""

_KNOWN_PART = 0.8
_ROUNDS = 4
_HABIT = 0.05  # how often a larger count is hidden


@dataclass(frozen=True, slots=True)
class LongJudged:
    """What past years say of the present counts, one an element; nan where nothing.

    mean, phi  expected count, and by how much the variance exceeds it
    p_value    of a count as high or higher; nan where it is hidden
    reach      chance to be published
    """

    mean: Floats
    phi: Floats
    p_value: Floats
    reach: Floats

    def cells(self, place: NDArray[np.int64], tag: NDArray[np.int64]) -> LongJudged:
        """Some cells of (places, tags)."""
        return LongJudged(
            self.mean[place, tag],
            self.phi[place, tag],
            self.p_value[place, tag],
            self.reach[place, tag],
        )

    def tail(self, counts: Floats) -> Floats:
        """P(count or more) of each."""
        return count_tail(counts, self.mean, self.phi)


def years_known(totals: Floats) -> int:
    """Whole years of history that a window of weeks holds, at most 5; 0 if fewer than 3."""
    years = (totals.shape[-1] - 1 - Control().half_window) // YEAR
    return min(years, MOST_YEARS) if years >= LEAST_YEARS else 0


def is_known(totals: Floats) -> NDArray[np.bool_]:
    """(places,) whether this week's total and four fifths of the past ones are known."""
    past_part = (~np.isnan(totals[:, :-1])).mean(axis=1)
    return np.asarray((past_part >= _KNOWN_PART) & ~np.isnan(totals[:, -1]))


def judge_long(counts: Floats, totals: Floats) -> LongJudged:
    """Judge the last week of series that have the years; both (series, weeks).

    `counts` is nan where hidden, `totals` where unknown.
    """
    control = Control(years=years_known(totals), method="nbPlugin")
    kept = control.weeks_needed + 1
    counts, totals = counts[:, -kept:], totals[:, -kept:]
    filled = np.where(np.isnan(totals), np.nan, _filled(counts, totals, control))
    verdicts = farrington(filled, control, totals)
    mean, phi = verdicts.expected, verdicts.phi
    p_value = np.where(np.isnan(counts[:, -1]), np.nan, verdicts.p_value)
    reach = count_tail(np.full(len(mean), HIDDEN_MOST + 1.0), mean, phi)
    return LongJudged(mean, phi, p_value, np.where(np.isnan(mean), np.nan, reach))


def _filled(counts: Floats, totals: Floats, control: Control) -> Floats:
    """The counts, hidden ones by their mean given that they are hidden."""
    season = seasons(counts.shape[1] - 1, control)
    is_used = season >= 0
    time = np.flatnonzero(is_used).astype(np.float64) - counts.shape[1]
    offset = np.log(np.where(np.isnan(totals), 1.0, totals))
    design = Design(season[is_used], control.seasons_n, time, offset[:, is_used])
    is_hidden = np.isnan(counts) & ~np.isnan(totals)
    filled = np.where(is_hidden, HIDDEN_MOST / 2, counts)
    prior = np.where(np.isnan(totals[:, is_used]), 0.0, 1.0)
    for _ in range(_ROUNDS):
        mean = fit(filled[:, is_used], design, prior).mean
        low = _mean_if_hidden(mean)
        filled[:, is_used] = np.where(is_hidden[:, is_used], low, filled[:, is_used])
    return filled


def _mean_if_hidden(mean: Floats) -> Floats:
    """The mean of a Poisson count given that it is hidden."""
    small = special.pdtr(HIDDEN_MOST, mean)
    # mean * P(Y <= 8) is the part of the mean that counts of 9 or fewer make
    small_part = mean * special.pdtr(HIDDEN_MOST - 1, mean)
    part = small_part + _HABIT * (mean - small_part)
    return np.asarray(part / (small + _HABIT * (1 - small)))
