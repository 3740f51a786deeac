"""Measure how far one brigade moves the share that is published for its county.

Brigades are put into one week of a world, each in another county and theme, and the week is
counted and estimated with and without them. What differs is theirs, and the chance of the
draws: two sets of draws of the same counts differ too, and how much is measured beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.backtest.estimating import Estimates, estimate
from simulation.backtest.seen import WINDOW, Added, see
from simulation.brigades import Brigade
from simulation.chance import Floats, stream
from simulation.world import World

VARIANTS = {
    "each of 20 names a voice": (20, True),
    "one voice for all copies": (1, True),
    "20 names, as counted now": (20, False),
    "9 names, as counted now": (9, False),
}
"""Names it posts under, and whether copies count as voices."""

PER_THEME = 6


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much brigades moved their county's share, relative, 0.05 for 5 %.

    published  of the estimate; naive: of tagged over all authors, where there were any
    """

    published: Floats
    naive: Floats

    @property
    def typical_pct(self) -> float:
        """The median brigade's."""
        return 100 * float(np.median(self.published))

    @property
    def most_pct(self) -> float:
        """What 95 of 100 stay below."""
        return 100 * float(np.quantile(self.published, 0.95))


def measure(world: World) -> dict[str, Moved]:
    """What one brigade does, by `VARIANTS`, in the twelfth week of a world."""
    week = WINDOW - 1
    plain = see(world, WINDOW, in_one_release=True)
    before = estimate(world, plain, week, left_out=[week])
    moved = {}
    for name, (names_n, is_counted) in VARIANTS.items():
        added = Added(_brigades(world, week, names_n), is_counted)
        seen = see(world, WINDOW, in_one_release=True, added=added)
        after = estimate(world, seen, week, left_out=[week])
        moved[name] = Moved(
            _moved(world, added.brigades, before, after),
            _naive(world, added.brigades, plain.health[week], plain.tagged[week], names_n),
        )
    return moved


def _brigades(world: World, week: int, names_n: int) -> list[Brigade]:
    """Brigades in places with ten authors or more, each in another county."""
    random = stream(world.settings.seed, "brigading")
    large = np.flatnonzero(world.authors * (1 - world.settings.volume.state_only) >= 10)
    chosen = random.choice(large, min(len(large), PER_THEME * world.themes_n), replace=False)
    return [
        Brigade(week, int(county), number % world.themes_n, names_n, 200)
        for number, county in enumerate(chosen)
    ]


def _moved(
    world: World, brigades: Sequence[Brigade], before: Estimates, after: Estimates
) -> Floats:
    place = [world.places.first + one.county for one in brigades]
    tag = [one.tag for one in brigades]
    old, new = before.mean[place, tag], after.mean[place, tag]
    return np.abs(new - old) / np.maximum(old, 1e-4)


def _naive(
    world: World, brigades: Sequence[Brigade], health: Floats, tagged: Floats, names_n: int
) -> Floats:
    place = [world.places.first + one.county for one in brigades]
    y, n = tagged[place, [one.tag for one in brigades]], health[place]
    kept = y > 0
    old, new = y[kept] / n[kept], (y[kept] + names_n) / (n[kept] + names_n)
    return np.asarray(new / old - 1)
