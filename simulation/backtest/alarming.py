"""Score every cell of a week by each way of raising an alarm, on the same counts.

A score is higher the more unusual the count is, so that any method can be run at its own
limit, or at whichever limit gives so many false alarms. Ours and the others see what a reader
sees; the others are also given the hidden counts, which favours them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from simulation.backtest.seen import Seen
from simulation.chance import Bools, Floats, Ints
from simulation.places import Places
from warehouse.alarms import ears, rule
from warehouse.alarms.detection import detect
from warehouse.alarms.long_history import MOST_WEEKS
from warehouse.alarms.weekly import Panel

METHODS = ("ours", "C1", "C2", "C3", "count doubled", "perfect knowledge")
"""In this order everywhere. The last knows the true share and the tagger's true errors."""

LIMITS = {"C1": ears.C1_LIMIT, "C2": ears.C2_LIMIT, "C3": ears.C3_LIMIT, "count doubled": 2.0}
LEAST = 10
"""Every method is asked for so many authors: fewer are never told."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How unusual each count is, by method: (weeks, places, tags), NaN where not judged.

    alarms  of each method run at its own limit
    """

    scores: dict[str, Floats]
    alarms: dict[str, Bools]


def score(
    places: Places,
    seen: Seen,
    expected: Floats,
    weeks: Sequence[int],
    chosen: Ints,
    left_out: Sequence[int] = (),
) -> Scores:
    """Score these weeks in the `chosen` places.

    expected  (these weeks, chosen, tags) counts to be expected without outbreaks, all known
    left_out  weeks of outage or changed mix: nothing is compared with them
    """
    counts = seen.tagged[:, chosen].astype(float)
    health = seen.health[:, chosen, None]
    counts[list(left_out)] = np.nan
    found = {name: np.full((len(weeks), *counts.shape[1:]), np.nan) for name in METHODS}
    alarms = {name: np.zeros(found[name].shape, bool) for name in METHODS}
    by_ears = _by_ears(counts)
    for number, week in enumerate(weeks):
        own, own_alarm = ours(places, seen, week, left_out)
        found["ours"][number], alarms["ours"][number] = own[chosen], own_alarm[chosen]
        for name, series in by_ears.items():
            found[name][number] = series[week]
        known = _surprise(counts[week], expected[number])
        found["perfect knowledge"][number] = known
        past = np.nanmean(counts[max(0, week - 9) : max(1, week - 2)], axis=0)
        found["count doubled"][number] = counts[week] / np.maximum(past, 1)
        is_large = (counts[week] >= LEAST) & (health[week] > 0)
        for name in METHODS[1:]:
            found[name][number][~is_large] = np.nan
            if name in LIMITS:
                alarms[name][number] = found[name][number] > LIMITS[name]
    return Scores(found, alarms)


def _by_ears(counts: Floats) -> dict[str, Floats]:
    """(weeks, places, tags) the three EARS scores."""
    series = np.moveaxis(counts, 0, -1)
    made = {"C1": ears.c1, "C2": ears.c2, "C3": ears.c3}
    return {name: np.moveaxis(method(series, 0.5), -1, 0) for name, method in made.items()}


def ours(
    places: Places, seen: Seen, week: int, left_out: Sequence[int]
) -> tuple[Floats, Bools]:
    """(places, tags) minus log10 of our p-values, where the share has risen enough; alarms."""
    weeks = range(max(0, week + 1 - MOST_WEEKS), week + 1)
    shown = np.flatnonzero((seen.told_health[weeks.start : week + 1] > 0).any(axis=0))
    panel = panel_of(places, seen, weeks, shown, left_out)
    found = detect(panel)
    shape = (len(places.names), panel.counts.shape[1])
    scores, alarms = np.full(shape, np.nan), np.zeros(shape, bool)
    alarms[shown] = found.is_alarm
    least = rule.least_count(found.expected, np.nan_to_num(panel.totals[:, -1:]))
    with np.errstate(invalid="ignore"):
        is_large = panel.counts[..., -1] >= least
    rarity = -np.log10(np.maximum(found.p_value, 1e-300))
    scores[shown] = np.where(is_large, rarity, np.nan)
    return scores, alarms


def panel_of(
    places: Places, seen: Seen, weeks: range, shown: Ints, left_out: Sequence[int]
) -> Panel:
    """The told counts of these weeks as the alarm reads them, widest places first."""
    picked = np.array(weeks)
    totals = np.where(seen.told_health > 0, seen.told_health, np.nan)[picked][:, shown].T
    totals[:, [n for n, week in enumerate(weeks) if week in left_out]] = np.nan
    counts = np.moveaxis(seen.told[picked][:, shown], 0, -1).copy()
    counts[np.broadcast_to(np.isnan(totals)[:, None], counts.shape)] = np.nan
    place_at = np.full(len(places.names) + 1, -1)
    place_at[shown] = np.arange(len(shown))
    outer = places.parent[shown]
    while (is_blank := (outer >= 0) & (place_at[outer] < 0)).any():
        outer = np.where(is_blank, places.parent[outer], outer)
    return Panel(counts, totals, place_at[outer], places.level[shown])


def _surprise(counts: Floats, expected: Floats) -> Floats:
    """Minus log10 of P(count or more), Poisson, of who knows what to expect."""
    tail = poisson.sf(counts - 1, np.maximum(expected, 1e-9))
    return np.asarray(-np.log10(np.maximum(tail, 1e-300)))
