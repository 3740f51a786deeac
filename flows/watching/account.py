"""Keep the account of the last run, in a file that can be read while the next one runs.

The ledgers lie in the database, which has one writer and no reader beside it; a server that
is asked for its health every few seconds must not stand in a run's way. So a run leaves its
account in a small file of its own, written whole when it begins and when it ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from warehouse.errors import DataFolderError
from warehouse.files import alone, readable_errors, write_whole
from warehouse.home import Home

How = Literal["under way", "well", "nothing new", "set aside", "failed"]
"""How a run stands. `nothing new`: all was as the last run left it, and that is well too."""

WELL: frozenset[How] = frozenset(["well", "nothing new"])


class StageDone(msgspec.Struct, frozen=True):
    """One stage of a run. seconds: wall clock."""

    stage: str
    rows_n: int
    seconds: float


class Account(msgspec.Struct, frozen=True):
    """What came of one run. Times in UTC.

    week      the MMWR week asked for
    ended_at  None while it is under way, and for ever when it was killed
    error     the kind of error that ended it, never its words; empty when there was none
    release   the release that it made, or set aside; empty when it came to none
    stages    those that ended, in their order
    posts_n, placed_n, health_n  posts that the release rests on; placed; about health
    misses    checks before publication that did not hold, `labels: warning`
    outages   weeks in which a source was out, in words
    """

    week: str
    started_at: datetime
    ended_at: datetime | None = None
    how: How = "under way"
    error: str = ""
    release: str = ""
    stages: tuple[StageDone, ...] = ()
    posts_n: int = 0
    placed_n: int = 0
    health_n: int = 0
    misses: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is under way."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


class Accounts(msgspec.Struct, frozen=True):
    """What is known of the runs there were; each None when there is none of its kind.

    begun  the run under way, or one that was killed
    ended  the last that ended, well or not
    well   the last that ended well
    aside  the last whose release was set aside, unless one ended well since
    """

    begun: Account | None = None
    ended: Account | None = None
    well: Account | None = None
    aside: Account | None = None


def read_accounts(home: Home) -> Accounts:
    """What is kept. Raise `DataFolderError` when it cannot be read or is damaged."""
    path = _path(home)
    with readable_errors(path):
        if not path.exists():
            return Accounts()
        content = path.read_bytes()
    try:
        return msgspec.json.decode(content, type=Accounts)
    except (msgspec.DecodeError, ValueError) as error:
        raise DataFolderError(
            f"The account of the last run, {path}, is damaged. Delete it; the next run writes "
            "it again."
        ) from error


def begin_account(home: Home, began: Account) -> None:
    """Enter a run that begins, `under_way`. One that was entered and never ended was killed."""
    kept = _kept(home)
    if kept.begun:
        kept = _with_ended(kept, replace(kept.begun, how="failed", error="Killed"))
    _write(home, replace(kept, begun=began))


def end_account(home: Home, ended: Account) -> None:
    """Enter how a run ended. Raise `DataFolderError` if that fails."""
    _write(home, _with_ended(_kept(home), ended))


def _with_ended(kept: Accounts, ended: Account) -> Accounts:
    if ended.how in WELL:
        return Accounts(ended=ended, well=ended)
    aside = ended if ended.how == "set aside" else kept.aside
    return Accounts(ended=ended, well=kept.well, aside=aside)


def _kept(home: Home) -> Accounts:
    try:
        return read_accounts(home)
    except DataFolderError:
        return Accounts()  # damaged: this run mends it


def _write(home: Home, kept: Accounts) -> None:
    with readable_errors(_path(home)):
        write_whole(_path(home), msgspec.json.format(msgspec.json.encode(kept), indent=1))


@contextmanager
def under_way(home: Home) -> Iterator[None]:
    """Say for the length of the block that a run is under way; a kill ends that by itself."""
    with readable_errors(home.watch), alone(_lock(home)):
        yield


def is_under_way(home: Home) -> bool:
    """Whether a run is under way now. Looking holds up no run for longer than the look."""
    if not _lock(home).exists():
        return False
    with readable_errors(home.watch), _lock(home).open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _path(home: Home) -> Path:
    return home.watch / "runs.json"


def _lock(home: Home) -> Path:
    return home.watch / "run.lock"
