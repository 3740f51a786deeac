"""Sweep: ask each source about the posts whose text is held, and let go of what is gone.

A source is asked in slices, longest unasked first. What it says is gone is entered in the
ledger of deletions before the slice counts as asked, so a kill repeats at most one slice.
Then, while no run is reading, everything in the ledger is erased and old text expires.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flows.collecting import Live
from flows.running import hold
from flows.sources.collected import Deleted, Notice, SettingsError
from warehouse import deletions, retention, verified
from warehouse.erasure import erase
from warehouse.errors import GrapevineError
from warehouse.home import Home

SLICE_N = 5_000
"""Posts asked about before the answers are written down."""

ASK_AGAIN = timedelta(hours=20)
"""How long an answer holds: a daily sweep asks about all, an hourly one about what is new."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Swept:
    """What one source said. problem: the plain line of why it was not asked to the end."""

    source: str
    held_n: int = 0
    asked_n: int = 0
    unanswered_n: int = 0
    gone_n: int = 0
    problem: str | None = None

    @property
    def told(self) -> str:
        """One plain line."""
        counts = (
            f"{self.source}: {self.held_n:,} posts held with text, {self.asked_n:,} asked "
            f"about, {self.gone_n:,} gone, {self.unanswered_n:,} without an answer"
        )
        return f"{counts}. Stopped: {self.problem}" if self.problem else counts


@dataclass(frozen=True, slots=True)
class LetGo:
    """What left the data folder: posts erased, and texts expired by source."""

    erased_n: int
    expired: dict[str, int]

    @property
    def told(self) -> list[str]:
        """Two plain lines."""
        texts = ", ".join(f"{source} {posts_n:,}" for source, posts_n in self.expired.items())
        return [
            f"Erased: {self.erased_n:,} posts that their source took back.",
            f"Expired: {texts or 'no text'}.",
        ]


def can_verify(source: Live) -> bool:
    """Whether a source can be asked which posts are gone."""
    return hasattr(source, "verify")


def ask_all(home: Home, chosen: Sequence[Live], notice: Notice) -> list[Swept]:
    """Ask these sources at the same time; one that fails stops none of the others."""
    asked = [source for source in chosen if can_verify(source)]
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        begun = [pool.submit(ask, home, source, notice) for source in asked]
    return [one.result() for one in begun]


def ask(home: Home, source: Live, notice: Notice) -> Swept:
    """Ask one source about every post held of which no recent answer is known."""
    swept = Swept(source.SOURCE)
    try:
        held = retention.held(home, source.SOURCE)
        verified.forget_all_but(home, source.SOURCE, held)
        swept.held_n = len(held)
        due = _due(home, source.SOURCE, held)
        settings = source.Settings.from_env() if due else None
        for first in range(0, len(due), SLICE_N):
            _ask_slice(home, source, settings, due[first : first + SLICE_N], swept, notice)
    except SettingsError as error:
        swept.problem = f"it is not set up. {error}"
    except GrapevineError as error:
        swept.problem = str(error)
    except OSError as error:
        swept.problem = (
            f"it cannot be asked: {error.strerror or type(error).__name__}. Check the network "
            "and the free space, then sweep again."
        )
    return swept


def _due(home: Home, source: str, held: dict[str, retention.Held]) -> list[str]:
    """The posts to ask about, longest unasked first; of those never asked, the oldest."""
    answered = verified.asked_at(home, source, held)
    since = datetime.now(UTC) - ASK_AGAIN
    due = [post_id for post_id in held if answered.get(post_id, _LONG_AGO) <= since]
    return sorted(due, key=lambda one: (answered.get(one, _LONG_AGO), held[one].posted_at))


def _ask_slice(
    home: Home, source: Live, settings: object, asked: list[str], swept: Swept, notice: Notice
) -> None:
    """Enter what is gone, then that the rest was answered. An error leaves the rest unasked."""
    began_at, gone = datetime.now(UTC), list[Deleted]()

    def tell(line: str) -> None:
        notice(f"{source.SOURCE}: {line}")

    try:
        unanswered = _take(cast("Any", source).verify(settings, asked, tell), gone)
    finally:
        deletions.record(home, source.SOURCE, [astuple(one) for one in gone])
        swept.gone_n += len(gone)
    answered = [post_id for post_id in asked if post_id not in unanswered]
    verified.note(home, source.SOURCE, answered, began_at)
    swept.asked_n += len(asked)
    swept.unanswered_n += len(asked) - len(answered)


def _take(
    answers: Generator[Deleted, None, Collection[str] | None], gone: list[Deleted]
) -> frozenset[str]:
    """Put what is gone into `gone`; return the posts about which there was no answer."""
    while True:
        try:
            gone.append(next(answers))
        except StopIteration as end:
            return frozenset(end.value or ())


def let_go(home: Home, now: datetime) -> LetGo:
    """Erase what is in the ledger, and text kept long enough.

    Raise `DataFolderError` while a run is reading: the ledger keeps what is to go.
    """
    limits = retention.Limits.from_env()
    with hold(home):
        retention.clear_half_done(home)
        return LetGo(erase(home), retention.expire(home, limits, now))


def complain(asked: Sequence[Swept]) -> None:
    """Raise `GrapevineError` when a source was not asked to the end."""
    if stopped := [swept.source for swept in asked if swept.problem]:
        raise GrapevineError(
            f"Not asked to the end: {', '.join(stopped)}. Sweep again; 'grapevine compliance' "
            "says what is overdue."
        )
