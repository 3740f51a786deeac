"""What changed in the database from one layout to the next, one function a number.

A folder has one number for all it holds; folders of before there were numbers count as 0. To
change what is stored so that an earlier program would read it wrongly, add a function here
under the next number, and a recorded folder of the layout before to `tests/layouts`. Steps see
every folder that was ever made, so they must not fail where a table is missing. A table of the
marts needs none: each run makes it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command asks for the number, and few for DuckDB
    import duckdb

Step = Callable[["duckdb.DuckDBPyConnection"], None]


def drop_marts_of_old(con: duckdb.DuckDBPyConnection) -> None:
    """Counts below ten lay on in private tables that no model makes any more."""
    for table in ("mart_repeat", "mart_signal_week", "mart_theme_week"):
        con.execute(f"drop table if exists {table}")


def tell_what_a_release_rests_on(con: duckdb.DuckDBPyConnection) -> None:
    """Releases and sites got columns: the correction, the seed, the outages, districts."""
    con.execute(
        """
        alter table if exists releases add column if not exists correction text default 'none';
        alter table if exists releases add column if not exists libraries text default '';
        alter table if exists releases add column if not exists seed bigint;
        alter table if exists releases add column if not exists outages text default '[]';
        alter table if exists releases add column if not exists changed text default '';
        alter table if exists sites add column if not exists districts text default '';
        """
    )


def publish_what_was_shown(con: duckdb.DuckDBPyConnection) -> None:
    """Before there were checks every release was shown to readers as soon as it was frozen.

    Those releases have no seed. Unless they are entered as published, the archive lacks them.
    """
    if not _has(con, "releases"):
        return
    con.execute(
        """
        create table if not exists publications (
            release_id text primary key,
            published_at timestamptz not null,
            despite text not null
        );
        insert or ignore into publications
        select release_id, created_at, '' from releases where seed is null;
        """
    )


def _has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'main' and table_name = ?", [table]
    )
    return found.fetchone() is not None


DATABASE: Mapping[int, Step] = {
    1: drop_marts_of_old,
    2: tell_what_a_release_rests_on,
    3: publish_what_was_shown,
}

LAYOUT = max(DATABASE)
"""What this program writes and reads."""
