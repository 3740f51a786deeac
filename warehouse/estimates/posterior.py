"""Draw the true share of a tag in places with voices of their own, given their parents' draws.

    theta ~ Beta(k prior, k (1 - prior))
    y     ~ Binomial(n, se theta + fp (1 - theta))

A count y is known, or known to be hidden. For a hidden one, shares are drawn as if nothing had
been seen, and a count for each; those stand whose count would be hidden (rejection). That is
exact, and few are turned down, since most counts are small. What is turned down again and
again, and every known count, goes to a Gibbs sampler that fills in what was not seen: which of
the tagged authors were tagged rightly, which of the others were missed, and a hidden count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from warehouse.estimates.counts import Counts, Floats, Ints
from warehouse.estimates.hidden import hidden_counts

STEPS_N = 3
STEPS_BY_SENSITIVITY = 2.0
"""Steps of the sampler: so many by the sensitivity, `STEPS_N` at least. The less the tagger
sees, the more of a share is filled in, and the slower it moves."""

TRIES_N = 24

EDGE = 1e-6
"""Shares are kept this far from 0 and 1, where a beta distribution ends."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Draws to be made, `(cells_n,)` each: a place in one draw of all that is above it.

    least, most, n  bounds of the count and health authors, in whole voices
    prior, k        mean and strength of the share's distribution before anything was seen
    se, fp          the tagger's sensitivity and false positive rate, of voices
    """

    least: Ints
    most: Ints
    n: Ints
    prior: Floats
    k: Floats
    se: Floats
    fp: Floats

    @classmethod
    def of(
        cls,
        counts: Counts,
        prior: Floats,
        k: Floats,
        error_rates: tuple[Floats, Floats],
        rng: np.random.Generator,
    ) -> Cells:
        """Row by row, as `posterior` has them; parts of a voice count by their chance."""
        up = rng.random(prior.shape)
        whole = (np.floor(part[:, None] + up).astype(np.int64).ravel() for part in counts.parts)
        least, most, n = whole
        same = (np.broadcast_to(one, prior.shape).ravel() for one in (k, *error_rates))
        return cls(least, most, n, prior.ravel(), *same)

    def __getitem__(self, cells: Ints) -> Cells:
        """These alone."""
        return Cells(*(getattr(self, field.name)[cells] for field in fields(self)))

    def tagged(self, share: Floats) -> Floats:
        """Chance that an author is given the tag."""
        chance = self.se * share + self.fp * (1 - share)
        return np.asarray(np.clip(chance, EDGE / 2, 1 - EDGE / 2))


def posterior(
    counts: Counts,
    prior: Floats,
    k: Floats,
    error_rates: tuple[Floats, Floats],
    large_hidden: float,
    rng: np.random.Generator,
) -> Floats:
    """Draws of the share, `(places_n, draws_n)`.

    prior         of the same shape: each place's parent's draws
    k             `(draws_n,)` how many voices the parent lends
    error_rates   (sensitivity, false positive rate), `(draws_n,)` each
    large_hidden  chance that a count above `most` is hidden
    """
    cells = Cells.of(counts, prior, k, error_rates, rng)
    share = np.empty(prior.size)
    is_open = np.repeat(counts.least < counts.most, prior.shape[1])
    hidden, rest = np.flatnonzero(is_open), np.flatnonzero(~is_open)
    if len(hidden):
        share[hidden], turned_down = _by_rejection(cells[hidden], large_hidden, rng)
        rest = np.concatenate([rest, hidden[turned_down]])
    if len(rest):
        share[rest] = _by_gibbs(cells[rest], is_open[rest], large_hidden, rng)
    return np.clip(share, EDGE, 1 - EDGE).reshape(prior.shape)


def _by_rejection(
    cells: Cells, large_hidden: float, rng: np.random.Generator
) -> tuple[Floats, Ints]:
    """Shares whose counts are hidden; and the cells for which `TRIES_N` gave none."""
    share, left = np.empty(len(cells.n)), np.arange(len(cells.n))
    trying = cells
    for _ in range(TRIES_N):
        guess = rng.beta(trying.k * trying.prior, trying.k * (1 - trying.prior))
        y = rng.binomial(trying.n, trying.tagged(guess))
        chance = _hidden_chance(y, trying.least, trying.most, large_hidden)
        stands = rng.random(len(y)) < chance
        share[left[stands]] = guess[stands]
        again = np.flatnonzero(~stands)
        left, trying = left[again], trying[again]
    return share, left


def _by_gibbs(
    cells: Cells, is_open: NDArray[np.bool_], large_hidden: float, rng: np.random.Generator
) -> Floats:
    """Shares by data augmentation; those of open cells have a hidden count."""
    a, b = _observed_prior(cells)
    y, free = cells.least.copy(), np.flatnonzero(is_open)
    inner = cells[free]
    if len(free):
        y[free] = hidden_counts(
            inner.least, inner.most, inner.n, a[free], b[free], large_hidden, rng
        )
    share = _unmixed(rng.beta(a + y, b + cells.n - y), cells)
    if not len(free) and (cells.se == 1).all() and (cells.fp == 0).all():
        return share
    for _ in range(_steps_n(cells)):
        tagged = cells.tagged(share)
        if len(free):
            guess = rng.binomial(inner.n, tagged[free])
            y[free] = _kept(guess, y[free], inner, large_hidden, rng)
        rightly = rng.binomial(y, np.minimum(cells.se * share / tagged, 1))
        missing = np.clip((1 - cells.se) * share / (1 - tagged), 0, 1)
        having = rightly + rng.binomial(cells.n - y, missing)
        a, b = cells.k * cells.prior + having, cells.k * (1 - cells.prior) + cells.n - having
        share = np.clip(rng.beta(a, b), EDGE, 1 - EDGE)
    return share


def _steps_n(cells: Cells) -> int:
    return max(STEPS_N, math.ceil(STEPS_BY_SENSITIVITY / max(float(cells.se.mean()), 0.1)))


def _kept(
    guess: Ints, y: Ints, cells: Cells, large_hidden: float, rng: np.random.Generator
) -> Ints:
    """The next hidden counts: a guess of the binomial, kept if such a count is hidden.

    A Metropolis step.
    """
    chance = _hidden_chance(guess, cells.least, cells.most, large_hidden)
    now = _hidden_chance(y, np.zeros_like(y), cells.most, large_hidden)
    return np.where(rng.random(len(y)) * now < chance, guess, y)


def _hidden_chance(y: Ints, least: Ints, most: Ints, large_hidden: float) -> Floats:
    """Chance that a count is hidden: within the span always, above it seldom."""
    return np.where(y < least, 0.0, np.where(y > most, large_hidden, 1.0))


def _observed_prior(cells: Cells) -> tuple[Floats, Floats]:
    """The beta distribution of the observed share that has the prior's mean and variance."""
    reach = np.maximum(cells.se - cells.fp, 1e-3)
    prior, tagged = cells.prior, cells.tagged(cells.prior)
    alike = (cells.k + 1) * tagged * (1 - tagged) / (reach**2 * prior * (1 - prior)) - 1
    alike = np.maximum(alike, 0.1)
    return alike * tagged, alike * (1 - tagged)


def _unmixed(tagged: Floats, cells: Cells) -> Floats:
    """The share of which `tagged` are given the tag: where the sampler starts."""
    reach = np.maximum(cells.se - cells.fp, 1e-3)
    return np.clip((tagged - cells.fp) / reach, EDGE, 1 - EDGE)
