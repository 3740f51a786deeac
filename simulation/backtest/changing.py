"""Hold the words of change to the truth: how many said are so, and of rises how many are told.

A share *moved that way* when the true share of the week lies above (below) the mean of the true
shares of the weeks it is compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.backtest.estimating import Estimates
from simulation.chance import Bools, Floats
from simulation.places import LEVELS
from simulation.world import World
from warehouse.estimates.scene import GAP_WEEKS, PAST_WEEKS

SURE = 0.95
MARGIN = 0.1
"""As in `pub_change_week.sql`: so probable, and by a tenth or more."""

LARGE = 1.8
"""A true share so many times that of before is a rise that readers would want told."""


@dataclass(slots=True)
class Words:
    """Cells (a place, tag and week) of one level that are compared, and what was said of them.

    rising_n, falling_n  said; rising_true_n, falling_true_n: of these, the share moved that way
    large_n, large_told_n
                         true rises to `LARGE` times the share of before; told as rising
    """

    compared_n: int = 0
    rising_n: int = 0
    rising_true_n: int = 0
    falling_n: int = 0
    falling_true_n: int = 0
    large_n: int = 0
    large_told_n: int = 0


def add(
    words: dict[str, Words],
    world: World,
    week: int,
    found: Estimates,
    left_out: Sequence[int],
) -> None:
    """Add a week's words to the sums of every level; `left_out` as the estimates had it."""
    end = week - GAP_WEEKS
    past = [one for one in range(max(0, end - PAST_WEEKS), end) if one not in left_out]
    if not past:
        return
    before = np.mean([world.by_place(world.true_shares(one)) for one in past], axis=0)
    times = world.by_place(world.true_shares(week)) / before
    is_up = (found.rise >= SURE) & (found.mean >= (1 + MARGIN) * found.past_most)
    is_down = (found.fall >= SURE) & (found.mean <= (1 - MARGIN) * found.past_least)
    for number, level in enumerate(LEVELS):
        rows = world.places.level == number
        one = words.setdefault(level, Words())
        _add(one, times[rows], ~np.isnan(found.rise[rows]), is_up[rows], is_down[rows])


def _add(one: Words, times: Floats, compared: Bools, is_up: Bools, is_down: Bools) -> None:
    one.compared_n += int(compared.sum())
    one.rising_n += int(is_up.sum())
    one.rising_true_n += int((is_up & (times > 1)).sum())
    one.falling_n += int(is_down.sum())
    one.falling_true_n += int((is_down & (times < 1)).sum())
    large = compared & (times >= LARGE)
    one.large_n += int(large.sum())
    one.large_told_n += int((large & is_up).sum())
