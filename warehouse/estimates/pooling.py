"""Draw the true share of a tag in every place, given counts, the tagger's errors, and kin.

The model, from the nation down to the county:

    theta_nation ~ Beta(1/2, 19/2)
    theta_child  ~ Beta(k theta_parent, k (1 - theta_parent)),  k by level: `strengths`
    y            ~ Binomial(n, se theta + fp (1 - theta)),      se and fp uncertain too

Draws go down the tree, each child given its parent's draw, so what is unsure above stays
unsure below; `posterior` draws within a place. A parent's own share rests on all its voices;
the level it lends to children without posts rests on how many places these came from
(`counts.weighed`), since children differ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warehouse.estimates.counts import Counts, Floats, Ints, depths, filled, weighed
from warehouse.estimates.posterior import EDGE, posterior
from warehouse.estimates.strength import (
    UNSURE,
    USUAL_SHARE,
    by_depth,
    observed,
    overall_share,
    strengths,
)

DRAWS_N = 200
LARGE_HIDDEN = 0.05


def pooled(
    counts: Counts,
    parents: Ints,
    error_rates: tuple[Floats | float, Floats | float],
    rng: np.random.Generator,
    draws_n: int = DRAWS_N,
    known_strengths: Floats | None = None,
    large_hidden: Floats | float = LARGE_HIDDEN,
) -> NDArray[np.float32]:
    """Posterior draws of the share (0 to 1) of a tag in every place, `(places_n, draws_n)`.

    counts           one tag in one week, or sums of weeks; `places_n` entries
    parents          index of the place around each place, -1 for the one nation
    error_rates      (sensitivity, false positive rate): `(draws_n,)` draws each, or a number
    rng              all randomness; the same state gives the same draws
    known_strengths  equally likely k by depth less one (state, region, county), `(depth,)` or
                     `(depth, values_n)`, taken by draws in turn; None: `strengths([counts], …)`
    large_hidden     chance that a count of 10 or more is hidden, for the sake of others; one,
                     or one by depth (nation, state, region, county)

    Places of one parent that have no voices of their own share their draws.
    """
    se, fp = (np.broadcast_to(np.asarray(rate, float), (draws_n,)) for rate in error_rates)
    means = (float(se.mean()), float(fp.mean()))
    if known_strengths is None:
        known_strengths = strengths([counts], parents, means)
    return _down(filled(counts, parents), parents, (se, fp), rng, known_strengths, large_hidden)


def _down(
    known: Counts,
    parents: Ints,
    error_rates: tuple[Floats, Floats],
    rng: np.random.Generator,
    known_strengths: Floats,
    large_hidden: Floats | float,
) -> NDArray[np.float32]:
    """The draws of `pooled`, level by level from the nation to the counties."""
    se, fp = error_rates
    draws_n, depth = len(se), depths(parents)
    levels_n = depth.max(initial=0) + 1
    chances = np.broadcast_to(large_hidden, (max(levels_n, np.size(large_hidden)),))
    k = by_depth(known_strengths)
    means = (float(se.mean()), float(fp.mean()))
    worth, _ = weighed(
        known, parents, observed(np.median(k, axis=1), overall_share(known), means)
    )
    lends = np.isin(np.arange(len(parents)), parents)
    draws = np.empty((len(parents), draws_n), np.float32)
    lent = np.empty_like(draws)
    for level in range(levels_n):
        places = np.flatnonzero(depth == level)
        above = lent[parents[places]] if level else np.full((len(places), draws_n), USUAL_SHARE)
        alike = np.resize(k[level - 1], draws_n) if level else np.full(draws_n, UNSURE)
        how = (alike, error_rates, float(chances[level]), rng)
        draws[places] = _level(known[places], parents[places], above, *how)
        inner = lends[places]
        lent[places[inner]] = _level(
            worth[places[inner]], parents[places[inner]], above[inner], *how
        )
    return draws


def _level(
    counts: Counts,
    parents: Ints,
    above: NDArray[np.floating],
    k: Floats,
    error_rates: tuple[Floats, Floats],
    large_hidden: float,
    rng: np.random.Generator,
) -> Floats:
    """Draws for the places of one level, given those of their parents (`above`, a row each)."""
    share = np.clip(above.astype(float), EDGE, 1 - EDGE)
    has_own = counts.health_n > 0
    draws = np.empty_like(share)
    own = np.flatnonzero(has_own)
    if len(own):
        draws[own] = posterior(counts[own], share[own], k, error_rates, large_hidden, rng)
    _, first, like = np.unique(parents[~has_own], return_index=True, return_inverse=True)
    if len(first):
        prior = share[~has_own][first]
        draws[~has_own] = rng.beta(k * prior, k * (1 - prior))[like]
    return np.asarray(np.clip(draws, EDGE, 1 - EDGE), float)
