"""Attack all 3,144 counties: random weeks of the whole country, judged and attacked by arrays.

Counts are drawn, not read: authors by county in proportion to its people, some counties much
more talkative than others, a third of all placed in a state only; of these some take a stance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.linear import View, World, found
from warehouse.hiding import FEWEST, Counts, Places, tell
from warehouse.hiding.steps import within
from warehouse.reference import load_counties

Ints = npt.NDArray[np.int64]
ASKED = 150
"""Hidden counts of each series for which the programs are solved, at random."""


@dataclass(frozen=True)
class Found:
    """Of one series: counts of 10 or more, those told, hidden counts attacked, and found."""

    large_n: int
    told_n: int
    attacked_n: int
    found_n: int


def tree() -> Mapping[str, str | None]:
    """Every county, region and state, and the nation."""
    counties = load_counties().values()
    parents: dict[str, str | None] = {"US": None}
    parents |= {county.state: "US" for county in counties}
    parents |= {county.region: county.state for county in counties}
    return parents | {county.fips: county.region for county in counties}


def attack_country(authors: int, seed: int) -> tuple[Found, Found]:
    """A week of so many health authors, and a stance that one in thirty of them takes."""
    parents = tree()
    states = [name for name, outer in parents.items() if outer == "US"]
    places = Places.of(parents, {}, states, {"US"})
    chance = np.random.default_rng(seed)
    lone = _authors(places, authors, chance)
    volume, share = (_added_up(places, part) for part in (lone, chance.binomial(lone, 1 / 30)))
    volumes = tell(places, Counts.of(volume))
    is_fit = (share >= FEWEST) & (volumes.values - share >= FEWEST)
    shares = tell(places, Counts(share, is_fit, within(share, volumes.values, volume)))
    world = World(parents, frozenset(states))
    views = [
        _view(places, told.is_told[0], told.values[0], counts[0])
        for told, counts in ((volumes, volume), (shares, share))
    ]
    asked = [_asked(places, view, chance) for view in views]
    finds = (
        found(world, views[:1], asked=asked[0]),
        found(world, views[:1], views[1:], asked=asked[1]),
    )
    return tuple(
        Found(int((counts >= FEWEST).sum()), len(view.told), len(names), len(hits))
        for counts, view, names, hits in zip((volume, share), views, asked, finds, strict=True)
    )  # type: ignore[return-value]


def _authors(places: Places, authors: int, chance: np.random.Generator) -> Ints:
    """Authors placed in each place and no further, `(1, places)`."""
    people = {county.fips: county.pop for county in load_counties().values()}
    weight = np.array([people.get(name, 0) for name in places.names], float)
    weight *= chance.gamma(0.7, size=weight.size)
    weight[places.has_own] = weight.sum() / 2 / places.has_own.sum()
    return chance.poisson(authors * weight / weight.sum())[None]


def _added_up(places: Places, lone: Ints) -> Ints:
    counts = lone.astype(np.int64)
    for level in reversed(places.levels):
        sums = np.add.reduceat(counts[:, level.inside], level.starts, axis=1)
        counts[:, level.parents] += sums
    return counts


def _view(places: Places, is_told: npt.NDArray[np.bool_], values: Ints, counts: Ints) -> View:
    told = {n: int(v) for n, v, t in zip(places.names, values, is_told, strict=True) if t}
    true = dict(zip(places.names, counts.tolist(), strict=True))
    return View(told, true, frozenset(told))


def _asked(places: Places, view: View, chance: np.random.Generator) -> list[str]:
    hidden = [name for name in places.names if name not in view.told]
    chosen = chance.choice(len(hidden), min(ASKED, len(hidden)), replace=False)
    return [hidden[number] for number in chosen]
