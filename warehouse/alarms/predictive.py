"""Say how likely a count is, given a baseline of few weeks: beta-binomial, exactly summed.

A place's count of a tag in a week is `count ~ Binomial(total, p)`, where `p` swings from week
to week about the share `q` of the place: `p ~ Beta(a, a (1 - q) / q)`, whose coefficient of
variation is about `swing = a ** -0.5` whatever the tag's frequency. `q` itself is unknown: the
baseline speaks for it, and so does the place around it, as `Beta(1 / spread ** 2, ...)` about
that place's share. The posterior of `q` is taken on a grid that closes in on where it lies.

A hidden count enters as what a reader knows of it: it is nine or fewer, or hidden for the
sake of another, which most cells see seldom and a few nearly always (`_HABITS`). Its factor
is P(count <= 9) + habit * P(count > 9). Taking its midpoint would be wrong twice over. A cell
that stands at 8 would be given a baseline of 4.5 and alarm for nothing on the day it is
published; one that stands at 0.2 would be given the same 4.5, and its rise to 12 be found
ordinary. And to take every hidden count for a small one would alarm on the day on which a
large neighbour no longer needs its cover.

Errors of the tagger are in both the baseline and the present count, so they do not enter.

Arrays are (cells, weeks) or (cells,); a cell is a tag in a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

HIDDEN_MOST = 9
"""A count that is hidden for its own sake is at most this."""

_HABITS = ((0.9, 0.05), (0.1, 0.95))
"""(part of the cells, how often they hide a larger count for the sake of another)."""

_NODES = 28
_LOWEST, _HIGHEST = -16.0, 4.0  # of the logit of a share: 1e-7 to 0.98
_ZOOMS = 3
_WORTH = 22.0  # nodes this far below the highest, in log, are as good as nothing
_ROWS = 1024
_AT_ONCE = 1_000_000  # numbers in an array


@dataclass(frozen=True, slots=True)
class Shares:
    """What is known of the shares `q`, on a grid of its own for each cell.

    node, weight  (cells, nodes): shares, and their posterior probabilities, of sum 1
    evidence      (cells,) log of the baseline's probability, for the tuning of the model
    swing         (cells,) coefficients of variation from week to week
    """

    node: Floats
    weight: Floats
    evidence: Floats
    swing: Floats

    @property
    def mean(self) -> Floats:
        """(cells,) expected share."""
        return np.asarray((self.node * self.weight).sum(axis=1))

    def rows(self, chosen: NDArray[np.intp]) -> Shares:
        """The same of some cells."""
        return Shares(
            self.node[chosen], self.weight[chosen], self.evidence[chosen], self.swing[chosen]
        )

    @classmethod
    def joined(cls, parts: Sequence[Shares]) -> Shares:
        """The cells of all parts, one part after the other."""
        return cls(*(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("node", "weight", "evidence", "swing")
        ))  # fmt: skip

    def tail(self, counts: Floats, totals: Floats) -> Floats:
        """(cells,) P(count or more of `totals`), a new week's, by the posterior."""
        by_node = tail(counts[:, None], totals[:, None], self.node, self.swing[:, None])
        return np.asarray(np.minimum((by_node * self.weight).sum(axis=1), 1.0))

    def publication(self, totals: Floats) -> Floats:
        """(cells,) P(a new week's count is too large to be hidden)."""
        small = np.exp(_log_small(totals[:, None], self.node, self.swing[:, None]))
        return np.asarray(np.clip(1 - (small * self.weight).sum(axis=1), 0.0, 1.0))


def learn(
    counts: Floats, totals: Floats, centre: Floats, spread: float, swing: float
) -> Shares:
    """The posterior of each cell's share, from a baseline and the share of the place around.

    `counts` is nan where hidden, `totals` where nothing is known of the week; `centre`
    (cells,) is the share of the place around, and `spread` how far places lie from it, as a
    coefficient of variation.
    """
    parts = [
        _learn(counts[at : at + _ROWS], totals[at : at + _ROWS], centre[at : at + _ROWS],
               spread, swing)
        for at in range(0, max(len(counts), 1), _ROWS)
    ]  # fmt: skip
    node, weight, evidence = (
        np.concatenate([part[number] for part in parts]) for number in range(3)
    )
    return Shares(node, weight, evidence, np.full(len(node), swing))


def tail(counts: Floats, totals: Floats, share: Floats, swing: Floats) -> Floats:
    """P(Y >= count), Y beta-binomial of this share, summed term by term.

    Above the mean from the count upwards, since one less the sum below would lose the digits
    of a small probability; below it one less the terms downwards, which is as exact there.
    """
    shape = np.broadcast_shapes(counts.shape, totals.shape, share.shape, swing.shape)
    y, n, q, sway = (
        np.broadcast_to(given, shape).ravel() for given in (counts, totals, share, swing)
    )
    found = np.where(y <= 0, 1.0, 0.0)
    upper = np.flatnonzero((y > n * q) & (y > 0) & (y <= n))
    lower = np.flatnonzero((y <= n * q) & (y > 0))
    found[upper] = _sum_away(y[upper], n[upper], q[upper], sway[upper], 1)
    found[lower] = 1 - _sum_away(y[lower] - 1, n[lower], q[lower], sway[lower], -1)
    return np.asarray(np.clip(found, 0.0, 1.0).reshape(shape))


def _sum_away(first: Floats, total: Floats, share: Floats, swing: Floats, way: int) -> Floats:
    """Sum of P(Y = k) from `first` on, away from the mean: up (way 1) or down (-1)."""
    a, b = _shapes(share, swing)
    k, n, term = first, total, np.exp(_log_chance(first, total, share, swing))
    found = term.copy()
    rows = np.arange(len(found))
    while len(rows):
        width = int(np.clip(_AT_ONCE // len(rows), 1, 1024))
        ratio = _ratios(
            k[:, None] + way * np.arange(width), n[:, None], a[:, None], b[:, None], way
        )
        terms = term[:, None] * np.cumprod(ratio, axis=1)
        found[rows] += terms.sum(axis=1)
        k, term, last = k + way * width, terms[:, -1], ratio[:, -1]
        # away from the mean ratios fall, so the rest is at most a geometric series
        stays = ~((last < 1) & (term <= (1 - last) * 1e-16 * found[rows]))
        rows, k, n, term, a, b = (
            rows[stays], k[stays], n[stays], term[stays], a[stays], b[stays]
        )  # fmt: skip
    return found


def _ratios(k: Floats, n: Floats, a: Floats, b: Floats, way: int) -> Floats:
    """P(Y = k + way) / P(Y = k); 0 where there is no such count."""
    if way > 0:
        left = np.maximum(n - k, 0.0)
        return np.asarray(left * (k + a) / ((k + 1) * (np.maximum(left - 1, 0.0) + b)))
    above = np.maximum(k - 1, 0.0)
    return np.asarray(np.where(k > 0, k * (n - k + b) / ((n - k + 1) * (above + a)), 0.0))


def _learn(
    counts: Floats, totals: Floats, centre: Floats, spread: float, swing: float
) -> tuple[Floats, Floats, Floats]:
    """Nodes, weights and evidence, by closing in on the posterior from a wide grid."""
    low, high = np.full(len(counts), _LOWEST), np.full(len(counts), _HIGHEST)
    at = np.linspace(0.0, 1.0, _NODES)
    for zoom in range(_ZOOMS):
        logit = low[:, None] + (high - low)[:, None] * at
        node = 1 / (1 + np.exp(-logit))
        log_weight = _log_posterior(counts, totals, centre, spread, swing, node)
        if zoom < _ZOOMS - 1:
            low, high = _bounds(logit, log_weight)
    peak = log_weight.max(axis=1)
    weight = np.exp(log_weight - peak[:, None])
    total = weight.sum(axis=1)
    evidence = peak + np.log(total * (high - low) / (_NODES - 1))
    return node, weight / total[:, None], evidence


def _bounds(logit: Floats, log_weight: Floats) -> tuple[Floats, Floats]:
    """The nodes on either side of all that carry weight."""
    rows = np.arange(len(logit))
    carries = log_weight > log_weight.max(axis=1)[:, None] - _WORTH
    first = np.maximum(carries.argmax(axis=1) - 1, 0)
    last = np.minimum(_NODES - carries[:, ::-1].argmax(axis=1), _NODES - 1)
    return logit[rows, first], logit[rows, last]


def _log_posterior(
    counts: Floats, totals: Floats, centre: Floats, spread: float, swing: float, node: Floats
) -> Floats:
    """(cells, nodes) log density of the share's logit, times the baseline's probability."""
    shape = 1 / spread**2
    rest = shape * (1 - centre) / centre
    log = (
        shape * np.log(node) + rest[:, None] * np.log1p(-node)
        - (gammaln(shape) + gammaln(rest) - gammaln(shape + rest))[:, None]
    )  # fmt: skip
    return np.asarray(log + _log_baseline(counts, totals, swing, node))


def _log_baseline(counts: Floats, totals: Floats, swing: float, node: Floats) -> Floats:
    """(cells, nodes) log of the baseline's probability."""
    is_known = ~np.isnan(totals)
    own = _log_own(*_shapes(node, swing))
    shown, week = np.nonzero(is_known & ~np.isnan(counts))
    y, n = counts[shown, week, None], totals[shown, week, None]
    log = _by_cell(_log_chance(y, n, node[shown], swing, own[shown]), shown, len(node))
    hidden, week = np.nonzero(is_known & np.isnan(counts))
    n = totals[hidden, week, None]
    small = np.exp(_log_small(n, node[hidden], swing, own[hidden]))
    shown_n = np.bincount(shown, minlength=len(node))[:, None]
    habits = [
        np.log(part)
        + shown_n * np.log(1 - habit)
        + _by_cell(np.log(small + habit * (1 - small)), hidden, len(node))
        for part, habit in _HABITS
    ]
    return np.asarray(log + np.logaddexp(*habits))


def _by_cell(values: Floats, cell: NDArray[np.intp], cells_n: int) -> Floats:
    """Rows of `values` summed by cell; `cell` is in order."""
    found = np.zeros((cells_n, values.shape[1]))
    if len(cell):
        present, first = np.unique(cell, return_index=True)
        found[present] = np.add.reduceat(values, first, axis=0)
    return found


def _shapes(share: Floats, swing: Floats | float) -> tuple[Floats, Floats]:
    """The two shapes of the beta distribution of a week's share."""
    a = np.asarray(swing, float) ** -2
    return a, a * (1 - share) / share


def _log_chance(
    count: Floats,
    total: Floats,
    share: Floats,
    swing: Floats | float,
    own: Floats | None = None,
) -> Floats:
    """The log of P(Y = count), Y beta-binomial; `own` is `_log_own` where it is at hand."""
    a, b = _shapes(share, swing)
    ways = gammaln(total + 1) - gammaln(count + 1) - gammaln(total - count + 1)
    rising = gammaln(count + a) - gammaln(a)
    rest = gammaln(total - count + b) - gammaln(total + a + b)
    return np.asarray(ways + rising + rest + (_log_own(a, b) if own is None else own))


def _log_small(
    total: Floats, share: Floats, swing: Floats | float, own: Floats | None = None
) -> Floats:
    """The log of P(Y <= 9), Y beta-binomial: each term from the one before."""
    a, b = _shapes(share, swing)
    log_none = gammaln(total + b) - gammaln(total + a + b)
    log_none += _log_own(a, b) if own is None else own
    term = np.ones_like(log_none)
    whole = term.copy()
    for k in range(HIDDEN_MOST):
        term *= np.maximum(total - k, 0.0) * (k + a) / ((k + 1) * (total - k - 1 + b))
        whole += term
    return np.asarray(np.minimum(log_none + np.log(whole), 0.0))


def _log_own(a: Floats, b: Floats) -> Floats:
    """What the probability of any count takes from the shapes alone."""
    return np.asarray(gammaln(a + b) - gammaln(b))
