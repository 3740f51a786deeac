"""Say what is wrong now, from files that may be read at any time, and from the clock.

A finding's key is the event it stands for: while it stays the same, it is one event, however
often it is found. Nothing here opens the database, which a run may be using.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from dashboards.cards import load_cards
from flows.watching.account import Account, Accounts, is_under_way, read_accounts
from flows.watching.settings import Limits
from warehouse import watermarks
from warehouse.errors import DataFolderError, GrapevineError
from warehouse.files import free_bytes
from warehouse.home import Home
from warehouse.snapshot import OnShow, on_show

Kind = Literal[
    "run failed",
    "set aside",
    "stale",
    "silent source",
    "disk low",
    "review due",
    "unreadable",
    "trial",
]

NOT_WELL: frozenset[Kind] = frozenset(["set aside", "stale", "unreadable"])
"""What readers are served is not what it should be: the health check says so."""

ENOUGH = 1.1
"""A disk that was low is so until it has a tenth more free: sweeps and runs come and go."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    key   the event: `set aside 2024-W10.1`
    told  one plain line: what happened, to what, what to do next
    """

    kind: Kind
    key: str
    told: str


@dataclass(frozen=True, slots=True)
class State:
    """How things stand, as far as it can be read beside a run.

    shown    the release that readers see, or None
    good_at  when a run last ended well (UTC); of a folder from before accounts were kept, when
             the release was put where readers look; None before either
    """

    accounts: Accounts
    is_under_way: bool
    shown: OnShow | None
    good_at: datetime | None
    free_bytes: int

    @property
    def killed(self) -> Account | None:
        """The run that began, never ended, and is no longer under way."""
        return None if self.is_under_way else self.accounts.begun


def look(home: Home) -> State:
    """Read how things stand. Raise `DataFolderError` when that cannot be read."""
    is_running = is_under_way(home)  # first: a run that ends meanwhile has written its account
    accounts = read_accounts(home)
    well, shown = accounts.well, on_show(home.snapshot)
    good_at = well.ended_at if well else shown.since if shown else None
    free = free_bytes(home.root)
    return State(accounts, is_running, shown, good_at, free)


def find(
    home: Home, limits: Limits, now: datetime, standing: Collection[str] = ()
) -> list[Finding]:
    """What is wrong at `now` (UTC). standing: keys of what was wrong the last time.

    When the data folder cannot be read, that alone is known.
    """
    try:
        state = look(home)
    except DataFolderError as error:
        return [unreadable(error)]
    return find_in(home, state, limits, now, standing)


def find_in(
    home: Home, state: State, limits: Limits, now: datetime, standing: Collection[str] = ()
) -> list[Finding]:
    """What is wrong at `now` (UTC) where things stand so."""
    return [
        *_run(state),
        *_set_aside(state),
        *_stale(state, limits, now),
        *_silent(home, limits, now),
        *_disk(state, limits, standing),
        *_reviews(limits, now),
    ]


def unreadable(error: GrapevineError) -> Finding:
    """The data folder cannot be read."""
    return Finding("unreadable", "unreadable", str(error))


def _run(state: State) -> Iterator[Finding]:
    ended = state.accounts.ended
    if state.killed:
        yield _failure(state, state.killed, "was ended from outside before it was done")
    elif ended and ended.how == "failed":
        after = ended.stages[-1].stage if ended.stages else "it began"
        yield _failure(state, ended, f"failed after {after} ({ended.error})")


def _failure(state: State, run: Account, why: str) -> Finding:
    return Finding(
        "run failed",
        "run failed",
        f"The run of {run.week} that began {run.started_at:%Y-%m-%d %H:%M} UTC {why}. Readers "
        f"see {_shown(state)}. Run `grapevine run --week {run.week}` and read what it says.",
    )


def _set_aside(state: State) -> Iterator[Finding]:
    aside = state.accounts.aside
    if aside is None or (state.shown and state.shown.release_id == aside.release):
        return  # a person may have published it all the same
    failed = [miss.partition(":")[0] for miss in aside.misses if miss.endswith(": failed")]
    yield Finding(
        "set aside",
        f"set aside {aside.release}",
        f"Release {aside.release} is set aside: {', '.join(failed) or 'a check'} failed. "
        f"Readers see {_shown(state)}. `grapevine release show {aside.release}` says why.",
    )


def _stale(state: State, limits: Limits, now: datetime) -> Iterator[Finding]:
    if state.good_at is None:
        yield Finding(
            "stale", "stale", "No run has ended well yet. Run `grapevine run` and read on."
        )
    elif now - state.good_at > timedelta(hours=limits.stale_h):
        yield Finding(
            "stale",
            "stale",
            f"No run has ended well since {state.good_at:%Y-%m-%d %H:%M} UTC. Readers see "
            f"{_shown(state)}. See whether runs are scheduled, then run `grapevine run`.",
        )


def _silent(home: Home, limits: Limits, now: datetime) -> Iterator[Finding]:
    for path in sorted(home.watermarks.glob("*.json")):
        source, at = path.stem, watermarks.written_at(home, path.stem)
        most_h = limits.silent_after_h(source)
        if at and most_h and now - at > timedelta(hours=most_h):
            yield Finding(
                "silent source",
                f"silent source {source}",
                f"{source} has given nothing since {at:%Y-%m-%d %H:%M} UTC, over "
                f"{most_h:g} hours. Run `grapevine collect {source} --once` and read what "
                "it says.",
            )


def _disk(state: State, limits: Limits, standing: Collection[str]) -> Iterator[Finding]:
    least = limits.disk_gb * 1e9 * (ENOUGH if "disk low" in standing else 1.0)
    if state.free_bytes < least:
        yield Finding(
            "disk low",
            "disk low",
            f"{state.free_bytes / 1e9:,.1f} GB are free where the data folder lies, of "
            f"{limits.disk_gb:g} that should be. Make room, or move it with GRAPEVINE_HOME.",
        )


def _reviews(limits: Limits, now: datetime) -> Iterator[Finding]:
    until = now.astimezone(UTC).date() + timedelta(days=limits.review_days)
    for card in load_cards().values():
        if card.review_due and card.review_due <= until:
            yield Finding(
                "review due",
                f"review due {card.id} {card.review_due}",
                f"The conversation card {card.id} is to be reviewed by {card.review_due}. Ask "
                "its reviewer, then set reviewed_on and review_due in its file.",
            )


def _shown(state: State) -> str:
    return f"release {state.shown.release_id}" if state.shown else "nothing yet"
