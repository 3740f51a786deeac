"""Keep queries below Reddit's limit, and wait when Reddit says so.

Every query counts, those that PRAW makes by itself (tokens, repeats) too. At most `per_minute`
leave in any 60 seconds; what Reddit's own counter says (`X-Ratelimit-*`, `Retry-After`) comes
on top. A wait ends early when the slice's time is over.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flows.sources.collected import Notice, Stop

WINDOW_S = 60.5
"""A minute, and a little for the way: Reddit counts when a query arrives."""

STEP_S = 0.5
TOLD_S = 5.0
"""Waits longer than this are told."""

MAX_WAIT_S = 3_600.0
"""The longest wait that is waited out; a longer one that a 429 asks for ends the round."""

UNSAID_S = 60.0
"""The wait after a 429 that does not say how long."""


class StoppedError(Exception):
    """The slice's time was over while waiting; what was gathered is kept."""


@dataclass(slots=True)
class Pace:
    """When the next query may leave.

    clock, sleep  seconds, steady; given in tests
    sent          when the last queries left; given where one `Pace` goes on for another
    query_n       queries sent; `most_n` of them in one minute, at most
    """

    per_minute: int
    notice: Notice
    stop: Stop
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    sent: deque[float] = field(default_factory=deque)
    query_n: int = 0
    most_n: int = 0
    _not_before: float = float("-inf")

    @property
    def told(self) -> str:
        """What was asked, for the log."""
        return (
            f"{self.query_n} queries, at most {self.most_n} in a minute "
            f"(limit {self.per_minute})"
        )

    def wait_turn(self) -> None:
        """Wait until a query may leave, and count it. Raises `StoppedError` on `stop()`."""
        while len(self.sent) > self.per_minute:
            self.sent.popleft()
        if len(self.sent) == self.per_minute:
            self._wait_until(
                self.sent[0] + WINDOW_S,
                f"the limit of {self.per_minute} queries a minute",
            )
        self._wait_until(self._not_before, "Reddit's own count")
        now = self.clock()
        self.sent.append(now)
        if len(self.sent) > self.per_minute:
            self.sent.popleft()
        self.query_n += 1
        self.most_n = max(self.most_n, sum(when > now - 60 for when in self.sent))

    def heed(self, headers: Mapping[str, str]) -> None:
        """Hold the next query when Reddit's counter has nothing left."""
        left, reset = _seconds(headers, "x-ratelimit-remaining"), told_reset(headers)
        if left is not None and left < 1 and reset:
            self._not_before = max(self._not_before, self.clock() + min(reset, MAX_WAIT_S))

    def hold(self, seconds: float) -> None:
        """Wait as told by a 429. Raises `StoppedError` on `stop()`."""
        self._wait_until(self.clock() + seconds, "as Reddit asks (429)")

    def _wait_until(self, when: float, why: str) -> None:
        if when - self.clock() > TOLD_S:
            self.notice(f"waiting {when - self.clock():.0f} s: {why}")
        while (left := when - self.clock()) > 0:
            if self.stop():
                raise StoppedError
            self.sleep(min(left, STEP_S))


def told_wait(headers: Mapping[str, str]) -> float:
    """Seconds to wait after a 429: `Retry-After` (a number or a date), or Reddit's reset."""
    told = _seconds(headers, "retry-after")
    if told is None:
        told = _until(headers.get("retry-after", ""))
    if told is None:
        told = told_reset(headers)
    return UNSAID_S if told is None else max(1.0, told)


def told_reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until Reddit's counter starts anew, when it says so."""
    return _seconds(headers, "x-ratelimit-reset")


def _seconds(headers: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(headers[name])
    except (KeyError, ValueError):
        return None
    return value if 0 <= value < float("inf") else None


def _until(date: str) -> float | None:
    try:
        when = parsedate_to_datetime(date)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (when - datetime.now(UTC)).total_seconds()
