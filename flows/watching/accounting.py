"""Write a run's account: when it begins, and when it ends, well or not."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import ParamSpec

import duckdb
import msgspec
from msgspec.structs import replace

from flows.watching.account import (
    Account,
    How,
    StageDone,
    begin_account,
    end_account,
    under_way,
)
from flows.watching.json_lines import event
from warehouse import ledger, publication
from warehouse.database import open_database
from warehouse.errors import DataFolderError, GrapevineError
from warehouse.home import Home
from warehouse.publication import SetAsideError
from warehouse.quality.finding import HELD
from warehouse.release import Kept, kept_releases

P = ParamSpec("P")

Tell = Callable[[Account], None]
"""Takes the account of a run that has ended."""


def accounted(tell: Tell) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Keep the account of a run: a function with the parameters `week` and `is_sample`.

    What ends the run goes on as it was, whether its account can be written or not.
    """

    def of(run: Callable[P, None]) -> Callable[P, None]:
        parameters = inspect.signature(run)

        @functools.wraps(run)
        def kept(*args: P.args, **kwargs: P.kwargs) -> None:
            asked = parameters.bind(*args, **kwargs).arguments
            home, began = Home.from_env(), Account(asked["week"], datetime.now(UTC))
            with under_way(home):
                begin_account(home, began)
                event("run began", week=began.week)
                try:
                    run(*args, **kwargs)
                except BaseException as error:
                    _end(home, _ended(home, began, asked["is_sample"], error), tell)
                    raise
                _end(home, _ended(home, began, asked["is_sample"], None), tell)

        return kept

    return of


def nothing_new(home: Home, week: str) -> None:
    """Keep the account of a run that found all as the last run left it."""
    now = datetime.now(UTC)
    end_account(home, Account(week, now, now, "nothing new"))
    event("run ended", week=week, how="nothing new", seconds=0.0)


def _end(home: Home, account: Account, tell: Tell) -> None:
    with suppress(DataFolderError):  # a full disk has ended the run already, and says so itself
        end_account(home, account)
    event(
        "run ended",
        week=account.week,
        how=account.how,
        error=account.error,
        release=account.release,
        seconds=account.seconds,
        posts_n=account.posts_n,
        placed_n=account.placed_n,
        health_n=account.health_n,
        misses_n=len(account.misses),
        outages_n=len(account.outages),
    )
    tell(account)


def _ended(home: Home, began: Account, is_sample: bool, error: BaseException | None) -> Account:
    how: How = "well"
    if error:
        how = "set aside" if isinstance(error, SetAsideError) else "failed"
    account = replace(
        began, ended_at=datetime.now(UTC), how=how, error=type(error).__name__ if error else ""
    )
    with suppress(GrapevineError, duckdb.Error):  # the account is then shorter
        account = _with_stages(home, account)
        if how != "failed":
            account = _with_release(home, account, is_sample)
    return account


def _with_stages(home: Home, account: Account) -> Account:
    done = tuple(
        StageDone(run.stage, run.rows_n, (run.finished_at - run.started_at).total_seconds())
        for run in ledger.runs_since(home, account.started_at)
    )
    return replace(account, stages=done)


def _with_release(home: Home, account: Account, is_sample: bool) -> Account:
    with open_database(home) as con:
        found = _latest(kept_releases(con), account.week, is_sample)
        if found is None:
            return account
        checks = publication.standing(con, found.release_id).findings
    return replace(
        account,
        release=found.release_id,
        posts_n=found.posts_n,
        placed_n=found.placed_n,
        health_n=found.health_n,
        misses=tuple(f"{one.name}: {one.outcome}" for one in checks if one.outcome != HELD),
        outages=tuple(msgspec.json.decode(found.outages, type=list[str])),
    )


def _latest(releases: list[Kept], week: str, is_sample: bool) -> Kept | None:
    """The last frozen of a week: what a run made, or found to be made already."""
    of_week = [one for one in releases if (one.week, one.is_sample) == (week, is_sample)]
    return of_week[-1] if of_week else None
