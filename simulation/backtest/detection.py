"""Say which planted outbreaks were found, how soon, and what else was called one.

The level is the region unless said. A false alarm is one in a place, tag and week in which no
outbreak goes on, nor ended in the four weeks before, in the place, around it or inside it, and
in which the true share has not risen by a quarter or more all the same, by season or drift.
Alarms on such a rise are no mistakes, and no outbreaks: they are counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.backtest.alarming import METHODS, Scores
from simulation.chance import Bools, Floats, Ints
from simulation.outbreaks import Outbreak
from simulation.world import World

AFTER = 4
RISEN = 1.25
"""A true share so many times that of the baseline weeks has risen."""

STRATA = ((0.0, 1.0), (1.0, 3.0), (3.0, 10.0), (10.0, 30.0), (30.0, np.inf))
"""Tagged authors expected in a week without an outbreak."""

WEEKS_A_YEAR = 52.18


@dataclass(frozen=True, slots=True)
class Case:
    """One outbreak of a tested place as each method saw it.

    baseline  tagged authors expected in its first week without it
    scores    by method, the highest in each of its weeks; -inf where not judged
    alarms    by method and week, at the method's own limit
    """

    outbreak: Outbreak
    baseline: float
    scores: dict[str, Floats]
    alarms: dict[str, Bools]

    @property
    def is_told(self) -> bool:
        """Whether its count of the first week is published, and large enough for an alarm."""
        return bool(self.scores["ours"][0] > -np.inf)


@dataclass(frozen=True, slots=True)
class Detection:
    """Outbreaks found and false alarms, of places tested over some years.

    place_years  tested; false_scores: by method, scores of the cells without an outbreak
    false_n      alarms among those at the method's own limit
    risen_n      its alarms on other true rises
    """

    cases: list[Case]
    place_years: float
    false_scores: dict[str, Floats]
    false_n: dict[str, int]
    risen_n: dict[str, int]

    def limit(self, method: str, false_a_year: float) -> float:
        """The lowest score above which there are so many false alarms a place and year."""
        allowed = int(false_a_year * self.place_years)
        ordered = np.sort(self.false_scores[method])[::-1]
        return float(ordered[allowed]) if len(ordered) > allowed else -np.inf

    def false_a_year(self, method: str) -> float:
        """False alarms a place and year at the method's own limit."""
        return self.false_n[method] / self.place_years

    def risen_a_year(self, method: str) -> float:
        """Alarms on other true rises, a place and year, at the method's own limit."""
        return self.risen_n[method] / self.place_years


def detect(
    world: World,
    scored: Scores,
    expected: Floats,
    is_risen: Bools,
    weeks: Sequence[int],
    chosen: Ints,
) -> Detection:
    """Match alarms with outbreaks in the `chosen` places; arguments as for `alarming.score`.

    is_risen  (weeks, chosen, tags) whether the usual share is far above that of before
    """
    quiet = _quiet(world, weeks, chosen)
    false_scores, false_n, risen_n = {}, {}, {}
    for method in METHODS:
        scores = scored.scores[method][quiet & ~is_risen]
        false_scores[method] = scores[~np.isnan(scores)]
        false_n[method] = int(scored.alarms[method][quiet & ~is_risen].sum())
        risen_n[method] = int(scored.alarms[method][quiet & is_risen].sum())
    years = len(chosen) * len(weeks) / WEEKS_A_YEAR
    number = {int(place): n for n, place in enumerate(chosen)}
    cases = [
        _case(one, scored, expected, weeks.index(one.start), number[one.place])
        for one in world.outbreaks
        if one.place in number and one.start in weeks
    ]
    return Detection(cases, years, false_scores, false_n, risen_n)


def _case(one: Outbreak, scored: Scores, expected: Floats, first: int, place: int) -> Case:
    lasts = slice(first, first + one.length)
    cells = {m: scored.scores[m][lasts, place, one.tag] for m in METHODS}
    alarms = {m: scored.alarms[m][lasts, place, one.tag] for m in METHODS}
    scores = {m: np.where(np.isnan(found), -np.inf, found) for m, found in cells.items()}
    return Case(one, float(expected[first, place, one.tag]), scores, alarms)


def _quiet(world: World, weeks: Sequence[int], chosen: Ints) -> Bools:
    """(weeks, chosen, tags) whether an alarm would be false."""
    places = world.places
    inside = np.stack([places.within(int(place)) for place in chosen])
    quiet = np.ones((len(weeks), len(chosen), len(world.tags)), bool)
    for one in world.outbreaks:
        touched = (inside & places.within(one.place)).any(axis=1)
        for number, week in enumerate(weeks):
            if one.start <= week < one.start + one.length + AFTER:
                quiet[number, touched, one.tag] = False
    return quiet


@dataclass(frozen=True, slots=True)
class Found:
    """How many of some outbreaks were found: in the first week, by the second, and at all.

    days  median days from the Sunday it began to the end of the week of the alarm, of those
          found while they lasted; NaN when none
    """

    cases_n: int
    first_n: int
    second_n: int
    ever_n: int
    days: float


def found(cases: Sequence[Case], method: str, limit: float | None) -> Found:
    """Of these outbreaks, by a method at a limit of its score (None: its own)."""
    hits = [
        case.alarms[method] if limit is None else case.scores[method] > limit for case in cases
    ]
    firsts = [int(np.argmax(hit)) for hit in hits if hit.any()]
    return Found(
        len(cases),
        sum(first == 0 for first in firsts),
        sum(first <= 1 for first in firsts),
        len(firsts),
        7.0 * float(np.median(firsts) + 1) if firsts else float("nan"),
    )


def of(
    cases: Sequence[Case], multiple: float, least: float = 0, most: float = np.inf
) -> list[Case]:
    """The outbreaks of one size, in cells with so many tagged authors expected."""
    return [
        case
        for case in cases
        if case.outbreak.multiple == multiple and least <= case.baseline < most
    ]
