"""Tell a week again, of which earlier releases have told: readers keep those and compare.

A week is told by every release whose window holds it, and by revisions. Late posts and
deletions change its counts a little each time. So the first release that covers a week
settles which of its counts are told: what was hidden stays hidden, as who sees it appear would
know about what it was. A number told stays as it was unless it changed much; and where new
numbers beside kept ones would pin a hidden count down, the series stays wholly as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.hiding.places import Flags, Ints, Places
from warehouse.hiding.telling import FEWEST, Counts, hide

FAR = 10
"""A number told once is told anew when it differs by this much."""


@dataclass(frozen=True, slots=True)
class Told:
    """Which counts are told, and the numbers told (0 where hidden); series by place."""

    is_told: Flags
    values: Ints

    def where(self, is_this: Flags, other: Told) -> Told:
        """These rows where `is_this` (one flag a series), the other's elsewhere."""
        flags = is_this[:, None]
        return Told(
            np.where(flags, self.is_told, other.is_told),
            np.where(flags, self.values, other.values),
        )


def tell(places: Places, counts: Counts) -> Told:
    """What to tell of series of which nothing was told before."""
    is_told, _ = hide(places, counts, counts.is_fit, counts.counts)
    return Told(is_told, np.where(is_told, counts.counts, 0))


def tell_again(places: Places, counts: Counts, before: Told, is_open: Flags) -> Told:
    """What to tell of series of which earlier releases told `before`, be it nothing at all.

    is_open  series (one flag each) in which a count may be told that was not told before
    """
    is_far = np.abs(counts.counts - before.values) >= FAR
    values = np.where(before.is_told & ~(is_far & counts.is_fit), before.values, counts.counts)
    # what was hidden was 9 at most, or any number: it is not to flip for a late post or two
    is_new = counts.is_fit & ~before.is_told & (counts.counts >= FEWEST + FAR - 1)
    is_new &= is_open[:, None] & ~before.is_told.any(axis=1, keepdims=True)
    is_told, is_safe = hide(places, counts, before.is_told | is_new, values, before.is_told)
    told = Told(is_told, np.where(is_told, values, 0))
    return told.where(is_safe, before)
