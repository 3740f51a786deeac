"""Tell which counts of a week are unusual by the weeks just before: after the manner of C2.

As in EARS C2 the two weeks before the present are left out, and at least seven weeks of
baseline are asked for. Unlike it the test knows how many health authors stood behind each
count, borrows from the place around (`predictive`), sums its tail exactly, and takes its
overdispersion from the data (`tuning`).

Up to thirteen baseline weeks are used where there are. Where 10 authors are expected and
shares swing by 0.12 from week to week, a count must reach 28 to be as rare as 1 in 10,000 with
seven weeks of baseline, 27 with thirteen, and 26 if the share were known.

Nothing is looked at but published counts, so nothing can be learnt from an alarm that the
counts did not tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.alarms import tuning
from warehouse.alarms.predictive import Floats, Shares, learn
from warehouse.alarms.tuning import Strength

Places = NDArray[np.int64]

GAP_WEEKS = 2
LEAST_WEEKS, MOST_WEEKS = 7, 13
"""Baseline weeks asked for, and used."""

REACH_BACK = GAP_WEEKS + MOST_WEEKS
"""Weeks before the present that are looked at."""

_NOWHERE_CENTRE, _NOWHERE_SPREAD = 0.005, 1.5
"""Share and spread taken for a place with none around it: hardly any opinion."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Published counts of some weeks, the last being judged.

    counts  (places, tags, weeks) distinct authors; nan where hidden
    totals  (places, weeks) health authors; nan where unknown, or where the week is left out
    parent  (places,) the place around each, -1 for none; comes before its places
    level   (places,) 0 for the widest; places of a level share their tuning
    """

    counts: Floats
    totals: Floats
    parent: Places
    level: Places

    @property
    def is_ready(self) -> NDArray[np.bool_]:
        """(places,) whether this week's total is known, and enough baseline weeks' are."""
        known_n = (~np.isnan(self.baseline_totals)).sum(axis=1)
        return np.asarray((known_n >= LEAST_WEEKS) & ~np.isnan(self.totals[:, -1]))

    @property
    def baseline_totals(self) -> Floats:
        """(places, weeks) totals of the baseline."""
        return self.totals[:, :-1][:, -REACH_BACK : -GAP_WEEKS or None]

    @property
    def baseline_counts(self) -> Floats:
        """(places, tags, weeks) counts of the baseline."""
        return self.counts[:, :, :-1][:, :, -REACH_BACK : -GAP_WEEKS or None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the baseline says of the week's counts: (places, tags), nan where not ready.

    p_value   of a count as high or higher; nan where the count is hidden, too
    reach     chance to be published, and so to get a p-value, by the baseline
    expected  share expected
    tuned     strength of pooling and swing, by level
    """

    p_value: Floats
    reach: Floats
    expected: Floats
    tuned: dict[int, Strength]
    _shares: Shares
    _cell: NDArray[np.int64]

    def tail(self, place: Places, tag: Places, counts: Floats, totals: Floats) -> Floats:
        """P(count or more) of some ready cells, by the baseline."""
        return self._shares.rows(self._cell[place, tag]).tail(counts, totals)


def judge(panel: Panel) -> Judged:
    """Learn each place's shares from the widest place inwards, and judge the last week."""
    shape = panel.counts.shape[:2]
    expected = np.full(shape, np.nan)
    cell = np.full(shape, -1, dtype=np.int64)
    tuned: dict[int, Strength] = {}
    parts: list[Shares] = []
    cells_n = 0
    for level in np.unique(panel.level):
        places = np.flatnonzero(panel.is_ready & (panel.level == level))
        if not len(places):
            continue
        part, tuned[int(level)] = _learn_level(panel, places, expected)
        expected[places] = part.mean.reshape(-1, shape[1])
        cell[places] = cells_n + np.arange(len(part.node)).reshape(-1, shape[1])
        cells_n += len(part.node)
        parts.append(part)
    if not parts:
        nothing = learn(np.empty((0, 1)), np.empty((0, 1)), np.empty(0), 1.0, 1.0)
        return Judged(expected.copy(), expected.copy(), expected, tuned, nothing, cell)
    return _judged(panel, expected, tuned, Shares.joined(parts), cell)


def _judged(
    panel: Panel, expected: Floats, tuned: dict[int, Strength], shares: Shares, cell: Places
) -> Judged:
    p_value, reach = np.full(expected.shape, np.nan), np.full(expected.shape, np.nan)
    found = Judged(p_value, reach, expected, tuned, shares, cell)
    place, tag = np.nonzero(cell >= 0)
    reach[place, tag] = shares.rows(cell[place, tag]).publication(panel.totals[place, -1])
    now = panel.counts[place, tag, -1]
    place, tag, now = place[~np.isnan(now)], tag[~np.isnan(now)], now[~np.isnan(now)]
    p_value[place, tag] = found.tail(place, tag, now, panel.totals[place, -1])
    return found


def _learn_level(panel: Panel, places: Places, expected: Floats) -> tuple[Shares, Strength]:
    """The shares of all cells of these places, the tags of a place one after the other."""
    tags_n = panel.counts.shape[1]
    counts = panel.baseline_counts[places].reshape(len(places) * tags_n, -1)
    totals = np.repeat(panel.baseline_totals[places], tags_n, axis=0)
    is_outermost = panel.parent[places] < 0
    centre = _centres(panel, places, expected).ravel()
    spread = _NOWHERE_SPREAD if is_outermost.any() else None
    strength = tuning.tuned(counts, totals, centre, spread)
    return learn(counts, totals, centre, strength.spread, strength.swing), strength


def _centres(panel: Panel, places: Places, expected: Floats) -> Floats:
    """(places, tags) expected share of the nearest place around that has one."""
    holder = panel.parent[places].copy()
    is_blank = np.ones(len(holder), dtype=bool)
    while is_blank.any():
        is_blank = (holder >= 0) & np.isnan(expected[holder, 0])
        holder[is_blank] = panel.parent[holder[is_blank]]
    around = expected[np.maximum(holder, 0)]
    return np.where(holder[:, None] >= 0, around, _NOWHERE_CENTRE)
