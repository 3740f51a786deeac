"""Choose the counts that are told: hide further ones until no hidden one is pinned down.

`tell` works on many series at once, each by itself. Beside the counts it takes what earlier
releases told of the same series, since a reader has those too: see `warehouse.hiding.again`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.hiding.places import Flags, Ints, Places
from warehouse.hiding.spans import NARROWEST, UNBOUNDED, Bounds, spans

FEWEST = 10
"""Fewer than this many authors are never told."""

_NOT = 1 << 40
"""More than any depth or rank."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What may be told, and what a reader may know of the rest; series by place.

    counts  the true numbers
    is_fit  may be told, for all that is known of the count itself: 10 or more, and whatever
            rules of its own the series has
    bounds  of the hidden ones
    """

    counts: Ints
    is_fit: Flags
    bounds: Bounds

    @classmethod
    def of(cls, counts: Ints) -> Counts:
        """Counts of which a reader knows no more than which of them are below 10."""
        most = np.where(counts < FEWEST, FEWEST - 1, UNBOUNDED)
        return cls(counts, counts >= FEWEST, Bounds(most, most))

    def rows(self, rows: Ints) -> Counts:
        """Some of the series."""
        bounds = Bounds(self.bounds.most[rows], self.bounds.reach[rows])
        return Counts(self.counts[rows], self.is_fit[rows], bounds)


def hide(
    places: Places, counts: Counts, is_told: Flags, values: Ints, is_kept: Flags | None = None
) -> tuple[Flags, Flags]:
    """Hide told counts until no hidden one is pinned down.

    values   what would be told
    is_kept  told before: hiding it now would hide nothing

    Return what stays told, and for each series whether that is safe: it always is unless
    something is kept.
    """
    is_told, is_fresh = is_told.copy(), values is counts.counts
    kept = np.zeros_like(is_told) if is_kept is None else is_kept
    is_safe = np.ones(len(is_told), np.bool_)
    rows = np.flatnonzero(is_told.any(axis=1))
    while len(rows):
        told = is_told[rows]
        some = counts.rows(rows)
        numbers = some.counts if is_fresh else values[rows]
        depth = _needy(places, told, numbers, some)
        hidden = _next_hidden(places, told, depth, kept[rows])
        is_told[rows] = told & ~hidden
        is_changed = hidden.any(axis=1)
        is_safe[rows[(depth < _NOT).any(axis=1) & ~is_changed]] = False
        rows = rows[is_changed]
    return is_told, is_safe


def holders(places: Places, is_told: Flags) -> Ints:
    """Of each place, 1 + the column of the nearest told place around it; 0: there is none."""
    holder = np.zeros(is_told.shape, np.int64)
    for level in places.levels:
        outer = places.parent[level.inside]
        holder[:, level.inside] = np.where(is_told[:, outer], outer + 1, holder[:, outer])
    return holder


def _needy(places: Places, is_told: Flags, values: Ints, counts: Counts) -> Ints:
    """Of each told place, how deep the outermost count lies that its rest pins down.

    Columns as in `holders`; `_NOT` where all is well. A place whose posts may all have a county
    is seen with the eyes of one who takes it that they have, and of one who does not.
    """
    is_near = _own_inside(places, is_told, counts.counts) <= NARROWEST // 2
    holder = holders(places, is_told)
    depth = np.full((len(is_told), len(places.names) + 1), _NOT)
    below = np.concatenate([[_NOT], places.depth + 1])
    for own_most in (0, UNBOUNDED):
        known = spans(places, is_told, values, counts.bounds, own_most)
        true = known
        if values is not counts.counts:
            true = spans(places, is_told, counts.counts, counts.bounds, own_most)
        # who takes posts to lie as they do not learns that where they cannot, and is misled by
        # more than he may find where many do not
        trusted = _after_none(true.is_told_true if own_most else true.is_possible, True)
        trusted &= is_near | (own_most > 0)
        is_pinned = ~is_told & (known.high - known.low < NARROWEST)
        rows, columns = np.nonzero(is_pinned & np.take_along_axis(trusted, holder, axis=1))
        np.minimum.at(depth, (rows, holder[rows, columns]), places.depth[columns])
        # numbers of several releases that contradict one another tell that counts moved
        is_odd = ~(known.is_told_true if own_most else known.is_possible)
        is_odd &= is_told & places.holds_any
        depth = np.where(_after_none(is_odd, False) & trusted, np.minimum(depth, below), depth)
    is_rest = _after_none(_pins_rest(places, is_told, values, counts), False)
    return np.where(is_rest, np.minimum(depth, below), depth)


def _own_inside(places: Places, is_told: Flags, counts: Ints) -> Ints:
    """Of each told place, the authors whose posts lie in no innermost place, by its rest."""
    own = np.where(places.has_own & places.holds_any, counts - _sums_inside(places, counts), 0)
    itself = np.where(is_told, 1 + np.arange(len(places.names)), holders(places, is_told))
    total = np.zeros((len(counts), len(places.names) + 1), np.int64)
    np.add.at(total, (np.arange(len(counts))[:, None], itself), np.maximum(own, 0))
    return total


def _after_none(flags: Flags, is_none: bool) -> Flags:
    """The flags of places behind a column for no place."""
    return np.pad(flags, ((0, 0), (1, 0)), constant_values=is_none)


def _pins_rest(places: Places, is_told: Flags, values: Ints, counts: Counts) -> Flags:
    """Shown places with a rest of 1 to 9, or that give away a small count of their own.

    A rest of 9 would leave each hidden count 0 to 9; but then those who know the rules would
    learn, where one more place was hidden, that the small counts add up to 8 or fewer.
    """
    known = spans(places, is_told, values, counts.bounds, UNBOUNDED)
    is_small_rest = (known.own_high > 0) & (known.own_high < FEWEST)
    is_narrow = (known.own_high > 0) & (known.own_high - known.own_low < NARROWEST)
    own = counts.counts - _sums_inside(places, counts.counts)
    return (
        is_told
        & places.holds_any
        & (is_small_rest | (places.has_own & is_narrow & (own < FEWEST)))
    )


def _sums_inside(places: Places, values: Ints) -> Ints:
    total = np.zeros_like(values)
    for level in places.levels:
        inside = values[:, level.inside]
        total[:, level.parents] = np.add.reduceat(inside, level.starts, axis=1)
    return total


def _is_in_sum(places: Places, is_told: Flags) -> Flags:
    """Places directly inside a hidden one in which all the innermost are told."""
    hidden_n = np.where(places.holds_any, 0, ~is_told).astype(np.int64)
    is_in_sum = np.zeros_like(is_told)
    for level in reversed(places.levels):
        sums = np.add.reduceat(hidden_n[:, level.inside], level.starts, axis=1)
        hidden_n[:, level.parents] = sums
        outer = places.parent[level.inside]
        is_in_sum[:, level.inside] = ~is_told[:, outer] & (hidden_n[:, outer] == 0)
    return is_in_sum


def _next_hidden(places: Places, is_told: Flags, depth: Ints, is_kept: Flags) -> Flags:
    """One more place to hide in each of a series' deepest needy ones, or else the needy one.

    The deepest first, since hiding there may help those around. Inside a needy place, first
    come those in a hidden place that is the sum of shown ones, which no hiding elsewhere would
    help; then those beside the pinned count; then those of least rank.
    """
    own_depth = np.concatenate([[-1], places.depth])
    needy_depth = np.where(depth < _NOT, own_depth, -2)
    is_turn = (depth < _NOT) & (needy_depth == needy_depth.max(axis=1, keepdims=True))
    holder = holders(places, is_told)
    rows, columns = np.nonzero(is_told & ~is_kept & np.take_along_axis(is_turn, holder, axis=1))
    group = rows * own_depth.size + holder[rows, columns]
    steps = np.abs(places.depth[columns] - depth.flat[group])
    is_elsewhere = ~_is_in_sum(places, is_told)[rows, columns]
    order = np.lexsort((places.rank[columns], steps, is_elsewhere, group))
    found, first, number = np.unique(group[order], return_index=True, return_counts=True)
    is_lone = np.zeros_like(is_turn)
    is_lone.flat[found[number == 1]] = True
    is_lone &= np.concatenate([[False], places.yields])
    is_lone[:, 1:] &= ~is_kept
    hidden = np.zeros_like(is_turn)
    is_chosen = ~is_lone.flat[group[order][first]]
    hidden[rows[order][first][is_chosen], 1 + columns[order][first][is_chosen]] = True
    is_turn.flat[found] = False  # what is left has nothing inside that could be hidden
    hidden |= is_lone | (is_turn & _after_none(is_told & ~is_kept, False))
    chosen: Flags = hidden[:, 1:]
    return chosen
