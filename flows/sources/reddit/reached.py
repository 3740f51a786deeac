"""Say how far a listing has been read, and which of its items are new.

A listing comes newest first, and `before=` cannot be relied on, so it is paged until items are
older than the mark. Two clues say what is older, time and id, since either can be wrong: an
item counts as old only when both say so. The last hour before the mark is looked at again, for
Reddit lets some items through late; the fullnames met there are remembered, so that nothing is
handed over twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from flows.sources.collected import JSON
from flows.sources.reddit.item import Thing

OVERLAP_S = 3_600
FIRST_BACK_S = 8 * 86_400
"""How far the very first look goes back: a week and a day."""

MAX_SEEN = 3_000
"""Fullnames remembered a listing; a listing has about 1,000 items."""


class Frontier(NamedTuple):
    """Where old items begin: id as a number, None when ids are no clue; seconds since 1970."""

    number: int | None
    created: float

    def is_old(self, thing: Thing) -> bool:
        """Whether both clues say that from here on everything is known."""
        by_id = self.number is None or thing.number <= self.number
        return by_id and thing.data.created_utc < self.created


@dataclass(frozen=True, slots=True)
class Reached:
    """The watermark of one listing.

    until   time of the newest item, seconds since 1970; 0 until a first look was finished
    newest  highest id so far, as a number; 0 until then
    seen    fullnames that were handed over and may come again, oldest first
    """

    until: float = 0.0
    newest: int = 0
    seen: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, mark: JSON) -> Reached:
        """A watermark as it was written; the beginning for anything else."""
        if not isinstance(mark, dict):
            return cls()
        until, newest, seen = mark.get("until"), mark.get("newest"), mark.get("seen")
        if not (isinstance(until, int | float) and isinstance(newest, int)):
            return cls()
        names = seen if isinstance(seen, list) else []
        return cls(float(until), newest, tuple(str(name) for name in names))

    def as_json(self) -> dict[str, JSON]:
        """Plain JSON."""
        return {"until": self.until, "newest": self.newest, "seen": list(self.seen)}

    @property
    def is_first(self) -> bool:
        """Whether no look at the listing was ever finished."""
        return not self.newest

    def frontier(self, newest_at: float) -> Frontier:
        """Where this look ends; a first one counts from the listing's own newest item."""
        if self.is_first:
            return Frontier(None, newest_at - FIRST_BACK_S)
        return Frontier(self.newest, self.until - OVERLAP_S)

    def partly(self, things: Iterable[Thing]) -> Reached:
        """The watermark when only these of the new items were handed over: it stays back."""
        names = (*self.seen, *(thing.fullname for thing in things))
        return Reached(self.until, self.newest, names[-MAX_SEEN:])

    def wholly(self, met: list[Thing], now: float) -> Reached:
        """The watermark after a finished look that met these things, oldest first.

        A time in the future is a clock gone wrong, and would hide what comes after it.
        """
        if not met:
            return self
        newest_at = max(thing.data.created_utc for thing in met)
        until = max(self.until, min(newest_at, now))
        again = [thing for thing in met if thing.data.created_utc >= until - OVERLAP_S]
        return Reached(
            until,
            max(self.newest, *(thing.number for thing in met)),
            tuple(thing.fullname for thing in again)[-MAX_SEEN:],
        )
