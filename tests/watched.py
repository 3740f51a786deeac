"""A data folder in whatever state a watch can find it, and when that is looked at."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from flows.watching.account import Account, StageDone, begin_account, end_account
from tests.offices import publish
from warehouse import watermarks
from warehouse.home import Home

NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)

WELL = Account(
    week="2024-W10",
    started_at=NOW - timedelta(minutes=10),
    ended_at=NOW - timedelta(minutes=8),
    how="well",
    release="2024-W10.1",
    stages=(StageDone("read", 500, 1.25), StageDone("briefs", 6_000, 20.0)),
    posts_n=500,
    placed_n=400,
    health_n=300,
)
FAILED = replace(WELL, how="failed", error="InputError", release="")
ASIDE = replace(
    WELL,
    how="set aside",
    error="SetAsideError",
    release="2024-W10.2",
    misses=("labels: warning", "volume: failed"),
    outages=("bluesky was out in 2024-W10",),
)


def well(home: Home) -> Home:
    """A published release, and a run that made it and ended well."""
    publish(home)
    end_account(home, WELL)
    return home


def ended(home: Home, account: Account) -> None:
    end_account(home, account)


def killed(home: Home) -> None:
    """A run that began and that no process carries on."""
    begin_account(home, Account("2024-W11", NOW - timedelta(hours=1)))


def heard(home: Home, source: str, hours_ago: float) -> None:
    """A source that last gave something so long ago."""
    watermarks.write(home, source, {"at": 1})
    at = (NOW - timedelta(hours=hours_ago)).timestamp()
    os.utime(home.watermarks / f"{source}.json", (at, at))
