"""Read the live tail in batches, and survive what happens to a connection that lasts for weeks.

A connection that breaks, stalls or is refused is opened again, on the next host after two
failures, from a little before the checkpoint. Nothing that was read is lost by that: batches
are handed on first. What the server no longer has is told as a gap and kept in the mark.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from websockets.exceptions import (
    ConnectionClosed,
    ConnectionClosedOK,
    InvalidStatus,
    WebSocketException,
)

from flows.sources.bluesky.appview import Authors, retry_after
from flows.sources.bluesky.checkpoint import Checkpoint
from flows.sources.bluesky.events import read
from flows.sources.bluesky.settings import Settings, host_of
from flows.sources.bluesky.wire import Frames, open_stream
from flows.sources.collected import JSON, MAX_BATCH, Batch, Deleted, Notice, Stop
from flows.sources.reading import Rejected, shown
from warehouse.errors import GrapevineError
from warehouse.records import Post

MAX_EVENTS = 50_000
"""Events in one batch, at most, kept or not."""

MAX_HANDED = 20_000
"""Events remembered, in memory only, so that what is read again is not handed on again."""

FLUSH_S = 10.0
"""Seconds after which a batch is handed on, however small."""

SILENCE_S = 60.0
"""Seconds without one event after which a live tail is taken for dead: Bluesky never sleeps."""

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 60.0
FAILURES = 6
"""Failures in a row, each wait three times the last, that end a run which is no service."""

SILENCES = 3
"""Connections in a row that fell silent, the last two with nothing new, for "caught up"."""

FAILURES_A_HOST = 2
LOOK_EVERY = 100
LOOK_S = 1.0
"""Events, and seconds, between two looks at whether to go on."""


class UnreachableError(GrapevineError):
    """No Jetstream host could be read."""


class _SilentError(ConnectionError):
    """The connection stands and nothing comes."""


@dataclass(slots=True)
class _Draft:
    """A batch in the making."""

    posts: list[Post] = field(default_factory=list)
    deleted: list[Deleted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    offered_n: int = 0
    begun_s: float = field(default_factory=time.monotonic)

    def is_due(self) -> bool:
        return self.offered_n > 0 and time.monotonic() - self.begun_s >= FLUSH_S

    def is_full(self) -> bool:
        largest = max(len(self.posts), len(self.deleted), len(self.rejected))
        return largest >= MAX_BATCH or self.offered_n >= MAX_EVENTS


def fetch(
    settings: Settings, mark: dict[str, JSON], notice: Notice, stop: Stop
) -> Iterator[Batch]:
    """Yield batches from `mark` on; end when told to stop or, unless following, caught up.

    Caught up means read to the moment of the call; on a stream with few events, silent three
    times in a row. Raise `UnreachableError` when no host can be read.
    """
    with Authors(settings, notice, stop) as authors:
        yield from _Tail(settings, mark, notice, stop, authors).batches()


class _Tail:
    """One reading of the live tail, over as many connections as it takes."""

    def __init__(
        self,
        settings: Settings,
        mark: dict[str, JSON],
        notice: Notice,
        stop: Stop,
        authors: Authors,
    ) -> None:
        self._settings, self._notice, self._stop = settings, notice, stop
        self._authors = authors
        self._checkpoint = Checkpoint(mark)
        self._draft = _Draft()
        self._handed: dict[str, int] = {}
        self._begun_us = _now_us()
        self._is_done = False
        self._silences = 0
        self._failures = 0
        self._endpoint_n = 0

    def batches(self) -> Iterator[Batch]:
        """Connect, read, and connect again, until done; what is in hand is always yielded."""
        while not (self._is_done or self._stop()):
            endpoint = self._settings.endpoints[self._endpoint_n]
            known_us = self._checkpoint.highest_us
            why: Exception | None = None
            try:
                yield from self._connection(endpoint)
            except (OSError, WebSocketException) as error:
                why = error
            if self._checkpoint.highest_us > known_us:
                self._failures = self._silences = 0
            if isinstance(why, _SilentError | ConnectionClosedOK):
                self._fell_silent()
            if self._draft.offered_n:
                yield self._batch()
            if why and not self._is_done:
                self._recover(host_of(endpoint), why)

    def _connection(self, endpoint: str) -> Iterator[Batch]:
        """Read one connection until it is done; raise when it breaks or falls silent."""
        settings = self._settings
        back_us = int(settings.back_h * 3_600_000_000)
        cursor_us = self._checkpoint.begin(host_of(endpoint), _now_us(), back_us)
        with open_stream(settings, endpoint, cursor_us) as frames:
            yield from self._read(frames)

    def _read(self, frames: Frames) -> Iterator[Batch]:
        heard_s = looked_s = time.monotonic()
        for number, frame in enumerate(frames):
            if frame is not None:
                self._take(frame)
            if self._draft.is_full():
                yield self._batch()
            now_s = time.monotonic()
            if frame is not None and number % LOOK_EVERY and now_s - looked_s < LOOK_S:
                continue
            looked_s = now_s
            heard_s = heard_s if frame is None else now_s
            if self._is_over():
                return
            if self._draft.is_due():
                yield self._batch()
            self._check_silence(now_s - heard_s)

    def _is_over(self) -> bool:
        is_caught_up = self._checkpoint.reached_us() >= self._begun_us
        self._is_done = is_caught_up and not self._settings.follow
        return self._is_done or self._stop()

    def _check_silence(self, quiet_s: float) -> None:
        if quiet_s >= (SILENCE_S if self._settings.follow else self._settings.quiet_s):
            raise _SilentError("nothing came")

    def _fell_silent(self) -> None:
        """Silent, or closed in good order. A host that stalls looks like one that is done."""
        self._tell_gap(self._checkpoint.settle())
        self._silences += 1
        self._is_done = self._silences >= SILENCES and not self._settings.follow

    def _take(self, frame: bytes) -> None:
        """Put one frame into the draft."""
        event = read(frame)
        draft = self._draft
        draft.offered_n += 1
        if event.time_us is not None:
            self._tell_gap(self._checkpoint.saw(event.time_us, _now_us()))
        if event.advice:
            self._notice(f"bluesky: the server says {shown(event.advice, 40)}")
        match event.found:
            case Post() as post if self._is_new(post.post_id, hash(post.text)):
                draft.posts.append(post)
            case Deleted() as deleted if self._is_new(
                deleted.post_id or str(deleted.author), event.time_us
            ):
                draft.deleted.append(deleted)
                if deleted.reason == "opted_out" and deleted.author:
                    self._authors.left(deleted.author)
            case Rejected() as rejected:
                draft.rejected.append(rejected)

    def _is_new(self, name: str, said: int | None) -> bool:
        """Whether this run has not handed on the same event already, before a reconnection.

        What was said is a post's text, since each host gives it another time, or when
        something was taken back.
        """
        if said is None or self._handed.get(name) == said:
            return False
        self._handed.pop(name, None)
        self._handed[name] = said
        if len(self._handed) > MAX_HANDED:
            del self._handed[next(iter(self._handed))]
        return True

    def _tell_gap(self, missing_us: int) -> None:
        if missing_us:
            self._notice(
                f"bluesky: {missing_us / 1e6:,.0f} s of the stream could not be replayed and "
                "are missing; the mark lists them under gaps"
            )

    def _batch(self) -> Batch:
        draft, self._draft = self._draft, _Draft()
        return Batch(
            self._authors.allowed(draft.posts),
            draft.deleted,
            draft.rejected,
            self._checkpoint.mark(),
            draft.offered_n,
        )

    def _recover(self, host: str, why: Exception) -> None:
        """Wait before the next connection, or give up; the second failure changes the host."""
        if isinstance(why, _SilentError | ConnectionClosedOK) and not self._settings.follow:
            return
        self._failures += 1
        self._notice(f"bluesky: {host}: {_reason(why)}; connecting again")
        if self._failures >= FAILURES and not self._settings.follow:
            raise UnreachableError(
                f"Bluesky could not be read: {host}: {_reason(why)}. What came before is kept. "
                "Look at the network, then run the command again."
            ) from why
        if self._failures % FAILURES_A_HOST == 0:
            self._endpoint_n = (self._endpoint_n + 1) % len(self._settings.endpoints)
        wait_s = FIRST_WAIT_S * 3 ** min(self._failures - 1, 8)
        self._wait(min(max(wait_s, _asked_wait(why)), LONGEST_WAIT_S))

    def _wait(self, wait_s: float) -> None:
        until_s = time.monotonic() + wait_s
        while (left_s := until_s - time.monotonic()) > 0 and not self._stop():
            time.sleep(min(left_s, 0.5))


def _reason(why: Exception) -> str:
    """What happened, without anything that the other side wrote."""
    if isinstance(why, ConnectionClosed):
        return f"closed with code {why.rcvd.code if why.rcvd else 1006}"
    if isinstance(why, InvalidStatus):
        return f"refused with status {why.response.status_code}"
    if isinstance(why, _SilentError):
        return "fell silent"
    return f"no connection ({type(why).__name__})"


def _asked_wait(why: Exception) -> float:
    if not isinstance(why, InvalidStatus):
        return 0.0
    return retry_after(why.response.headers.get("Retry-After"))


def _now_us() -> int:
    return time.time_ns() // 1000
