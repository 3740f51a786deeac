"""Visit every feed once a run, those first that have waited longest.

Of each feed the mark holds the outlet's validators, the ids handed over, and when it was
visited. An entry is handed over once, so a date that an outlet changes later moves no post to
another day. A feed that cannot be read is set aside whole, with the line at fault; its
validators are not kept, so a mended one is read again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows.sources.collected import JSON, MAX_BATCH, Batch, Notice, Stop
from flows.sources.news.entries import TOO_EARLY, entry_id, parse, read_entries
from flows.sources.news.settings import Feed, Settings
from flows.sources.news.slim import MalformedError
from flows.sources.news.visit import FeedError, Served, Validators, Visitor
from flows.sources.reading import Rejected
from warehouse.records import Post

MAX_SEEN = 300
"""Ids remembered of a feed beyond those it holds now."""

MAX_AWAY_S = 24 * 3600
"""The longest an outlet may keep us away by asking."""

BATCH_N = 400
BATCH_FEEDS_N = 50
TRIES_N = 3
MAX_PATIENCE_S = 10.0
"""An outlet that asks for a longer wait is left alone for that long, over runs."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the mark holds of a feed.

    validators   of the version we have
    seen         ids handed over, oldest first
    visited_at   Unix seconds of the last visit; 0 for none
    wait_until   Unix seconds before which the outlet does not want us
    failed_n     runs on end in which it failed
    set_aside    hash of the last body that could not be read, to report it once
    """

    validators: Validators = field(default_factory=Validators)
    seen: list[str] = field(default_factory=list)
    visited_at: int = 0
    wait_until: int = 0
    failed_n: int = 0
    set_aside: str | None = None

    def written(self) -> dict[str, JSON]:
        """As the mark holds it."""
        return {
            "etag": self.validators.etag,
            "modified": self.validators.modified,
            "seen": list(self.seen),
            "visited_at": self.visited_at,
            "wait_until": self.wait_until,
            "failed_n": self.failed_n,
            "set_aside": self.set_aside,
        }

    @classmethod
    def read(cls, mark: JSON) -> Known:
        """What a mark says; a part that makes no sense counts as not known."""
        if not isinstance(mark, dict):
            return cls()
        seen = mark.get("seen")
        return cls(
            Validators(_text(mark.get("etag")), _text(mark.get("modified"))),
            [own for own in seen if isinstance(own, str)] if isinstance(seen, list) else [],
            _number(mark.get("visited_at")),
            _number(mark.get("wait_until")),
            _number(mark.get("failed_n")),
            _text(mark.get("set_aside")),
        )


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: JSON) -> int:
    return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Found:
    """What one visit gave, and what is known of the feed after it."""

    known: Known
    posts: list[Post] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    offered_n: int = 0


@dataclass(slots=True)
class Pile:
    """What is read and not handed over yet."""

    posts: list[Post] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    offered_n: int = 0
    feeds_n: int = 0

    def add(self, found: Found) -> None:
        """Put one feed's share on it."""
        self.posts += found.posts
        self.rejected += found.rejected
        self.offered_n += found.offered_n
        self.feeds_n += 1

    @property
    def is_full(self) -> bool:
        """Whether it is worth handing over."""
        return len(self.posts) >= BATCH_N or self.feeds_n >= BATCH_FEEDS_N

    def batch(self, mark: dict[str, JSON]) -> Batch:
        """Hand it over with the mark after it."""
        return Batch(self.posts, [], self.rejected, mark, self.offered_n)


@dataclass(slots=True)
class Turn:
    """A feed that waits for its visit, not before `ready_at` (monotonic)."""

    feed: Feed
    known: Known
    ready_at: float = 0.0
    tries_n: int = 0

    def may_try_again(self, error: FeedError) -> bool:
        """Whether to visit it once more in this run, and when."""
        self.tries_n += 1
        wait_s = 0.25 * 2**self.tries_n if error.wait_s is None else error.wait_s
        self.ready_at = time.monotonic() + wait_s
        most_n = 1 if self.known.failed_n else TRIES_N
        return error.is_passing and self.tries_n < most_n and wait_s <= MAX_PATIENCE_S


def fetch(
    settings: Settings, mark: dict[str, JSON], notice: Notice, stop: Stop
) -> Iterator[Batch]:
    """Yield what is new in every feed since `mark`, until all are visited or `stop()`."""
    turns, visitor, pile = _turns(settings, mark), Visitor(settings), Pile()
    while turns and not stop():
        turn = min(turns, key=lambda turn: turn.ready_at)
        if turn.ready_at > time.monotonic():
            time.sleep(min(turn.ready_at - time.monotonic(), 0.25))
            continue
        try:
            found = _visit(visitor, turn, notice)
        except FeedError as error:
            if turn.may_try_again(error):
                continue
            found = _failed(turn, error, notice)
        turns.remove(turn)
        if len(pile.posts) + len(found.posts) > MAX_BATCH:
            yield pile.batch(mark)
            pile = Pile()
        mark = mark | {turn.feed.outlet_id: found.known.written()}
        pile.add(found)
        if pile.is_full:
            yield pile.batch(mark)
            pile = Pile()
    if pile.feeds_n:
        yield pile.batch(mark)


def _turns(settings: Settings, mark: dict[str, JSON]) -> list[Turn]:
    """Who is to be visited, longest waiting first; not those that asked us to wait."""
    turns = [Turn(feed, Known.read(mark.get(feed.outlet_id))) for feed in settings.feeds]
    now = time.time()
    # A moment ahead of what we ever write was written while this machine's clock was wrong.
    turns.sort(key=lambda turn: turn.known.visited_at if turn.known.visited_at <= now else 0)
    return [turn for turn in turns if not 0 < turn.known.wait_until - now <= MAX_AWAY_S]


def _visit(visitor: Visitor, turn: Turn, notice: Notice) -> Found:
    """What is new in one feed. Raises `FeedError`."""
    feed, known = turn.feed, turn.known
    served = visitor.visit(feed, known.validators)
    visited = replace(known, visited_at=int(time.time()), wait_until=0, failed_n=0)
    if served is None:
        return Found(visited)
    if served.has_moved:
        notice(f"{feed.outlet_id} says that its feed has moved for good. Correct its url.")
    try:
        entries = read_entries(served.body, served.charset)
    except MalformedError as error:
        return _set_aside(feed, visited, served, str(error))
    return _new(feed, visited, served, entries)


def _set_aside(feed: Feed, known: Known, served: Served, why: str) -> Found:
    """Report a body that cannot be read, once; the version we have stays the one before."""
    content = hashlib.sha256(served.body).hexdigest()[:16]
    told = Rejected(0, f"{feed.outlet_id}: the feed cannot be read, {why}")
    is_told = known.set_aside == content
    return Found(replace(known, set_aside=content), rejected=[] if is_told else [told])


def _new(
    feed: Feed, known: Known, served: Served, entries: list[Mapping[str, object]]
) -> Found:
    read_at, met = datetime.now(UTC), dict.fromkeys(known.seen)
    posts, rejected, here = list[Post](), list[Rejected](), dict[str, None]()
    for entry in entries:
        own = entry_id(entry, feed)
        if own is not None and (own in met or own in here):
            here[own] = None
            continue
        post = parse(entry, feed, read_at)
        if isinstance(post, Rejected):
            rejected.append(post)
        elif own is not None:
            here[own] = None
            posts.append(post)
    before = [own for own in known.seen if own not in here][-MAX_SEEN:]
    seen = [*before, *reversed(here)]  # feeds begin with the newest
    # One that came too early is read again on its day, even when nothing else has changed.
    is_early = any(row.reason.endswith(TOO_EARLY) for row in rejected)
    validators = Validators() if is_early else served.validators
    known = replace(known, validators=validators, seen=seen, set_aside=None)
    return Found(known, posts, rejected, len(entries))


def _failed(turn: Turn, error: FeedError, notice: Notice) -> Found:
    """Remember a visit that gave nothing, and tell it."""
    now = int(time.time())
    wait_until = now + int(min(error.wait_s or 0, MAX_AWAY_S))
    notice(f"{turn.feed.outlet_id} {error}. The other feeds go on.")
    known = replace(
        turn.known, visited_at=now, wait_until=wait_until, failed_n=turn.known.failed_n + 1
    )
    return Found(known)
