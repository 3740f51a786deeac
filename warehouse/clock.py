"""Say when something is entered, so that what was entered last also bears the latest time.

A machine's clock may go back: what came last is then still what came last.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb

TICK = timedelta(microseconds=1)


def after(con: duckdb.DuckDBPyConnection, table: str, column: str) -> datetime:
    """Now, or just after the latest time in this column of this table, both names our own."""
    (latest,) = con.execute(
        f"select epoch_us(max({column})) from {table}"  # noqa: S608 - names of ours
    ).fetchone() or (None,)
    now = datetime.now(UTC)
    if latest is None:
        return now
    return max(now, datetime.fromtimestamp(0, UTC) + timedelta(microseconds=latest) + TICK)
