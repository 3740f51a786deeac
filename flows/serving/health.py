"""Say how Grapevine is: as JSON for whoever watches it, and as numbers for Prometheus.

Whoever has not been let in learns only whether it is well, so that a load balancer needs no
password. Looking takes some milliseconds of the disk, so one look serves for some seconds.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.serving.asked import CLOSED, Answer, Headers
from flows.serving.metrics import metrics
from flows.watching.account import Account
from flows.watching.findings import NOT_WELL, Finding, State, find_in, look, unreadable
from flows.watching.settings import Limits
from warehouse.errors import GrapevineError
from warehouse.home import Home

LOOK_S = 5.0
"""Seconds that one look serves for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. state: None when it cannot be read; what is wrong says so."""

    at: datetime
    state: State | None
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> list[str]:
        """Why readers are not served what they should be; empty when all is well."""
        return [one.told for one in self.findings if one.kind in NOT_WELL]


class Health:
    """The last look, renewed when it is old; may be asked from several threads."""

    def __init__(
        self, home: Home, limits: Limits, now: Callable[[], datetime] | None = None
    ) -> None:
        self._home = home
        self._limits = limits
        self._now = now or (lambda: datetime.now(UTC))
        self._lock = threading.Lock()
        self._seen: tuple[float, Seen] | None = None
        self.answered: Counter[int] = Counter()

    def healthz(self, is_let_in: bool) -> Answer:
        """200 when readers are served what they should be, 503 and the reasons when not."""
        seen = self.look()
        said: dict[str, object] = {"status": "not well" if seen.reasons else "well"}
        if is_let_in:
            said |= _told(seen)
        body = json.dumps(said, indent=1).encode() + b"\n"
        return Answer(503 if seen.reasons else 200, _fresh("application/json"), body)

    def metrics(self) -> Answer:
        """The numbers, in Prometheus' text format."""
        seen = self.look()
        body = metrics(self._home, seen.state, seen.findings, self.answered).encode()
        return Answer(200, _fresh("text/plain; version=0.0.4; charset=utf-8"), body)

    def look(self) -> Seen:
        """How things stand, at most some seconds old."""
        with self._lock:
            if self._seen is None or time.monotonic() - self._seen[0] > LOOK_S:
                self._seen = time.monotonic(), self._look()
            return self._seen[1]

    def _look(self) -> Seen:
        now = self._now()
        try:
            state = look(self._home)
            return Seen(now, state, tuple(find_in(self._home, state, self._limits, now)))
        except GrapevineError as error:
            return Seen(now, None, (unreadable(error),))


def _fresh(kind: str) -> Headers:
    return (
        ("Content-Type", kind),
        ("Content-Security-Policy", CLOSED),
        ("Cache-Control", "no-store"),
    )


def _told(seen: Seen) -> dict[str, object]:
    said: dict[str, object] = {
        "reasons": seen.reasons,
        "also": [one.told for one in seen.findings if one.kind not in NOT_WELL],
    }
    if seen.state is None:
        return said
    state, shown = seen.state, seen.state.shown
    age_h = (seen.at - state.good_at).total_seconds() / 3600 if state.good_at else None
    return said | {
        "under_way": state.is_under_way,
        "last_run": _run(state.accounts.ended),
        "last_good_run_at": state.good_at.isoformat() if state.good_at else None,
        "age_h": round(age_h, 2) if age_h is not None else None,
        "release": shown.release_id if shown else None,
        "is_sample": shown.is_sample if shown else None,
        "disk_free_gb": round(state.free_bytes / 1e9, 1),
    }


def _run(ended: Account | None) -> dict[str, object] | None:
    if ended is None or ended.ended_at is None:
        return None
    return {
        "week": ended.week,
        "how": ended.how,
        "error": ended.error,
        "ended_at": ended.ended_at.isoformat(),
        "seconds": round(ended.seconds or 0.0, 3),
    }
