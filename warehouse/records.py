"""Hold one post and one place as the pipeline sees them, and refuse bad values at the door.

An author's name is in a `Post` only between parsing and the first write: the lake keeps a
keyed hash of it (`warehouse.keys`), and no post's `repr` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

MAX_TEXT = 40_000

Level = Literal["county", "state", "none"]
Basis = Literal["community", "outlet", "mention", "declared", "none"]


class Post(msgspec.Struct, frozen=True):
    """One public post, comment, story or report.

    Source: parsed by `flows.sources`. Shape: one row of the lake's posts.

    post_id    `<source>:<the source's own id>`; loading it twice changes nothing
    source     a source of DESIGN section 4 (`import`, `sample`, …)
    posted_at  UTC, to the second
    text       plain, handles and links masked (`warehouse.redact`), at most 40,000 characters
    author     the source's name for who wrote it, or None when the source does not say;
               hashed before anything is written
    community  the subreddit, instance or feed it appeared in, or None
    platform   where it was first posted (`reddit`, `x`, …) when the source knows, else None
    location   free text of a declared location column, or None
    """

    post_id: str
    source: str
    posted_at: datetime
    text: str
    author: str | None = None
    community: str | None = None
    platform: str | None = None
    location: str | None = None

    def __post_init__(self) -> None:
        """Refuse a time with no zone, an id that does not name its source, and no text.

        Half a pair of surrogates, which JSON can hold, could not be written to any file.
        """
        if self.posted_at.tzinfo is None:
            raise ValueError("the time has no zone")
        if not self.post_id.startswith(f"{self.source}:"):
            raise ValueError(f"the id does not start with '{self.source}:'")
        if not self.text or self.text.isspace():
            raise ValueError("the text is empty")
        if len(self.text) > MAX_TEXT:
            raise ValueError(f"the text is longer than {MAX_TEXT} characters")
        names = f"{self.post_id}{self.author}{self.community}{self.location}"
        if not ((self.text.isascii() and names.isascii()) or _is_unicode(self.text + names)):
            raise ValueError("a text or name in it is not valid Unicode")

    def __repr__(self) -> str:
        """The id alone: a post in an error or a log tells neither its words nor its author."""
        return f"Post({self.post_id!r})"


def _is_unicode(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post belongs, how that is known, and how sure.

    fips     5-character county code, or None above county level
    state    two-letter postal code, or None when not placed in the US
    level    the finest level the placement supports
    basis    how it was placed (DESIGN section 3)
    score    0 to 1, the share of such placements found right
    matched  what in the input named the place (`Casper, WY`), or None
    """

    fips: str | None
    state: str | None
    level: Level
    basis: Basis
    score: float
    matched: str | None

    def __post_init__(self) -> None:
        """Hold level, state and fips to each other."""
        want = "county" if self.fips else "state" if self.state else "none"
        if self.level != want:
            raise ValueError(f"level is '{self.level}' but the codes say '{want}'")


NOWHERE = Place(None, None, "none", "none", 0.0, None)
"""The place of a post that names none, or one outside the US."""
