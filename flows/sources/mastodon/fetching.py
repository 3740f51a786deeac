"""Read the timelines of every allowed instance from its watermark on, a page at a time.

`min_id` gives the oldest posts first, so a page's highest number is a watermark from which
nothing is lost. The last minute before it is read again, since a server may write two posts
in another order than it numbered them. Instances take turns; one that fails is asked again a
few times, then left until the next run, and the others go on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flows.sources.collected import JSON, Batch, Notice, Stop
from flows.sources.mastodon.client import Client, InstanceError
from flows.sources.mastodon.settings import Settings
from flows.sources.mastodon.statuses import parse, status_id
from flows.sources.reading import Rejected
from warehouse.records import Post

OVERLAP = 60_000 << 16
"""The numbers of one minute."""

BATCH_N = 400
OFFERED_N = 2_000
"""Posts, kept or met, after which a batch is handed over."""

TRIES_N = 4
MAX_PATIENCE_S = 330.0
"""A full limit lasts five minutes; an instance that asks for more is left for the next run."""


@dataclass(slots=True)
class Timeline:
    """One timeline of one instance while it is read.

    hashtag  None for the whole local timeline
    last     the highest number met so far
    recent   numbers of the minute before `last`, already handed over
    cursor   what is asked for next: all that follows it
    failed_n failures one after the other
    """

    client: Client
    hashtag: str | None
    last: int
    recent: set[int]
    cursor: int
    failed_n: int = 0

    @property
    def key(self) -> str:
        """Its name within the instance's part of the mark."""
        return f"#{self.hashtag}" if self.hashtag else "local"

    def mark(self) -> dict[str, JSON]:
        """Where to go on from."""
        return {
            "last": str(self.last),
            "recent": [str(number) for number in sorted(self.recent)],
        }

    def read(self, pile: Pile) -> bool:
        """Put the next page on the pile; False at the end. Raises `InstanceError`."""
        page = self.client.page(self.hashtag, self.cursor)
        latest = snowflake(datetime.now(UTC) + timedelta(days=1))
        numbered, ahead_n = dict[int, object](), 0
        for status in page:
            number = status_id(status) if isinstance(status, Mapping) else None
            if number is not None and number > latest:
                ahead_n += 1
            elif number is not None:
                numbered[number] = status
        before, is_end = self.recent, ahead_n == len(page)
        self._move_on(set(numbered), is_end)
        for number, status in numbered.items():
            if number not in before:
                pile.add(parse(status, self.client.instance))
        pile.offered_n += len(page) - len(numbered)
        return not is_end

    def _move_on(self, numbers: set[int], is_end: bool) -> None:
        cursor = max(numbers, default=0)
        if not is_end and cursor <= self.cursor:
            raise InstanceError("hands out posts that we did not ask for", is_passing=True)
        self.cursor = max(cursor, self.cursor)
        self.last = max(cursor, self.last)
        self.recent = {n for n in self.recent | numbers if n >= self.last - OVERLAP}


@dataclass(slots=True)
class Pile:
    """What is read and not handed over yet."""

    posts: list[Post] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    offered_n: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it is worth handing over; reading on for the few that may be kept is too."""
        return len(self.posts) >= BATCH_N or self.offered_n >= OFFERED_N

    def add(self, found: Post | Rejected | None) -> None:
        """Count one status, and keep it when there is something to keep."""
        self.offered_n += 1
        if isinstance(found, Post):
            self.posts.append(found)
        elif found is not None:
            self.rejected.append(found)


def snowflake(moment: datetime) -> int:
    """The lowest number that Mastodon gives to a post of that moment."""
    return max(0, int(moment.timestamp() * 1000) << 16)


def fetch(
    settings: Settings, mark: dict[str, JSON], notice: Notice, stop: Stop
) -> Iterator[Batch]:
    """Yield what is new on every timeline since `mark`, until all are read or `stop()`."""
    timelines = list(_timelines(settings, mark))
    queue, pile = deque(timelines), Pile()
    while queue and not stop():
        if _must_wait(queue, notice):
            if pile.offered_n:
                yield _batch(pile, mark, timelines)
                pile = Pile()
            if queue:
                _sleep(min(line.client.session.wait_s() for line in queue), stop)
            continue
        _take_turn(queue, pile, notice)
        if pile.is_full:
            yield _batch(pile, mark, timelines)
            pile = Pile()
    if pile.offered_n:
        yield _batch(pile, mark, timelines)


def _must_wait(queue: deque[Timeline], notice: Notice) -> bool:
    """Whether nobody can be asked now; whoever asks for too much patience leaves the queue."""
    for line in list(queue):
        if line.client.session.wait_s() > MAX_PATIENCE_S:
            _leave(queue, line, "asks us to stay away for longer than a run lasts", notice)
    return all(line.client.session.wait_s() > 0 for line in queue)


def _take_turn(queue: deque[Timeline], pile: Pile, notice: Notice) -> None:
    """Read one page of the first timeline that may be asked, and put it last in the queue."""
    while queue[0].client.session.wait_s() > 0:
        queue.rotate(-1)
    line = queue[0]
    try:
        is_more = line.read(pile)
    except InstanceError as error:
        line.failed_n += 1
        if error.is_passing and line.failed_n < TRIES_N:
            line.client.session.hold(0.25 * 2**line.failed_n)
        elif error.is_gone:
            queue.popleft()
            notice(f"{line.client.instance.name} has no timeline '{line.key}'. Left out.")
        else:
            _leave(queue, line, str(error), notice)
        return
    line.failed_n = 0
    queue.rotate(-1) if is_more else queue.popleft()


def _leave(queue: deque[Timeline], failed: Timeline, why: str, notice: Notice) -> None:
    """Ask the instance nothing more in this run."""
    name = failed.client.instance.name
    for line in [line for line in queue if line.client is failed.client]:
        queue.remove(line)
    notice(f"{name} {why}. The others go on; the next run asks {name} again.")


def _sleep(wait_s: float, stop: Stop) -> None:
    until = time.monotonic() + wait_s
    while (left_s := until - time.monotonic()) > 0 and not stop():
        time.sleep(min(left_s, 0.5))


def _timelines(settings: Settings, mark: dict[str, JSON]) -> Iterator[Timeline]:
    first = snowflake(datetime.now(UTC) - timedelta(days=settings.first_days))
    for instance in settings.instances:
        client = Client(instance, settings.timeout_s)
        for hashtag in instance.hashtags or (None,):
            line = Timeline(client, hashtag, 0, set(), first)
            line.last, line.recent = _resume(_part(_part(mark, instance.name), line.key))
            line.cursor = line.last - OVERLAP if line.last else first
            yield line


def _part(mark: JSON, key: str) -> JSON:
    return mark.get(key) if isinstance(mark, dict) else None


def _resume(mark: JSON) -> tuple[int, set[int]]:
    """The last number and the recent ones; a mark that makes no sense starts from the first."""
    if not isinstance(mark, dict):
        return 0, set()
    recent = mark.get("recent")
    numbers = [
        status_id({"id": number}) for number in (recent if isinstance(recent, list) else [])
    ]
    return status_id({"id": mark.get("last")}) or 0, {number for number in numbers if number}


def _batch(pile: Pile, mark: dict[str, JSON], timelines: list[Timeline]) -> Batch:
    """Hand the pile over with every timeline's mark; instances off the list keep theirs."""
    for line in timelines:
        if not line.last:
            continue
        name = line.client.instance.name
        before = mark.get(name)
        mark = mark | {
            name: (before if isinstance(before, dict) else {}) | {line.key: line.mark()}
        }
    return Batch(pile.posts, [], pile.rejected, mark, pile.offered_n)
