"""Page one listing from its newest item to the watermark.

What was gathered before something went wrong is not thrown away: it is handed over, and the
watermark stays back so that the next look finds the rest.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.sources.reading import Rejected
from flows.sources.reddit.client import Client, Page, UnansweredError
from flows.sources.reddit.item import Thing, read
from flows.sources.reddit.pace import StoppedError
from flows.sources.reddit.reached import Frontier, Reached
from warehouse.errors import GrapevineError

PAGE_N = 100
"""Items a page, the most that Reddit gives."""

DEEP_N = 900
"""Items after which a listing that ends before the mark was cut by Reddit, not exhausted."""

MAX_PAGES = 30
"""Reddit's listings end after ten; an answer that never ends is none."""

MAX_ANCHORS = 3


Problem = GrapevineError | StoppedError
"""What can cut a look at a listing short."""


@dataclass(slots=True)
class Gathered:
    """What one look at a listing gave.

    new       fullname to item and its JSON, as met: newest first
    met       every item met, new or not, by fullname
    rejected  items that could not be read
    problem   what cut the look short, or None when it was finished
    is_joined whether an item was met that an earlier look had met, too
    is_gap    Reddit's listing ended before the mark: older items can no longer be had
    """

    new: dict[str, tuple[Thing, object]] = field(default_factory=dict)
    met: dict[str, Thing] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    problem: Problem | None = None
    is_joined: bool = False
    is_gap: bool = False


def gather(client: Client, path: str, reached: Reached) -> Gathered:
    """Everything new in the listing at `path`; never raises for what Reddit does wrong."""
    gathered, frontier = Gathered(), None
    try:
        for page in _pages(client, path):
            things = [(read(raw), raw) for raw in page.items]
            frontier = frontier or _frontier(reached, [thing for thing, _ in things])
            if frontier and _take(gathered, things, frontier, set(reached.seen)):
                return gathered
    except (GrapevineError, StoppedError) as problem:
        gathered.problem = problem
        return gathered
    gathered.is_gap = not reached.is_first and len(gathered.met) >= DEEP_N
    if gathered.met and not (reached.is_first or gathered.is_gap or gathered.is_joined):
        gathered.problem = UnansweredError(
            "Reddit's listing ended before what was read last time. It is read once more."
        )
    return gathered


def _frontier(reached: Reached, things: list[Thing | Rejected]) -> Frontier | None:
    times = [thing.data.created_utc for thing in things if isinstance(thing, Thing)]
    return reached.frontier(min(max(times), time.time())) if times else None


def _take(
    gathered: Gathered,
    things: list[tuple[Thing | Rejected, object]],
    frontier: Frontier,
    seen: set[str],
) -> bool:
    """Sort one page's items into `gathered`; whether the page's end is known territory."""
    is_known = False
    for thing, raw in things:
        if isinstance(thing, Rejected):
            gathered.rejected.append(thing)
            continue
        is_known = frontier.is_old(thing)
        gathered.is_joined |= is_known or thing.fullname in seen
        gathered.met[thing.fullname] = thing
        if not is_known and thing.fullname not in seen:
            gathered.new[thing.fullname] = (thing, raw)
    return is_known


def _pages(client: Client, path: str) -> Iterator[Page]:
    """The pages of a listing, newest first.

    A page is asked for by the item before it. When that item is deleted in between, Reddit may
    answer with an empty page, as if the listing ended: then the items before it are tried,
    and an end that none of them leads past is not believed.
    """
    after: str | None = None
    met: list[str] = []
    anchors: list[str] = []
    for _ in range(MAX_PAGES):
        page = client.page(path, {"limit": PAGE_N} | ({"after": after} if after else {}))
        if page.items:
            yield page
            after = page.after
            met += [
                thing.fullname for thing in map(read, page.items) if isinstance(thing, Thing)
            ]
            anchors = met[-2 : -2 - MAX_ANCHORS : -1]
        elif after is None or anchors:
            after = anchors.pop(0) if anchors else None
        else:
            break
        if after is None:
            return
    raise UnansweredError("Reddit's listing broke off. The rest is read at the next look.")
