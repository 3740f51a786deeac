"""Show each run's account in Prefect, as a table among its artifacts."""

from __future__ import annotations

import httpx
from prefect.artifacts import create_table_artifact

from flows.watching.account import Account

KEY = "weekly-run"
"""One key for all runs: Prefect's page shows the last, and those before it as its history."""

WHAT = {
    "read": "posts in",
    "locate": "posts placed",
    "tag": "posts tagged",
    "lake": "days of the lake written",
    "marts": "posts counted",
    "release": "revision of the week",
    "briefs": "files of the site",
}
"""What the ledger's count of each stage counts."""

Row = dict[str, str | int | float | None]


def table(account: Account) -> list[Row]:
    """A row a stage that ended; then what the release rests on, and what to look at."""
    rows = [_row(one.stage, WHAT[one.stage], one.rows_n, one.seconds) for one in account.stages]
    if account.release:
        rows += [
            _row("release", "posts of its weeks", account.posts_n),
            _row("release", "of these placed", account.placed_n),
            _row("release", "of these about health", account.health_n),
            _row(
                "release",
                _with("checks that did not hold", account.misses),
                len(account.misses),
            ),
            _row("release", _with("outages", account.outages), len(account.outages)),
        ]
    ended = f"{account.how} ({account.error})" if account.error else account.how
    return [*rows, _row("run", ended, None, account.seconds)]


def put_in_prefect(account: Account) -> None:
    """Add the table to the flow run under way. A Prefect that does not answer stops no run."""
    about = f"{account.week}: {account.how}" + (
        f", release {account.release}" if account.release else ""
    )
    try:
        create_table_artifact(table(account), key=KEY, description=about)
    except (httpx.HTTPError, RuntimeError):  # the account is kept in the data folder as well
        return


def _row(stage: str, what: str, count: int | None, seconds: float | None = None) -> Row:
    rounded = None if seconds is None else round(seconds, 3)
    return {"stage": stage, "what": what, "count": count, "seconds": rounded}


def _with(what: str, named: tuple[str, ...]) -> str:
    return f"{what}: {'; '.join(named)}" if named else what
