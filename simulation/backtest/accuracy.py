"""Hold a week's shares to the truth: bias, coverage and error, by level and county size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simulation.backtest.estimating import Estimates
from simulation.backtest.seen import Seen
from simulation.chance import Bools, Floats
from simulation.places import LEVELS
from simulation.world import World

SIZES = ((0, 0), (1, 5), (6, 20), (21, 100), (101, None))
"""Health authors of a county in the week; the last class is open."""

SMALL = "counties with 1 to 20 authors"
RURAL = "rural counties with any author"


@dataclass(slots=True)
class Tally:
    """Sums over cells (a place, tag and week) of one group; errors in 1,000 health authors.

    cells_n, held_n  cells, and those whose 90 % interval holds the true share
    bias, error      of our share: its difference from the truth, and the size of that
    naive_n          cells with any author, where a naive share exists
    own_error, naive_error, adjusted_error
                     in those cells: ours; of tagged over all authors; of the same with the
                     tagger's errors undone (Rogan and Gladen), not pooled
    """

    cells_n: int = 0
    held_n: int = 0
    bias: float = 0.0
    error: float = 0.0
    truth: float = 0.0
    naive_n: int = 0
    own_error: float = 0.0
    naive_error: float = 0.0
    naive_bias: float = 0.0
    adjusted_error: float = 0.0
    width: float = 0.0

    @property
    def coverage_pct(self) -> float:
        """0 to 100."""
        return 100 * self.held_n / max(self.cells_n, 1)

    @property
    def ratio(self) -> float:
        """Our mean absolute error by the naive share's, in cells that have one."""
        return self.own_error / self.naive_error if self.naive_error else float("nan")


Tallies = dict[str, Tally]


def add(tallies: Tallies, world: World, seen: Seen, week: int, found: Estimates) -> None:
    """Add a week's estimates to the sums of every group."""
    truth = world.by_place(world.true_shares(week))
    naive, adjusted = _naive(world, seen, week)
    for name, chosen in _groups(world, seen, week):
        if chosen.any():
            tally = tallies.setdefault(name, Tally())
            _add(tally, found, truth, naive, adjusted, chosen)


def _add(
    tally: Tally, found: Estimates, truth: Floats, naive: Floats, adjusted: Floats, rows: Bools
) -> None:
    true, mean = 1000 * truth[rows], 1000 * found.mean[rows]
    step = 0.05 + 1e-9  # published numbers have one digit after the point
    low, high = 1000 * found.low[rows] - step, 1000 * found.high[rows] + step
    tally.cells_n += true.size
    tally.held_n += int(((low <= true) & (true <= high)).sum())
    tally.bias += float((mean - true).sum())
    tally.error += float(np.abs(mean - true).sum())
    tally.truth += float(true.sum())
    tally.width += float((high - low).sum())
    plain, undone = 1000 * naive[rows], 1000 * adjusted[rows]
    has_naive = ~np.isnan(plain)
    tally.naive_n += int(has_naive.sum())
    tally.own_error += float(np.abs(mean - true)[has_naive].sum())
    tally.naive_error += float(np.abs(plain - true)[has_naive].sum())
    tally.naive_bias += float((plain - true)[has_naive].sum())
    tally.adjusted_error += float(np.abs(undone - true)[has_naive].sum())


def _naive(world: World, seen: Seen, week: int) -> tuple[Floats, Floats]:
    """(places, tags) tagged over all authors, as is and with the mean errors undone."""
    health = seen.health[week][:, None].astype(float)
    plain = np.where(health > 0, seen.tagged[week] / np.maximum(health, 1), np.nan)
    tagger = world.tagger
    se = (tagger.found / (tagger.found + tagger.missed))[:, 0]
    fp = (tagger.mistaken / (tagger.mistaken + tagger.passed))[:, 0]
    return plain, np.clip((plain - fp) / (se - fp), 0, 1)


def _groups(world: World, seen: Seen, week: int) -> Iterable[tuple[str, Bools]]:
    places, health = world.places, seen.health[week]
    is_county = places.level == LEVELS.index("county")
    for number, level in enumerate(LEVELS[:-1]):
        yield level, places.level == number
    for least, most in SIZES:
        yield (
            size_name(least, most),
            is_county & (health >= least) & (health <= (np.inf if most is None else most)),
        )
    yield SMALL, is_county & (health >= 1) & (health <= 20)
    rural = np.zeros(len(health), bool)
    rural[places.first :] = places.is_rural
    yield RURAL, rural & (health > 0)


def size_name(least: int, most: int | None) -> str:
    """How a class of counties is called."""
    if most is None:
        return f"counties, {least} authors or more"
    return f"counties, {least} to {most} authors" if most else "counties without authors"
