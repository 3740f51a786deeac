"""Keep book of what was read and which stage ran when, so a run can be killed and repeated.

`inputs` has a row a file, reader setting and span of weeks; `stages` a row a finished stage.
Counts here are of posts and rows, for the person who runs Grapevine; none is published.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from warehouse.database import open_database, read_database
from warehouse.home import Home
from warehouse.weeks import Week

_TABLES = """
create table if not exists inputs (
    input_id text not null,
    name text not null,
    week_from text not null,
    week_to text not null,
    read_n bigint not null,
    kept_n bigint not null,
    outside_n bigint not null,
    quarantined_n bigint not null,
    primary key (input_id, week_from, week_to)
);
create table if not exists stages (
    stage text not null,
    week text not null,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    rows_n bigint not null
);
"""


@dataclass(frozen=True, slots=True)
class InputRead:
    """What one input gave to one span of weeks. Shape: one row of `inputs`.

    input_id            a fingerprint of its content and of the settings it was read with
    name                the file's name, for people
    week_from, week_to  first and last week asked for, `2024-W10`
    read_n              posts in the file, broken ones included
    kept_n              of these, inside the weeks and usable
    outside_n           of these, outside the weeks
    quarantined_n       of these, unusable, kept aside with their reason
    """

    input_id: str
    name: str
    week_from: str
    week_to: str
    read_n: int
    kept_n: int
    outside_n: int
    quarantined_n: int


@dataclass(frozen=True, slots=True)
class StageRun:
    """One finished stage. Shape: one row of `stages`; times in UTC."""

    stage: str
    week: str
    started_at: datetime
    finished_at: datetime
    rows_n: int


def record_input(home: Home, read: InputRead) -> None:
    """Note what an input gave; a note of the same input and weeks is replaced."""
    with open_database(home) as con:
        con.execute(_TABLES)
        con.execute(
            "insert or replace into inputs values (?, ?, ?, ?, ?, ?, ?, ?)", astuple(read)
        )


def find_input(home: Home, known_id: str, week_from: Week, week_to: Week) -> InputRead | None:
    """What that input gave to those weeks, or None when it was not read to its end."""
    rows = _rows(
        home,
        "select * from inputs where input_id = ? and week_from = ? and week_to = ?",
        [known_id, str(week_from), str(week_to)],
    )
    return InputRead(*rows[0]) if rows else None


def forget_inputs(home: Home) -> None:
    """Drop what is noted of all inputs, so that a file named again is read again."""
    if home.database.exists():
        with open_database(home) as con:
            con.execute(_TABLES)
            con.execute("delete from inputs")


def record_stage(home: Home, run: StageRun) -> None:
    """Note that a stage has ended."""
    with open_database(home) as con:
        con.execute(_TABLES)
        con.execute("insert into stages values (?, ?, ?, ?, ?)", astuple(run))


def last_runs(home: Home) -> list[StageRun]:
    """The latest run of each stage, in the order they ended; none when nothing ever ran.

    Raise `InUseError` while another command writes.
    """
    rows = _rows(
        home,
        # Python gets whole microseconds: DuckDB needs a further package to hand over a zone.
        "select stage, week, epoch_us(started_at), epoch_us(finished_at), rows_n from stages "
        "qualify row_number() over (partition by stage order by finished_at desc) = 1 "
        "order by finished_at, stage",
        [],
        read_database,
    )
    return [_stage_run(row) for row in rows]


def runs_since(home: Home, started_at: datetime) -> list[StageRun]:
    """The stages that began at `started_at` (UTC) or later and ended, in that order."""
    rows = _rows(
        home,
        "select stage, week, epoch_us(started_at), epoch_us(finished_at), rows_n from stages "
        "where epoch_us(started_at) >= ? order by started_at, stage",
        [_epoch_us(started_at)],
    )
    return [_stage_run(row) for row in rows]


def _stage_run(row: tuple[Any, ...]) -> StageRun:
    stage, week, started_us, finished_us, rows_n = row
    return StageRun(stage, week, _instant(started_us), _instant(finished_us), rows_n)


def _epoch_us(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _instant(epoch_us: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=epoch_us)


def _rows(
    home: Home,
    question: str,
    values: Sequence[str | int],
    opened: Callable[[Home], AbstractContextManager[duckdb.DuckDBPyConnection]] = open_database,
) -> list[tuple[Any, ...]]:
    """The answer, or nothing while there is no ledger; asking makes no file."""
    if not home.database.exists():
        return []
    with opened(home) as con:
        try:
            return con.execute(question, values).fetchall()
        except duckdb.CatalogException:
            return []
