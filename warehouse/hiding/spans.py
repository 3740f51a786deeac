"""Find how far each hidden count can be pinned down by who knows the published ones.

What a linear program over one tree of sums would find, for all series at once: where counts
add up along a tree and each hidden one lies between two bounds, the least and the greatest
value follow from one pass up and one pass down (bounds of sums, then what the others leave).
`tests/linear.py` solves the same problems by `scipy.optimize.linprog` and compares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.hiding.places import Flags, Ints, Places

NARROWEST = 9
"""A hidden count must be able to take values this far apart: known to within 4 is 8 apart."""
UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Spans:
    """Of each series and place.

    low, high     the least and greatest value that the published counts leave it; of a shown
                  place its count
    is_told_true  the shown counts inside are no more than the shown count around: where
                  authors post in several places they may be, and a rest then tells nothing
    is_possible   the place is hidden, or counts within the bounds add up to it
    own_low, own_high  of what lies in the place and in no place inside it; in a shown place
                       `own_high` is its rest, what the shown places inside leave of it
    """

    low: Ints
    high: Ints
    is_told_true: Flags
    is_possible: Flags
    own_low: Ints
    own_high: Ints


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a count without any published one beside it; arrays as in `Spans`.

    most   the greatest value it can have when the others take what they can
    reach  the greatest value it can have itself; more than `most` where a few hidden counts
           share an upper bound, of which each may take the whole
    """

    most: Ints
    reach: Ints


def spans(places: Places, is_told: Flags, counts: Ints, bounds: Bounds, own_most: int) -> Spans:
    """The spans of all counts, given those that are told.

    is_told, counts  series by place; counts matter where told
    own_most         upper bound of what lies in a place (`places.has_own`) but in none inside
    """
    least = np.where(is_told, counts, 0)
    most = np.where(is_told, counts, bounds.most)
    reach = np.where(is_told, counts, bounds.reach)
    own = np.where(places.has_own, own_most, 0)
    inside_least, inside_most = _add_up(places, is_told, least, most, reach, own)
    low, high = least.copy(), reach.copy()
    for level in places.levels:
        here, outer = level.inside, places.parent[level.inside]
        others_least = inside_least[:, outer] - least[:, here]
        others_most = inside_most[:, outer] - most[:, here]
        hidden = ~is_told[:, here]
        np.maximum(low[:, here], low[:, outer] - others_most, out=low[:, here], where=hidden)
        np.minimum(
            high[:, here], high[:, outer] - others_least, out=high[:, here], where=hidden
        )
    is_told_true = ~is_told | (inside_least <= counts)
    return Spans(
        low,
        high,
        is_told_true,
        is_told_true & (~is_told | (counts <= inside_most) | ~places.holds_any),
        np.maximum(0, low - (inside_most - own)),
        high - inside_least,
    )


def _add_up(
    places: Places, is_told: Flags, least: Ints, most: Ints, reach: Ints, own: Ints
) -> tuple[Ints, Ints]:
    """Narrow the bounds of hidden places by those inside, in place; return the sums inside."""
    inside_least, inside_most = np.zeros_like(least), np.zeros_like(most)
    for level in reversed(places.levels):
        outer, inside = level.parents, (slice(None), level.inside)
        hidden = ~is_told[:, outer]
        sums = [
            np.add.reduceat(bound[inside], level.starts, axis=1)
            for bound in (least, most, reach)
        ]
        inside_least[:, outer] = sums[0]
        inside_most[:, outer] = sums[1] + own[outer]
        least[:, outer] = np.where(hidden, sums[0], least[:, outer])
        most[:, outer] = np.where(
            hidden, np.minimum(most[:, outer], sums[1] + own[outer]), most[:, outer]
        )
        reach[:, outer] = np.where(
            hidden, np.minimum(reach[:, outer], sums[2] + own[outer]), reach[:, outer]
        )
    return inside_least, inside_most
