"""Remember how far each Jetstream host was read, in its own microseconds, and what is missing.

Jetstream delivers at least once and not quite in order: around the change from replay to live,
events from ahead slip in among older ones, and one clock may be wrong. So a checkpoint is the
*oldest* of the last 256 events, never the newest, and reading starts a few seconds before it.
What comes twice is one row in the lake.
"""

from __future__ import annotations

from collections import deque

from flows.sources.collected import JSON

WINDOW = 256
"""Events that must all lie behind before a checkpoint moves over them: about 5 s of Bluesky."""

REWIND_US = 5_000_000
"""How far before its checkpoint a host is read again."""

REWIND_ELSEWHERE_US = 60_000_000
"""The same on another host: each gives an event the time at which it saw it itself.

A host left long ago is read from where the one after it was left, not from its own mark."""

MAX_GAPS = 50


class Checkpoint:
    """How far each host was read. Made from a mark, and written back as one.

    The mark is `{"cursors": {host: microseconds}, "begun": microseconds, "gaps": [[from, to],
    …]}`. `begun` is where the very first start began, until a cursor takes its place. A gap is
    a stretch that could not be replayed; the newest 50 are kept.
    """

    def __init__(self, mark: dict[str, JSON]) -> None:
        begun = mark.get("begun")
        self._cursors = _cursors(mark.get("cursors"))
        self._gaps = _gaps(mark.get("gaps"))
        self._begun_us = begun if isinstance(begun, int) else 0
        self._window: deque[int] = deque(maxlen=WINDOW)
        self._host = ""
        self._unverified = 0
        self._now_us = 0
        self.highest_us = 0

    def begin(self, host: str, now_us: int, back_us: int) -> int:
        """The cursor to connect to `host` with; `back_us` counts on the very first start."""
        self._window.clear()
        self._host = host
        # Clocks may run ahead, and a cursor in the future skips to the tip.
        own_us = min(self._cursors.get(host, 0), now_us)
        furthest_us = min(max(self._cursors.values(), default=0), now_us)
        if furthest_us - REWIND_ELSEWHERE_US > own_us - REWIND_US:
            self._unverified = furthest_us
            return furthest_us - REWIND_ELSEWHERE_US
        if own_us:
            self._unverified = own_us
            return own_us - REWIND_US
        self._begun_us = self._begun_us or now_us - back_us
        return self._begun_us

    def saw(self, time_us: int, now_us: int) -> int:
        """Take note of an event's time; return the microseconds missing before it, or 0.

        Of the first events after a connection one must lie at or before the checkpoint: then
        the new stream overlaps the old one and nothing is missing. A host that no longer has
        what we ask for starts later without a word, and only this tells.
        """
        self._window.append(time_us)
        self._now_us = now_us
        if time_us <= now_us + REWIND_ELSEWHERE_US:  # else a wrong clock, which proves nothing
            self.highest_us = max(self.highest_us, time_us)
        if self._unverified and time_us <= self._unverified + REWIND_US:
            self._unverified = 0
        return self._missing_us() if len(self._window) == WINDOW else 0

    def reached_us(self) -> int:
        """The time behind which everything was read on this connection, or 0."""
        return min(self._window) if len(self._window) == WINDOW else 0

    def settle(self) -> int:
        """The stream has said all it has: fewer events may count too. Returns as `saw` does."""
        if not self._window:
            return 0
        self._advance(min(self._window))
        return self._missing_us()

    def mark(self) -> dict[str, JSON]:
        """The mark to resume from."""
        self._advance(self.reached_us())
        return {
            "cursors": dict(self._cursors),
            "begun": self._begun_us,
            "gaps": [list(gap) for gap in self._gaps],
        }

    def _missing_us(self) -> int:
        asked, self._unverified = self._unverified, 0
        if not asked:
            return 0
        found = min(self._window)
        self._gaps = [*self._gaps, [asked, found]][-MAX_GAPS:]
        return found - asked

    def _advance(self, time_us: int) -> None:
        time_us = min(time_us, self._now_us)  # a clock that was wrong may be mended later
        if time_us > self._cursors.get(self._host, 0):
            self._cursors[self._host] = time_us


def _cursors(written: JSON) -> dict[str, int]:
    pairs = written.items() if isinstance(written, dict) else ()
    return {host: cursor for host, cursor in pairs if isinstance(cursor, int)}


def _gaps(written: JSON) -> list[list[int]]:
    found = written if isinstance(written, list) else []
    return [
        [time for time in gap if isinstance(time, int)]
        for gap in found
        if isinstance(gap, list)
    ]
