"""Learn from all cells of a level how far shares swing by week, and how far places differ.

Both are chosen from a coarse grid by the probability they give the baselines (empirical
Bayes), weighed by a mild opinion that decides where there is little data. Only the cells with
the largest expected counts have a say, by the share of the place around and not their own:
small ones tell nothing, and choosing cells by their own counts would pick the high ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.alarms.predictive import Floats, learn

SWINGS = (0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.4, 0.6)
SPREADS = (0.3, 0.45, 0.7, 1.0, 1.5)
"""What can be chosen: coefficients of variation, of a share by week and between places."""

_CELLS_MOST = 160
_OPINION_SWING, _OPINION_SPREAD = 0.15, 0.5
_OPINION_WIDTH = 0.7
"""Where opinion has its middle, and its standard deviation on the log scale."""


@dataclass(frozen=True, slots=True)
class Strength:
    """Coefficients of variation: `swing` of a share by week, `spread` between places."""

    swing: float
    spread: float


def tuned(
    counts: Floats, totals: Floats, centre: Floats, spread: float | None = None
) -> Strength:
    """The strength that fits these baselines best, (cells, weeks) as in `predictive.learn`.

    A given `spread` is kept.
    """
    expected = np.nansum(totals, axis=1) * centre
    largest = np.argsort(-expected, kind="stable")[:_CELLS_MOST]
    chosen = counts[largest], totals[largest], centre[largest]

    def fitness(swing: float, spread: float) -> float:
        evidence = float(learn(*chosen, spread, swing).evidence.sum())
        return evidence + _opinion(swing, _OPINION_SWING) + _opinion(spread, _OPINION_SPREAD)

    between = _OPINION_SPREAD if spread is None else spread
    swing = max(SWINGS, key=lambda value: fitness(value, between))
    if spread is None:
        between = max(SPREADS, key=lambda value: fitness(swing, value))
        at = SWINGS.index(swing)
        swing = max(SWINGS[max(at - 1, 0) : at + 2], key=lambda value: fitness(value, between))
    return Strength(swing, between)


def _opinion(value: float, middle: float) -> float:
    return float(-0.5 * (np.log(value / middle) / _OPINION_WIDTH) ** 2)
