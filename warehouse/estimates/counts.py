"""Hold one tag's counts in a tree of places, and what a parent learns from its children.

A reader of the published tables knows a count (`least` = `most`), or only that it is small
(`least` 0, `most` 9), or nothing at all (`health_n` 0). A hidden place with published places
inside it is known by these. What is passed up the tree is weighed down: a thousand voices of
one county tell less of a state than a thousand from all over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HIDDEN_MOST = 9
"""A count that is hidden for its own sake is at most this."""


@dataclass(frozen=True, slots=True)
class Counts:
    """One tag in one week, an entry a place; or sums of several weeks.

    least, most  bounds of the authors seen with the tag; equal when the count is published
    health_n     authors of posts about health; 0 when hidden, and then the bounds are 0
    """

    least: Floats
    most: Floats
    health_n: Floats

    @classmethod
    def seen(
        cls,
        author_n: Floats | Ints,
        health_n: Floats | Ints,
        hidden: NDArray[np.bool_] | None = None,
    ) -> Counts:
        """Counts as published; where `hidden`, `author_n` is not looked at."""
        count, of = np.asarray(author_n, float), np.asarray(health_n, float)
        hide = np.zeros(len(of), bool) if hidden is None else np.asarray(hidden, bool)
        count, hide = np.where(hide | (of <= 0), 0.0, count), hide & (of > 0)
        return cls(count, np.where(hide, np.minimum(HIDDEN_MOST, of), count), of)

    @property
    def is_told(self) -> NDArray[np.bool_]:
        """Where the count itself is known."""
        return np.asarray((self.health_n > 0) & (self.least == self.most))

    @property
    def parts(self) -> tuple[Floats, Floats, Floats]:
        """`least`, `most` and `health_n`."""
        return self.least, self.most, self.health_n

    def at_least(self) -> Counts:
        """Hidden counts taken for the least they can be."""
        return Counts(self.least, self.least, self.health_n)

    def at_most(self) -> Counts:
        """Hidden counts taken for the most they are, when hidden for their own sake."""
        return Counts(self.most, self.most, self.health_n)

    def __getitem__(self, places: Ints) -> Counts:
        """The counts of these places alone."""
        return Counts(self.least[places], self.most[places], self.health_n[places])


def depths(parents: Ints) -> Ints:
    """Steps from each place to the root; `parents` holds places by index, -1 for the root."""
    depth = np.zeros(len(parents), np.int64)
    above = parents.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parents[above], -1)
    return depth


def filled(counts: Counts, parents: Ints) -> Counts:
    """Counts in which a place hidden itself is known by the places inside it."""
    known = Counts(*(part.copy() for part in counts.parts))
    for inside in _upwards(parents):
        sums = _sums(known[inside], parents[inside], len(parents))
        is_hidden = (known.health_n == 0) & (sums.health_n > 0)
        for own, summed in zip(known.parts, sums.parts, strict=True):
            own[is_hidden] = summed[is_hidden]
        # a hidden count is no less than what is published inside it
        is_open = ~is_hidden & (known.least < known.most) & (sums.least > known.least)
        known.least[is_open] = sums.least[is_open]
        np.maximum(known.most, known.least + HIDDEN_MOST, out=known.most, where=is_open)
        np.minimum(known.most, known.health_n, out=known.most)
        np.minimum(known.least, known.most, out=known.least)
    return known


def weighed(counts: Counts, parents: Ints, observed_strengths: Floats) -> tuple[Counts, Floats]:
    """What each place's voices are worth in telling of the places inside it (`filled` counts).

    Return that, and for each place which part of its parent's worth came from it (0 to 1).

    observed_strengths  by depth less one: how alike observed shares are to their parent's. A
                        child of n voices counts for n (k + 1) / (n + k), the beta-binomial's
                        effective sample, whether or not its count is told: those told are the
                        high ones. Voices that no known child holds count in full.
    """
    depth, worth = depths(parents), Counts(*(part.copy() for part in counts.parts))
    came = np.zeros(len(parents))
    for inside in _upwards(parents):
        k, above = observed_strengths[depth[inside] - 1], parents[inside]
        kept = (k + 1) / (k + np.maximum(worth.health_n[inside], 1))
        told = counts.is_told[inside]
        gone = _sums(counts[inside[told]], above[told], len(parents))
        lent = _sums(worth[inside[told]], above[told], len(parents), kept[told])
        lost = np.bincount(
            above,
            np.where(told, 0, (counts.health_n[inside] - worth.health_n[inside] * kept)),
            len(parents),
        )
        is_parent = np.isin(np.arange(len(parents)), above)
        rest_n = np.maximum(counts.health_n - gone.health_n, 0)
        left = np.clip(1 - lost / np.maximum(rest_n, 1e-9), 0, 1)
        for own, whole, out, back in zip(
            worth.parts, counts.parts, gone.parts, lent.parts, strict=True
        ):
            own[is_parent] = (np.maximum(whole - out, 0) * left + back)[is_parent]
        np.minimum(worth.most, worth.health_n, out=worth.most)
        np.minimum(worth.least, worth.most, out=worth.least)
        of = np.maximum(worth.health_n[above], 1e-9)
        came[inside] = np.where(told, worth.health_n[inside] * kept / of, 0)
    return worth, came


def _upwards(parents: Ints) -> Iterator[Ints]:
    """Places by depth, deepest first, the root left out."""
    depth = depths(parents)
    for level in range(depth.max(initial=0), 0, -1):
        yield np.flatnonzero(depth == level)


def _sums(counts: Counts, parents: Ints, places_n: int, kept: Floats | float = 1.0) -> Counts:
    """The counts of children, times `kept`, added up at their parents."""
    least, most, of = (np.bincount(parents, part * kept, places_n) for part in counts.parts)
    return Counts(*(np.asarray(part, float) for part in (least, most, of)))
