"""Name what a live source hands over: a batch of posts, what the source took back, its mark.

Every live source is a module `flows.sources.<source>` with `SOURCE`, `Settings`, `fetch` and
`parse` (and `verify`, where the source can be asked); this is all they share. A batch's mark
replaces the one before it whole, so a source resumes from the last batch that was kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flows.sources.reading import Rejected
from warehouse.clinic import Heard
from warehouse.errors import GrapevineError
from warehouse.records import Post

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]
"""Plain JSON, as a mark is written."""

MAX_BATCH = 1_000
"""Posts in one batch, at most."""

Notice = Callable[[str], None]
"""Takes one plain line for the log; never text, handle, secret or link of a post."""

Stop = Callable[[], bool]
"""Turns true when a slice's time is over: finish the batch and return."""


class SettingsError(GrapevineError):
    """A source's settings are missing or make no sense; one plain line, no secret in it."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a source took back: a post, or all posts of an author.

    post_id  `<source>:<own id>`; None when `author` is given
    author   the source's name for the author; hashed before anything is written
    said_at  UTC, when the source said so, or when we learnt it
    reason   `deleted`, `removed`, `account_deleted`, `account_inactive`, `opted_out`, …
    """

    post_id: str | None
    author: str | None = field(repr=False)
    said_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source handed over at once.

    posts      at most `MAX_BATCH`
    deleted    what the source took back
    rejected   items that could not be used
    mark       the source's watermark after this batch, whole: it replaces the old one
    offered_n  items handed over: posts, kept or not, and events
    heard      rows of a clinic's report, which is no post
    """

    posts: list[Post]
    deleted: list[Deleted]
    rejected: list[Rejected]
    mark: dict[str, JSON]
    offered_n: int
    heard: list[Heard] = field(default_factory=list)
