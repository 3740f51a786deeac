"""Hold how a series compares with its weeks before, and lay that out as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.estimates.counts import Floats, Ints

FEWEST_WEEKS = 4
"""A place is compared with its past when it has published voices in so many of its weeks."""

MANY_FOLD = 3.0
"""So many times the share before makes a rise the rise of something new."""

ALIKE_FOLD = 2.0
"""Less than so many times the other, two shares are about the same."""


@dataclass(frozen=True)
class Change:
    """A series against its past, `(places_n + 1,)` each; NaN where it cannot be compared.

    least, most      posterior mean of the past, hidden counts at their least and their most
    rise, many_fold  probability that the share is above the past, or `MANY_FOLD` times it, at
                     its most: 0 when it is hidden itself
    fall             probability that the share, if hidden at its most, is below the past at
                     its least
    same             probability that it is about the same as the past at its least and its
                     most: 0 when it is hidden itself
    weeks_n          weeks compared with
    """

    least: Floats
    most: Floats
    rise: Floats
    many_fold: Floats
    fall: Floats
    same: Floats
    weeks_n: Ints


def alike(
    share: NDArray[np.float32], least: NDArray[np.float32], most: NDArray[np.float32]
) -> Floats:
    """Probability that shares are neither a half of the past nor twice it; a row of draws each.

    least, most  the past, hidden counts at their least and their most
    """
    is_alike = (share * ALIKE_FOLD > most) & (share < least * ALIKE_FOLD)
    return np.asarray(is_alike.mean(axis=1), float)


def change_columns(change: Change | None, places: Ints) -> dict[str, pa.Array]:
    """The columns of a comparison, NULL where there is none."""
    if change is None:
        none = np.full(len(places), np.nan)
        change = Change(none, none, none, none, none, none, np.zeros(len(places), np.int64))
        places = np.arange(len(places))
    nothing = np.isnan(change.rise[places])
    columns = {
        "past_least_per_1000": per_1000(change.least[places]),
        "past_most_per_1000": per_1000(change.most[places]),
        "rise_probability": np.round(change.rise[places], 3),
        "many_fold_probability": np.round(change.many_fold[places], 3),
        "fall_probability": np.round(change.fall[places], 3),
        "alike_probability": np.round(change.same[places], 3),
        "weeks_n": change.weeks_n[places],
    }
    return {name: pa.array(values, mask=nothing) for name, values in columns.items()}


def per_1000(share: Floats) -> Floats:
    """Shares of 0 to 1 in thousandths, to one decimal."""
    return np.round(1000 * np.asarray(share, float), 1)
