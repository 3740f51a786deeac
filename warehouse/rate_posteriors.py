"""Draw the likely values of a rate for many tags at once, the thin ones leaning on the rest.

A tag's rate (how often the tagger finds it where it is, or names it where it is not) is a
share p with counts behind it. The rates of all tags of a kind, in both languages, come from
one Beta(m k, (1 - m) k), whose mean m and strength k are themselves drawn from what the counts
of all those tags make likely, on a grid: partial pooling, in which a tag with many counts keeps
its own rate and one with none gets the spread of the others. Everything is summed on a grid of
log-odds, so that no sampler has to converge.

Counts may be broken numbers: those of a weighted sample are (`warehouse.audit.counts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import betaincc, betaln, expit, logsumexp

Floats = npt.NDArray[np.float64]

_STEP = 0.05
_LOG_ODDS = np.arange(-14.0, 9.0, _STEP)
_P = expit(_LOG_ODDS)
_LOG_P, _LOG_Q = -np.logaddexp(0, -_LOG_ODDS), -np.logaddexp(0, _LOG_ODDS)

_AT_ONCE = 200
"""Draws worked out together; bounds memory."""


@dataclass(frozen=True, slots=True)
class Range:
    """Which means and strengths the rates of a kind may come from: every pair equally likely.

    means      flat on this scale: evenly for sensitivity, by powers for false positives
    strengths  by powers
    """

    means: Floats
    strengths: Floats

    def pairs(self) -> tuple[Floats, Floats]:
        """(H) m k and (H) (1 - m) k of every pair."""
        m, k = np.meshgrid(self.means, self.strengths, indexing="ij")
        return (m * k).ravel(), ((1 - m) * k).ravel()


SENSITIVITY = Range(np.linspace(0.02, 0.98, 33), np.geomspace(1, 100, 9))
FALSE_POSITIVE = Range(np.geomspace(1e-5, 0.3, 40), np.geomspace(10, 10_000, 10))


@dataclass(frozen=True)
class Rates:
    """The rates of T tags of one kind; a tag in another language is another.

    yes, no         (T) counts for and against, at least 0
    bound_n         (T) posts of which nobody knows the truth
    bound_yes       (T) those of them that were tagged: the rate of false positives is at most
                    the rate of tags; 0 of 0 says nothing
    """

    yes: Floats
    no: Floats
    bound_yes: Floats
    bound_n: Floats
    range: Range

    def draws(self, rng: np.random.Generator, draws_n: int) -> Floats:
        """(draws_n, T) values, all tags of a draw with the same mean and strength."""
        chosen = rng.choice(len(self._weights), size=draws_n, p=self._weights)
        parts = np.split(chosen, range(_AT_ONCE, draws_n, _AT_ONCE))
        return np.concatenate([self._of(rng, part) for part in parts])

    def _of(self, rng: np.random.Generator, pairs: npt.NDArray[np.int64]) -> Floats:
        """(len(pairs), T) values from these pairs of mean and strength."""
        met, back = np.unique(pairs, return_inverse=True)
        log_density = self._likelihood[None] + self._prior[met][:, None]
        log_density -= log_density.max(axis=-1, keepdims=True)
        heaped = np.cumsum(np.exp(log_density), axis=-1)
        heaped /= heaped[..., -1:]
        below = rng.random((len(pairs), len(self.yes), 1))
        place = (heaped[back] < below).sum(axis=-1)
        within = rng.random(place.shape) - 0.5
        return np.asarray(expit(_LOG_ODDS[place] + _STEP * within))

    @cached_property
    def _likelihood(self) -> Floats:
        """(T, G) logarithm of how well each rate of the grid agrees with a tag's counts."""
        own = self.yes[:, None] * _LOG_P + self.no[:, None] * _LOG_Q
        tagged, rest = self.bound_yes[:, None], (self.bound_n - self.bound_yes)[:, None]
        # The true share may be anything, hence the rate of tags any above this rate.
        room = np.log(np.maximum(betaincc(tagged + 1, rest + 1, _P), 1e-300)) - _LOG_Q
        return np.asarray(own + room)

    @cached_property
    def _prior(self) -> Floats:
        """(H, G) logarithm of the density, in log-odds, that each pair gives each rate."""
        a, b = self.range.pairs()
        at = a[:, None] * _LOG_P + b[:, None] * _LOG_Q
        return np.asarray(at - betaln(a, b)[:, None])

    @cached_property
    def _weights(self) -> Floats:
        """(H) how likely the counts of all tags make each pair."""
        log_weight = np.zeros(len(self._prior))
        for of_tag in self._likelihood:
            log_weight += logsumexp(self._prior + of_tag, axis=1)
        weights = np.exp(log_weight - log_weight.max())
        return np.asarray(weights / weights.sum())
