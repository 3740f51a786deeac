"""Look at one week of published counts, and say of each what is expected and what is unusual.

Places with three years of known weeks are judged by past years (`long_history`), others by
the weeks just before (`weekly`); what becomes an alarm is decided for both alike (`rule`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.alarms import long_history, rule, weekly
from warehouse.alarms.long_history import LongJudged
from warehouse.alarms.predictive import HIDDEN_MOST, Floats
from warehouse.alarms.quantile import smallest_count
from warehouse.alarms.weekly import Judged, Panel

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Detected:
    """What is said of the week's counts: (places, tags), nan where nothing can be.

    expected   share expected; known for hidden counts, too
    p_value    probability of so many or more, were nothing going on; nan of hidden counts
    threshold  smallest count that would have been an alarm; nan of hidden counts
    is_alarm   whether it is one
    is_long    whether past years judged it
    """

    expected: Floats
    p_value: Floats
    threshold: Floats
    is_alarm: NDArray[np.bool_]
    is_long: NDArray[np.bool_]


def detect(panel: Panel) -> Detected:
    """Judge the last week of a panel; the same panel gives the same answers."""
    sources = _Sources.of(panel)
    p_value, expected = sources.p_value, sources.expected
    place, tag = np.nonzero(~np.isnan(sources.reach))
    total = panel.totals[place, -1]
    least = rule.least_count(expected[place, tag], total)
    reach = sources.reach[place, tag].copy()
    is_higher = np.flatnonzero(least > HIDDEN_MOST + 1)
    reach[is_higher] = sources.tail(place[is_higher], tag[is_higher], least[is_higher])
    is_large = panel.counts[place, tag, -1] >= least
    tried = np.where(is_large, p_value[place, tag], np.nan)
    at_most = rule.cutoffs(tried, reach, panel.level[place], p_value.shape[1])
    is_alarm = np.zeros(p_value.shape, dtype=bool)
    is_alarm[place, tag] = tried <= at_most
    threshold = np.full(p_value.shape, np.nan)
    told = np.flatnonzero(~np.isnan(p_value[place, tag]))
    threshold[place[told], tag[told]] = np.maximum(
        sources.thresholds(place[told], tag[told], at_most[told]), least[told]
    )
    return Detected(expected, p_value, threshold, is_alarm, sources.is_long)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What the weeks before and the years before say; the years where they can."""

    panel: Panel
    weeks: Judged
    years: LongJudged

    @classmethod
    def of(cls, panel: Panel) -> _Sources:
        return cls(panel, weekly.judge(panel), _by_years(panel))

    @property
    def is_long(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.years.mean)

    @property
    def p_value(self) -> Floats:
        return np.where(self.is_long, self.years.p_value, self.weeks.p_value)

    @property
    def reach(self) -> Floats:
        return np.where(self.is_long, self.years.reach, self.weeks.reach)

    @property
    def expected(self) -> Floats:
        by_years = self.years.mean / self.panel.totals[:, -1:]
        return np.where(self.is_long, by_years, self.weeks.expected)

    def tail(self, place: Ints, tag: Ints, counts: Floats) -> Floats:
        """P(count or more) of some ready cells."""
        found = np.empty(len(counts))
        is_long = self.is_long[place, tag]
        old, new = np.flatnonzero(is_long), np.flatnonzero(~is_long)
        found[old] = self.years.cells(place[old], tag[old]).tail(counts[old])
        found[new] = self.weeks.tail(
            place[new], tag[new], counts[new], self.panel.totals[place[new], -1]
        )
        return found

    def thresholds(self, place: Ints, tag: Ints, at_most: Floats) -> Floats:
        """The smallest counts whose tails are at most these."""
        near = self.expected[place, tag] * self.panel.totals[place, -1] + HIDDEN_MOST
        return smallest_count(lambda counts: self.tail(place, tag, counts), at_most, near)


def _by_years(panel: Panel) -> LongJudged:
    """(places, tags) what past years say; nan all over for places without enough of them."""
    shape = panel.counts.shape[:2]
    whole = LongJudged(*(np.full(shape, np.nan) for _ in range(4)))
    if not long_history.years_known(panel.totals):
        return whole
    known = np.flatnonzero(long_history.is_known(panel.totals))
    counts = panel.counts[known].reshape(len(known) * shape[1], -1)
    totals = np.repeat(panel.totals[known], shape[1], axis=0)
    part = long_history.judge_long(counts, totals)
    for name in ("mean", "phi", "p_value", "reach"):
        getattr(whole, name)[known] = getattr(part, name).reshape(-1, shape[1])
    return whole
