"""Draw the true share of a tag in every place, given counts, the tagger's errors, and kin.

The model, from the nation down to the county:

    theta_nation ~ Beta(1/2, 19/2)
    theta_child  ~ Beta(k theta_parent, k (1 - theta_parent)),  k by level: `strengths`
    y            ~ Binomial(n, se theta + fp (1 - theta)),      se and fp uncertain too

Draws go down the tree, each child given its parent's draw, so what is unsure above stays
unsure below. Within a place the Gibbs sampler fills in what was not seen: which of the tagged
authors were tagged rightly, which of the others were missed, and a hidden count. A parent's
own share rests on all its voices; the level it lends to children without posts rests on how
many places these came from (`counts.weighed`), since children differ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warehouse.estimates.counts import Counts, Floats, Ints, depths, filled, weighed
from warehouse.estimates.hidden import hidden_counts
from warehouse.estimates.strength import (
    UNSURE,
    USUAL_SHARE,
    by_depth,
    observed,
    overall_share,
    strengths,
)

DRAWS_N = 200
STEPS_N = 3
LARGE_HIDDEN = 0.05

_EDGE = 1e-6
"""Shares are kept this far from 0 and 1, where a beta distribution ends."""


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
    share = np.clip(above.astype(float), _EDGE, 1 - _EDGE)
    has_own = counts.health_n > 0
    draws = np.empty_like(share)
    own = np.flatnonzero(has_own)
    if len(own):
        draws[own] = _posterior(counts[own], share[own], k, error_rates, large_hidden, rng)
    _, first, like = np.unique(parents[~has_own], return_index=True, return_inverse=True)
    if len(first):
        prior = share[~has_own][first]
        draws[~has_own] = rng.beta(k * prior, k * (1 - prior))[like]
    return np.asarray(np.clip(draws, _EDGE, 1 - _EDGE), float)


def _posterior(
    counts: Counts,
    prior: Floats,
    k: Floats,
    error_rates: tuple[Floats, Floats],
    large_hidden: float,
    rng: np.random.Generator,
) -> Floats:
    """Draws for places with voices of their own, `(places, draws)`, by data augmentation."""
    se, fp = error_rates
    least, most, n = _whole(counts, prior.shape[1], rng)
    a, b = _observed_prior(prior, k, error_rates)
    y, is_open = least.copy(), np.flatnonzero(counts.least < counts.most)
    if len(is_open):
        span = (least[is_open], most[is_open], n[is_open])
        y[is_open] = hidden_counts(*span, a[is_open], b[is_open], large_hidden, rng)
    share = _unmixed(rng.beta(a + y, b + n - y), se, fp)
    if not counts.is_told.all() or (se < 1).any() or (fp > 0).any():
        for _ in range(STEPS_N):
            tagged = _tagged(share, se, fp)
            if len(is_open):
                guess = rng.binomial(n[is_open], tagged[is_open])
                y[is_open] = _kept(guess, y[is_open], span, large_hidden, rng)
            rightly = rng.binomial(y, np.minimum(se * share / tagged, 1))
            missed = rng.binomial(n - y, np.clip((1 - se) * share / (1 - tagged), 0, 1))
            having = rightly + missed
            share = rng.beta(k * prior + having, k * (1 - prior) + n - having)
            share = np.clip(share, _EDGE, 1 - _EDGE)
    return share


def _kept(
    guess: Ints,
    y: Ints,
    span: tuple[Ints, Ints, Ints],
    large_hidden: float,
    rng: np.random.Generator,
) -> Ints:
    """The next hidden counts: a guess of the binomial, kept if such a count is hidden.

    A Metropolis step. Counts within the span are always hidden, higher ones seldom.
    """
    least, most, _ = span
    chance = np.where(guess < least, 0.0, np.where(guess > most, large_hidden, 1.0))
    now = np.where(y > most, large_hidden, 1.0)
    return np.where(rng.random(y.shape) * now < chance, guess, y)


def _observed_prior(
    prior: Floats, k: Floats, error_rates: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """The beta distribution of the observed share that has the prior's mean and variance."""
    se, fp = error_rates
    reach = np.maximum(se - fp, 1e-3)
    tagged = _tagged(prior, se, fp)
    alike = (k + 1) * tagged * (1 - tagged) / (reach**2 * prior * (1 - prior)) - 1
    alike = np.maximum(alike, 0.1)
    return alike * tagged, alike * (1 - tagged)


def _unmixed(tagged: Floats, se: Floats, fp: Floats) -> Floats:
    """The share of which `tagged` are given the tag: where the sampler starts."""
    return np.clip((tagged - fp) / np.maximum(se - fp, 1e-3), _EDGE, 1 - _EDGE)


def _tagged(share: Floats, se: Floats, fp: Floats) -> Floats:
    """Chance that an author is given the tag."""
    return np.clip(se * share + fp * (1 - share), _EDGE / 2, 1 - _EDGE / 2)


def _whole(counts: Counts, draws_n: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """`least`, `most` and `health_n` a draw each; parts of a voice by their chance."""
    up = rng.random((len(counts.health_n), draws_n))
    return tuple(
        np.floor(part[:, None] + up).astype(np.int64)
        for part in (counts.least, counts.most, counts.health_n)
    )  # type: ignore[return-value]
