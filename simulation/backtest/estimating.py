"""Estimate the shares of a week as the release of that week would, from what was seen.

The arrays are handed to the product's own estimator, in the order in which it reads them from
its tables, so that the same counts give the same draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from simulation.backtest.seen import WINDOW, Seen
from simulation.chance import Bools, Floats, Ints
from simulation.places import LEVELS
from simulation.tagger import LANGUAGES
from simulation.world import World
from warehouse.error_rates import AUDIT, ERROR_RATES, ErrorRates
from warehouse.estimates.correction import Corrections
from warehouse.estimates.pooling import DRAWS_N
from warehouse.estimates.published import RURAL, Places, Series, Told
from warehouse.estimates.scene import CHANCES, Scene
from warehouse.estimates.shares import Estimator, seed_of

_COLUMNS = {
    "mean": "share_per_1000",
    "low": "low_per_1000",
    "high": "high_per_1000",
    "own": "own_evidence",
    "rise": "rise_probability",
    "fall": "fall_probability",
    "past_least": "past_least_per_1000",
    "past_most": "past_most_per_1000",
}


@dataclass(frozen=True, slots=True)
class Estimates:
    """The estimates of one week, (places, tags); shares 0 to 1.

    mean, low, high  posterior mean and the 90 % interval
    own              part of the estimate that is the place's own evidence
    rise, fall       probability of a rise over, a fall below the weeks before; NaN: none told
    past_least, past_most
                     mean share of the weeks before, hidden counts at their least and their most
    """

    mean: Floats
    low: Floats
    high: Floats
    own: Floats
    rise: Floats
    fall: Floats
    past_least: Floats
    past_most: Floats


def estimate(
    world: World, seen: Seen, week: int, left_out: Sequence[int] = (), corrected: bool = True
) -> Estimates:
    """The estimates of a week (counted from 0), by the weeks up to it.

    left_out   weeks of outage or of changed mix
    corrected  False: as if the tagger made no mistakes
    """
    scene = _scene(world, seen, week, left_out)
    rates = _corrections(world, seen, week, corrected)
    order = _order(world)
    shape = (len(world.places.names), len(world.tags))
    found = Estimates(*(np.full(shape, np.nan) for _ in fields(Estimates)))
    for tag, series in enumerate(world.tags):
        rows = Estimator(scene, series, rates.of(series)).present_rows().slice(0, len(order))
        for name, column in _COLUMNS.items():
            unit = 1000 if column.endswith("per_1000") else 1
            getattr(found, name)[order, tag] = _numbers(rows, column) / unit
    return found


def _numbers(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].to_numpy(zero_copy_only=False), float)


def _order(world: World) -> Ints:
    """The places in the order in which the product numbers them: by code."""
    names = world.places.names
    return np.array(sorted(range(len(names)), key=names.__getitem__))


def _scene(world: World, seen: Seen, week: int, left_out: Sequence[int]) -> Scene:
    order, names, level = _order(world), world.places.names, world.places.level
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    outer = world.places.parent[order]
    regions = [n for n, p in enumerate(order) if names[p].endswith("-rural")]
    places = Places(
        [*((LEVELS[level[place]], names[place]) for place in order), RURAL],
        np.where(outer < 0, -1, number[outer]),
        np.array(regions, np.int64),
    )
    first = max(0, week + 1 - WINDOW)
    weeks = [str(one) for one in world.settings.window[first : week + 1]]
    past = slice(first, week + 1)
    told = _told(places, weeks, seen.told_health[past], seen.told[past], order, world.tags)
    tagged = np.where(seen.tagged[past] > 0, seen.tagged[past].astype(float), np.nan)
    true = _told(places, weeks, seen.health[past], tagged, order, world.tags)
    out = [one - first for one in left_out if first <= one <= week]
    hidden = _large_hidden(seen, past)
    return Scene(places, told, true, list(world.tags), np.array(out, np.int64), hidden)


def _told(
    places: Places,
    weeks: list[str],
    health: Ints,
    counts: Floats,
    order: Ints,
    tags: Sequence[Series],
) -> Told:
    volume = np.zeros((len(weeks), len(order) + 1))
    volume[:, :-1] = health[:, order]
    volume[:, -1] = volume[:, places.regions].sum(axis=1)
    series = {}
    for tag, name in enumerate(tags):
        of_tag = counts[:, order, tag]
        week, place = np.nonzero(~np.isnan(of_tag))
        series[name] = (week, place, of_tag[week, place])
    return Told(places, weeks, volume, series)


def error_rates(world: World) -> pa.Table:
    """What the audit of a world's tagger found, as the product keeps it."""
    tagger, languages_n = world.tagger, len(LANGUAGES)
    rows_n = len(world.tags) * languages_n
    columns = {
        "kind": [kind for kind, _ in world.tags for _ in LANGUAGES],
        "tag_id": [tag for _, tag in world.tags for _ in LANGUAGES],
        "lang": list(LANGUAGES) * len(world.tags),
        "true_positive_n": tagger.found.ravel().astype(float),
        "false_negative_n": tagger.missed.ravel().astype(float),
        "false_positive_n": tagger.mistaken.ravel().astype(float),
        "true_negative_n": tagger.passed.ravel().astype(float),
        "ordinary_tagged_n": [0.0] * rows_n,
        "ordinary_n": [0.0] * rows_n,
        "origin": [AUDIT] * rows_n,
        "is_own_model": [True] * rows_n,
    }
    return pa.table(columns, schema=ERROR_RATES)


def _corrections(world: World, seen: Seen, week: int, corrected: bool) -> Corrections:
    """Draws of the error rates in the nation's mix of languages, rounded to a tenth."""
    if not corrected:
        return Corrections({})
    spanish = float((world.authors * world.places.spanish).sum() / world.authors.sum())
    shares = {"en": 1 - round(spanish, 1), "es": round(spanish, 1)}
    known = ErrorRates(error_rates(world))
    random = np.random.default_rng(seed_of(str(world.settings.window[week])))
    repeats = seen.repeats[max(0, week + 1 - WINDOW) : week + 1].sum(axis=0).tolist()
    counted = dict(zip((*world.tags, ("health", "health")), repeats, strict=True))
    return Corrections.drawn(known.tags, known.draws(random, DRAWS_N, shares), counted)


def _large_hidden(seen: Seen, past: slice) -> Floats:
    """(levels) part of the counts of 10 or more that are hidden, of the product's grid."""
    large_n, told_n = seen.large_n[past].sum(axis=0).T
    hidden = np.where(large_n > 0, 1 - told_n / np.maximum(large_n, 1), 0.0)
    return np.asarray(CHANCES[np.abs(CHANCES - hidden[:, None]).argmin(axis=1)])


def covers(found: Estimates, truth: Floats) -> Bools:
    """(places, tags) whether the interval holds the true share."""
    return np.asarray((found.low <= truth) & (truth <= found.high))
