"""Decide which unusual counts of a week are alarms.

Three conditions, each against another mistake:

1. *Many voices.* In a nation of a hundred thousand voices a rise by a twentieth is no chance,
   and no news either: the share must be half as high again as expected, and be published.
   That is part of the test: a lower count has p-value 1.
2. *Many cells.* The week's alarms are the largest set of which a tenth at most is expected to
   be false (`false_discovery`), over all tags and all places of a level. Levels stand apart,
   so that the many counties do not drown a region, nor a nation in uproar lower the bar for
   counties.
3. *Many weeks.* That tenth grows with the true alarms: in a week of many outbreaks it alone
   would let many false ones pass. So a count must also be rarer than once a year in all the
   tags of a place, p <= 1 / (52 tags). A place then has at most one false alarm a year,
   whatever goes on elsewhere.

What this can reach follows from the figures. Where 10 authors are expected and shares swing by
0.12 from week to week, 25 is rare enough for the third condition with 33 tags; a threefold
share gives 25 or more in 80 % of weeks. So many are found in their first week where other
outbreaks are going on. A lone one among thousands of quiet cells must be rarer by the second
condition, and is found in its first week about half the time: to claim every 25 there would be
wrong more often than right. `make bench-alarms` (98 regions, 16 weeks each) found 50 % of one
outbreak a week, 72 % of five and 83 % of twenty, at 0.07 to 0.27 false alarms a region and
year, where C2 had 17.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warehouse.alarms.false_discovery import false_claims
from warehouse.alarms.predictive import HIDDEN_MOST, Floats

FALSE_RATE = 0.10
FALSE_ALARMS_A_YEAR = 1.0
LEAST_RISE = 1.5

_HALVINGS = 60


def largest_p(tags_n: int) -> float:
    """The largest p-value that can be an alarm, by the third condition."""
    return FALSE_ALARMS_A_YEAR / (52 * tags_n)


def least_count(expected_share: Floats, totals: Floats) -> Floats:
    """The smallest count that the first condition lets be an alarm."""
    risen = np.ceil(LEAST_RISE * expected_share * totals - 1e-9)
    return np.asarray(np.maximum(risen, HIDDEN_MOST + 1.0))


def cutoffs(p_values: Floats, reach: Floats, level: NDArray[np.int64], tags_n: int) -> Floats:
    """(cells,) the p-value up to which counts of each cell's level are alarms this week.

    `p_values` and `reach` (cells,) as in `false_discovery.adjusted_by_reach`, of counts that
    meet the first condition.
    """
    found = np.zeros(len(p_values))
    for one in np.unique(level):
        is_one = level == one
        found[is_one] = cutoff(p_values[is_one], reach[is_one], tags_n)
    return found


def cutoff(p_values: Floats, reach: Floats, tags_n: int) -> float:
    """The same of cells of one level."""
    highest = largest_p(tags_n)
    expected = false_claims(reach, highest)
    ordered = np.sort(p_values[p_values <= highest])
    allowed = FALSE_RATE * np.arange(1, len(ordered) + 1)
    passing = np.flatnonzero(expected(ordered) <= allowed)
    claims_n = int(passing[-1]) + 1 if len(passing) else 1
    low, high = float(ordered[claims_n - 1]) if len(passing) else 0.0, highest
    if float(expected(np.array([high]))[0]) <= FALSE_RATE * claims_n:
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_within = float(expected(np.array([middle]))[0]) <= FALSE_RATE * claims_n
        low, high = (middle, high) if is_within else (low, middle)
    return low
