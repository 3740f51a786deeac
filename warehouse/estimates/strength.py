"""Estimate how alike places of one parent are: the strength of pooling, from the counts.

A place of strength k borrows as if its parent had lent it k voices. k is found by the
beta-binomial likelihood of each place's count around that of its siblings (the place itself
left out, so that a large one is not compared with itself), over a grid in which k doubles:
coarse enough that no count can be read from it. Few counts leave k unsure, and estimates that
took it for known would be too sure of themselves: so it is given as five values of the grid.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import betaln

from warehouse.estimates.counts import Counts, Floats, Ints, depths, filled

GRID = 2.0 ** np.arange(3, 15)
"""Voices lent by the parent: 8, 16, … 16,384."""

USUAL, OCTAVES = 256.0, 2.0
"""Before any evidence k is log-normal around `USUAL`, its standard deviation a factor of 4."""

USUAL_SHARE, UNSURE = 0.05, 10.0
"""Before any evidence the nation's share is as if 10 voices were heard, half of one with it."""

QUANTILES = np.array([0.1, 0.3, 0.5, 0.7, 0.9])

LEAST_SHARE = 1e-4


def strengths(
    history: Sequence[Counts], parents: Ints, error_rates: tuple[float, float] = (1.0, 0.0)
) -> Floats:
    """Five equally likely k of `GRID`, by depth less one (state, region, county): `(depth, 5)`.

    history      counts of one tag, a week each; the true ones where these may be used, since
                 places with a published count are the ones in which it was high
    parents      as for `pooled`
    error_rates  (sensitivity, false positive rate), their means
    """
    depth = depths(parents)
    weeks = [filled(counts, parents) for counts in history]
    above, found = 1.0, np.empty((depth.max(initial=0), len(QUANTILES)))
    for level in range(1, len(found) + 1):
        places = np.flatnonzero(depth == level)
        found[level - 1] = _strength(weeks, places, parents, error_rates, above)
        above = float(np.median(found[level - 1]))
    return found


def observed(k: Floats, observed_share: float, error_rates: tuple[float, float]) -> Floats:
    """The strength with which observed shares, errors and all, keep to their parent's.

    Shares of strength k vary by p (1 - p) / (k + 1). The tagger shrinks differences by
    se - fp and adds positives that are alike everywhere, so observed ones vary less.
    """
    se, fp = error_rates
    reach = max(se - fp, 1e-3)
    observed_share = float(np.clip(observed_share, LEAST_SHARE, 1 - LEAST_SHARE))
    share = float(np.clip((observed_share - fp) / reach, LEAST_SHARE, 0.5))
    ratio = observed_share * (1 - observed_share) / (reach**2 * share * (1 - share))
    return np.maximum((k + 1) * ratio - 1, 1.0)


def by_depth(known_strengths: Floats) -> Floats:
    """Strengths as `(depth, values_n)`, also where there is one value a depth."""
    known = np.asarray(known_strengths, float)
    return known if known.ndim == 2 else known[:, None]


def overall_share(counts: Counts) -> float:
    """Share of the tag over all entries that are told; 0 without any."""
    told = counts.is_told
    of = counts.health_n[told].sum()
    return float(counts.least[told].sum() / of) if of else 0.0


def _strength(
    weeks: Sequence[Counts],
    places: Ints,
    parents: Ints,
    error_rates: tuple[float, float],
    above: float,
) -> Floats:
    """The five k of one level; `above`: that of the level above, for parents of few voices."""
    stacked = [
        (week.least[told], week.health_n[told], parents[told] + number * len(parents))
        for number, week in enumerate(weeks)
        for told in [places[week.is_told[places]]]
    ]
    y, n, group = (np.concatenate(part) for part in zip(*stacked, strict=True))
    share = (y.sum() + 0.5) / (n.sum() + 1)
    k = observed(np.asarray(GRID, float), share, error_rates)
    lent = float(observed(np.array([above]), share, error_rates)[0])
    likelihood = np.array([_log_likelihood(y, n, group, one, lent, share) for one in k])
    likelihood -= 0.5 * (np.log2(GRID / USUAL) / OCTAVES) ** 2
    weight = np.exp(likelihood - likelihood.max())
    return np.asarray(GRID[np.searchsorted(np.cumsum(weight) / weight.sum(), QUANTILES)], float)


def _log_likelihood(
    y: Floats, n: Floats, group: Ints, k: float, lent: float, share: float
) -> float:
    """Beta-binomial log likelihood of each count around its siblings' (k is observed)."""
    kept = (k + 1) / (k + n)
    rest_n, rest_y = (np.bincount(group, part * kept)[group] - part * kept for part in (n, y))
    has_rest = rest_n > 1e-9
    y, n, rest_n, rest_y = y[has_rest], n[has_rest], rest_n[has_rest], rest_y[has_rest]
    centre = (np.maximum(rest_y, 0) + lent * share) / (rest_n + lent)
    whole = 1 / (1 / k + 1 / (rest_n + lent))
    a, b = centre * whole, (1 - centre) * whole
    return float((betaln(y + a, n - y + b) - betaln(a, b)).sum())
