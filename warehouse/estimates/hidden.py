"""Draw a hidden count from what a reader knows: that it is small, or hidden for others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import betaln, gammaln

from warehouse.estimates.counts import Floats, Ints

TRIES_N = 50


def hidden_counts(
    least: Ints,
    most: Ints,
    n: Ints,
    a: Floats,
    b: Floats,
    large_hidden: float,
    rng: np.random.Generator,
) -> Ints:
    """One draw of each hidden count; all arrays `(cells_n,)`.

    least, most   a count from one to the other is hidden for its own sake
    n             health authors
    a, b          the observed share is beta distributed, hence the count beta-binomial
    large_hidden  chance that a higher count is hidden too
    """
    chances = list(_chances(least, most, n, a, b))
    below = np.zeros(n.shape)
    for cells, chance in chances:
        below[cells] += chance
    above = np.where(least == 0, np.clip(1 - below, 0, 1), 0.0)  # else the rest may lie below
    left = rng.random(n.shape) * (below + large_hidden * above)
    found = least.copy()
    for cells, chance in chances:
        left[cells] -= chance
        found[cells] += left[cells] > 0
    is_large = found > most
    over = (most[is_large], n[is_large], a[is_large], b[is_large])
    found[is_large] = _above(*over, rng)
    return np.minimum(found, n)


def _above(most: Ints, n: Ints, a: Floats, b: Floats, rng: np.random.Generator) -> Ints:
    """Counts above `most`, by trying; the next one where `TRIES_N` did not find any."""
    found = np.minimum(most + 1, n)
    left = np.arange(len(n))
    for _ in range(TRIES_N):
        if not len(left):
            break
        guess = rng.binomial(n[left], rng.beta(a[left], b[left]))
        is_found = guess > most[left]
        found[left[is_found]] = guess[is_found]
        left = left[~is_found]
    return found


def _chance(y: Ints, n: Ints, a: Floats, b: Floats) -> Floats:
    """The beta-binomial probability of each count `y`."""
    none = gammaln(n + b) - gammaln(n + a + b) + gammaln(a + b) - gammaln(b)  # seen in none
    some = y > 0
    y, n, a, b = y[some], n[some], a[some], b[some]
    ways = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    none[some] = ways + betaln(y + a, n - y + b) - betaln(a, b)
    return np.asarray(np.exp(none))


def _chances(
    least: Ints, most: Ints, n: Ints, a: Floats, b: Floats
) -> Iterator[tuple[Ints, Floats]]:
    """The probability of `least`, and of each count up to `most`.

    Yields the cells whose span reaches so far, and theirs: few spans are long.
    """
    y, chance, cells = least.astype(float), _chance(least, n, a, b), np.arange(len(n))
    span = most - least
    for step in range(int(span.max(initial=0)) + 1):
        going = span[cells] >= step
        if not going.all():
            cells, y, chance = cells[going], y[going], chance[going]
            most, n, a, b = most[going], n[going], a[going], b[going]
        yield cells, np.where(y <= most, chance, 0.0)
        rest = np.maximum(n - y, 0)
        chance = chance * rest / (y + 1) * (y + a) / np.maximum(rest - 1 + b, 1e-12)
        y = y + 1
