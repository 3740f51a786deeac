"""Visit each community in turn: its new submissions, then its new comments.

One community that is private, banned, missing or does not answer is named in a notice, and the
next one is visited. Only when Reddit refuses us, asks for a longer wait than a round can bear,
or fails `MAX_FAILED` times in a row, is the round given up. A slice that ends within a round is
gone on with where it ended.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime

from flows.sources.collected import JSON, MAX_BATCH, Batch, Deleted, Notice, Stop
from flows.sources.reading import Rejected
from flows.sources.reddit.client import (
    Client,
    RefusedError,
    UnansweredError,
    WaitError,
)
from flows.sources.reddit.gathering import Gathered, Problem, gather
from flows.sources.reddit.item import parse
from flows.sources.reddit.pace import Pace, StoppedError
from flows.sources.reddit.reached import Reached
from flows.sources.reddit.settings import Settings
from warehouse.records import Post

LISTINGS = ("new", "comments")
MAX_FAILED = 5


class Marks:
    """The source's watermark: each community's two listings, and where a round goes on."""

    def __init__(self, mark: dict[str, JSON]) -> None:
        self._next = mark.get("next")
        communities = mark.get("communities")
        self._communities = dict(communities) if isinstance(communities, dict) else {}

    def order(self, communities: tuple[str, ...]) -> tuple[str, ...]:
        """The communities, from the one where the last slice ended."""
        if self._next not in communities:
            return communities
        first = communities.index(str(self._next))
        return communities[first:] + communities[:first]

    def reached(self, community: str, listing: str) -> Reached:
        """How far a listing has been read."""
        kept = self._communities.get(community)
        return Reached.from_json(kept.get(listing) if isinstance(kept, dict) else None)

    def now(self, community: str, listing: str, reached: Reached) -> dict[str, JSON]:
        """The whole mark, with one listing moved on."""
        kept = self._communities.get(community)
        listings = dict(kept) if isinstance(kept, dict) else {}
        self._communities[community] = listings | {listing: reached.as_json()}
        return self.at(community)

    def at(self, community: str) -> dict[str, JSON]:
        """The whole mark, to go on at `community`."""
        return {"next": community, "communities": dict(self._communities)}


def fetch(
    settings: Settings, mark: dict[str, JSON], notice: Notice, stop: Stop
) -> Iterator[Batch]:
    """Yield what is new in each community since `mark`, one round.

    Raises `RefusedError` and `UnansweredError` when Reddit as a whole cannot be read.
    """
    pace = Pace(settings.collect_per_minute, notice, stop)
    notice(
        f"{len(settings.communities)} communities, at most {pace.per_minute} queries a minute"
    )
    with closing(Client(settings, pace)) as client:
        read_n = yield from _round(client, settings, Marks(mark), notice, stop)
    notice(f"{read_n} of {len(settings.communities)} communities read, {pace.told}")


def _round(
    client: Client, settings: Settings, marks: Marks, notice: Notice, stop: Stop
) -> Generator[Batch, None, int]:
    """Visit the communities until all are visited or `stop()`; how many could be read."""
    failed_n = read_n = 0
    order = marks.order(settings.communities)
    for place, name in enumerate(order, start=1):
        problems: list[Problem] = []
        yield from _visit(client, marks, name, notice, problems)
        is_over = any(isinstance(problem, StoppedError) for problem in problems)
        if is_over or (stop() and place < len(order)):
            yield Batch([], [], [], marks.at(name if is_over else order[place]), 0)
            return read_n
        failed_n = _judge(name, problems, failed_n, len(order) - place, notice)
        read_n += not problems
    return read_n


def _visit(
    client: Client,
    marks: Marks,
    name: str,
    notice: Notice,
    problems: list[Problem],
) -> Iterator[Batch]:
    """Yield what is new in both listings of a community; add what went wrong to `problems`."""
    for listing in LISTINGS:
        reached = marks.reached(name, listing)
        gathered = gather(client, f"r/{name}/{listing}", reached)
        yield from _batches(marks, name, listing, reached, gathered)
        if gathered.is_gap:
            notice(f"r/{name}: more than Reddit lists since the last look; some was missed")
        if gathered.problem is not None:
            problems.append(gathered.problem)
            if not isinstance(gathered.problem, UnansweredError):
                return


def _judge(
    name: str, problems: list[Problem], failed_n: int, left_n: int, notice: Notice
) -> int:
    """Tell what went wrong with a community; how often in a row Reddit did not answer.

    Raises what stands for Reddit as a whole.
    """
    for problem in problems:
        if isinstance(problem, RefusedError | WaitError):
            raise problem
        is_open = isinstance(problem, UnansweredError)
        what = "is not read to its end" if is_open else "is left out"
        notice(f"r/{name} {what}: {problem}")
        failed_n = failed_n + 1 if is_open else 0
        if failed_n == MAX_FAILED:
            raise UnansweredError(
                f"{problem} That was {MAX_FAILED} times in a row; {left_n} communities left."
            )
    return failed_n if problems else 0


def _batches(
    marks: Marks, name: str, listing: str, reached: Reached, gathered: Gathered
) -> Iterator[Batch]:
    """What was gathered, oldest first, cut into batches, each with a mark to resume from.

    Only the last batch of a look that was finished moves the watermark on.
    """
    learnt_at = datetime.now(UTC)
    new, rejected = list(reversed(gathered.new.values())), gathered.rejected
    cuts = range(0, len(new), MAX_BATCH) if new else range(bool(rejected))
    for cut in cuts:
        part = new[cut : cut + MAX_BATCH]
        if cut + MAX_BATCH >= len(new) and gathered.problem is None:
            met = list(reversed(gathered.met.values()))
            moved = reached.wholly(met, learnt_at.timestamp())
        else:
            moved = reached.partly(thing for thing, _ in new[: cut + MAX_BATCH])
        parsed = [parse(raw, learnt_at) for _, raw in part]
        yield Batch(
            [one for one in parsed if isinstance(one, Post)],
            [one for one in parsed if isinstance(one, Deleted)],
            [*rejected, *(one for one in parsed if isinstance(one, Rejected))],
            marks.now(name, listing, moved),
            len(part) + len(rejected),
        )
        rejected = []
