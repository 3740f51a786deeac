"""Say in plain words that near-copies of posts were put up under many names.

The warehouse says only where that may be told; how many, and who, no page learns. Such copies
count in no figure, so this sentence is all that a reader hears of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, state_of
from dashboards.words import count_of, list_of

MOST_STATES = 5
"""Named on the front page; the others are counted."""


def copies_at(edition: Edition, geo: Geo) -> Geo | None:
    """The finest place of a county or state, up to its state, where copies may be told."""
    near = (one for one in edition.chain(geo) if one == geo or one != NATION)
    return next((one for one in near if edition.numbers.bands_of(one).has_copies), None)


def copies_line(edition: Edition, geo: Geo) -> str:
    """The sentence for the page of a county or state; empty where there is nothing to tell."""
    found = copies_at(edition, geo)
    return _said(edition, edition.within(found)) if found else ""


def copies_anywhere(edition: Edition) -> str:
    """The sentence for the front page: the states by name, or all places together."""
    states = [
        edition.state_name(postal)
        for postal in edition.states
        if edition.numbers.bands_of(state_of(postal)).has_copies
    ]
    if states:
        return _said(edition, f"in {_short(states)}")
    is_seen = edition.numbers.bands_of(NATION).has_copies
    return _said(edition, edition.within(NATION)) if is_seen else ""


def _short(states: Sequence[str]) -> str:
    left = len(states) - MOST_STATES
    more = [count_of(left, "other state")] if left > 0 else []
    return list_of([*states[:MOST_STATES], *more])


def _said(edition: Edition, where: str) -> str:
    return edition.words.head.copies(where, edition.numbers.release.weeks_n)
