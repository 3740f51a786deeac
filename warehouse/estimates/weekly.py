"""Estimate one series in one week, or over several: draws, and what each rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.estimates.counts import Counts, Floats, Ints, depths, filled
from warehouse.estimates.evidence import evidence
from warehouse.estimates.pooling import pooled
from warehouse.estimates.published import Places

Rates = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One series; entries of places that were not chosen mean nothing.

    draws     of the share, 0 to 1: `(places_n + 1, draws_n)`
    own       share of the estimate that is the place's own evidence, 0 to 1
    rests_on  index of the place that has the largest part in it
    """

    draws: NDArray[np.float32]
    own: Floats
    rests_on: Ints


def estimate(
    places: Places,
    counts: Counts,
    chosen: NDArray[np.bool_],
    rates: Rates,
    known_strengths: Floats,
    large_hidden: Floats,
    rng: np.random.Generator,
) -> Estimate:
    """The chosen places (`(places_n + 1,)`; US-rural is the last), pooled with those around.

    rates  `(draws_n,)` each; as many draws are made
    """
    made = Estimate(
        np.zeros((len(chosen), len(rates[0])), np.float32),
        np.zeros(len(chosen)),
        np.zeros(len(chosen), np.int64),
    )
    tree = places.around(chosen)
    number = np.zeros(len(chosen), np.int64)
    number[tree] = np.arange(len(tree))
    outer = places.parents[tree]
    parents = np.where(outer < 0, -1, number[outer])
    if chosen[-1] and len(tree):  # US-rural borrows from the nation alone, and lends to none
        pair = np.array([*tree[parents < 0], len(chosen) - 1])
        known = filled(counts[tree], parents)
        for whole, part in zip(counts.parts, known.parts, strict=True):
            whole[tree] = part
        how = (np.array([-1, 0]), rates, known_strengths[:1], large_hidden[[0, 2]], rng)
        _fill(made, pair, counts, *how)
    _fill(made, tree, counts, parents, rates, known_strengths, large_hidden, rng)
    return made


def _fill(
    made: Estimate,
    tree: Ints,
    counts: Counts,
    parents: Ints,
    rates: Rates,
    known_strengths: Floats,
    large_hidden: Floats,
    rng: np.random.Generator,
) -> None:
    """Write the estimates of the places `tree`, whose `parents` are numbered within it."""
    known_strengths = known_strengths[: depths(parents).max(initial=0)]
    means = (float(rates[0].mean()), float(rates[1].mean()))
    made.draws[tree] = pooled(
        counts[tree], parents, rates, rng, len(rates[0]), known_strengths, large_hidden
    )
    made.own[tree], rests_on = evidence(counts[tree], parents, means, known_strengths)
    made.rests_on[tree] = tree[rests_on]
