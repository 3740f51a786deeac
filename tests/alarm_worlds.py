"""Simulate weeks of published counts with planted outbreaks, for the alarms alone.

Regions of two to a state, counties in them, all tags; shares differ by tag and place and
swing from week to week. Counts below ten are hidden. Outbreaks begin in the last week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.alarms import rule
from warehouse.alarms.detection import detect
from warehouse.alarms.ears import c1, c2, c3
from warehouse.alarms.weekly import REACH_BACK, Panel

TAGS = 33
WEEKS = REACH_BACK + 1


@dataclass(frozen=True)
class World:
    """A panel; where its regions stand in it, and which of their cells have an outbreak."""

    panel: Panel
    regions: np.ndarray
    is_planted: np.ndarray


def a_world(
    seed: int, planted: int, regions: int = 98, counties: int = 6, fold: float = 3.0,
    swing: float = 0.12, spread: float = 0.3, expected: tuple[float, float] = (8.5, 11.5),
) -> World:  # fmt: skip
    """A world with so many outbreaks, in region cells with about ten expected authors."""
    chance = np.random.default_rng(seed)
    frequency = np.minimum(np.exp(chance.normal(np.log(0.006), 1.0, TAGS)), 0.06)
    size = np.exp(chance.normal(np.log(400), 0.8, regions))
    part = chance.dirichlet(np.full(counties, 0.5), regions)
    totals = chance.poisson((size[:, None] * part)[..., None], (regions, counties, WEEKS))
    share = frequency * np.exp(spread * chance.normal(size=(regions, TAGS)))
    shape = swing**-2
    by_week = share[..., None] * chance.gamma(shape, 1 / shape, (regions, TAGS, WEEKS))
    is_planted = _planted(chance, size[:, None] * share, planted, expected)
    by_week[is_planted, -1] *= fold
    counts = chance.binomial(totals[:, :, None], np.minimum(by_week, 0.9)[:, None])
    return World(*_panel(totals, counts), is_planted)


def _planted(chance, means, planted, expected):
    found = np.zeros(means.shape, dtype=bool)
    cells = np.argwhere((means > expected[0]) & (means < expected[1]))
    for region, tag in chance.permutation(cells):
        if found.sum() < planted and not found[region].any():
            found[region, tag] = True
    return found


def _panel(totals, counts):
    regions, counties, _ = totals.shape
    states = (regions + 1) // 2
    pairs = np.arange(0, regions, 2)

    def stacked(inner):
        by_region = inner.sum(axis=1)
        own = inner.reshape(regions * counties, *inner.shape[2:])
        levels = [
            by_region.sum(axis=0)[None],
            np.add.reduceat(by_region, pairs),
            by_region,
            own,
        ]
        return np.concatenate(levels).astype(float)

    totals, counts = stacked(totals), stacked(counts)
    parent = np.concatenate([
        [-1], np.zeros(states), 1 + np.arange(regions) // 2,
        1 + states + np.repeat(np.arange(regions), counties),
    ]).astype(int)  # fmt: skip
    level = np.repeat(np.arange(4), [1, states, regions, regions * counties])
    totals[totals < 10] = np.nan
    counts[(counts < 10) | np.isnan(totals)[:, None]] = np.nan
    return Panel(counts, totals, parent, level), 1 + states + np.arange(regions)


def by_detector(world: World) -> dict[str, np.ndarray]:
    """(regions, tags) alarms of ours and of the classic ones, on the same published counts.

    These take 4.5 for a hidden count, and ask for a published one.
    """
    found = detect(world.panel)
    counts = world.panel.counts[world.regions]
    filled = np.where(np.isnan(counts), 4.5, counts)
    is_shown = ~np.isnan(counts[..., -1])
    with np.errstate(invalid="ignore"):
        doubled = filled[..., -1] > 2 * filled[..., -10:-3].mean(axis=-1)
    return {
        "ours": found.is_alarm[world.regions],
        "p alone": found.p_value[world.regions] <= rule.largest_p(TAGS),
        "C1": is_shown & (c1(filled, 0.5)[..., -1] > 3),
        "C2": is_shown & (c2(filled, 0.5)[..., -1] > 3),
        "C3": is_shown & (c3(filled, 0.5)[..., -1] > 2),
        "twice the mean": is_shown & doubled,
    }
